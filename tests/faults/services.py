"""A Redis and a PostgreSQL of the test's own, each on a free port, that may be stopped and started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

START_SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class OwnRedis:
    """`redis-server` as a child process."""

    directory: Path
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, decode_responses=True, retry=Retry(NoBackoff(), 0))

    def start(self) -> None:
        """Starts it, and returns when it answers."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, cwd=self.directory, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, "Redis does not answer"
            time.sleep(0.02)

    def _answers(self) -> bool:
        with suppress(redis.RedisError), self.client as client:
            return bool(client.ping())
        return False

    def freeze(self) -> None:
        """Lets it answer nothing any more, without a word."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def stop(self) -> None:
        """Ends it, if it runs, as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@dataclass
class OwnPostgres:
    """A cluster that `pg_ctl` starts and stops; root lets the user postgres do it, as PostgreSQL demands."""

    programs: Path
    directory: Path
    port: int = field(default_factory=free_port)

    @classmethod
    @contextmanager
    def made(cls, programs: Path) -> Iterator[OwnPostgres]:
        directory = Path(tempfile.mkdtemp(prefix="cardsharp-postgres-"))
        try:
            if os.geteuid() == 0:
                shutil.chown(directory, "postgres")
            service = cls(programs, directory)
            service._run("initdb", "--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8")
            yield service
        finally:
            shutil.rmtree(directory)

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Starts it, and returns when it answers."""
        options = f"-p {self.port} -k {self.directory} -c listen_addresses=127.0.0.1"
        self._run("pg_ctl", "start", "--wait", "--silent", "--log", str(self.directory / "log"), "--options", options)

    def stop(self, mode: str = "immediate") -> None:
        """Ends it, if it runs."""
        if (self.directory / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "--wait", "--silent", "--mode", mode)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), "--pgdata", str(self.directory), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "--user", "postgres", "--", *command]
        with (self.directory.with_suffix(".out")).open("w+") as out:
            # A file, since the server that is started would keep a pipe open.
            done = subprocess.run(command, cwd="/", stdout=out, stderr=out, check=False)
            out.seek(0)
            said = out.read()
        self.directory.with_suffix(".out").unlink()
        assert done.returncode == 0, f"{command} failed:\n{said}"
