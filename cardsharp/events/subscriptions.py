"""Subscribing, and news: how a socket gets every event of its topics in order, each once.

A socket joins the groups first, then reads the log, then drops from the news what the log has brought already.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from cardsharp import errors
from cardsharp.events import messages as m
from cardsharp.events.answers import LobbyStateData
from cardsharp.events.audience import Audience
from cardsharp.events.catching_up import CatchingUp
from cardsharp.events.counts import Counts
from cardsharp.events.delivery import Delivery
from cardsharp.events.extensions import Extensions
from cardsharp.events.feed import Ending, Feed, News
from cardsharp.events.limits import Limits
from cardsharp.events.ports import Room, Snapshot
from cardsharp.events.session import Session
from cardsharp.events.topics import ALL, LOBBY, LOBBY_EVENTS, TABLE_STATE

logger = logging.getLogger(__name__)


class Subscriptions:
    """The handler's part that owns feeds; every call comes under the session's lock."""

    def __init__(
        self,
        room: Room,
        delivery: Delivery,
        audience: Audience,
        extensions: Extensions,
        catching_up: CatchingUp,
        limits: Limits,
        counts: Counts,
        clock: Callable[[], float],
    ) -> None:
        self._room = room
        self._delivery = delivery
        self._catching_up = catching_up
        self._audience = audience
        self._limits = limits
        self._counts = counts
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

    async def recheck(self, session: Session, table_id: str) -> bool:
        """Ends the subscription to a table that is none for this player any more; whether there was one to end."""
        if table_id not in session.feeds or await self._room.has_table(table_id, session.player_id):
            return False
        await session.follow(table_id, session.names(table_id), frozenset())
        await self._forget(session, table_id)
        return True

    async def end(self, session: Session) -> None:
        """The socket is gone: nobody watches through it any more."""
        if session.catching_up is not None:
            session.catching_up.cancel()
        for table_id in list(session.feeds):
            await self._forget(session, table_id)

    async def _read(self, session: Session, message: m.Subscribe | m.Unsubscribe) -> tuple[str, frozenset[str]]:
        """The place and the names of a message. Raises UnknownTable or UnknownEventType."""
        names = m.event_types(message)
        own = self._extensions.events.keys()
        table_id = message.table_id or session.default_table
        if table_id is None:
            place, known = LOBBY, LOBBY_EVENTS | {ALL} | own
        elif await self._room.has_table(table_id, session.player_id):
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
        try:
            at = self._clock()
            rows = [snapshot.row for snapshot in await self._room.snapshots()]
            hello = await connected()
        except BaseException:
            session.lobby = set(before)
            await session.follow(LOBBY, before | names, before)
            raise
        text = m.encode_event("LOBBY_STATE", LobbyStateData(tables=rows, timestamp=at), at=at)
        await session.send(hello, text)

    async def _add_table(
        self,
        session: Session,
        table_id: str,
        names: frozenset[str],
        since: int | None,
        connected: Callable[[], Awaitable[str]],
    ) -> None:
        before = session.names(table_id)
        earlier = session.feeds.get(table_id)
        await session.follow(table_id, before, before | names)
        try:
            snapshot = await self._room.snapshot(table_id)
            feed = await self._subscribed(table_id, earlier, names, since, snapshot.seq)
            texts = await self._catching_up.first_part(session, table_id, feed, snapshot)
            session.feeds[table_id] = feed
            hello = await connected()
        except BaseException:
            if earlier is None:
                session.feeds.pop(table_id, None)
            else:
                session.feeds[table_id] = earlier
            await session.follow(table_id, before | names, before)
            raise
        await session.send(hello, *texts)
        if feed.is_behind:
            self._catching_up.go_on_later(session)
        if earlier is None:
            await self._watch(session, table_id, snapshot)

    async def _subscribed(
        self, table_id: str, earlier: Feed | None, names: frozenset[str], since: int | None, newest: int
    ) -> Feed:
        """The feed with the names, as far back as is wanted and kept."""
        after, ending = newest, Ending.STATE
        if since is not None:
            is_kept = await self._is_kept(table_id, since, newest)
            after, ending = (since, Ending.REPLAYED) if is_kept else (newest, Ending.RESYNC)
        feed = earlier or Feed(after, unlogged=self._extensions.events.keys())
        return feed.subscribed(names, after, ending)

    async def _is_kept(self, table_id: str, since: int, newest: int) -> bool:
        """Whether the log has everything after a seq; nothing is known of one beyond the newest."""
        if since >= newest:
            return since == newest
        page = await self._room.log(table_id, after=since, limit=1)
        return bool(page) and page[0].seq == since + 1

    async def _watch(self, session: Session, table_id: str, snapshot: Snapshot) -> None:
        self._audience.watch(table_id, session.key, session.player_id)
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
        if now.is_private:
            return
        # Of a closed table the lobby has had the last word: a row would put it back there.
        if now.row["phase"] != "closed" and (before is None or before.row != now.row):
            await self._delivery.send_row(now.row)

    # -- live events ------------------------------------------------------------------------------------------------

    async def take(self, session: Session, news: News) -> None:
        """News of a table: sent on in order; what is missing, and what cannot be sent now, comes out of the log."""
        feed = session.feeds.get(news.table_id)
        if feed is None or news.head <= feed.position:
            return
        if feed.is_behind or session.transport.is_full:
            self._fall_behind(feed)
            self._catching_up.go_on_later(session)
            return
        texts = feed.take(news)
        if texts is None:
            await self._catch_up(session, feed)
        else:
            await session.send(*texts)

    async def ask(self, session: Session, message: dict[str, Any]) -> None:
        """Sends what a table awaits from the player, once, and what led to it before it."""
        feed = session.feeds.get(message["table_id"])
        if feed is None or message["request_id"] in feed.asked:
            return
        if feed.is_behind or feed.lacks(message["newest"], message["head"]):
            await self._catch_up(session, feed)
        # A feed that is behind asks when it has caught up; and who has looked later knows what is not awaited any more.
        is_late = feed.is_behind or message["head"] < feed.asked_at
        if not is_late and message["request_id"] not in feed.asked:
            feed.asked.add(message["request_id"])
            await session.send(message["text"])

    async def heal(self, session: Session, newest: Mapping[str, int]) -> bool:
        """Sends what the feeds lack, by the newest seqs of their tables; whether they lack nothing now."""
        for table_id, feed in session.feeds.items():
            if not feed.is_behind and newest.get(table_id, 0) > feed.position:
                self._fall_behind(feed)
        await self._catching_up.go_on(session)
        for table_id, feed in session.feeds.items():
            await self._remind(session, table_id, feed)
        return not any(feed.is_behind for feed in session.feeds.values())

    async def _catch_up(self, session: Session, feed: Feed) -> None:
        self._fall_behind(feed)
        await self._catching_up.go_on(session)

    def _fall_behind(self, feed: Feed) -> None:
        if not feed.is_behind:
            self._counts.heals += 1
        feed.fall_behind()

    async def _remind(self, session: Session, table_id: str, feed: Feed) -> None:
        """Asks for what the table awaits from the player, where the groups have lost it."""
        if session.player is None or feed.is_behind:
            return
        snapshot = await self._room.snapshot(table_id)
        # Otherwise news are on their way, and what led to a request comes before it.
        if snapshot.seq == feed.position:
            await session.send(*self._catching_up.requests(session, feed, snapshot, anew=False))
