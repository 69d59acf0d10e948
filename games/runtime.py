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
from cardsharp.events.commits import TableEvent
from cardsharp.events.handler import WebSocketEventHandler
from games import advice, database, metrics, reactions
from games.doorkeeper import Doorkeeper
from games.housekeeping import Housekeeping
from games.layer import RoomLayer
from games.outages import Outage
from games.presence import Presence
from games.sweeper import Sweeper
from games.tables import Tables
from games.trimming import Trimmer
from games.uses import TokenUses

logger = logging.getLogger(__name__)

MEND_SECONDS = 1.0
"""How soon news that were lost in an outage are brought out of the log."""
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


def _count_round(name: str, event: TableEvent) -> None:
    if event.data.get("results"):
        metrics.rounds.inc()


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
        for add in (advice.setup, reactions.setup):
            add(self.handler, self.tables)
        for extend in extensions:
            extend(self.handler)
        self.sweeper = Sweeper(self.tables, self.bus)
        self.uses = TokenUses(self.handler)
        self.trimmer = Trimmer(settings.CARDSHARP_KEPT_EVENTS)
        self.doorkeeper = Doorkeeper(self.handler)
        self.housekeeping = Housekeeping(self.tables)
        self.presence = Presence(self.handler)
        self._tasks: list[asyncio.Task[None]] = []
        self.is_leaving = False
        """Whether it has been told to stop."""
        self.bus.subscribe("ROUND_ENDED", _count_round)

    @property
    def dropped(self) -> int:
        """How many messages have found a member's queue full; 0 where the layer does not say."""
        layer = get_channel_layer()
        return layer.dropped if isinstance(layer, RoomLayer) else 0

    @property
    def redis_outage(self) -> Outage | None:
        """Whether Redis is away; None where the room does without it."""
        layer = get_channel_layer()
        return layer.outage if isinstance(layer, RoomLayer) else None

    def start(self) -> None:
        """Starts what runs in the background, in the running loop; a second call does nothing."""
        if not self._tasks:
            others = (self.sweeper, self.uses, self.trimmer, self.doorkeeper, self.housekeeping, self.presence)
            works = (self.handler.keep_beating(), self._mend(), *(other.run() for other in others))
            self._tasks = [asyncio.create_task(work) for work in works]

    async def _mend(self) -> None:
        """Lets heartbeats bring, every second, what the channel layer cannot bring now or has lost."""
        while True:
            await asyncio.sleep(MEND_SECONDS)
            if self._may_lack_news():
                self.handler.beat_soon()

    def _may_lack_news(self) -> bool:
        """Whether what happened may not have been told: while Redis or the database is away, and once after it."""
        gaps = [outage.take_gap() for outage in (database.outage, self.redis_outage) if outage is not None]
        return any(gaps)

    async def stop(self, answer_seconds: float) -> None:
        """Stops the tasks, says goodbye to every client and finishes the actions that are under way.

        Clients that wait for an answer get it first, if it comes within `answer_seconds`.
        """
        self.is_leaving = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self.handler.shutdown(answer_seconds)
        await self.tables.drain()
        # Only now: the clients' goodbye must not wait for a database thread.
        await self.presence.forget()


@cache
def runtime() -> Runtime:
    """The process's runtime, made at its first use."""
    return Runtime()
