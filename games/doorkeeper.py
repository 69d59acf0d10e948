"""Looks every few seconds whether whoever is in may still be there; every serving process has one.

Sockets are told at once when a credential or a membership ends (`games.signouts`). What such a message cannot reach, a
token that expires or a process that the channel layer does not connect, is found here.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from cardsharp.events.handler import WebSocketEventHandler
from games import credentials, invitations
from games.database import in_database

logger = logging.getLogger(__name__)

LOOKS_EVERY_SECONDS: Final = 5


class Doorkeeper:
    """Shows out the clients of this process whom nothing lets in any more."""

    def __init__(self, handler: WebSocketEventHandler) -> None:
        self._handler = handler

    async def run(self) -> None:
        """Looks for ever."""
        while True:
            await asyncio.sleep(LOOKS_EVERY_SECONDS)
            try:
                await self.look()
            except Exception:
                logger.exception("The doorkeeper could not look; it will the next time")

    async def look(self) -> None:
        """Closes the sockets whose credential has ended, and ends subscriptions to tables of which one is no member."""
        if admitted := self._handler.admitted():
            await self._handler.show_out(await in_database(credentials.ended, admitted))
        if watching := self._handler.watching():
            await self._handler.take_away(await in_database(invitations.strangers, watching))
