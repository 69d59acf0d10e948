"""There is a table as soon as somebody connects, more as they fill up, and none when everybody has gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from cardsharp.blackjack.rules import Rules
from cardsharp.events.admission import Guests, RoomsOwn
from cardsharp.events.bus import EventBus
from cardsharp.events.handler import WebSocketEventHandler
from cardsharp.events.ports import COMMITTED, Commit
from cardsharp.memory_room import MemoryRoom
from cardsharp.server import LocalGroups, TablesOnDemand, WebSocketServer
from tests.wire_client import WireClient, connected

RULES = Rules(bet_seconds=None, act_seconds=None, insurance_seconds=None, pause_seconds=0, seat_count=2)


class Place:
    """A server with its room; `closed` are the tables that have been closed, in order."""

    def __init__(self, room: MemoryRoom, server: WebSocketServer, on_demand: TablesOnDemand) -> None:
        self.room, self.server, self.on_demand = room, server, on_demand
        self.closed: asyncio.Queue[str] = asyncio.Queue()
        room.bus.subscribe(COMMITTED, self._on_commit)

    def _on_commit(self, name: str, commit: Commit) -> None:
        if commit.events[-1].event_type == "TABLE_CLOSED":
            self.closed.put_nowait(commit.table_id)

    async def tables(self) -> list[str]:
        return [snapshot.row["table_id"] for snapshot in await self.room.snapshots()]


@asynccontextmanager
async def serving(**options: Any) -> AsyncIterator[Place]:
    bus, groups = EventBus(), LocalGroups()
    room = MemoryRoom(bus)
    guests = Guests(RoomsOwn(room), room.guest)
    handler = WebSocketEventHandler(room=room, bus=bus, groups=groups, audience=room.audience, authenticate=guests)
    on_demand = TablesOnDemand(room, RULES)
    server = WebSocketServer(handler, groups, on_demand, port=0, **options)
    async with room, server, asyncio.timeout(30):
        yield Place(room, server, on_demand)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with serving() as place:
        yield place


async def table_of(client: WireClient) -> str:
    (table,) = (await client.ask("subscribe", {"event_types": ["TABLE_STATE"]}))["data"]["subscriptions"]
    return str(table)


async def test_everybody_finds_a_table_with_a_seat(place: Place):
    assert await place.tables() == []
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(connected(place.server.url)) for _ in range(5)]
        tables = [await table_of(client) for client in clients]
        assert tables == [place_ for place_ in await place.tables() for _ in range(2)][:5]
        for client in clients:
            await client.accepted("join_table")


async def test_a_table_that_nobody_needs_is_closed(place: Place):
    async with connected(place.server.url) as client:
        table = await table_of(client)
    assert await place.closed.get() == table
    assert await place.tables() == []


async def test_a_seat_is_kept_for_who_lost_the_connection_and_comes_again(place: Place):
    async with connected(place.server.url) as client:
        table = await table_of(client)
        await client.accepted("join_table")
        me = (await client.ask("unsubscribe", {"event_types": "*"}))["data"]["client_id"]
    async with connected(place.server.url, client_id=me) as client:
        assert await client.refused("join_table", table) == "already_seated"
        await client.accepted("leave_table", table)
    assert await place.closed.get() == table


async def test_paths_are_as_on_the_site_and_any_other_is_a_table(place: Place):
    async with connected(f"{place.server.url}/ws/") as lobby, connected(f"{place.server.url}/some/where?x=1") as other:
        assert (await lobby.ask("subscribe", {"event_types": "*"}))["data"]["subscriptions"] == {"lobby": ["*"]}
        (row,) = (await lobby.event("LOBBY_STATE"))["data"]["tables"]
        table = await table_of(other)
        assert table == row["table_id"]
        async with connected(f"{place.server.url}/ws/tables/{table}/") as named:
            assert await table_of(named) == table
            await named.accepted("join_table")
            await other.accepted("join_table")
        # The lobby has a table with a free seat, always.
        assert (await lobby.event("TABLE_OPENED"))["table_id"] != table


async def test_a_page_may_connect_where_its_origin_is_named():
    async with serving(origins=["https://example.org"]) as place, connected(place.server.url):
        async with connect(place.server.url, origin="https://example.org", proxy=None):  # type: ignore[arg-type]
            pass
        with pytest.raises(InvalidStatus):
            async with connect(place.server.url, origin="https://example.com", proxy=None):  # type: ignore[arg-type]
                pass


async def test_the_same_guest_on_a_second_socket_takes_the_place_of_the_first(place: Place):
    async with connected(place.server.url, client_id="mine") as first:
        await first.accepted("join_table")
        async with connected(place.server.url, client_id="mine") as second:
            assert await first.closed() == 4409
            (state,) = [snapshot.view for snapshot in await place.room.snapshots()]
            assert await second.refused("join_table", state["table_id"]) == "already_seated"


async def test_when_the_tables_are_closed_none_is_opened_for_those_who_stay(place: Place):
    async with connected(f"{place.server.url}/ws/") as lobby, connected(place.server.url) as client:
        await lobby.ask("subscribe", {"event_types": "*"})
        await client.accepted("join_table")
        await place.on_demand.close("the server stops")
        assert (await lobby.event("TABLE_CLOSED"))["data"]["reason"] == "the server stops"
        await lobby.settle()
        assert await place.tables() == []
