"""When tokens were used last: noted once a minute for all of them together, and never for a single message."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

from cardsharp.events.handler import WebSocketEventHandler
from games import accounts, credentials
from games.database import in_database

logger = logging.getLogger(__name__)

NOTED_EVERY_SECONDS: Final = 60


class TokenUses:
    """Notes which tokens of this process's clients are in use. A client that is silent does not use its token."""

    def __init__(self, handler: WebSocketEventHandler, clock: Callable[[], float] = time.time) -> None:
        self._handler = handler
        self._clock = clock
        self._noted_at = clock()

    async def run(self) -> None:
        """Notes for ever."""
        while True:
            await asyncio.sleep(NOTED_EVERY_SECONDS)
            try:
                await self.note()
            except Exception:
                logger.exception("The use of tokens could not be noted; the next time it is")

    async def note(self) -> None:
        """Notes the tokens of the clients that have sent something since the last time."""
        now = self._clock()
        used = credentials.token_keys(self._handler.credentials(heard_since=self._noted_at))
        if used:
            await in_database(accounts.note_use, used)
        self._noted_at = now
