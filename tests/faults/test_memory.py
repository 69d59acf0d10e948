"""The memory of the server under clients that come and go, and under some that stop reading."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect

from tests import meters
from tests.faults.conftest import Amount, Figure
from tests.faults.memory import resident_kb
from tests.protocol.frames import Frames
from tests.servers import UNTIMED, Account, Server, serving
from tests.wire_client import connected

AT_A_TIME = 20
"""How many clients come and go at the same time."""
UNREADING = 3
NUMBERS = ("messages_per_second", "burst", "player_messages_per_second", "player_burst")
SETTINGS: dict[str, Any] = {
    "CARDSHARP_LIMITS": json.dumps(dict.fromkeys(NUMBERS, 1_000_000)),
    "CARDSHARP_EXTENSIONS": meters.SETUP,
}
TABLES: list[tuple[str, dict[str, Any]]] = [(f"Table {number}", UNTIMED) for number in range(3)]
RICH: dict[str, Any] = {"max_buy_in_cents": 1_000_000_00, "default_buy_in_cents": 1_000_000_00}


async def meters_when_all_have_gone(server: Server) -> dict[str, Any]:
    """What the server has counted, once this is its only client; it may take a moment to notice that others left."""
    async with asyncio.timeout(120), connected(server.url, checked=Frames(meters.extensions())) as client:
        while (read := (await client.ask("meters"))["data"])["open"] > 1:
            pass
        return dict(read)


@asynccontextmanager
async def plain_socket(server: Server, **options: Any) -> AsyncIterator[ClientConnection]:
    """A socket without anything that would cost the test its time."""
    async with connect(server.url, compression=None, ping_interval=None, proxy=None, **options) as opened:
        yield opened


async def ask(client: ClientConnection, kind: str, **data: Any) -> None:
    """Sends the message, and reads until it is answered."""
    await client.send(json.dumps({"type": kind, "id": kind, "data": data}))
    while f'"reply_to":"{kind}"' not in await client.recv(decode=True):
        pass


# -- clients that come and go -----------------------------------------------------------------------------------------


async def pass_by(server: Server, number: int) -> None:
    """A client comes, looks at the lobby or at a whole table, and goes in one of the ways in which clients go."""
    player = server.players[number % len(server.players)]
    place = {"table_id": server.tables[number % len(server.tables)], "since": 0} if number % 2 else {}
    hello = {"token": player.token} if number % 4 else {}
    async with plain_socket(server) as client:
        match number % 7:
            case 0:
                return
            case 1:
                await ask(client, "connect", token="cs_bad")
            case 2:
                hello["client_id"] = "the same"
            case 3:
                await client.send("no JSON")
        await ask(client, "connect", **hello)
        await ask(client, "subscribe", event_types="*", **place)
        match number % 5:
            case 0:
                await ask(client, "disconnect")
            case 1:
                client.transport.abort()


async def come_and_go(server: Server, numbers: Iterator[int], count: int) -> None:
    """So many clients, some at a time."""

    async def one_after_the_other() -> None:
        for number in itertools.islice(numbers, count // AT_A_TIME):
            # It is closed for its bad token, or because the next one has its name.
            with suppress(websockets.ConnectionClosed):
                await pass_by(server, number)

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_A_TIME)))


@pytest.mark.slow
async def test_memory_is_flat_over_clients_that_come_and_go(amount: Amount, figure: Figure, tmp_path: Path):
    count, numbers = amount(400, 50_000), itertools.count()
    with serving(tmp_path, TABLES, players=3, watched=False, **SETTINGS) as server:
        await come_and_go(server, numbers, count // 5)
        warm = resident_kb(server.pid)
        await come_and_go(server, numbers, count - count // 5)
        grown = resident_kb(server.pid) - warm
        read = await meters_when_all_have_gone(server)
    assert read["connections"] == count + 1
    assert read["closes"].keys() <= {"gone", "requested", "bad_token", "replaced"}
    # 100 bytes a connection in the whole, of the 30,000 or so that each has while it is there. Before the first ten
    # thousand, the process still grows to the size that so many at a time need.
    assert grown < amount(16_000, 4_000)
    figure(f"{count:,} clients that come and go in nine ways", f"memory grew by {grown} kB after the first fifth")


# -- clients that stop reading ----------------------------------------------------------------------------------------


async def play(server: Server, player: Account, table: str, rounds: int) -> None:
    """Bets the least and stands, as fast as the table goes."""
    async with plain_socket(server) as client:
        await ask(client, "connect", token=player.token)
        await ask(client, "subscribe", event_types=["ROUND_ENDED"], table_id=table)
        await client.send(json.dumps({"type": "action", "data": {"action": "join_table", "table_id": table}}))
        while rounds:
            message = json.loads(await client.recv())
            data = message["data"]
            if message["type"] == "action_request":
                answer = answer_to(data)
                await client.send(json.dumps({"type": "action", "data": {**answer, "table_id": table}}))
            elif data.get("event_type") == "ROUND_ENDED":
                rounds -= 1
            else:
                assert message["type"] != "error" or data["code"] == "already_seated", message


def answer_to(request: dict[str, Any]) -> dict[str, Any]:
    """The smallest bet, and no more cards."""
    of_request = {"request_id": request["request_id"]}
    if "BET" in request["valid_actions"]:
        return {"action": "place_bet", "data": {"amount": 10, **of_request}}
    careful = ("STAND", "DECLINE_INSURANCE", "DECLINE_SURRENDER")
    move = next(move for move in careful if move in request["valid_actions"])
    return {"action": "player_action", "data": {"action": move, **of_request}}


async def stop_reading(stack: AsyncExitStack, server: Server, table: str) -> ClientConnection:
    """A client that listens to all of the table, and reads nothing of it."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    narrow.setblocking(False)
    await asyncio.get_running_loop().sock_connect(narrow, ("127.0.0.1", server.port))
    client = await stack.enter_async_context(plain_socket(server, sock=narrow, max_queue=1))
    await ask(client, "connect")
    await client.send(json.dumps({"type": "subscribe", "data": {"event_types": "*", "table_id": table}}))
    return client


@pytest.mark.slow
async def test_memory_is_flat_under_clients_that_stop_reading(amount: Amount, figure: Figure, tmp_path: Path):
    rounds, is_whole = amount(60, 5_000), bool(amount(0, 1))
    tables = [("Fast", UNTIMED | RICH)]
    with serving(tmp_path, tables, players=1, chips=2_000_000, watched=False, **SETTINGS) as server:
        (player,), (table,) = server.players, server.tables
        await play(server, player, table, rounds // 10)
        warm = resident_kb(server.pid)
        async with AsyncExitStack() as stack:
            silent = [await stop_reading(stack, server, table) for _ in range(UNREADING)]
            await play(server, player, table, rounds)
            grown = resident_kb(server.pid) - warm
            # A sample is too short for that: the system holds some megabytes for each before the server has to.
            read = await meters_when_all_have_gone(server) if is_whole else {"closes": {}}
            for client in silent:
                client.transport.abort()
    # What the system itself holds for a socket, some megabytes, is no memory of the server's.
    assert grown < UNREADING * 1_100 + 8_000
    closed = f"{read['closes'].get('slow_consumer', 0)} were closed as `slow_consumer`; " if is_whole else ""
    figure(
        f"{rounds:,} rounds at a table that {UNREADING} clients watch without reading",
        f"{closed}memory grew by {grown} kB",
    )
