"""What is cleared away once an hour: guests who never played, what deleted accounts have left, counts, sessions and
processes that are over.

Every serving process does it; doing it twice at once is harmless.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Final

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from games import accounts, arrivals, departures, presence
from games.database import in_database
from games.tables import Tables

logger = logging.getLogger(__name__)

EVERY_SECONDS: Final = 3600
GUESTS_AT_A_TIME: Final = 20


class Housekeeping:
    """A task that clears away."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def run(self) -> None:
        """Clears away for ever, the first time at once."""
        while True:
            try:
                await self.clear_away()
            except Exception:
                logger.exception("It could not all be cleared away; the next hour brings another try")
            await asyncio.sleep(EVERY_SECONDS)

    async def clear_away(self) -> None:
        """Deletes what nobody will ask for any more, a little at a time: the tables use the same threads."""
        await in_database(_forget_old)
        idle_since = timezone.now() - timedelta(days=settings.CARDSHARP_IDLE_GUEST_DAYS)
        while await in_database(accounts.remove_idle_guests, idle_since, GUESTS_AT_A_TIME) == GUESTS_AT_A_TIME:
            pass
        for player in await in_database(departures.unfinished):
            await departures.finish(self._tables, player)


def _forget_old() -> None:
    now = timezone.now()
    arrivals.forget_old()
    presence.forget_the_gone()
    Session.objects.filter(expire_date__lt=now).delete()
    AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME).delete()
