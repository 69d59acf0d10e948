"""Two processes of one card room: one database, one Redis, two ports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.servers import Server, serving


@contextmanager
def two_serving(
    directory: Path,
    tables: Sequence[tuple[str, dict[str, Any]]],
    database_url: str,
    redis_url: str,
    *,
    players: int,
    chips: int,
    **more: str,
) -> Iterator[tuple[Server, Server]]:
    """Both serve; at the end both must have left politely, have logged nothing bad, and verify."""
    room = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "CARDSHARP_REDIS_PREFIX": uuid4().hex, **more}
    beside = directory / "beside"
    beside.mkdir()
    with serving(directory, tables, players=players, chips=chips, watched=False, **room) as first:
        second = Server(beside, room, first.tables, first.players, watched=False)
        second.start()
        try:
            yield first, second
            assert second.stop() == 0
        finally:
            second.stop()
        assert second.complaints() == []
