"""The WebSocketEventHandler: the protocol's brain, one per process, between the event bus and the clients.

It owns the sessions, answers every client message, and sends on what happened. It touches no socket and knows no game:
a `Transport` carries it, a `Room` plays behind it, and programs extend it: see docs/extending.md.
"""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
import time
from collections.abc import Callable, Collection
from itertools import islice
from typing import Any, Final

import msgspec

from cardsharp import errors
from cardsharp.events import answers as a
from cardsharp.events import messages as m
from cardsharp.events.actions import Actions
from cardsharp.events.admission import Authenticator, RoomsOwn
from cardsharp.events.announcements import Announcements
from cardsharp.events.audience import Audience
from cardsharp.events.bus import EventBus
from cardsharp.events.calls import Calls
from cardsharp.events.catching_up import CatchingUp
from cardsharp.events.clients import Client
from cardsharp.events.connections import Connections
from cardsharp.events.counts import Counts
from cardsharp.events.delivery import Delivery
from cardsharp.events.extensions import Extensions
from cardsharp.events.feed import unpack
from cardsharp.events.greeting import Greeting
from cardsharp.events.heartbeats import Heartbeats
from cardsharp.events.limits import Limits
from cardsharp.events.ports import COMMITTED, Commit, Credentials, Groups, Room, Transport
from cardsharp.events.reports import Reports
from cardsharp.events.session import Session
from cardsharp.events.subscriptions import Subscriptions
from cardsharp.events.topics import ALL, LOBBY, player_group
from cardsharp.log_context import about

logger = logging.getLogger(__name__)

MISSED_HEARTBEATS: Final = 3
RESTART_SPREAD_SECONDS: Final = 5.0
OUTCOME_SPREAD_SECONDS: Final = 1.0


class WebSocketEventHandler:
    """Manages the clients of one process. `bus` brings it commits, `groups` take its news to every process.

    `authenticate` says who a client is; a program may put its own in its place. `message`, `action`, `event` and
    `error` register a program's own (`Extensions`); `emit`, `send_to` and `broadcast` send its events
    (`Announcements`).
    """

    def __init__(
        self,
        *,
        room: Room,
        bus: EventBus,
        groups: Groups,
        audience: Audience | None = None,
        authenticate: Authenticator | None = None,
        heartbeat_interval: float = 20.0,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.room = room
        self.bus = bus
        self.heartbeat_interval = heartbeat_interval
        self.limits = limits or Limits()
        self.authenticate = authenticate or RoomsOwn(room)
        self.extensions = extensions = Extensions(actions=room.actions, event_types=room.event_types)
        self.message, self.action = extensions.message, extensions.action
        self.event, self.error = extensions.event, extensions.error
        self._clock = clock
        self._groups = groups
        self._counts = Counts()
        self._sessions = Connections(self.limits, self._counts)
        self._is_leaving = False
        announcements = Announcements(extensions, groups, self._sessions, clock)
        self.emit, self.send_to, self.broadcast = announcements.emit, announcements.send_to, announcements.broadcast
        self._calls = Calls(extensions, self.limits.custom_seconds)
        self._greeting = Greeting(
            room, groups, self._sessions, self._calls, self.close, heartbeat_interval=heartbeat_interval, clock=clock
        )
        self._delivery = Delivery(groups, clock)
        self._subscriptions = Subscriptions(
            room,
            self._delivery,
            audience or Audience(),
            extensions,
            CatchingUp(room, self.limits, clock, self.close),
            self.limits,
            self._counts,
            clock,
        )
        self._reports = Reports(bus)
        self._actions = Actions(room, extensions, self._calls, self._reports, self._counts, clock)
        self._heartbeats = Heartbeats(room, self._subscriptions, clock)
        bus.subscribe(COMMITTED, self._on_commit)

    # -- connections ------------------------------------------------------------------------------------------------

    async def open(self, transport: Transport, credentials: Credentials, default_table: str | None = None) -> Session:
        """A socket was accepted. Its session is passed to every later call; beyond the limits it is closed already."""
        session = Session(transport, credentials, default_table, self.limits, self._clock())
        self._counts.connections += 1
        has_room = self._sessions.add(session)
        await self._reports.opened(session)
        if not has_room:
            await self.close(session, "rate_limited")
        elif self._is_leaving:
            await self._see_off(session, 0)
        return session

    async def lost(self, session: Session, code: int | None = None) -> None:
        """The socket is gone, however it went; `code` is the one that it was closed with."""
        if not session.closed:
            self._counts.closes[m.CLOSED_BELOW.get(code or 0, "gone")] += 1
        session.closed = True
        if not self._sessions.remove(session):
            return
        async with session.lock:
            await session.leave_all()
            await self._subscriptions.end(session)
        await self._reports.closed(session)

    def clients(self, most: int | None = None) -> list[Client]:
        """Every client of this process as it is now, or so many of them, for monitoring."""
        return [session.describe() for session in islice(self._sessions.values(), most)]

    def connection_count(self) -> int:
        """How many clients this process has."""
        return len(self._sessions)

    def counts(self) -> Counts:
        """What this process has counted since it began, for monitoring."""
        return self._counts.copy()

    def credentials(self, *, heard_since: float) -> frozenset[str]:
        """What let in the players whose clients, in this process, have sent something since that moment."""
        sessions = list(self._sessions.values())
        return frozenset(s.player.credential for s in sessions if s.player and s.last_heard_at >= heard_since)

    def admitted(self) -> frozenset[tuple[str, str]]:
        """The players of this process's clients by their ids, each with what let them in."""
        players = [session.player for session in self._sessions.values() if session.player]
        return frozenset((player.player_id, player.credential) for player in players)

    def watching(self) -> frozenset[tuple[str, str | None]]:
        """The tables that this process's clients are subscribed to, each with the player, or None for a spectator."""
        sessions = list(self._sessions.values())
        return frozenset((table_id, session.player_id) for session in sessions for table_id in session.feeds)

    async def close(self, session: Session, reason: str, reply_to: str | None = None, **details: Any) -> None:
        """Says goodbye with the reason and closes the socket with its code."""
        if session.closed:
            return
        self._counts.closes[reason] += 1
        self._sessions.remove_player(session)
        if reason == "rate_limited":
            details["retry_after"] = round(self.limits.window, 3)
        goodbye = a.DisconnectedData(reason=reason, **details)
        await session.send(m.encode("disconnected", goodbye, at=self._clock(), reply_to=reply_to))
        session.closed = True
        await session.transport.close(m.CLOSE_CODES[reason])

    async def shutdown(self, answer_seconds: float = 3.0) -> None:
        """Tells every client that the server restarts, each to come back at its own moment within some seconds.

        Who waits for an answer gets it first, if it comes within `answer_seconds`. Whoever comes later is told as well.
        """
        self._is_leaving = True
        await asyncio.gather(*[self._see_off(session, answer_seconds) for session in list(self._sessions.values())])

    async def _see_off(self, session: Session, answer_seconds: float) -> None:
        try:
            async with asyncio.timeout(answer_seconds), session.lock:
                await self._send_away(session, RESTART_SPREAD_SECONDS)
        except TimeoutError:
            await self._send_away(session, RESTART_SPREAD_SECONDS)

    async def _send_away(self, session: Session, spread_seconds: float) -> None:
        retry_after = round(0.5 + secrets.randbelow(1000) / 1000 * spread_seconds, 3)
        await self.close(session, "server_restart", retry_after=retry_after)

    # -- what clients send ------------------------------------------------------------------------------------------

    async def receive(self, session: Session, frame: str | bytes) -> None:
        """A client's frame: it gets exactly one direct answer, and events where it asked for some."""
        async with session.lock:
            if session.closed:
                return
            now = self._clock()
            session.last_heard_at = now
            session.messages_in += 1
            wait = self._sessions.take_token(session, now)
            reply_to, message, error = m.read(frame, self.extensions.structs)
            self._counts.messages["unreadable" if message is None else m.type_of(message)] += 1
            if wait:
                await self._refuse_too_fast(session, reply_to, wait)
                return
            if message is not None:
                with about(client=session.client_id or session.key, message_id=reply_to):
                    error = await self._answered(session, message, reply_to)
            if error is not None:
                await self._refuse(session, error, reply_to)
                if session.refusals.add(now):
                    await self.close(session, "too_many_errors")

    async def _answered(
        self, session: Session, message: m.ClientMessage | m.Custom, reply_to: str | None
    ) -> errors.GameError | None:
        """Answers the message, or returns the error that it is to be answered with."""
        kind = m.type_of(message)
        try:
            own = self._actions.read(message) if isinstance(message, m.Action) else None
            await self._reports.message(session, kind, message)
            await self._handle(session, message, own, reply_to)
        except errors.GameError as error:
            return error
        except errors.OutcomeUnknown:
            # Neither an acknowledgement nor a refusal would be true: the client comes back and looks.
            logger.warning("Nobody knows whether an action took effect; its client is told to come back")
            await self._send_away(session, OUTCOME_SPREAD_SECONDS)
        except Exception:
            logger.exception("A %s message failed", kind)
            return errors.InternalError()
        return None

    async def _handle(
        self, session: Session, message: m.ClientMessage | m.Custom, own: msgspec.Struct | None, reply_to: str | None
    ) -> None:
        match message:
            case m.Connect():
                if await self._greeting.answer(session, message, reply_to, self.authenticate):
                    await self._reports.connected(session)
            case m.Disconnect():
                await self.close(session, "requested", reply_to)
            case _ if not session.is_connected:
                raise errors.NotConnected
            case m.Subscribe():
                await self._subscriptions.add(session, message, lambda: self._greeting.described(session, reply_to))
            case m.Unsubscribe():
                # Looked up first: where that fails, nothing has changed.
                player = await self._greeting.today(session)
                await self._subscriptions.remove(session, message)
                await session.send(self._greeting.text(session, player, reply_to))
            case m.Action():
                await self._actions.act(session, message, own, reply_to)
            case m.Heartbeat():
                await self._heartbeats.answer(session, message, reply_to)
            case m.Custom(kind, data):
                answer = await self._calls.answer(kind, session.describe(), data)
                await session.send(m.encode(kind, answer, at=self._clock(), reply_to=reply_to))

    async def _refuse(self, session: Session, error: errors.GameError, reply_to: str | None) -> None:
        session.refused += 1
        try:
            text = m.encode_error(error, at=self._clock(), reply_to=reply_to)
        except Exception:
            logger.exception("The details of a refusal, %s, are no JSON", error.code)
            error = errors.InternalError()
            text = m.encode_error(error, at=self._clock(), reply_to=reply_to)
        self._counts.refusals[error.code] += 1
        await session.send(text)
        await self._reports.refused(session, error)

    async def _refuse_too_fast(self, session: Session, reply_to: str | None, wait: float) -> None:
        await self._refuse(session, errors.RateLimited(retry_after=math.ceil(wait * 1000) / 1000), reply_to)
        if session.too_fast.add(self._clock()):
            await self.close(session, "rate_limited")

    # -- liveness ---------------------------------------------------------------------------------------------------

    async def beat(self) -> None:
        """Closes who is silent, sends heartbeats where they are due, and heals what they show to be missing."""
        now = self._clock()
        self._sessions.forget_absent(now)
        for session in list(self._sessions.values()):
            if now - session.last_heard_at > MISSED_HEARTBEATS * self.heartbeat_interval:
                await self.close(session, "heartbeat_timeout")
        await self._heartbeats.send(list(self._sessions.values()), self.heartbeat_interval)

    def beat_soon(self) -> None:
        """Makes everybody's heartbeat due: for a host that knows that its groups have lost something."""
        for session in self._sessions.values():
            session.last_beat_at = 0.0

    async def keep_beating(self) -> None:
        """Beats until it is cancelled: the one task that every host of a handler runs beside it."""
        while True:
            await asyncio.sleep(min(1.0, self.heartbeat_interval / 4))
            try:
                await self.beat()
            except Exception:
                logger.exception("Heartbeats could not be sent")

    # -- what happened ----------------------------------------------------------------------------------------------

    async def _on_commit(self, name: str, commit: Commit) -> None:
        await self._delivery.send_commit(commit)

    async def deliver(self, session: Session, message: dict[str, Any]) -> None:
        """A group's message has come for the session."""
        async with session.lock:
            if session.closed:
                return
            try:
                await self._pass_on(session, message)
            except Exception:
                logger.exception("A group's message could not be passed on; the next heartbeat heals what is missing")

    async def _pass_on(self, session: Session, message: dict[str, Any]) -> None:
        match message["kind"]:
            case "news":
                await self._subscriptions.take(session, unpack(message["news"]))
            case "request":
                await self._subscriptions.ask(session, message)
            case "lobby" | "emitted":
                if session.names(message.get("table_id", LOBBY)) & {ALL, message["event_type"]}:
                    await session.send(message["text"])
            case "told":
                await session.send(message["text"])
            case "replaced":
                # A layer may be so slow that who has joined only now is told all the same.
                if session.client_id == message["client_id"] and session.key != message["by"]:
                    await self.close(session, "replaced")
            case "signed_out":
                await self._sign_out(session, message["credential"])
            case "uninvited":
                await self._recheck(session, message["table_id"])
            case kind:
                logger.error("A group carried a message of the unknown kind %s", kind)

    async def sign_out(self, player_id: str, credential: str | None = None) -> None:
        """Closes the player's sockets, in every process: all, or those whose credential begins so."""
        await self._groups.send(player_group(player_id), {"kind": "signed_out", "credential": credential})

    async def show_out(self, credentials: Collection[str]) -> None:
        """Closes the sockets of this process that were let in by one of these."""
        for session in list(self._sessions.values()):
            if session.player is not None and session.player.credential in credentials:
                await self.close(session, "signed_out")

    async def show_out_clients(self, keys: Collection[str]) -> None:
        """Closes the sockets of this process that have one of these keys."""
        for session in [self._sessions[key] for key in keys if key in self._sessions]:
            await self.close(session, "signed_out")

    async def uninvite(self, player_id: str, table_id: str) -> None:
        """Ends the player's subscriptions to a table that is none for them any more, in every process."""
        await self._groups.send(player_group(player_id), {"kind": "uninvited", "table_id": table_id})

    async def take_away(self, watching: Collection[tuple[str, str | None]]) -> None:
        """Ends these subscriptions of this process, each to a table and of a player, where they may not be."""
        for session in list(self._sessions.values()):
            for table_id in [table_id for table_id in session.feeds if (table_id, session.player_id) in watching]:
                async with session.lock:
                    await self._recheck(session, table_id)

    async def _recheck(self, session: Session, table_id: str) -> None:
        if await self._subscriptions.recheck(session, table_id):
            await session.send(await self._greeting.described(session, None))

    async def _sign_out(self, session: Session, credential: str | None) -> None:
        if session.player is not None and session.player.credential.startswith(credential or ""):
            await self.close(session, "signed_out")
