"""Which table a socket is for: what the server asks of whoever keeps the tables."""

from __future__ import annotations

from typing import Protocol

from cardsharp.events.session import Session


class Visit:
    """One socket from its handshake to its end. `default_table` is what a message means that names no table."""

    def __init__(self, default_table: str | None) -> None:
        self.default_table = default_table
        self.session: Session | None = None

    @property
    def tables(self) -> set[str]:
        """The tables that it came for, and those that it watches."""
        named = {self.default_table} if self.default_table is not None else set()
        return named | set(self.session.feeds if self.session else ())


class Tables(Protocol):
    """Says which table a socket is for."""

    async def enter(self, path: str) -> Visit:
        """A socket of that path has come."""

    def leave(self, visit: Visit) -> None:
        """It has gone."""
