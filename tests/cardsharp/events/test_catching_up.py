"""Replays and holes at the client's own pace: part by part, while everything else goes on, until patience ends."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsharp.events.limits import Limits
from cardsharp.events.topics import ALL, TABLE_STATE
from tests.cardsharp.events.house import ADAS_TOKEN, Client, House, Message, events, kinds
from tests.cardsharp.events.room import ADA, BEN

PART = 3


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a few events, so that a short log has many."""
    monkeypatch.setattr("cardsharp.events.catching_up.PART", PART)


async def play(house: House, steps: int) -> list[tuple[int, str]]:
    """Plays on; the whole log of the table."""
    if house.room.games["t1"].seq == 1:
        for player in (ADA, BEN):
            await house.room.act("t1", player, "join_table", {})
    for step in range(steps):
        await house.room.go_on("t1", step % 3)
    return [(event.seq, event.event_type) for event in house.room.games["t1"].log]


async def everything(house: House, client: Client) -> list[Message]:
    """What there was to be sent to a client that reads it all now."""
    client.make_room(None)
    await house.deliver()
    await client.caught_up()
    return client.news()


async def others_turns() -> None:
    """Lets every task run that can."""
    for _ in range(50):
        await asyncio.sleep(0)


# -- the pace ---------------------------------------------------------------------------------------------------------


async def test_a_replay_waits_until_the_client_has_read(house: House) -> None:
    log = await play(house, 30)
    client = await house.visit()
    client.make_room(1)
    come = await client.watch(ALL, since=0)
    await others_turns()
    assert events(come) == log[:PART]
    assert client.news() == []
    client.make_room(1)
    await others_turns()
    assert events(client.news()) == log[PART : 2 * PART]
    *rest, beat = await everything(house, client)
    assert events(rest) == log[2 * PART :]
    assert beat["type"] == "heartbeat"


async def test_a_client_that_waits_for_its_replay_is_answered(house: House) -> None:
    await play(house, 30)
    client = await house.visit(ADAS_TOKEN)
    client.make_room(1)
    await client.watch(ALL, since=0)
    assert kinds(await client.say("heartbeat")) == ["heartbeat"]
    assert kinds(await client.say("action", {"action": "sit_out", "table_id": "t1"})) == ["ACTION_RECEIVED"]


async def test_news_wait_behind_the_replay_and_the_state_comes_once(house: House) -> None:
    await play(house, 30)
    client = await house.visit()
    client.make_room(1)
    come = await client.watch(ALL, since=0)
    for _ in range(5):
        await play(house, 2)
        await house.deliver()
    await others_turns()
    assert client.news() == []
    come += await everything(house, client)
    assert events(come) == await play(house, 0)
    assert kinds(come)[-2:] == ["heartbeat", TABLE_STATE]
    assert kinds(come).count(TABLE_STATE) == 1
    log = await play(house, 4)
    await house.deliver()
    assert events(client.news()) == log[len(events(come)) :], "and live again"


async def test_until_a_replay_is_over_no_other_heartbeat_is_sent(house: House) -> None:
    await play(house, 30)
    client = await house.visit()
    client.make_room(1)
    come = await client.watch(ALL, since=0)
    await house.beat()
    come += await everything(house, client)
    assert kinds(come).count("heartbeat") == 1
    await house.handler.beat()
    assert kinds(client.news()) == ["heartbeat"], "it was due long ago"


async def test_a_snapshot_that_is_asked_for_in_a_replay_comes_behind_it(house: House) -> None:
    """Whoever resumes from the snapshot's seq would lose the rest of the replay."""
    log = await play(house, 30)
    client = await house.visit()
    client.make_room(1)
    come = await client.watch("CARD_DEALT", since=0)
    assert kinds(await client.watch("CARD_DEALT"))[0] == "connected"
    come += await everything(house, client)
    assert events(come) == [event for event in log if event[1] == "CARD_DEALT"]
    assert kinds(come)[-2:] == ["heartbeat", TABLE_STATE]


async def test_who_reads_more_slowly_than_the_table_plays_misses_nothing(house: House) -> None:
    client = await house.visit()
    come = await client.watch(ALL)
    client.make_room(0)
    for _ in range(20):
        await play(house, 1)
        await house.deliver()
    assert client.news() == [], "nothing piles up for it"
    come += await everything(house, client)
    assert events(come) == (await play(house, 0))[1:]
    assert kinds(come)[-1] == TABLE_STATE
    assert come[-1]["data"]["seq"] == house.room.games["t1"].seq


async def test_what_a_table_asks_comes_behind_what_led_to_it(house: House) -> None:
    client = await house.visit(ADAS_TOKEN)
    await client.watch(ALL)
    client.make_room(0)
    await play(house, 0)
    await house.deliver()
    come = await everything(house, client)
    [asked] = [message for message in come if message["type"] == "action_request"]
    assert come[-1] is asked
    assert asked["data"]["request_id"] in {request.request_id for request in house.room.awaited("t1")}


async def test_a_log_that_is_trimmed_under_way_is_stood_for_by_the_state(house: House) -> None:
    await play(house, 30)
    client = await house.visit()
    client.make_room(1)
    await client.watch("CARD_DEALT", since=0)
    house.room.kept = 5
    (state,) = await everything(house, client)
    assert (state["data"]["event_type"], state["data"]["data"]["resync"]) == (TABLE_STATE, True)
    assert state["data"]["seq"] == house.room.games["t1"].seq
    house.room.kept = 1_000
    log = await play(house, 12)
    await house.deliver()
    assert events(client.news()) == [e for e in log if e[0] > state["data"]["seq"] and e[1] == "CARD_DEALT"]


async def test_who_leaves_in_the_middle_of_a_replay_is_sent_no_more(house: House) -> None:
    await play(house, 30)
    client = await house.visit()
    client.make_room(1)
    await client.watch(ALL, since=0)
    await client.ask("unsubscribe", {"event_types": "*", "table_id": "t1"})
    assert await everything(house, client) == []


async def test_a_socket_that_is_lost_in_the_middle_of_a_replay_is_forgotten(house: House) -> None:
    await play(house, 30)
    client = await house.visit()
    client.make_room(1)
    await client.watch(ALL, since=0)
    task = client.session.catching_up
    assert task is not None
    await client.lost()
    await asyncio.wait([task])
    assert task.cancelled()
    assert client.news() == []


async def test_a_replay_that_fails_goes_on_with_the_next_heartbeat(house: House) -> None:
    log = await play(house, 30)
    client = await house.visit()
    client.make_room(1)
    come = await client.watch(ALL, since=0)
    house.room.failing = {"log"}
    assert await everything(house, client) == []
    house.room.failing = set()
    await house.beat()
    come += await everything(house, client)
    assert events(come) == log
    assert kinds(come)[-1] == "heartbeat"


# -- the end of patience ----------------------------------------------------------------------------------------------


async def test_who_reads_nothing_at_all_is_closed() -> None:
    house = House(Limits(unread_seconds=0.01))
    await house.room.open("t1")
    await play(house, 30)
    client, other = await house.visit(), await house.visit()
    client.make_room(1)
    await client.watch(ALL, since=0)
    await client.caught_up()
    assert client.closed_with == [4413]
    assert client.news()[-1]["data"] == {"reason": "slow_consumer"}
    assert other.closed_with == []


async def test_what_a_client_reports_as_seen_it_has_read(house: House) -> None:
    await play(house, 30)
    client = await house.visit()
    client.make_room(1)
    await client.watch(ALL, since=0)
    await others_turns()
    for seen in (1, 2, 3):
        await client.say("heartbeat", {"seqs": {"t1": seen}})
        client.try_patience()
        await others_turns()
        assert client.closed_with == []
    await client.say("heartbeat", {"seqs": {"t1": 3}})
    client.try_patience()
    await others_turns()
    assert client.closed_with == [4413], "the same report again is none"


# -- whatever is subscribed to, in whatever order ---------------------------------------------------------------------

NAMES = ["CARD_DEALT", "PLAYER_BET", "ROUND_STARTED", "ROUND_ENDED", "BANKROLL_UPDATED", "PLAYER_ACTION"]
plays = st.tuples(st.just("play"), st.integers(1, 6))
reads = st.tuples(st.just("read"), st.integers(0, 4))
losses = st.tuples(st.just("lose"), st.integers(0, 3))
beats = st.tuples(st.just("beat"), st.just(0))
subscriptions = st.tuples(st.just("subscribe"), st.integers(-1, 60))


@given(st.permutations(NAMES), st.lists(plays | reads | losses | beats | subscriptions, max_size=25))
def test_each_name_is_sent_from_its_own_since_on_in_order_and_once(names: list[str], steps: list[Any]) -> None:
    asyncio.run(subscribed_one_by_one(names, steps))


async def subscribed_one_by_one(names: list[str], steps: list[tuple[str, int]]) -> None:
    house = House()
    await house.room.open("t1")
    client = await house.visit()
    unused, begun, come = list(names), dict[str, int](), list[Message]()
    for what, number in steps:
        if what == "play":
            await play(house, number)
        elif what == "read":
            client.make_room(number)
            await house.deliver()
            await others_turns()
        elif what == "lose":
            del house.groups.mail[:number]
        elif what == "beat":
            client.session.last_heard_at = house.clock.now
            await house.beat()
        elif unused:
            newest = house.room.games["t1"].seq
            come += client.news()
            begun[name := unused.pop()] = since = newest if number < 0 else min(number, newest)
            come += await client.watch(name, since=None if number < 0 else since)
        come += client.news()
    client.session.last_heard_at = house.clock.now
    come += await everything(house, client)
    await house.beat()
    come += await everything(house, client)
    log = [(event.seq, event.event_type) for event in house.room.games["t1"].log]
    for name, since in begun.items():
        assert [e for e in events(come) if e[1] == name] == [e for e in log if e[1] == name and e[0] > since]
