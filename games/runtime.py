"""What a serving process has one of: the bus, the handler, the tables, and the tasks that keep time."""

from __future__ import annotations

import asyncio
import logging
from functools import cache
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from django.utils.module_loading import import_string

from cardsharp.events.audience import Audience
from cardsharp.events.bus import EventBus
from cardsharp.events.handler import WebSocketEventHandler
from games.sweeper import Sweeper
from games.tables import Tables
from games.uses import TokenUses

logger = logging.getLogger(__name__)

GROUP_MESSAGE = "group.message"
"""The Channels type of every message that the handler sends to a group."""


class ChannelGroups:
    """`cardsharp.events.ports.Groups` over the channel layer. The layer only carries the news; the log is the truth."""

    async def send(self, group: str, message: dict[str, Any]) -> None:
        """Sends the message to each member of the group; a layer that is down is logged, and the log heals it."""
        try:
            await get_channel_layer().group_send(group, {"type": GROUP_MESSAGE, "message": message})
        except Exception:
            logger.exception("The channel layer did not take a message to %s", group)


class Runtime:
    """The parts, wired together, and their tasks."""

    def __init__(self) -> None:
        # Imported first: their modules may register games, whose names tables and handler take up.
        extensions = [import_string(path) for path in settings.CARDSHARP_EXTENSIONS]
        self.bus = EventBus()
        self.audience = Audience()
        self.tables = Tables(self.bus, self.audience)
        self.handler = WebSocketEventHandler(
            room=self.tables,
            bus=self.bus,
            groups=ChannelGroups(),
            audience=self.audience,
            heartbeat_interval=settings.CARDSHARP_HEARTBEAT_SECONDS,
            limits=settings.CARDSHARP_LIMITS,
        )
        for extend in extensions:
            extend(self.handler)
        self.sweeper = Sweeper(self.tables, self.bus)
        self.uses = TokenUses(self.handler)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Starts sweeping, heartbeats and the notes of tokens' use in the running loop; a second call does nothing."""
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(work) for work in (self.sweeper.run(), self.handler.keep_beating(), self.uses.run())
            ]

    async def stop(self) -> None:
        """Says goodbye to every client, stops the tasks and finishes the actions that are under way."""
        await self.handler.shutdown()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self.tables.drain()


@cache
def runtime() -> Runtime:
    """The process's runtime, made at its first use."""
    return Runtime()
