"""Subscribing, replaying and healing: how a socket gets every event of its topics in order, each once.

A socket joins the groups first, then reads the log, then drops from the news what the log has brought already.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import msgspec

from cardsharp import errors
from cardsharp.events import messages as m
from cardsharp.events.answers import HeartbeatData, LobbyStateData
from cardsharp.events.audience import Audience
from cardsharp.events.delivery import Delivery, request_text, state_text
from cardsharp.events.extensions import Extensions
from cardsharp.events.feed import Feed, News
from cardsharp.events.limits import Limits
from cardsharp.events.ports import LoggedLine, Room, Snapshot
from cardsharp.events.session import Session
from cardsharp.events.topics import ALL, LOBBY, LOBBY_EVENTS, TABLE_STATE

logger = logging.getLogger(__name__)

PAGE: Final = 500
"""Events of a replay that are read at a time."""


class Subscriptions:
    """The handler's part that owns feeds; every call comes under the session's lock."""

    def __init__(
        self,
        room: Room,
        delivery: Delivery,
        audience: Audience,
        extensions: Extensions,
        limits: Limits,
        clock: Callable[[], float],
    ) -> None:
        self._room = room
        self._delivery = delivery
        self._audience = audience
        self._limits = limits
        self._clock = clock
        self._extensions = extensions
        self._table_events = room.event_types | {TABLE_STATE, ALL}

    # -- subscribe and unsubscribe ----------------------------------------------------------------------------------

    async def add(self, session: Session, message: m.Subscribe, connected: Callable[[], Awaitable[str]]) -> None:
        """Adds names and answers: `connected`, then a replay or a snapshot, then what the table awaits."""
        place, names = await self._read(session, message)
        held = sum(len(session.names(p)) for p in (LOBBY, *session.feeds))
        if held + len(names - session.names(place)) > self._limits.subscribed_names:
            raise errors.TooManySubscriptions(limit=self._limits.subscribed_names)
        if place == LOBBY:
            await self._add_lobby(session, names, connected)
        else:
            await self._add_table(session, place, names, message.since, connected)

    async def remove(self, session: Session, message: m.Unsubscribe) -> None:
        """Takes names away; `*` takes all of the place, a single name under `*` leaves `*`."""
        place, names = await self._read(session, message)
        before = session.names(place)
        after = frozenset() if ALL in names else before - names
        await session.follow(place, before, after)
        if place == LOBBY:
            session.lobby = set(after)
        elif after:
            session.feeds[place].names = set(after)
        elif place in session.feeds:
            await self._forget(session, place)

    async def end(self, session: Session) -> None:
        """The socket is gone: nobody watches through it any more."""
        for table_id in list(session.feeds):
            await self._forget(session, table_id)

    async def _read(self, session: Session, message: m.Subscribe | m.Unsubscribe) -> tuple[str, frozenset[str]]:
        """The place and the names of a message. Raises UnknownTable or UnknownEventType."""
        names = m.event_types(message)
        own = self._extensions.events.keys()
        table_id = message.table_id or session.default_table
        if table_id is None:
            place, known = LOBBY, LOBBY_EVENTS | {ALL} | own
        elif await self._room.has_table(table_id):
            place, known = table_id, self._table_events | own
        else:
            raise errors.UnknownTable
        if unknown := sorted(names - known):
            raise errors.UnknownEventType(f"There is no event type {unknown[0]} here.", event_types=sorted(known))
        return place, names

    async def _add_lobby(
        self, session: Session, names: frozenset[str], connected: Callable[[], Awaitable[str]]
    ) -> None:
        before = session.names(LOBBY)
        await session.follow(LOBBY, before, before | names)
        session.lobby |= names
        at = self._clock()
        rows = [snapshot.row for snapshot in await self._room.snapshots()]
        text = m.encode_event("LOBBY_STATE", LobbyStateData(tables=rows, timestamp=at), at=at)
        await session.send(await connected(), text)

    async def _add_table(
        self,
        session: Session,
        table_id: str,
        names: frozenset[str],
        since: int | None,
        connected: Callable[[], Awaitable[str]],
    ) -> None:
        before = session.names(table_id)
        new = table_id not in session.feeds
        await session.follow(table_id, before, before | names)
        try:
            snapshot = await self._room.snapshot(table_id)
            feed = session.feeds.get(table_id) or Feed(snapshot.seq, unlogged=self._extensions.events.keys())
            resync = since is not None and not await self._is_kept(table_id, since, snapshot.seq)
            rows = await self._missed(table_id, feed, names, None if resync else since, snapshot)
            session.feeds[table_id] = feed
            feed.names |= names
            hello = await connected()
        except BaseException:
            if new:
                session.feeds.pop(table_id, None)
            else:
                session.feeds[table_id].names = set(before)
            await session.follow(table_id, before | names, before)
            raise
        feed.advance(snapshot.seq)
        at = self._clock()
        if since is None or resync:
            last = state_text(snapshot, at=at, resync=resync)
        else:
            last = m.encode("heartbeat", HeartbeatData(server_time=at, seqs={table_id: snapshot.seq}), at=at)
        await session.send(hello, *rows, last, *self._requests(session, feed, snapshot, anew=True))
        if new:
            await self._watch(session, table_id, snapshot)

    async def _missed(
        self, table_id: str, feed: Feed, names: frozenset[str], since: int | None, snapshot: Snapshot
    ) -> list[str]:
        """The texts of what the feed lacks under its old names, and of the replay under the new ones, in order."""
        replay_from = snapshot.seq if since is None else since
        wanted = Feed(replay_from)
        wanted.names = set(names)
        texts = []
        async for line in self._lines(table_id, min(feed.position, replay_from), snapshot.seq):
            old = line.seq > feed.position and feed.wants(line.event_type)
            if old or (line.seq > replay_from and wanted.wants(line.event_type)):
                texts.append(self._text(table_id, line))
        return texts

    async def _is_kept(self, table_id: str, since: int, newest: int) -> bool:
        """Whether the log has everything after a seq; nothing is known of one beyond the newest."""
        if since >= newest:
            return since == newest
        page = await self._room.log(table_id, after=since, event_types=None, limit=1)
        return bool(page) and page[0].seq == since + 1

    def _requests(self, session: Session, feed: Feed, snapshot: Snapshot, *, anew: bool) -> list[str]:
        """What the table awaits from the player: all of it, or what has not been asked yet."""
        if session.player is None:
            return []
        at = self._clock()
        mine = [request for request in snapshot.requests if request.player_id == session.player.player_id]
        awaited = [r for r in mine if not r.answered and (anew or r.request_id not in feed.asked)]
        feed.asked = {request.request_id for request in mine}
        return [request_text(request, at=at) for request in awaited]

    async def _watch(self, session: Session, table_id: str, snapshot: Snapshot) -> None:
        player_id = session.player.player_id if session.player else None
        self._audience.watch(table_id, session.key, player_id)
        await self._tell_lobby(table_id, snapshot)

    async def _forget(self, session: Session, table_id: str) -> None:
        del session.feeds[table_id]
        session.seen.pop(table_id, None)
        self._audience.leave(table_id, session.key)
        await self._tell_lobby(table_id, None)

    async def _tell_lobby(self, table_id: str, before: Snapshot | None) -> None:
        """Tells the lobby of a change in the number of spectators, where it is one."""
        try:
            now = await self._room.snapshot(table_id)
        except Exception:
            # The client has, or is about to have, its answer: the lobby's loss must not become a second one.
            logger.exception("The lobby could not be told of the spectators of table %s", table_id)
            return
        # Of a closed table the lobby has had the last word: a row would put it back there.
        if now.row["phase"] != "closed" and (before is None or before.row != now.row):
            await self._delivery.send_row(now.row)

    # -- live events ------------------------------------------------------------------------------------------------

    async def take(self, session: Session, news: News) -> None:
        """News of a table: sent on in order, healed from the log where something is missing."""
        feed = session.feeds.get(news.table_id)
        if feed is None:
            return
        texts = feed.take(news)
        if texts is None:
            await self.heal(session, news.table_id, news.head)
        else:
            await session.send(*texts)

    async def ask(self, session: Session, message: dict[str, Any]) -> None:
        """Sends what a table awaits from the player, once, and what led to it before it."""
        feed = session.feeds.get(message["table_id"])
        if feed is None or message["request_id"] in feed.asked:
            return
        if feed.lacks(message["newest"], message["head"]):
            await self.heal(session, message["table_id"], message["head"])
        feed.asked.add(message["request_id"])
        await session.send(message["text"])

    async def remind(self, session: Session, table_id: str) -> None:
        """Asks for what the table awaits from the player, where the groups have lost it."""
        feed = session.feeds[table_id]
        if session.player is None:
            return
        snapshot = await self._room.snapshot(table_id)
        # Otherwise news are on their way, and what led to a request comes before it.
        if snapshot.seq == feed.position:
            await session.send(*self._requests(session, feed, snapshot, anew=False))

    async def heal(self, session: Session, table_id: str, newest: int) -> None:
        """Sends what the feed lacks up to a seq, out of the log, and the state as it is now."""
        feed = session.feeds[table_id]
        if newest <= feed.position:
            return
        lines = self._lines(table_id, feed.position, newest)
        texts = [self._text(table_id, line) async for line in lines if feed.wants(line.event_type)]
        if feed.wants_state:
            snapshot = await self._room.snapshot(table_id)
            if snapshot.seq == newest:
                texts.append(state_text(snapshot, at=self._clock()))
        feed.advance(newest)
        await session.send(*texts)

    # -- the log ----------------------------------------------------------------------------------------------------

    async def _lines(self, table_id: str, after: int, until: int) -> AsyncIterator[LoggedLine]:
        while after < until:
            page = await self._room.log(table_id, after=after, event_types=None, limit=min(PAGE, until - after))
            for line in page:
                yield line
            if not page:
                return
            after = page[-1].seq

    def _text(self, table_id: str, line: LoggedLine) -> str:
        return m.encode_event(
            line.event_type,
            msgspec.Raw(line.data.encode()),
            at=self._clock(),
            table_id=table_id,
            round_id=line.round_id,
            seq=line.seq,
        )
