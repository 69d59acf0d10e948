"""Long logs over real sockets: who reads slowly gets everything, who does not read costs little, and what has been
trimmed is stood for by the state."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import websockets
from psycopg import sql
from websockets.asyncio.client import ClientConnection, connect

from tests.conftest import administer_postgres
from tests.faults.conftest import Amount, Figure
from tests.servers import UNTIMED, Server
from tests.wire_client import PATIENCE_SECONDS, WireClient, connected

RICH: dict[str, Any] = {"max_buy_in_cents": 100_000_00, "default_buy_in_cents": 100_000_00}
HASTY = '{"messages_per_second": 100000, "player_messages_per_second": 100000}'
STALLED = 8
GROWTH_BYTES = 32_000_000
"""What all of the stalled clients together may cost; the log of the whole test is as long for each of them."""
RESTLESS = """
import time
from itertools import chain
from django.db import transaction
from cardsharp.game import Actor, Outcome
from games.models import Table
from games.store import Store
from games.writing import write_outcome

store, actor = Store(lambda table, seated: 0), Actor("{player}", "Player 1")
store.submit("{table}", lambda game: game.read_action("join_table", dict(), actor=actor, at=time.time()))
table = store.load("{table}")
game, state, played = table.game, table.state, []
for action in ("sit_out", "sit_in") * {times}:
    outcome = game.step(state, game.read_action(action, dict(), actor=actor, at=time.time()), table.shoes)
    state = outcome.state
    played.append(outcome)
with transaction.atomic():
    names = ("events", "moves", "rounds")
    parts = dict((name, tuple(chain(*(getattr(one, name) for one in played)))) for name in names)
    write_outcome("{table}", Outcome(state=state, **parts), game=game, is_public=True)
    Table.objects.filter(pk="{table}").update(
        state=game.dump(state), seq=game.seq(state), deadline_at=game.deadline(state)
    )
"""


@contextmanager
def with_a_long_log(directory: Path, times: int, **settings: str) -> Iterator[Server]:
    """A server with a table whose log is long already when it begins to serve."""
    server = Server(directory, settings)
    server.prepare([("Long", UNTIMED | RICH)], players=2, chips=1_000_000)
    server.shell(RESTLESS.format(player=server.players[0].id, table=server.tables[0], times=times))
    server.start()
    try:
        yield server
        assert server.stop() == 0
        assert server.manage("verify").startswith("All is well")
    finally:
        server.stop()
    assert server.complaints() == []


@asynccontextmanager
async def narrow(server: Server) -> AsyncIterator[ClientConnection]:
    """A client whose side of the connection takes little until it reads."""
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    small.connect(("127.0.0.1", server.port))
    options: dict[str, Any] = {"compression": None, "ping_interval": None, "max_size": None, "max_queue": 1}
    async with connect(server.url, sock=small, **options) as client:
        yield client


async def replay(client: ClientConnection, table: str) -> None:
    for kind, data in (
        ("connect", {"batch": True}),
        ("subscribe", {"event_types": "*", "table_id": table, "since": 0}),
    ):
        await client.send(json.dumps({"type": kind, "data": data}))


async def test_who_reads_slowly_gets_everything_while_the_table_plays(tmp_path: Path, amount: Amount, figure: Figure):
    moves = amount(150, 1_000)
    with with_a_long_log(tmp_path, times=amount(6_000, 60_000), CARDSHARP_LIMITS=HASTY) as server:
        [table], [_, player] = server.tables, server.players
        async with narrow(server) as slow, connected(server.url, player) as other:
            await replay(slow, table)
            seqs: list[int] = []
            last = await other.accepted("join_table", table)
            for move in range(moves):
                last = await other.accepted(("sit_out", "sit_in")[move % 2], table)
                if move % 5 == 4:
                    seqs += logged(await read(slow))
            while len(seqs) < last:
                seqs += logged(await read(slow))
        assert seqs == list(range(1, last + 1))
    figure(
        f"{last} events for a client that reads a frame for every five moves at the table", "every one, in order, once"
    )


async def test_who_does_not_read_costs_little_and_is_shown_out(tmp_path: Path, amount: Amount, figure: Figure):
    limits = json.dumps({"unread_seconds": 2})
    with with_a_long_log(tmp_path, amount(6_000, 60_000), CARDSHARP_LIMITS=limits) as server:
        [table], [_, player] = server.tables, server.players
        async with connected(server.url, player) as other, AsyncExitStack() as stack:
            await other.accepted("join_table", table)
            before = server.resident_bytes()
            stalled = [await stack.enter_async_context(narrow(server)) for _ in range(STALLED)]
            for client in stalled:
                await replay(client, table)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while server.log.read_text().count("does not read what it is sent") < STALLED:
                    await other.ask("heartbeat")
                    await asyncio.sleep(0.1)
            grown = server.resident_bytes() - before
            assert grown < GROWTH_BYTES
            for client in stalled:
                assert await closed(client) in (4413, 1006)  # the close frame waits behind what was not read
    figure(f"{STALLED} clients that ask for the whole log and read nothing", f"{grown / 1e6:.0f} MB, then closed 4413")


@pytest.fixture
def own_postgres_url(postgres_url: str) -> Iterator[str]:
    """A database in which nobody else plays."""
    name = sql.Identifier(f"cardsharp_test_{uuid4().hex}")
    administer_postgres(sql.SQL("CREATE DATABASE {}").format(name))
    yield urlsplit(postgres_url)._replace(path=f"/{name.as_string()[1:-1]}").geturl()
    administer_postgres(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


async def test_what_has_been_trimmed_is_stood_for_by_the_state(tmp_path: Path, figure: Figure):
    await trimmed_in_the_background(tmp_path, figure)


@pytest.mark.slow
async def test_what_has_been_trimmed_on_postgresql(tmp_path: Path, figure: Figure, own_postgres_url: str):
    await trimmed_in_the_background(tmp_path, figure, DATABASE_URL=own_postgres_url)


async def trimmed_in_the_background(directory: Path, figure: Figure, **database: str) -> None:
    kept, step = 1_000, 500
    settings = {"CARDSHARP_KEPT_EVENTS": str(kept), "CARDSHARP_LIMITS": HASTY, **database}
    with with_a_long_log(directory, times=1_000, **settings) as server:
        [table], [_, player] = server.tables, server.players
        async with connected(server.url, player) as other, connected(server.url) as client:
            last = await other.accepted("join_table", table)
            async with asyncio.timeout(PATIENCE_SECONDS):
                # It is trimmed in the background, from the start of the server on.
                while not await is_gone(client, table, last - kept - step):
                    pass
            assert not await is_gone(client, table, last - kept)
            replayed = await client.replay(table, since=last - kept)
            assert [message["data"]["seq"] for message in replayed] == list(range(last - kept + 1, last + 1))
            assert await is_gone(client, table, 0)
            seq = await other.accepted("sit_out", table)
            assert seq >= (await client.event("PLAYER_SAT_OUT"))["seq"] > last, "and live again"
    figure(f"a log of {last} events trimmed to {kept} and some", "a replay of those, the state for what is gone")


async def is_gone(client: WireClient, table: str, since: int) -> bool:
    """Whether the events after that seq are not kept any more, as a new subscription is told."""
    await client.ask("unsubscribe", {"event_types": "*", "table_id": table})
    await client.ask("subscribe", {"event_types": ["PLAYER_SAT_OUT"], "table_id": table, "since": since})
    message = await client.until(lambda m: m["type"] == "heartbeat" or m["data"]["event_type"] == "TABLE_STATE")
    await client.settle()
    return message["type"] == "event"


async def read(client: ClientConnection) -> list[dict[str, Any]]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        messages = json.loads(await client.recv())
    return messages if isinstance(messages, list) else [messages]


def logged(messages: list[dict[str, Any]]) -> list[int]:
    """The seqs of the events of the log."""
    events = [message["data"] for message in messages if message["type"] == "event"]
    return [event["seq"] for event in events if event["event_type"] != "TABLE_STATE"]


async def closed(client: ClientConnection) -> int:
    try:
        while True:
            await read(client)
    except websockets.ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else 1006
