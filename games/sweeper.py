"""Calls time where a deadline has passed. Every serving process sweeps; racing sweepers are harmless.

Deadlines are a column, so a restart forgets nothing; the sweeper only knows when to look next.
"""

from __future__ import annotations

import asyncio
import logging
import time

from cardsharp.errors import GameError
from cardsharp.events.bus import EventBus
from cardsharp.events.ports import COMMITTED, Commit
from games.tables import Tables

logger = logging.getLogger(__name__)

POLL_SECONDS = 5.0
"""How long other processes' tables may wait for this one when their own process is gone."""
RETRY_SECONDS = 1.0
"""How long to wait after something has failed."""


class Sweeper:
    """A task that looks for due tables at the next deadline, at each commit, and now and then.

    A look is two reads of an index, however many tables there are. A table that has no deadline costs nothing.
    """

    def __init__(self, tables: Tables, bus: EventBus) -> None:
        self._tables = tables
        self._woken = asyncio.Event()
        bus.subscribe(COMMITTED, self._on_commit)

    def _on_commit(self, name: str, commit: Commit) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Sweeps for ever."""
        while True:
            wait = await self._sweep_safely()
            try:
                async with asyncio.timeout(wait):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def _sweep_safely(self) -> float:
        try:
            return await self.sweep()
        except Exception:
            logger.exception("The sweeper could not look for due tables")
            return RETRY_SECONDS

    async def sweep(self) -> float:
        """Calls time at every due table; returns how many seconds to wait before the next look."""
        self._woken.clear()
        due, next_deadline = await self._tables.due()
        longest = POLL_SECONDS
        for table_id in due:
            try:
                await self._tables.call_time(table_id)
            except GameError as error:
                # Another process was faster, or the deadline moved: what is due now is in the row.
                logger.debug("Time at table %s was called already: %s", table_id, error)
                longest = RETRY_SECONDS
            except Exception:
                logger.exception("Time could not be called at table %s", table_id)
                longest = RETRY_SECONDS
        # What was done here wakes the sweeper by its commit.
        if next_deadline is None:
            return longest
        return min(longest, max(0.0, next_deadline - time.time()))
