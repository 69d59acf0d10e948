"""Heartbeats: the answer to a client's, and those that the server sends by itself, which heal what was lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal

from cardsharp import errors
from cardsharp.events import messages as m
from cardsharp.events.answers import HeartbeatData
from cardsharp.events.ports import Room
from cardsharp.events.session import Session
from cardsharp.events.subscriptions import Subscriptions

logger = logging.getLogger(__name__)


class Heartbeats:
    """Sends heartbeats with the newest seq of each table that a client is subscribed to."""

    def __init__(self, room: Room, subscriptions: Subscriptions, clock: Callable[[], float]) -> None:
        self._room = room
        self._subscriptions = subscriptions
        self._clock = clock
        self._joining: asyncio.Task[None] | None = None

    async def answer(self, session: Session, message: m.Heartbeat, reply_to: str | None) -> None:
        """Answers a client's heartbeat."""
        session.seen.update({table: seq for table, seq in message.seqs.items() if table in session.feeds})
        newest = await self._newest(session.feeds)
        theirs = None if message.timestamp is None else Decimal(message.timestamp)
        await session.send(self._beat(session, newest or {}, theirs, reply_to))

    async def send(self, sessions: Iterable[Session], interval: float) -> None:
        """Sends heartbeats where they are due, and what they show to be missing.

        A session that is busy now gets its own at a later call: one client's long message holds up nobody else's. So
        does one that is sent a replay, which a heartbeat ends.
        """
        now = self._clock()
        due = [s for s in sessions if s.is_connected and not s.closed and now - s.last_beat_at >= interval]
        if not due:
            return
        newest = await self._newest({table for session in due for table in session.feeds})
        for session in due:
            if not session.lock.locked():
                async with session.lock:
                    await self._send_one(session, newest, now)
        if self._joining is None or self._joining.done():
            # Beside the heartbeats: they must go on while a channel layer hangs.
            self._joining = asyncio.create_task(self._join_anew(due))

    async def _send_one(self, session: Session, newest: Mapping[str, int] | None, now: float) -> None:
        try:
            if newest is None or await self._subscriptions.heal(session, newest):
                await session.send(self._beat(session, newest or {}))
                session.last_beat_at = now
        except Exception:
            session.last_beat_at = now
            logger.exception("A heartbeat could not be sent; the next one heals what is missing")

    async def _join_anew(self, sessions: Iterable[Session]) -> None:
        """A channel layer forgets members after a while, and those that it could not take while it was down."""
        for session in sessions:
            try:
                await session.join_anew()
            except Exception:
                logger.exception("The groups of a client could not be joined anew; the next heartbeat tries again")
                return

    async def _newest(self, table_ids: Collection[str]) -> Mapping[str, int] | None:
        """The newest seqs, or None where the room cannot say now: a heartbeat is a sign of life all the same."""
        try:
            return await self._room.newest(table_ids)
        except errors.Unavailable:
            return None

    def _beat(
        self,
        session: Session,
        newest: Mapping[str, int],
        client_timestamp: Decimal | None = None,
        reply_to: str | None = None,
    ) -> str:
        at = self._clock()
        data = HeartbeatData(
            server_time=at,
            client_timestamp=client_timestamp,
            seqs={table: newest[table] for table in session.feeds if table in newest},
        )
        return m.encode("heartbeat", data, at=at, reply_to=reply_to)
