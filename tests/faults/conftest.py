"""How much the fault tests do, and the figures that they saw.

Without `--full` they take a sample, so that the suite stays quick; with it, the numbers of docs/reliability.md. Either
way the run ends with the figures as rows of that page's table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import postgres_programs
from tests.faults.services import OwnPostgres, OwnRedis

FIGURE = "figure"

Amount = Callable[[int, int], int]
Figure = Callable[[str, str], None]


@pytest.fixture
def amount(request: pytest.FixtureRequest) -> Amount:
    """`amount(sample, whole)` is how much to do in this run."""
    return lambda sample, whole: whole if request.config.getoption("--full") else sample


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """`figure(done, seen)` writes down what was done and what was seen."""
    told = request.node.user_properties
    return lambda done, seen: told.append((FIGURE, f"| {done} | {seen} | `{request.node.nodeid}` |"))


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    """A Redis that nobody else uses and that may be stopped."""
    service = OwnRedis(tmp_path)
    service.start()
    yield service
    service.stop()


@pytest.fixture
def own_postgres() -> Iterator[OwnPostgres]:
    """A PostgreSQL that nobody else uses and that may be stopped."""
    programs = postgres_programs()
    assert programs
    with OwnPostgres.made(programs) as service:
        service.start()
        yield service
        service.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The rows of the table in docs/reliability.md."""
    told = [report for reports in terminalreporter.stats.values() for report in reports]
    reports = [report for report in told if getattr(report, "when", None) == "call"]
    rows = [row for report in reports for name, row in report.user_properties if name == FIGURE]
    if rows:
        terminalreporter.section("figures")
    for row in rows:
        terminalreporter.write_line(row)
