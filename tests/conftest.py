"""What the suite needs from the machine: tests that miss it are skipped, and the run ends by saying so.

With CARDSHARP_REQUIRE_ALL=1 nothing may be left out: something missing, or any skipped test, fails the run.
"""

import fcntl
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import hypothesis
import psycopg
import pytest
import redis
from psycopg import sql
from redis.backoff import NoBackoff
from redis.retry import Retry

from cardsharp.events.handler import WebSocketEventHandler
from tests.protocol import watching

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
CONNECT_TIMEOUT_SECONDS = 2
ASYNCAPI = Path(__file__).parent / "asyncapi"
AXE = Path(__file__).parent / "axe"
REQUIRE_ALL = os.environ.get("CARDSHARP_REQUIRE_ALL") == "1"

# A slow machine is no defect of a rule, so neither a deadline nor slow examples fail a property.
hypothesis.settings.register_profile(
    "ci", deadline=None, print_blob=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("ci")


@dataclass(frozen=True)
class Need:
    """A program or service beside Python; ``fixture`` hands it to tests, ``why_missing`` is None where it is there."""

    name: str
    fixture: str
    why_missing: Callable[[], str | None]


def find_chromium() -> str | None:
    names = (os.environ["CHROMIUM"],) if "CHROMIUM" in os.environ else CHROMIUM_NAMES
    return next(filter(None, map(shutil.which, names)), None)


@cache
def why_no_chromium() -> str | None:
    if find_chromium():
        return None
    if "CHROMIUM" in os.environ:
        return f"CHROMIUM={os.environ['CHROMIUM']} is no program"
    return f"none of {', '.join(CHROMIUM_NAMES)} is on the PATH, and CHROMIUM is not set"


@cache
def why_no_node() -> str | None:
    path = shutil.which("node")
    if not path:
        return "node is not on the PATH"
    test = [path, "--experimental-websocket", "--eval", "process.exit(typeof WebSocket === 'function' ? 0 : 1)"]
    if subprocess.run(test, capture_output=True, check=False).returncode:
        return f"{path} has no WebSocket; Node 20.10 and newer have one"
    return None


@cache
def why_no_postgres() -> str | None:
    try:
        psycopg.connect(POSTGRES_URL, connect_timeout=CONNECT_TIMEOUT_SECONDS).close()
    except psycopg.OperationalError as error:
        return f"TEST_POSTGRES_URL: {' '.join(str(error).split())}"
    return None


@cache
def why_no_redis() -> str | None:
    timeout = CONNECT_TIMEOUT_SECONDS
    client = redis.Redis.from_url(
        REDIS_URL, socket_connect_timeout=timeout, socket_timeout=timeout, retry=Retry(NoBackoff(), 0)
    )
    try:
        client.ping()
    except redis.RedisError as error:
        return f"TEST_REDIS_URL: {error}"
    finally:
        client.close()
    return None


@cache
def why_no_redis_server() -> str | None:
    return None if shutil.which("redis-server") else "redis-server is not on the PATH"


def postgres_programs() -> Path | None:
    """The folder of initdb and pg_ctl, which Debian keeps off the PATH."""
    there = shutil.which("pg_ctl")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    return Path(there).parent if there else debian[-1].parent if debian else None


@cache
def why_no_postgres_server() -> str | None:
    return None if postgres_programs() else "initdb and pg_ctl are not on the PATH"


def why_not_from_npm(folder: Path) -> str | None:
    """Installs what the folder's lock file pins, where it is not there yet, or not as pinned."""
    npm = shutil.which("npm")
    if not (npm and shutil.which("node")):
        return "node and npm are not on the PATH"
    wanted, there = folder / "package-lock.json", folder / "node_modules/installed-lock.json"
    with wanted.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests may run side by side
        if there.exists() and there.read_bytes() == wanted.read_bytes():
            return None
        install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"npm ci in {folder.name}: {' '.join(done.stderr.split())[-300:]}"
        shutil.copyfile(wanted, there)
    return None


@cache
def why_no_asyncapi_parser() -> str | None:
    return why_not_from_npm(ASYNCAPI)


@cache
def why_no_axe() -> str | None:
    return why_not_from_npm(AXE)


NEEDS = {
    "asyncapi": Need("AsyncAPI's parser", "asyncapi_check", why_no_asyncapi_parser),
    "axe": Need("axe", "axe_script", why_no_axe),
    "browser": Need("Chromium", "chromium_path", why_no_chromium),
    "node": Need("Node", "node_path", why_no_node),
    "postgres": Need("PostgreSQL", "postgres_url", why_no_postgres),
    "postgres_server": Need("PostgreSQL's programs", "own_postgres", why_no_postgres_server),
    "redis": Need("Redis", "redis_url", why_no_redis),
    "redis_server": Need("Redis's programs", "own_redis", why_no_redis_server),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    # Here, because an option must be known before the folder that uses it is looked into.
    parser.addoption("--full", action="store_true", help="the whole numbers of docs/reliability.md, not a sample")


def pytest_configure() -> None:
    if not REQUIRE_ALL:
        return
    missing = [f"{need.name} ({why})" for need in NEEDS.values() if (why := need.why_missing())]
    if missing:
        raise pytest.UsageError(f"CARDSHARP_REQUIRE_ALL is set, but the machine lacks {'; '.join(missing)}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for marker, need in NEEDS.items():
            if need.fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)
            if item.get_closest_marker(marker) and (why := need.why_missing()):
                item.add_marker(pytest.mark.skip(reason=f"in need of {need.name}: {why}"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Speaks after pytest's own closing line, so that what was left out is the last thing read."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:  # one of several workers; who has started them speaks
        yield
        return
    assert isinstance(reporter, pytest.TerminalReporter)
    skipped = [report.longrepr[2].removeprefix("Skipped: ") for report in reporter.stats.get("skipped", ())]
    if skipped and REQUIRE_ALL and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    yield
    for reason, count in sorted(Counter(skipped).items()):
        tests = "1 test" if count == 1 else f"{count} tests"
        reporter.write_line(f"LEFT OUT: {tests} {reason}", yellow=True)
    if skipped and REQUIRE_ALL:
        reporter.write_line("CARDSHARP_REQUIRE_ALL is set, so a run that leaves tests out has failed.", red=True)


@pytest.fixture(autouse=True)
def every_frame_is_documented(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Holds what the handlers of the tests' own process hear and say to the protocol's document."""
    unlike: list[AssertionError] = []
    make = WebSocketEventHandler.__init__

    def make_watched(self: WebSocketEventHandler, **options: Any) -> None:
        make(self, **options)
        watching.setup(self, unlike.append)

    monkeypatch.setattr(WebSocketEventHandler, "__init__", make_watched)
    yield
    if unlike:
        raise unlike[0]


@pytest.fixture(scope="session")
def asyncapi_check() -> list[str]:
    """The command that reads an AsyncAPI document and prints what is wrong with it."""
    return ["node", str(ASYNCAPI / "check.mjs")]


@pytest.fixture(scope="session")
def axe_script() -> str:
    """The accessibility checker's script, for a page to run."""
    return (AXE / "node_modules/axe-core/axe.min.js").read_text()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = find_chromium()
    assert path, why_no_chromium()
    return path


@pytest.fixture(scope="session")
def node_path() -> str:
    path = shutil.which("node")
    assert path, why_no_node()
    return path


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database that is dropped at the end of the test."""
    name = f"cardsharp_test_{uuid4().hex}"
    administer_postgres(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield urlsplit(POSTGRES_URL)._replace(path=f"/{name}").geturl()
    administer_postgres(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def administer_postgres(statement: sql.Composed) -> None:
    with psycopg.connect(POSTGRES_URL, connect_timeout=CONNECT_TIMEOUT_SECONDS, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The URL of a Redis that other runs may be using too: name keys and groups uniquely, and flush nothing."""
    return REDIS_URL
