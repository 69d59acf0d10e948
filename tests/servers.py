"""The card room as its users meet it: a process of its own with Daphne, its own database and its own port."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

R = TypeVar("R")

ROOT = Path(__file__).parents[1]
START_SECONDS = 30
WATCHED = "tests.protocol.watching.setup"
"""Holds every frame to the protocol's document, whoever sends it."""
UNTIMED = {"bet_seconds": None, "insurance_seconds": None, "act_seconds": None, "pause_seconds": 0}
"""Rules under which a table waits for its players and for nothing else."""


@dataclass
class Account:
    """A player of the server, and what lets them in."""

    name: str
    id: str
    token: str
    watcher: str
    cookie: str


@dataclass
class Server:
    """A server that may be killed and started again on the same database and port."""

    directory: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    tables: list[str] = field(default_factory=list)
    players: list[Account] = field(default_factory=list)
    watched: bool = True
    """Whether every frame is held to the protocol's document, which takes the server longer than all the rest."""
    options: Sequence[str] = ()
    """What else the command that serves is given."""

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.log = self.directory / "server.log"
        self._process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    @property
    def url(self) -> str:
        return f"ws://{self.address}/ws/"

    def table_url(self, table_id: str) -> str:
        return f"{self.url}tables/{table_id}/"

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CARDSHARP_")}
        inherited.pop("DATABASE_URL", None)
        inherited.pop("REDIS_URL", None)
        own = {"PYTHONUNBUFFERED": "1", "CARDSHARP_DATA_DIR": str(self.directory), **self.settings}
        extensions = (own.get("CARDSHARP_EXTENSIONS"), WATCHED if self.watched else None)
        own["CARDSHARP_EXTENSIONS"] = ",".join(filter(None, extensions))
        return {**inherited, **own}

    def prepare(self, tables: Sequence[tuple[str, dict[str, Any]]], players: int = 0, chips: int = 10_000) -> None:
        """Makes the database, opens tables of these names and rules, and lets so many players in."""
        names = [f"Player {number}" for number in range(1, players + 1)]
        wanted = {"tables": tables, "players": [(name, chips) for name in names]}
        made = json.loads(self.run("tests.room_setup", json.dumps(wanted)))
        self.tables += made["tables"]
        self.players += [Account(name, **made["players"][name]) for name in names]

    def manage(self, *arguments: str) -> str:
        """What a management command prints. Raises CalledProcessError when it fails."""
        return self.run("manage", "", *arguments)

    def shell(self, code: str) -> None:
        """Runs Python beside the server, on its database."""
        self.manage("shell", "--no-imports", "--command", code)

    def close_table(self, table_id: str) -> None:
        close = f"asyncio.run(runtime().tables.close('{table_id}', 'test'))"
        self.shell(f"import asyncio; from games.runtime import runtime; {close}")

    def run(self, module: str, given: str, *arguments: str) -> str:
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, input=given, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command} failed:\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self) -> None:
        """Serves, and returns when it does."""
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port), *self.options]
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT, text=True
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert self._process.poll() is None, f"The server ended:\n{self.log.read_text()}"
            assert time.monotonic() < deadline, f"The server did not begin to serve:\n{self.log.read_text()}"
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)

    def kill(self) -> None:
        """Ends it as a power cut does."""
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process = None

    def terminate(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Asks it to stop, and returns at once."""
        assert self._process
        self._process.send_signal(number)

    def resident_bytes(self) -> int:
        """How much memory the process has."""
        assert self._process
        return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> int:
        """Asks it to stop if it runs; its exit code."""
        if self._process is None:
            return 0
        self._process.terminate()
        return self.wait()

    def wait(self) -> int:
        """Waits until it has stopped; its exit code."""
        process = self._process
        assert process
        try:
            return process.wait(timeout=START_SECONDS)
        finally:
            process.kill()
            self._process = None

    def complaints(self) -> list[str]:
        """What the log holds at the levels warning and worse, and tracebacks."""
        words = (" WARNING ", " ERROR ", " CRITICAL ", "Traceback", "Exception")
        return [line for line in self.log.read_text().splitlines() if any(word in line for word in words)]


async def in_thread(function: Callable[..., R], *arguments: str) -> R:
    """The function's result. Who is cancelled waits for the thread first: it may be starting a server."""
    working = asyncio.ensure_future(asyncio.to_thread(function, *arguments))
    try:
        return await asyncio.shield(working)
    finally:
        await asyncio.wait((working,))


@contextmanager
def serving(
    directory: Path,
    tables: Sequence[tuple[str, dict[str, Any]]],
    *,
    players: int = 0,
    chips: int = 10_000,
    expected_complaints: Sequence[str] = (),
    watched: bool = True,
    **settings: str,
) -> Iterator[Server]:
    """A server that serves. At the end it must have stopped politely, have logged nothing bad, and verify."""
    server = Server(directory, settings, watched=watched)
    server.prepare(tables, players, chips)
    server.start()
    try:
        yield server
        assert server.stop() == 0
    finally:
        server.stop()
    unexpected = [line for line in server.complaints() if not any(text in line for text in expected_complaints)]
    assert unexpected == []
    assert server.manage("verify").startswith("All is well")
