"""Several processes of one card room, on one database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.servers import Server, serving


@contextmanager
def several_serving(
    count: int,
    directory: Path,
    tables: Sequence[tuple[str, dict[str, Any]]],
    *,
    expected_complaints: Sequence[str] = (),
    **settings: Any,
) -> Iterator[list[Server]]:
    """So many processes that serve the same tables and players, each with a port and a log of its own."""
    settings = {"CARDSHARP_REDIS_PREFIX": uuid4().hex, **settings}
    with serving(directory, tables, expected_complaints=expected_complaints, **settings) as first, ExitStack() as stack:
        others = [stack.enter_context(_beside(first, n, expected_complaints)) for n in range(2, count + 1)]
        yield [first, *others]


@contextmanager
def _beside(first: Server, number: int, expected_complaints: Sequence[str]) -> Iterator[Server]:
    server = Server(first.directory, first.settings, first.tables, first.players, watched=first.watched)
    server.log = first.directory / f"server-{number}.log"
    server.start()
    try:
        yield server
        assert server.stop() == 0
    finally:
        server.stop()
    assert [line for line in server.complaints() if not any(text in line for text in expected_complaints)] == []
