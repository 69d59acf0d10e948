"""Which tables there are: one as soon as somebody connects, more as they fill up, none when everybody has gone."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from typing import Final

from cardsharp.blackjack.rules import Rules
from cardsharp.events.ports import COMMITTED, Commit
from cardsharp.memory_room import MemoryRoom
from cardsharp.server.visits import Visit

_ONE_TABLE: Final = re.compile(r"/ws/tables/([^/]+)/?")
_LOBBY: Final = re.compile(r"/ws/?")


class TablesOnDemand:
    """Opens and closes a room's tables, all of the same rules, by who is there.

    Paths are as on the site, `/ws/` for the lobby and `/ws/tables/<table_id>/` for a table; any other means a table
    that has a seat for whoever comes.
    """

    def __init__(self, room: MemoryRoom, rules: Rules) -> None:
        self._room = room
        self._rules = rules
        self._number = 0
        self._visits: dict[Visit, None] = {}
        self._lock = asyncio.Lock()
        self._tending: set[asyncio.Task[None]] = set()
        self._closing = False
        room.bus.subscribe(COMMITTED, self._on_commit)

    async def enter(self, path: str) -> Visit:
        """Whoever comes by that path has a table, or is in the lobby."""
        async with self._lock:
            if named := _ONE_TABLE.fullmatch(path):
                visit = Visit(named[1])
            elif _LOBBY.fullmatch(path):
                visit = Visit(None)
            else:
                visit = Visit(await self._free_table() or await self._open())
            self._visits[visit] = None
        if visit.default_table is None:
            await self.tend()
        return visit

    def leave(self, visit: Visit) -> None:
        """They have gone."""
        self._visits.pop(visit, None)
        self._tend_soon()

    async def close(self, reason: str) -> None:
        """Closes every table, and opens none any more for those who stay."""
        self._closing = True
        async with self._lock:
            await self._room.close_all(reason)

    async def tend(self) -> None:
        """Opens a table where the lobby has none with a free seat, and closes those that nobody needs."""
        async with self._lock:
            in_lobby = any(visit.default_table is None for visit in self._visits)
            if in_lobby and not await self._free_table():
                await self._open()
            in_use = {table_id for visit in self._visits for table_id in visit.tables}
            for table in await self._room.snapshots():
                if not in_lobby and not table.players and table.row["table_id"] not in in_use:
                    await self._room.close(table.row["table_id"], "empty")

    async def _free_table(self) -> str | None:
        """The first table with a free seat that is not filled already by those who came for it."""
        came = Counter(visit.default_table for visit in self._visits)
        for table in await self._room.snapshots():
            if max(table.row["seats_taken"], came[table.row["table_id"]]) < table.row["seat_count"]:
                return str(table.row["table_id"])
        return None

    async def _open(self) -> str:
        self._number += 1
        return await self._room.open(f"Table {self._number}", self._rules)

    def _on_commit(self, name: str, commit: Commit) -> None:
        if any(event.event_type in ("PLAYER_JOINED", "PLAYER_LEFT") for event in commit.events):
            self._tend_soon()

    def _tend_soon(self) -> None:
        if self._closing:
            return
        # Not at once: who tells us of a commit has not done with it yet.
        task = asyncio.ensure_future(self.tend())
        self._tending.add(task)
        task.add_done_callback(self._tending.discard)
