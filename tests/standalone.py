"""The standalone server in a process of its own; run as a program it is that server.

As a program it reads JSON and prints JSON when it listens. In: `tables` [name, rules], `players` [name, chips], `cards`
on top of each shoe, `limits` as CARDSHARP_LIMITS has them. Out: the port, the ids of the tables, and of each player the
id, a token, and one that may watch.
Each later line of input is the id of a table, which it closes and names again on its output.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from cardsharp.blackjack.rules import Rules
from cardsharp.cards import parse_cards
from cardsharp.events.bus import EventBus
from cardsharp.events.handler import WebSocketEventHandler
from cardsharp.events.limits import Limits
from cardsharp.memory_room import MemoryRoom
from cardsharp.server import LocalGroups, Visit, WebSocketServer
from cardsharp.shoe import StackedShoes
from tests import meters
from tests.protocol import watching
from tests.servers import ROOT, Account


@dataclass
class Standalone:
    """A standalone server that serves."""

    process: subprocess.Popen[str]
    port: int
    log: Path
    tables: list[str]
    players: list[Account]

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"ws://{self.address}/ws/"

    def table_url(self, table_id: str) -> str:
        return f"{self.url}tables/{table_id}/"

    def close_table(self, table_id: str) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{table_id}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == f"{table_id}\n"


@contextmanager
def standing_alone(
    directory: Path,
    tables: Sequence[tuple[str, dict[str, Any]]],
    *,
    players: int,
    cards: str,
    limits: str = "{}",
) -> Iterator[Standalone]:
    """A server that serves. At the end it must have stopped politely and have logged nothing bad."""
    log_path = directory / "server.log"
    names = [f"Player {number}" for number in range(1, players + 1)]
    wanted = {"tables": tables, "players": [(name, 10_000) for name in names], "cards": cards, "limits": limits}
    with log_path.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.standalone"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(wanted) + "\n")
        process.stdin.flush()
        ready = json.loads(process.stdout.readline() or "null")
        assert ready, log_path.read_text()
        accounts = [Account(name, cookie="", **ready["players"][name]) for name in names]
        yield Standalone(process, ready["port"], log_path, ready["tables"], accounts)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.communicate()
    bad = [line for line in log_path.read_text().splitlines() if re.search("WARNING|ERROR|CRITICAL|Traceback", line)]
    assert bad == []


class TablesOfPaths:
    """The site's paths, for tables that are there from the beginning to the end."""

    async def enter(self, path: str) -> Visit:
        named = re.fullmatch("/ws/tables/([^/]+)/", path)
        return Visit(named[1] if named else None)

    def leave(self, visit: Visit) -> None:
        pass


async def main(wanted: dict[str, Any]) -> None:
    bus, groups = EventBus(), LocalGroups()
    room = MemoryRoom(bus)
    limits = msgspec.json.decode(wanted["limits"], type=Limits)
    handler = WebSocketEventHandler(room=room, bus=bus, groups=groups, audience=room.audience, limits=limits)
    meters.setup_without_database(handler)
    watching.setup(handler)
    tables = []
    for name, rules in wanted["tables"]:
        shoes = StackedShoes(parse_cards(wanted["cards"]), secrets.token_bytes(32))
        tables.append(await room.open(name, Rules(**rules), shoes=shoes))
    players = {}
    for name, chips in wanted["players"]:
        player_id = room.add_player(name, chips).player_id
        players[name] = {"id": player_id, "token": secrets.token_hex(), "watcher": secrets.token_hex()}
        room.add_token(player_id, players[name]["token"])
        room.add_token(player_id, players[name]["watcher"], may_act=False)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with room, WebSocketServer(handler, groups, TablesOfPaths(), host="127.0.0.1", port=0) as server:
        sys.stdout.write(json.dumps({"port": server.port, "tables": tables, "players": players}) + "\n")
        sys.stdout.flush()
        closing = asyncio.create_task(close_tables(room))
        await stopped.wait()
        closing.cancel()


async def close_tables(room: MemoryRoom) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := (await reader.readline()).decode():
        await room.close(line.strip())
        sys.stdout.write(line)
        sys.stdout.flush()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    asyncio.run(main(json.loads(sys.stdin.readline())))
