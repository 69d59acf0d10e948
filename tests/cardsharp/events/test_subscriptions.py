"""Subscribing and unsubscribing: what is answered, what is replayed, and who is counted as watching."""

from typing import Any

import pytest

from cardsharp.events.limits import Limits
from cardsharp.events.topics import ALL, TABLE_STATE
from tests.cardsharp.events.house import ADAS_TOKEN, BENS_TOKEN, House, Message, code_of, events, kinds
from tests.cardsharp.events.room import ADA, BEN


async def played(house: House, steps: int = 12) -> list[tuple[int, str]]:
    """A table at which Ada and Ben have played: the seq and type of each of its events."""
    game = house.room.games["t1"]
    for player in (ADA, BEN):
        await house.room.act("t1", player, "join_table", {})
    for step in range(steps):
        await house.room.go_on("t1", step % 3)
    return [(event.seq, event.event_type) for event in game.log]


def subscriptions(message: Message) -> dict[str, list[str]]:
    assert message["type"] == "connected"
    return message["data"]["subscriptions"]


# -- subscribe --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [(ALL,), ("SHUFFLE",), (TABLE_STATE,), ("ROUND_ENDED", "CARD_DEALT")])
async def test_without_since_the_state_comes_behind_the_answer(house: House, names: tuple[str, ...]) -> None:
    log = await played(house)
    client = await house.visit()
    answer, state = await client.watch(*names)
    assert subscriptions(answer) == {"t1": sorted(names)}
    assert kinds([state]) == [TABLE_STATE]
    assert state["data"]["seq"] == log[-1][0]
    assert "resync" not in state["data"]["data"]
    assert state["data"]["data"]["state"]["seats"][0]["player_name"] == "Ada"


async def test_a_star_may_be_written_without_its_list(house: House) -> None:
    client = await house.visit(default_table="t1")
    answer, _ = await client.say("subscribe", {"event_types": "*"})
    assert subscriptions(answer) == {"t1": ["*"]}


async def test_a_further_subscription_adds_names(house: House) -> None:
    client = await house.visit()
    await client.watch("SHUFFLE")
    answer, _ = await client.watch("CARD_DEALT", "SHUFFLE", "CARD_DEALT")
    assert subscriptions(answer) == {"t1": ["CARD_DEALT", "SHUFFLE"]}


async def test_one_socket_may_watch_tables_and_the_lobby(house: House) -> None:
    await house.room.open("t2")
    client = await house.visit()
    await client.watch("SHUFFLE")
    await client.say("subscribe", {"event_types": ["TABLE_OPENED"]})
    answer, *_ = await client.say("subscribe", {"event_types": "*", "table_id": "t2"})
    assert subscriptions(answer) == {"lobby": ["TABLE_OPENED"], "t1": ["SHUFFLE"], "t2": ["*"]}


@pytest.mark.parametrize("names", [("DANCE",), ("SHUFFLE", "DANCE"), ("LOBBY_STATE",), ("shuffle",), ("",)])
async def test_one_unknown_name_refuses_the_whole_message(house: House, names: tuple[str, ...]) -> None:
    client = await house.visit()
    await client.watch("CARD_DEALT")
    (answer,) = await client.watch(*names)
    assert code_of(answer) == "unknown_event_type"
    assert "SHUFFLE" in answer["data"]["event_types"]
    assert subscriptions((await client.watch("CARD_DEALT"))[0]) == {"t1": ["CARD_DEALT"]}


@pytest.mark.parametrize("kind", ["subscribe", "unsubscribe"])
async def test_an_unknown_table_is_refused(house: House, kind: str) -> None:
    client = await house.visit(default_table="t9")
    for table_id in (None, "t8"):
        answer = await client.ask(kind, {"event_types": "*", "table_id": table_id})
        assert code_of(answer) == "unknown_table"


async def test_the_names_of_a_socket_are_limited_over_all_its_places() -> None:
    house = House(Limits(subscribed_names=4))
    for table_id in ("t1", "t2"):
        await house.room.open(table_id)
    client = await house.visit()
    await client.watch("SHUFFLE", "CARD_DEALT")
    await client.say("subscribe", {"event_types": ["TABLE_OPENED"]})
    refused = await client.ask("subscribe", {"event_types": ["SHUFFLE", "CARD_DEALT"], "table_id": "t2"})
    assert (code_of(refused), refused["data"]["limit"]) == ("too_many_subscriptions", 4)
    answer, *_ = await client.say("subscribe", {"event_types": ["SHUFFLE"], "table_id": "t2"})
    assert subscriptions(answer) == {"lobby": ["TABLE_OPENED"], "t1": ["CARD_DEALT", "SHUFFLE"], "t2": ["SHUFFLE"]}
    assert kinds(await client.watch("SHUFFLE")) == ["connected", TABLE_STATE], "what is had already counts once"
    assert code_of((await client.watch("ROUND_ENDED"))[0]) == "too_many_subscriptions"
    await client.ask("unsubscribe", {"event_types": ["CARD_DEALT"], "table_id": "t1"})
    assert kinds(await client.watch("ROUND_ENDED")) == ["connected", TABLE_STATE]


# -- since ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [(ALL,), ("CARD_DEALT",), ("PLAYER_BET", "ROUND_ENDED"), (TABLE_STATE,)])
@pytest.mark.parametrize("since", [0, 1, 7])
async def test_since_replays_every_logged_event_of_the_names_and_a_heartbeat(
    house: House, names: tuple[str, ...], since: int
) -> None:
    log = await played(house)
    client = await house.visit()
    answer, *replay, beat = await client.watch(*names, since=since)
    assert subscriptions(answer) == {"t1": sorted(names)}
    assert events(replay) == [(seq, kind) for seq, kind in log if seq > since and (ALL in names or kind in names)]
    assert len(events(replay)) == len(replay)
    assert (beat["type"], beat["data"]["seqs"]) == ("heartbeat", {"t1": log[-1][0]})
    assert "reply_to" not in beat


async def test_a_replay_is_what_was_sent_live(house: House) -> None:
    live = await house.visit()
    await live.watch(ALL)
    await played(house)
    await house.deliver()
    sent = [m["data"] for m in live.news() if m["type"] == "event" and m["data"]["event_type"] != TABLE_STATE]
    late = await house.visit()
    replayed = await late.watch(ALL, since=sent[0]["seq"] - 1)
    assert [m["data"] for m in replayed if m["type"] == "event"] == sent


async def test_a_replay_is_read_in_pages(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cardsharp.events.catching_up.PART", 3)
    log = await played(house)
    client = await house.visit()
    answer, *first = await client.watch(ALL, since=0)
    assert (answer["type"], events(first)) == ("connected", log[:3])
    await client.caught_up()
    *rest, beat = client.news()
    assert events(first + rest) == log
    assert (beat["type"], beat["data"]["seqs"]) == ("heartbeat", {"t1": log[-1][0]})


async def test_since_the_newest_there_is_only_the_heartbeat(house: House) -> None:
    log = await played(house)
    client = await house.visit()
    assert kinds(await client.watch(ALL, since=log[-1][0])) == ["connected", "heartbeat"]


@pytest.mark.parametrize("beyond", [1, 1_000, 2**53])
async def test_beyond_the_newest_there_is_a_resync(house: House, beyond: int) -> None:
    log = await played(house)
    client = await house.visit()
    since = min(log[-1][0] + beyond, 2**53 - 1)
    _, state = await client.watch(ALL, since=since)
    assert (kinds([state]), state["data"]["seq"], state["data"]["data"]["resync"]) == ([TABLE_STATE], log[-1][0], True)


async def test_where_the_log_does_not_reach_back_so_far_there_is_a_resync(house: House) -> None:
    log = await played(house)
    house.room.kept = 5
    oldest = log[-5][0] - 1
    client = await house.visit()
    assert events(await client.watch("CARD_DEALT", ALL, since=oldest)) == log[-5:]
    for since in (0, oldest - 1):
        _, state = await client.watch(ALL, since=since)
        assert state["data"]["data"]["resync"] is True


async def test_a_further_subscription_brings_first_what_news_on_their_way_would_have(house: House) -> None:
    client = await house.visit()
    await client.watch("CARD_DEALT")
    log = await played(house)
    answer, *missed, beat = await client.watch("ROUND_ENDED", since=0)
    assert kinds([answer, beat]) == ["connected", "heartbeat"]
    assert events(missed) == [event for event in log if event[1] in ("CARD_DEALT", "ROUND_ENDED")]
    await house.deliver()
    assert client.news() == []


# -- unsubscribe ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("had", "left", "kept"),
    [
        (["SHUFFLE", "CARD_DEALT"], ["SHUFFLE"], ["CARD_DEALT"]),
        (["SHUFFLE"], ["SHUFFLE", "CARD_DEALT"], []),
        (["SHUFFLE", "CARD_DEALT"], ["*"], []),
        (["*"], ["*"], []),
        (["*"], ["SHUFFLE"], ["*"]),
        (["*", "SHUFFLE"], ["SHUFFLE"], ["*"]),
        (["*", "SHUFFLE"], ["*"], []),
        (["SHUFFLE"], ["CARD_DEALT"], ["SHUFFLE"]),
    ],
)
async def test_names_that_are_left_are_gone(house: House, had: list[str], left: list[str], kept: list[str]) -> None:
    client = await house.visit()
    await client.watch(*had)
    answer = await client.ask("unsubscribe", {"event_types": left, "table_id": "t1"})
    assert subscriptions(answer) == ({"t1": kept} if kept else {})
    log = await played(house)
    await house.deliver()
    expected = [event for event in log[1:] if ALL in kept or event[1] in kept]
    assert events(client.news()) == expected


async def test_what_was_on_its_way_is_not_sent_any_more(house: House) -> None:
    client = await house.visit(ADAS_TOKEN)
    await client.watch(ALL)
    await played(house)
    await client.ask("unsubscribe", {"event_types": "*", "table_id": "t1"})
    await house.deliver()
    assert client.news() == []


async def test_leaving_what_one_does_not_watch_is_answered_all_the_same(house: House) -> None:
    client = await house.visit()
    for table_id in ("t1", None):
        assert subscriptions(await client.ask("unsubscribe", {"event_types": "*", "table_id": table_id})) == {}
    answer = await client.ask("unsubscribe", {"event_types": ["DANCE"], "table_id": "t1"})
    assert code_of(answer) == "unknown_event_type"


# -- the lobby --------------------------------------------------------------------------------------------------------


async def lobby(house: House, *names: str, **data: Any) -> tuple[Any, Message, Message]:
    client = await house.visit()
    answer, state = await client.say("subscribe", {"event_types": list(names), **data})
    return client, answer, state


async def test_the_lobby_shows_the_open_tables_first(house: House) -> None:
    await house.room.open("t2")
    await house.room.open("t3")
    await house.room.close("t2")
    _, answer, state = await lobby(house, "TABLE_OPENED", since=5)
    assert subscriptions(answer) == {"lobby": ["TABLE_OPENED"]}
    assert kinds([state]) == ["LOBBY_STATE"]
    assert [row["table_id"] for row in state["data"]["data"]["tables"]] == ["t1", "t3"]
    assert "seq" not in state["data"]


async def test_then_what_changes(house: House) -> None:
    client, _, _ = await lobby(house, ALL)
    await house.room.open("t2")
    await house.room.act("t2", ADA, "join_table", {})
    await house.room.close("t2")
    await house.deliver()
    sent = client.news()
    assert kinds(sent) == ["TABLE_OPENED", "TABLE_CHANGED", "TABLE_CLOSED"]
    assert sent[1]["data"]["data"]["seats_taken"] == 1
    assert all("seq" not in message["data"] for message in sent)


async def test_of_the_lobby_too_only_the_names_that_are_wanted_are_sent(house: House) -> None:
    client, _, _ = await lobby(house, "TABLE_OPENED", "TABLE_CLOSED")
    await client.ask("unsubscribe", {"event_types": ["TABLE_OPENED"]})
    await house.room.open("t2")
    await house.room.act("t2", ADA, "join_table", {})
    await house.room.close("t2")
    await house.deliver()
    assert kinds(client.news()) == ["TABLE_CLOSED"]


async def test_names_of_a_table_are_unknown_in_the_lobby(house: House) -> None:
    client = await house.visit()
    assert code_of(await client.ask("subscribe", {"event_types": ["SHUFFLE"]})) == "unknown_event_type"


# -- who watches ------------------------------------------------------------------------------------------------------


async def test_the_audience_is_each_player_without_a_seat_once_and_each_anonymous_socket(house: House) -> None:
    clients = [await house.visit(token) for token in (ADAS_TOKEN, ADAS_TOKEN, BENS_TOKEN, None, None)]
    counted = []
    for client in clients:
        await client.watch("SHUFFLE")
        await client.watch(ALL)
        counted.append((await house.room.snapshot("t1")).row["spectators"])
    assert counted == [1, 1, 2, 3, 4]
    await clients[0].act("join_table", "t1")
    assert (await house.room.snapshot("t1")).row["spectators"] == 3
    await clients[3].ask("unsubscribe", {"event_types": "*", "table_id": "t1"})
    await clients[4].lost()
    assert (await house.room.snapshot("t1")).row["spectators"] == 1


async def test_the_lobby_hears_of_the_audience(house: House) -> None:
    watching, _, _ = await lobby(house, "TABLE_CHANGED")
    client = await house.visit()
    await client.watch(ALL)
    await client.lost()
    await house.deliver()
    assert [message["data"]["data"]["spectators"] for message in watching.news()] == [1, 0]


async def test_who_leaves_a_closed_table_does_not_bring_it_back_to_the_lobby(house: House) -> None:
    watching, _, _ = await lobby(house, "TABLE_CHANGED", "TABLE_CLOSED")
    client, late = await house.visit(), await house.visit()
    await client.watch(ALL)
    await house.room.close("t1")
    await client.lost()
    await late.watch(ALL)
    await late.lost()
    await house.deliver()
    assert [message["data"]["event_type"] for message in watching.news()] == ["TABLE_CHANGED", "TABLE_CLOSED"]
