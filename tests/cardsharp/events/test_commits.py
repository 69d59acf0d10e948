"""Commits on the bus: a table's events by their type, in their order, and only where somebody listens."""

from typing import Any

from cardsharp.events.commits import TableEvent
from cardsharp.events.ports import COMMITTED
from cardsharp.events.topics import ALL
from tests.cardsharp.events.house import ADAS_TOKEN, House
from tests.cardsharp.events.room import ADA, BEN


async def test_an_event_comes_by_its_own_name_with_all_that_a_listener_needs(house: House) -> None:
    heard: list[TableEvent] = []
    house.bus.subscribe("CARD_DEALT", lambda name, event: heard.append(event))
    await house.room.act("t1", ADA, "join_table", {})
    await house.room.act("t1", ADA, "place_bet", {"amount": 10})
    logged = [event for event in house.room.games["t1"].log if event.event_type == "CARD_DEALT"]
    assert [(event.seq, event.round_id, event.data) for event in heard] == [
        (event.seq, event.round_id, event.data) for event in logged
    ]
    assert {(event.table_id, event.event_type) for event in heard} == {("t1", "CARD_DEALT")}
    assert len(heard) >= 4


async def test_the_commit_comes_first_and_then_its_events_in_their_order(house: House) -> None:
    heard: list[Any] = []
    house.bus.subscribe(ALL, lambda name, event: heard.append((name, getattr(event, "seq", None))))
    await house.room.act("t1", ADA, "join_table", {})
    logged = [(event.event_type, event.seq) for event in house.room.games["t1"].log[1:]]
    assert heard == [(COMMITTED, None), *logged]


async def test_a_listener_may_play_at_the_table_that_it_hears_of(house: House) -> None:
    async def follow(name: str, event: TableEvent) -> None:
        if event.data["player_name"] == "Ada":
            await house.room.act(event.table_id, BEN, "join_table", {})

    house.bus.subscribe("PLAYER_JOINED", follow)
    watcher = await house.visit(ADAS_TOKEN)
    await watcher.watch("PLAYER_JOINED")
    watcher.news()
    await house.room.act("t1", ADA, "join_table", {})
    await house.bus.drain()
    await house.deliver()
    joined = [message["data"]["data"] for message in watcher.news() if message["type"] == "event"]
    assert [event["player_name"] for event in joined] == ["Ada", "Ben"]
