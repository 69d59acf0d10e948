"""What reaches a subscriber: every event in order and once, whatever the groups make of their messages."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsharp.blackjack.rules import Rules
from cardsharp.cards import parse_cards
from cardsharp.events.topics import ALL, TABLE_STATE
from cardsharp.shoe import StackedShoes
from tests.cardsharp.events.house import ADAS_TOKEN, BENS_TOKEN, House, Message, events, kinds
from tests.cardsharp.events.room import ADA, BEN, GAME

COMMON = ["CARD_DEALT", "PLAYER_BET", "ROUND_STARTED", "ROUND_ENDED", "BANKROLL_UPDATED", "PLAYER_ACTION"]
name_sets = st.sets(
    st.sampled_from([*COMMON, TABLE_STATE]) | st.sampled_from([*sorted(GAME.event_types), ALL]), min_size=1
)
FATES = ("delivered", "delivered", "dropped", "doubled", "late", "reversed", "shuffled", "beat")


def logged(house: House) -> list[tuple[int, str]]:
    return [(event.seq, event.event_type) for event in house.room.games["t1"].log]


def of(names: set[str], log: list[tuple[int, str]]) -> list[tuple[int, str]]:
    return [event for event in log if ALL in names or event[1] in names]


async def befall(house: House, fate: str, chance: random.Random) -> None:
    """Makes something of the mail that lies there."""
    mail = house.groups.mail
    match fate:
        case "dropped":
            mail[:] = [letter for letter in mail if chance.random() < 0.5]
        case "doubled":
            mail += [letter for letter in mail if chance.random() < 0.5]
        case "reversed":
            mail.reverse()
        case "shuffled":
            chance.shuffle(mail)
        case "beat":
            await house.beat()
    if fate != "late":
        await house.deliver()


# -- whatever the groups do -------------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(0, 20), st.sampled_from(FATES)), max_size=25),
    name_sets,
    st.integers(0, 1_000),
    st.booleans(),
)
async def test_the_beat_heals_whatever_the_groups_did(
    steps: list[tuple[int, str]], names: set[str], seed: int, tells_all: bool
) -> None:
    house, chance = House(), random.Random(seed)
    house.room.tells_all = tells_all
    await house.room.open("t1")
    client = await house.visit()
    await client.watch(*sorted(names))
    start = len(logged(house))
    for player in (ADA, BEN):
        await house.room.act("t1", player, "join_table", {})
    seen: list[Message] = []
    for choice, fate in steps:
        await house.room.go_on("t1", choice)
        await befall(house, fate, chance)
        seen += client.news()
        await client.ask("heartbeat")
        assert events(seen) == of(names, logged(house)[start:])[: len(events(seen))]
    house.groups.mail.clear()
    await house.beat()
    seen += client.news()
    assert events(seen) == of(names, logged(house)[start:])
    states = [message["data"]["seq"] for message in seen if kinds([message]) == [TABLE_STATE]]
    assert states == sorted(set(states))
    if names & {ALL, TABLE_STATE}:
        assert states[-1] == house.room.games["t1"].seq
    else:
        assert states == []


@given(
    st.lists(st.tuples(st.integers(0, 20), st.none() | name_sets, st.none() | name_sets), max_size=15), st.integers()
)
async def test_names_may_come_and_go_while_news_are_lost(
    steps: list[tuple[int, set[str] | None, set[str] | None]], seed: int
) -> None:
    house, chance, names = House(), random.Random(seed), {"CARD_DEALT"}
    await house.room.open("t1")
    client = await house.visit()
    await client.watch(*names)
    for player in (ADA, BEN):
        await house.room.act("t1", player, "join_table", {})
    await house.deliver()
    client.news()
    sent, expected, position = [], [], len(logged(house))
    for choice, added, left in steps:
        await house.room.go_on("t1", choice)
        await befall(house, chance.choice(FATES), chance)
        await house.beat()
        sent += events(client.news())
        expected += of(names, logged(house)[position:])
        position = len(logged(house))
        await client.ask("heartbeat")
        if added is not None:
            sent += events(await client.watch(*added))
            names |= added
        if left is not None:
            await client.say("unsubscribe", {"event_types": sorted(left), "table_id": "t1"})
            names = set() if ALL in left else names - left
        assert sent == expected


@pytest.mark.parametrize("names", [("*",), ("CARD_DEALT",), ("PLAYER_BET", "CARD_DEALT", "ROUND_ENDED")])
async def test_what_was_dropped_is_sent_with_the_beat_and_before_it(house: House, names: tuple[str, ...]) -> None:
    client = await house.visit()
    await client.watch(*names)
    for player in (ADA, BEN):
        await house.room.act("t1", player, "join_table", {})
    for _ in range(6):
        await house.room.go_on("t1")
    house.groups.mail.clear()
    await house.beat()
    *missed, beat = client.news()
    assert events(missed) == of(set(names), logged(house)[1:])
    assert (beat["type"], beat["data"]["seqs"]) == ("heartbeat", {"t1": house.room.games["t1"].seq})


async def test_an_earlier_event_of_another_name_comes_before_a_later_one(house: House) -> None:
    client = await house.visit()
    await client.watch("PLAYER_JOINED", "PLAYER_BET")
    await house.room.act("t1", ADA, "join_table", {})
    house.groups.mail.clear()
    await house.room.act("t1", ADA, "place_bet", {"amount": 10})
    await house.deliver()
    assert [kind for _, kind in events(client.news())] == ["PLAYER_JOINED", "PLAYER_BET"]


async def test_after_the_events_of_each_command_comes_the_state(house: House) -> None:
    client = await house.visit()
    await client.watch(ALL)
    await house.room.act("t1", ADA, "join_table", {})
    await house.room.act("t1", ADA, "place_bet", {"amount": 10})
    await house.deliver()
    sent = kinds(client.news())
    assert sent.count(TABLE_STATE) == 2
    assert sent[0] == "PLAYER_JOINED"
    assert sent[-1] == TABLE_STATE


# -- what a table awaits ----------------------------------------------------------------------------------------------


async def sit(house: House, token: str, table_id: str = "t1") -> None:
    client = await house.visit(token, table_id)
    await client.act("join_table")
    await client.lost()


@pytest.mark.parametrize("names", [("*",), ("ROUND_ENDED",), (TABLE_STATE,)])
async def test_a_request_goes_to_every_socket_of_its_player_that_watches_the_table(
    house: House, names: tuple[str, ...]
) -> None:
    await house.room.open("t2")
    adas = [await house.visit(ADAS_TOKEN, client_id=name) for name in ("laptop", "phone")]
    idle, elsewhere, ben = await house.visit(ADAS_TOKEN), await house.visit(ADAS_TOKEN), await house.visit(BENS_TOKEN)
    for client in (*adas, ben):
        await client.watch(*names)
    await elsewhere.say("subscribe", {"event_types": "*", "table_id": "t2"})
    await house.room.act("t1", ADA, "join_table", {})
    await house.deliver()
    (awaited,) = house.room.awaited("t1")
    for client in adas:
        *_, request = client.news()
        assert request["type"] == "action_request"
        assert request["data"] == {**awaited.data, "timeout_seconds": None}
    assert "action_request" not in kinds(idle.news() + elsewhere.news() + ben.news())


async def test_it_is_asked_again_at_every_subscribing_until_it_is_answered(house: House) -> None:
    await sit(house, ADAS_TOKEN)
    client = await house.visit(ADAS_TOKEN)
    assert kinds(await client.watch(ALL)) == ["connected", TABLE_STATE, "action_request"]
    assert kinds(await client.watch("SHUFFLE", since=house.room.games["t1"].seq))[-1] == "action_request"
    await sit(house, BENS_TOKEN)
    await house.deliver()
    client.news()
    await client.act("place_bet", "t1", amount=10)
    assert kinds(await client.watch(ALL)) == ["connected", *[kind for _, kind in logged(house)[-2:]], TABLE_STATE]


async def test_the_time_that_is_left_is_told_as_it_is_now() -> None:
    house = House()
    await house.room.open("t1", Rules(bet_seconds=20))
    client = await house.visit(ADAS_TOKEN)
    await client.watch(ALL)
    await house.room.act("t1", ADA, "join_table", {})
    await house.deliver()
    assert client.news()[-1]["data"]["timeout_seconds"] == 20.0
    for later, left in ((7.5, 12.5), (60.0, 0.0)):
        house.clock.now += later
        assert (await client.watch(ALL))[-1]["data"]["timeout_seconds"] == left


@pytest.mark.parametrize("names", [{"*"}, {"PLAYER_BET"}, {"CARD_DEALT", "PLAYER_BET"}, {TABLE_STATE, "CARD_DEALT"}])
@pytest.mark.parametrize("tells_all", [True, False])
async def test_what_led_to_a_request_comes_before_it_even_where_its_news_are_late(
    house: House, names: set[str], tells_all: bool
) -> None:
    house.room.tells_all = tells_all
    await house.room.act("t1", ADA, "join_table", {})
    client = await house.visit(ADAS_TOKEN)
    await client.watch(*names)
    before = len(logged(house))
    await house.room.act("t1", ADA, "place_bet", {"amount": 10})
    house.groups.mail.reverse()
    await house.deliver()
    sent = client.news()
    assert kinds(sent)[-1] == "action_request"
    assert events(sent) == of(names, logged(house)[before:])


@pytest.mark.parametrize("names", [(ALL,), ("HAND_RESULT",)])
async def test_a_request_that_comes_when_its_answer_is_long_given_is_not_asked_again(
    house: House, names: tuple[str, ...]
) -> None:
    """A layer has kept it back, beats have asked in its place, and the table has gone on."""
    client = await house.visit(ADAS_TOKEN)
    await client.watch(*names)
    await house.room.act("t1", ADA, "join_table", {})
    kept = [mail for mail in house.groups.mail if mail[1]["kind"] == "request"]
    house.groups.mail.clear()
    await house.beat()
    assert "action_request" in kinds(client.news())
    await house.room.act("t1", ADA, "place_bet", {"amount": 10})
    house.groups.mail.clear()
    await house.beat()
    client.news()
    house.groups.mail += kept
    await house.deliver()
    assert kinds(client.news()) == []


async def test_a_request_that_was_doubled_is_asked_once(house: House) -> None:
    client = await house.visit(ADAS_TOKEN)
    await client.watch(ALL)
    await house.room.act("t1", ADA, "join_table", {})
    house.groups.mail += house.groups.mail
    await house.deliver()
    await house.beat()
    assert kinds(client.news()).count("action_request") == 1


@pytest.mark.parametrize("names", [("*",), ("ROUND_ENDED",)])
async def test_a_request_that_was_dropped_is_asked_with_the_beat(house: House, names: tuple[str, ...]) -> None:
    client, ben = await house.visit(ADAS_TOKEN), await house.visit(BENS_TOKEN)
    for watching in (client, ben):
        await watching.watch(*names)
    await house.room.act("t1", ADA, "join_table", {})
    house.groups.mail.clear()
    await house.beat()
    await house.beat()
    assert kinds(client.news()).count("action_request") == 1
    assert "action_request" not in kinds(ben.news())


async def test_insurance_asks_every_seat_at_once() -> None:
    house = House()
    rules = Rules(bet_seconds=None, act_seconds=None, insurance_seconds=None)
    await house.room.open("t1", rules, StackedShoes(parse_cards("9S 8S AH 9C 8C 5D"), bytes(32)))
    clients = [await house.visit(token, "t1") for token in (ADAS_TOKEN, BENS_TOKEN)]
    for client in clients:
        await client.act("join_table")
        await client.watch("ROUND_ENDED")
    await clients[0].act("place_bet", amount=10)
    await house.deliver()
    for client in clients:
        client.news()
    await clients[1].act("place_bet", amount=10)
    await house.deliver()
    for client in clients:
        (request,) = client.news()
        assert request["data"]["valid_actions"] == ["INSURANCE", "DECLINE_INSURANCE"]
        assert request["data"]["max_amount"] == 5


# -- frames -----------------------------------------------------------------------------------------------------------


async def test_a_client_that_takes_batches_is_sent_a_commands_messages_in_one_frame(house: House) -> None:
    single, batched = await house.visit(), await house.visit(batch=True)
    for client in (single, batched):
        await client.watch(ALL)
    assert isinstance(json.loads(batched.frames[-1]), list)
    frames = len(single.frames), len(batched.frames)
    await house.room.act("t1", ADA, "join_table", {})
    await house.deliver()
    assert len(batched.frames) == frames[1] + 1
    assert all(isinstance(json.loads(frame), dict) for frame in single.frames)
    sent, together = single.news(), batched.news()
    assert len(single.frames) == frames[0] + len(sent)
    assert together == sent


async def test_a_single_message_is_no_batch(house: House) -> None:
    client = await house.visit(batch=True)
    await client.ask("heartbeat")
    assert all(isinstance(json.loads(frame), dict) for frame in client.frames)
