"""Catching up: what feeds lack comes out of the log, part by part, no faster than the client reads.

Replays, holes and clients that are slower than the table all end here. No more than a part is in memory at a time; what
happens meanwhile waits in the log.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

import msgspec

from cardsharp.events import messages as m
from cardsharp.events.answers import HeartbeatData
from cardsharp.events.delivery import request_text, state_text
from cardsharp.events.feed import Ending, Feed
from cardsharp.events.limits import Limits
from cardsharp.events.ports import LoggedLine, Room, Snapshot
from cardsharp.events.session import Session

logger = logging.getLogger(__name__)

PART: Final = 200
"""Events that are read at a time."""


class Part(NamedTuple):
    """What a feed is to be sent next, and where it is then: at `snapshot` where it lacks nothing any more."""

    texts: list[str]
    position: int
    snapshot: Snapshot | None


class CatchingUp:
    """Sends what feeds lack; every call comes under the session's lock."""

    def __init__(
        self,
        room: Room,
        limits: Limits,
        clock: Callable[[], float],
        close: Callable[[Session, str], Awaitable[None]],
    ) -> None:
        self._room = room
        self._limits = limits
        self._clock = clock
        self._close = close

    async def go_on(self, session: Session) -> None:
        """Sends a part of what is missing now, and the rest as the client reads it."""
        if session.catching_up is not None:
            return
        if session.transport.is_full or await self._send_part(session):
            self.go_on_later(session)

    def go_on_later(self, session: Session) -> None:
        """Sends what is missing as the client reads it."""
        if session.catching_up is None:
            session.catching_up = asyncio.create_task(self._run(session))

    async def first_part(self, session: Session, table_id: str, feed: Feed, snapshot: Snapshot) -> list[str]:
        """The first texts for a feed that is behind the table as it is now; it is moved on by them.

        None where the client has enough to read.
        """
        if session.transport.is_full:
            return []
        return self._take(session, table_id, feed, await self._read(table_id, feed, snapshot))

    async def _run(self, session: Session) -> None:
        try:
            while await self._has_read(session):
                async with session.lock:
                    if session.closed or not await self._send_part(session):
                        return
                await asyncio.sleep(0)  # a room in memory never waits, and others want their turn
        except Exception:
            logger.exception("A client could not be sent what it lacks; the next heartbeat tries again")
        finally:
            session.catching_up = None

    async def _has_read(self, session: Session) -> bool:
        """Waits until the client has read; one that does not is closed. What it reports as seen counts as read."""
        while True:
            seen = dict(session.seen)
            try:
                async with asyncio.timeout(self._limits.unread_seconds):
                    await session.transport.drain()
            except TimeoutError:
                if session.seen != seen:
                    continue
                logger.info("A client does not read what it is sent: %s", session.client_id)
                await self._close(session, "slow_consumer")
                return False
            return True

    async def _send_part(self, session: Session) -> bool:
        """Sends the next part of one feed; whether anything is missing still."""
        behind = ((table_id, feed) for table_id, feed in session.feeds.items() if feed.is_behind)
        table_id, feed = next(behind, (None, None))
        if table_id is None or feed is None:
            return False
        part = await self._read(table_id, feed, await self._room.snapshot(table_id))
        await session.send(*self._take(session, table_id, feed, part))
        return any(feed.is_behind for feed in session.feeds.values())

    async def _read(self, table_id: str, feed: Feed, snapshot: Snapshot) -> Part:
        missing = max(0, snapshot.seq - feed.position)
        lines = await self._room.log(table_id, after=feed.position, limit=min(PART, missing)) if missing else ()
        if missing and (not lines or lines[0].seq != feed.position + 1):
            feed.endings = [Ending.RESYNC]  # the log has been trimmed under way
            return Part([], snapshot.seq, snapshot)
        texts = [self._text(table_id, line) for line in lines if feed.wants(line.event_type, line.seq)]
        position = lines[-1].seq if lines else feed.position
        return Part(texts, position, snapshot if position >= snapshot.seq else None)

    def _take(self, session: Session, table_id: str, feed: Feed, part: Part) -> list[str]:
        feed.advance(part.position)
        if part.snapshot is None:
            return part.texts
        endings = [self._ending(table_id, ending, part.snapshot) for ending in feed.endings]
        requests = self.requests(session, feed, part.snapshot, anew=feed.asks_anew)
        feed.catch_up()
        return [*part.texts, *endings, *requests]

    def _ending(self, table_id: str, ending: Ending, snapshot: Snapshot) -> str:
        at = self._clock()
        if ending is Ending.REPLAYED:
            return m.encode("heartbeat", HeartbeatData(server_time=at, seqs={table_id: snapshot.seq}), at=at)
        return state_text(snapshot, at=at, resync=ending is Ending.RESYNC)

    def requests(self, session: Session, feed: Feed, snapshot: Snapshot, *, anew: bool) -> list[str]:
        """What the table awaits from the player: all of it, or what has not been asked yet."""
        if session.player is None:
            return []
        at = self._clock()
        mine = [request for request in snapshot.requests if request.player_id == session.player.player_id]
        awaited = [r for r in mine if not r.answered and (anew or r.request_id not in feed.asked)]
        feed.asked = {request.request_id for request in mine}
        feed.asked_at = max(feed.asked_at, snapshot.seq)
        return [request_text(request, at=at) for request in awaited]

    def _text(self, table_id: str, line: LoggedLine) -> str:
        return m.encode_event(
            line.event_type,
            msgspec.Raw(line.data.encode()),
            at=self._clock(),
            table_id=table_id,
            round_id=line.round_id,
            seq=line.seq,
        )
