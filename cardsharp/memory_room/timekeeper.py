"""Calls time at tables in memory when it has come: waits for the next deadline, or for a table that changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Final

logger = logging.getLogger(__name__)

AFTER_A_FAILURE_SECONDS: Final = 1.0
"""How long a table is left alone whose time could not be called."""


class Timekeeper:
    """The task that keeps time. `deadlines` gives each table's next moment, `call_time` does what is due there."""

    def __init__(
        self,
        deadlines: Callable[[], Mapping[str, float]],
        call_time: Callable[[str], None],
        clock: Callable[[], float],
    ) -> None:
        self._deadlines = deadlines
        self._call_time = call_time
        self._clock = clock
        self._changed = asyncio.Event()
        self._not_before: dict[str, float] = {}

    def wake(self) -> None:
        """A table has changed, and with it, maybe, the next deadline."""
        self._changed.set()

    async def run(self) -> None:
        """Keeps time for ever."""
        while True:
            self._changed.clear()
            wait = self._call_due()
            try:
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _call_due(self) -> float | None:
        """Calls time where it is due; how many seconds there are until the next look, None for until a change."""
        now = self._clock()
        self._not_before = {table_id: at for table_id, at in self._not_before.items() if at > now}
        for table_id, deadline in self._deadlines().items():
            if deadline <= now and table_id not in self._not_before:
                self._call_safely(table_id, now)
        moments = [max(at, self._not_before.get(table_id, at)) for table_id, at in self._deadlines().items()]
        return max(0.0, min(moments) - self._clock()) if moments else None

    def _call_safely(self, table_id: str, now: float) -> None:
        try:
            self._call_time(table_id)
        except Exception:
            logger.exception("Time could not be called at table %s", table_id)
            self._not_before[table_id] = now + AFTER_A_FAILURE_SECONDS
