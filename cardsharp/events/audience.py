"""Who is watching which table in this process: the number of spectators that rows and states show."""

from __future__ import annotations

from collections.abc import Collection


class Audience:
    """The sockets subscribed to each table, and whose they are."""

    def __init__(self) -> None:
        self._watching: dict[str, dict[str, str | None]] = {}

    def watch(self, table_id: str, session_key: str, player_id: str | None) -> None:
        """A socket watches a table."""
        self._watching.setdefault(table_id, {})[session_key] = player_id

    def leave(self, table_id: str, session_key: str) -> None:
        """A socket watches a table no longer."""
        watching = self._watching.get(table_id, {})
        watching.pop(session_key, None)
        if not watching:
            self._watching.pop(table_id, None)

    def spectators(self, table_id: str, seated: Collection[str]) -> int:
        """How many watch without a seat: each player once, however many sockets, and each anonymous socket."""
        # Database threads count while the loop changes who watches: a copy is counted.
        watching = list(self._watching.get(table_id, {}).items())
        return len({player or f"socket {key}" for key, player in watching if player not in seated})
