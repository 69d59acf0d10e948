"""Heartbeats: the answer to a client's, and those that the server sends by itself, which heal what was lost."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

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

    async def answer(self, session: Session, message: m.Heartbeat, reply_to: str | None) -> None:
        """Answers a client's heartbeat."""
        session.seen.update({table: seq for table, seq in message.seqs.items() if table in session.feeds})
        newest = await self._room.newest(session.feeds)
        theirs = None if message.timestamp is None else Decimal(message.timestamp)
        await session.send(self._beat(session, newest, theirs, reply_to))

    async def send(self, sessions: Iterable[Session], interval: float) -> None:
        """Sends heartbeats where they are due, and what they show to be missing.

        A session that is busy now gets its own at a later call: one client's long message holds up nobody else's.
        """
        now = self._clock()
        due = [s for s in sessions if s.is_connected and not s.closed and now - s.last_beat_at >= interval]
        if not due:
            return
        newest = await self._room.newest({table for session in due for table in session.feeds})
        for session in due:
            if session.lock.locked():
                continue
            session.last_beat_at = now
            async with session.lock:
                try:
                    for table_id in list(session.feeds):
                        await self._subscriptions.heal(session, table_id, newest.get(table_id, 0))
                        await self._subscriptions.remind(session, table_id)
                    await session.send(self._beat(session, newest))
                except Exception:
                    logger.exception("A heartbeat could not be sent; the next one heals what is missing")

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
