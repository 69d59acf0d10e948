"""A server that is told to stop: everybody is told, what is under way is finished, and nothing keeps it for ever."""

from __future__ import annotations

import asyncio
import http.client
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.faults.conftest import Amount, Figure
from tests.servers import UNTIMED, Server, in_thread
from tests.wire_client import WireClient, connected, opened

LONG = "600"
TESTS = 8


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a table and a player for each test; what they have left behind must verify."""
    directory = tmp_path_factory.mktemp("leaving")
    # Actions are to wait for the database for as long as a test likes.
    server = Server(directory, {"DATABASE_URL": f"sqlite:///{directory}/cardsharp.sqlite3?timeout={LONG}"})
    server.prepare([("One", UNTIMED)] * TESTS, players=TESTS)
    yield server
    assert server.manage("verify").startswith("All is well")


@contextmanager
def running(server: Server, leave_within: str) -> Iterator[None]:
    """The server serves, with a log of its own and a table and a player that nobody has used; the test stops it."""
    server.options = ("--leave-within", leave_within)
    server.log.unlink(missing_ok=True)
    server.start()
    try:
        yield
    finally:
        server.stop()
        server.tables.pop()
        server.players.pop()


@contextmanager
def nobody_can_write(server: Server) -> Iterator[sqlite3.Connection]:
    """Every action of the server waits for the database until the connection is closed."""
    with closing(sqlite3.connect(server.directory / "cardsharp.sqlite3", isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield database


@dataclass
class Bet:
    """A bet that waits for the database, and a viewer who waits for nothing."""

    player: WireClient
    viewer: WireClient
    database: sqlite3.Connection

    def let_through(self) -> None:
        self.database.close()

    async def answer(self) -> dict[str, Any]:
        return (await self.player.until(lambda message: message.get("reply_to") == "bet"))["data"]


@asynccontextmanager
async def a_bet_under_way(server: Server) -> AsyncIterator[Bet]:
    table, ada = server.tables[-1], server.players[-1]
    async with connected(server.url, ada, subscribe=table) as player, connected(server.url) as viewer:
        await player.accepted("join_table", table)
        request = (await player.request())["request_id"]
        with nobody_can_write(server) as database:
            bet = {"action": "place_bet", "data": {"amount": 10, "request_id": request}, "table_id": table}
            await player.send("action", bet, id="bet")
            for _ in range(2):  # what came first is read first, so the server has begun the bet by the second answer
                await viewer.ask("heartbeat")
            yield Bet(player, viewer, database)


def is_goodbye(message: dict[str, Any]) -> bool:
    return message["type"] == "disconnected" and message["data"]["reason"] == "server_restart"


async def stopped(server: Server) -> int:
    return await in_thread(server.wait)


async def test_everybody_is_told_at_once_and_who_has_acted_after_the_answer(
    prepared: Server, amount: Amount, figure: Figure
):
    count = amount(100, 900)
    with running(prepared, LONG):
        async with AsyncExitStack() as stack:
            viewers = [
                await stack.enter_async_context(connected(prepared.url, subscribe=prepared.tables[-1]))
                for _ in range(count)
            ]
            async with a_bet_under_way(prepared) as bet:
                prepared.terminate()
                prepared.terminate()  # as process managers do that tell the process and its group
                assert {await viewer.closed() for viewer in viewers} == {4012}
                bet.let_through()
                assert (await bet.answer())["event_type"] == "ACTION_RECEIVED"
                assert await bet.player.closed() == 4012
                assert is_goodbye(bet.player.messages[-1])
            assert await stopped(prepared) == 0
        assert prepared.complaints() == []
    waits = sorted(viewer.messages[-1]["data"]["retry_after"] for viewer in viewers)
    assert all(is_goodbye(viewer.messages[-1]) for viewer in viewers)
    assert waits[0] > 0
    assert waits[-1] < 10
    assert len(set(waits)) > count / 2
    assert waits[3 * count // 4] - waits[count // 4] > 1, "spread, so that they do not come back all at once"
    figure(
        f"{count} sockets and an action under way at SIGTERM",
        f"all closed with 4012, to come back in {waits[0]:.1f} to {waits[-1]:.1f} s; the action was answered first",
    )


async def test_it_may_be_told_as_soon_as_it_listens(prepared: Server):
    with running(prepared, LONG):
        prepared.terminate()
        assert await stopped(prepared) == 0
        assert prepared.complaints() == []


async def test_an_action_that_hangs_keeps_it_for_so_long_and_no_longer(prepared: Server):
    with running(prepared, "0.5"):
        async with a_bet_under_way(prepared) as bet:
            prepared.terminate()
            assert [await bet.player.closed(), await bet.viewer.closed()] == [4012, 4012]
            assert is_goodbye(bet.player.messages[-1])
            assert await stopped(prepared) == 1
        assert ["not done within 0.5 seconds" in line for line in prepared.complaints()] == [True]


async def test_neither_does_a_database_that_answers_nobody(tmp_path: Path, postgres_url: str):
    server = Server(tmp_path, {"DATABASE_URL": postgres_url}, options=("--leave-within", "0.5"))
    server.prepare([("One", UNTIMED)])
    server.start()
    try:
        with psycopg.connect(postgres_url, autocommit=True) as watcher, psycopg.connect(postgres_url) as hog:
            hog.execute("LOCK TABLE games_table IN ACCESS EXCLUSIVE MODE")
            sweeping = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'games_table'::regclass"
            async with asyncio.timeout(30):
                while watcher.execute(sweeping).fetchone() is None:  # noqa: ASYNC110 - only the database knows
                    await asyncio.sleep(0.05)
            server.terminate()
            assert await stopped(server) == 1
        assert ["not done within 0.5 seconds" in line for line in server.complaints()] == [True]
    finally:
        server.stop()


async def test_who_is_impatient_presses_again(prepared: Server):
    with running(prepared, LONG):
        async with a_bet_under_way(prepared) as bet:
            prepared.terminate(signal.SIGINT)
            assert await bet.viewer.closed() == 4012
            prepared.terminate(signal.SIGINT)
            assert await stopped(prepared) == 1
        assert ["interrupted once more" in line for line in prepared.complaints()] == [True]


@contextmanager
def raw(server: Server, said: bytes = b"") -> Iterator[socket.socket]:
    """A connection on which this was said."""
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(said)
        yield connection


HANDSHAKE = (
    b"GET /ws/ HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng==\r\n\r\n"
)
HANGING: Sequence[bytes] = (b"", b"GET / HT", b"POST /login/ HTTP/1.1\r\nContent-Length: 9\r\n\r\nname=", HANDSHAKE)
"""What a client may say and then wait for ever: the last one reads nothing and never answers a close."""


async def test_no_socket_keeps_it(prepared: Server):
    with running(prepared, LONG), ExitStack() as stack:
        for said in HANGING:
            stack.enter_context(raw(prepared, said))
        async with connected(prepared.url) as viewer:
            await viewer.ask("heartbeat")
            prepared.terminate()
            assert await viewer.closed() == 4012
        assert await stopped(prepared) == 0
        assert prepared.complaints() == []


async def test_a_page_that_is_being_made_is_sent(prepared: Server):
    with running(prepared, LONG):
        page = http.client.HTTPConnection("127.0.0.1", prepared.port, timeout=60)
        page.request("GET", "/account/log-in/")
        shown = page.getresponse()
        assert shown.read()
        cookie = shown.headers["Set-Cookie"].partition(";")[0]
        token = {"Cookie": cookie, "X-CSRFToken": cookie.partition("=")[2]}
        async with connected(prepared.url) as viewer:
            with nobody_can_write(prepared):
                page.request("POST", "/account/guest/", headers=token)
                for _ in range(2):
                    await viewer.ask("heartbeat")
                prepared.terminate()
                assert await viewer.closed() == 4012
            made = await asyncio.to_thread(page.getresponse)
            assert (made.status, made.headers["Location"]) == (302, "/")
            made.read()
            page.close()
        assert await stopped(prepared) == 0
        assert prepared.complaints() == []


async def test_who_connects_while_it_leaves_is_told_too_or_not_let_in(prepared: Server):
    with running(prepared, LONG):
        with socket.create_connection(("127.0.0.1", prepared.port)) as kept:
            assert b"</html>" in await page_on(kept)
            async with a_bet_under_way(prepared) as bet:
                prepared.terminate()
                assert await bet.viewer.closed() == 4012
                with socket.socket() as late:
                    assert late.connect_ex(("127.0.0.1", prepared.port)) != 0
                async with opened(prepared.url, sock=kept) as client:
                    assert await client.closed() == 4012
                    assert is_goodbye(client.messages[-1])
        assert await stopped(prepared) == 0
        assert prepared.complaints() == []


async def test_a_page_while_it_leaves_is_the_last_on_its_connection(prepared: Server):
    with running(prepared, LONG):
        with socket.create_connection(("127.0.0.1", prepared.port)) as kept:
            assert b"Connection: close" not in await page_on(kept)
            async with a_bet_under_way(prepared) as bet:
                prepared.terminate()
                assert await bet.viewer.closed() == 4012
                last = await page_on(kept)
                assert b"\r\nConnection: close\r\n" in last
                assert b"</html>" in last
                assert await asyncio.to_thread(kept.recv, 1) == b"", "closed, although the server has not left yet"
        assert await stopped(prepared) == 0
        assert prepared.complaints() == []


async def page_on(connection: socket.socket) -> bytes:
    """A page, head and all."""
    connection.sendall(b"GET /account/log-in/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
    page = b""
    while b"</html>" not in page:
        come = await asyncio.to_thread(connection.recv, 65_536)
        assert come, "the connection was closed before the page had come"
        page += come
    return page
