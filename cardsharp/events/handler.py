"""The WebSocketEventHandler: the protocol's brain, one per process, between the event bus and the clients.

It owns sessions, subscriptions, liveness and limits, answers every client message, and sends on what happened. It
touches no socket and knows no game: a `Transport` carries it, a `Room` plays behind it.
"""

from __future__ import annotations

import logging
import math
import secrets
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

import cardsharp
from cardsharp import errors
from cardsharp.chips import to_number
from cardsharp.events import messages as m
from cardsharp.events.admission import BadCredential, name_for, player_of
from cardsharp.events.audience import Audience
from cardsharp.events.bus import EventBus
from cardsharp.events.delivery import Delivery
from cardsharp.events.feed import unpack
from cardsharp.events.limits import Limits
from cardsharp.events.ports import COMMITTED, Commit, Credentials, Groups, PlayerInfo, Receipt, Room, Transport
from cardsharp.events.session import Session
from cardsharp.events.subscriptions import Subscriptions
from cardsharp.events.topics import player_group

logger = logging.getLogger(__name__)

SERVER: Final = f"CardSharp {cardsharp.__version__}"
MISSED_HEARTBEATS: Final = 3
RESTART_SPREAD_SECONDS: Final = 5.0


class WebSocketEventHandler:
    """Manages the clients of one process. `bus` brings it commits, `groups` take its news to every process."""

    def __init__(
        self,
        *,
        room: Room,
        bus: EventBus,
        groups: Groups,
        audience: Audience | None = None,
        heartbeat_interval: float = 20.0,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.room = room
        self.bus = bus
        self.heartbeat_interval = heartbeat_interval
        self.limits = limits or Limits()
        self._clock = clock
        self._groups = groups
        self._sessions: dict[str, Session] = {}
        self._delivery = Delivery(groups, clock)
        self._subscriptions = Subscriptions(room, self._delivery, audience or Audience(), self.limits, clock)
        bus.subscribe(COMMITTED, self._on_commit)

    # -- connections ------------------------------------------------------------------------------------------------

    async def open(self, transport: Transport, credentials: Credentials, default_table: str | None = None) -> Session:
        """A socket was accepted. Its session is passed to every later call."""
        session = Session(transport, credentials, default_table, self.limits, self._clock())
        self._sessions[session.key] = session
        await self.bus.publish("CLIENT_OPENED", session)
        return session

    async def lost(self, session: Session) -> None:
        """The socket is gone, however it went."""
        session.closed = True
        if self._sessions.pop(session.key, None) is None:
            return
        async with session.lock:
            await session.leave_all()
            await self._subscriptions.end(session)
        await self.bus.publish("CLIENT_CLOSED", session)

    def clients(self) -> list[Session]:
        """The sessions of this process, for monitoring."""
        return list(self._sessions.values())

    async def close(self, session: Session, reason: str, reply_to: str | None = None, **details: Any) -> None:
        """Says goodbye with the reason and closes the socket with its code."""
        if session.closed:
            return
        goodbye = m.encode("disconnected", {"reason": reason, **details}, at=self._clock(), reply_to=reply_to)
        await session.send(goodbye)
        session.closed = True
        await session.transport.close(m.CLOSE_CODES[reason])

    async def shutdown(self) -> None:
        """Tells every client that the server restarts, each to come back at its own moment within some seconds."""
        for session in self.clients():
            retry_after = round(0.5 + secrets.randbelow(1000) / 1000 * RESTART_SPREAD_SECONDS, 3)
            await self.close(session, "server_restart", retry_after=retry_after)

    # -- what clients send ------------------------------------------------------------------------------------------

    async def receive(self, session: Session, frame: str | bytes) -> None:
        """A client's frame: it gets exactly one direct answer, and events where it asked for some."""
        async with session.lock:
            if session.closed:
                return
            now = self._clock()
            session.last_heard_at = now
            wait = session.bucket.take(now)
            if wait:
                await self._refuse_too_fast(session, frame, wait, now)
                return
            reply_to, message, error = m.read(frame)
            if message is not None:
                error = await self._answered(session, message, reply_to)
            if error is not None:
                await self._refuse(session, error, reply_to)

    async def _answered(
        self, session: Session, message: m.ClientMessage, reply_to: str | None
    ) -> errors.GameError | None:
        """Answers the message, or returns the error that it is to be answered with."""
        try:
            if isinstance(message, m.Action):
                self.room.check_shape(message.action, message.data)
            await self._handle(session, message, reply_to)
        except errors.GameError as error:
            return error
        except Exception:
            logger.exception("A %s message failed", type(message).__name__.lower())
            return errors.InternalError()
        return None

    async def _handle(self, session: Session, message: m.ClientMessage, reply_to: str | None) -> None:
        match message:
            case m.Connect():
                await self._connect(session, message, reply_to)
            case m.Disconnect():
                await self.close(session, "requested", reply_to)
            case _ if not session.is_connected:
                raise errors.NotConnected
            case m.Subscribe():
                await self._subscriptions.add(session, message, lambda: self._connected(session, reply_to))
            case m.Unsubscribe():
                await self._subscriptions.remove(session, message)
                await session.send(await self._connected(session, reply_to))
            case m.Action():
                await self._act(session, message, reply_to)
            case m.Heartbeat():
                await self._heartbeat(session, message, reply_to)

    async def _refuse(self, session: Session, error: errors.GameError, reply_to: str | None) -> None:
        now = self._clock()
        await session.send(m.encode_error(error, at=now, reply_to=reply_to))
        await self.bus.publish("CLIENT_REFUSED", error)
        if session.refusals.add(now):
            await self.close(session, "too_many_errors")

    async def _refuse_too_fast(self, session: Session, frame: str | bytes, wait: float, now: float) -> None:
        error = errors.RateLimited(retry_after=math.ceil(wait * 1000) / 1000)
        await session.send(m.encode_error(error, at=now, reply_to=m.read(frame).id))
        if session.too_fast.add(now):
            await self.close(session, "rate_limited", retry_after=round(self.limits.window, 3))

    # -- connect ----------------------------------------------------------------------------------------------------

    async def _connect(self, session: Session, message: m.Connect, reply_to: str | None) -> None:
        if session.is_connected:
            raise errors.AlreadyConnected
        try:
            session.player = player = await player_of(self.room, session.credentials, message.token)
        except BadCredential:
            await self.close(session, "bad_token", reply_to)
            return
        session.batch = bool(message.batch)
        name, holder = name_for(session, message.client_id, self._sessions.values())
        if holder is not None:
            holder.client_id = None
            await self.close(holder, "replaced")
        session.client_id = name
        if player is not None:
            group = player_group(player.player_id)
            # Another process may know the name, too. Who joins only now is not told.
            await self._groups.send(group, {"kind": "replaced", "client_id": name})
            await session.join(group)
        await session.send(self._described(session, player, reply_to))
        await self.bus.publish("CLIENT_CONNECTED", session)

    async def _connected(self, session: Session, reply_to: str | None) -> str:
        """The `connected` message: the whole session as it is now, today's balance included."""
        now = None
        if session.player is not None:
            now = await self.room.player(session.player.player_id) or session.player
        return self._described(session, now, reply_to)

    def _described(self, session: Session, player: PlayerInfo | None, reply_to: str | None) -> str:
        data = {
            "client_id": session.client_id,
            "protocol": m.PROTOCOL_VERSION,
            "player": player
            and {"id": player.player_id, "name": player.name, "balance": to_number(player.balance_cents)},
            "subscriptions": session.subscriptions,
            "heartbeat_interval": self.heartbeat_interval,
            "server": SERVER,
        }
        return m.encode("connected", data, at=self._clock(), reply_to=reply_to)

    # -- actions and heartbeats -------------------------------------------------------------------------------------

    async def _act(self, session: Session, message: m.Action, reply_to: str | None) -> None:
        table_id = message.table_id or session.default_table
        if table_id is None or not await self.room.has_table(table_id):
            raise errors.UnknownTable
        if session.player is None:
            raise errors.NotAuthenticated
        if not session.player.may_act:
            raise errors.Forbidden("This token may watch but not play.")
        await self.bus.publish("CLIENT_ACTION", (session, message))
        receipt = await self.room.act(table_id, session.player, message.action, message.data)
        await session.send(self._receipt(table_id, receipt, reply_to))

    def _receipt(self, table_id: str, receipt: Receipt, reply_to: str | None) -> str:
        at = self._clock()
        data = {"action": receipt.action, "request_id": receipt.request_id, "seq": receipt.seq, "timestamp": at}
        return m.encode_event("ACTION_RECEIVED", data, at=at, table_id=table_id, reply_to=reply_to)

    async def _heartbeat(self, session: Session, message: m.Heartbeat, reply_to: str | None) -> None:
        session.seen.update({table: seq for table, seq in message.seqs.items() if table in session.feeds})
        newest = await self.room.newest(session.feeds)
        theirs = None if message.timestamp is None else Decimal(message.timestamp)
        await session.send(self._beat(session, newest, theirs, reply_to))

    def _beat(
        self,
        session: Session,
        newest: Mapping[str, int],
        client_timestamp: Decimal | None = None,
        reply_to: str | None = None,
    ) -> str:
        at = self._clock()
        data = {
            "server_time": at,
            "client_timestamp": client_timestamp,
            "seqs": {table: newest[table] for table in session.feeds if table in newest},
        }
        return m.encode("heartbeat", data, at=at, reply_to=reply_to)

    async def beat(self) -> None:
        """Sends heartbeats where they are due, heals what they show to be missing, and closes who is silent."""
        now = self._clock()
        due = []
        for session in self.clients():
            if now - session.last_heard_at > MISSED_HEARTBEATS * self.heartbeat_interval:
                await self.close(session, "heartbeat_timeout")
            elif session.is_connected and now - session.last_beat_at >= self.heartbeat_interval:
                due.append(session)
        if not due:
            return
        newest = await self.room.newest({table for session in due for table in session.feeds})
        for session in due:
            session.last_beat_at = now
            async with session.lock:
                try:
                    for table_id in list(session.feeds):
                        await self._subscriptions.heal(session, table_id, newest.get(table_id, 0))
                        await self._subscriptions.remind(session, table_id)
                    await session.send(self._beat(session, newest))
                except Exception:
                    logger.exception("A heartbeat could not be sent; the next one heals what is missing")

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
            case "lobby":
                if session.lobby & {"*", message["event_type"]}:
                    await session.send(message["text"])
            case "replaced":
                if session.client_id == message["client_id"]:
                    await self.close(session, "replaced")
            case "signed_out":
                await self._sign_out(session, message["credential"])
            case kind:
                logger.error("A group carried a message of the unknown kind %s", kind)

    async def sign_out(self, player_id: str, credential: str | None = None) -> None:
        """Closes the player's sockets, in every process: all, or those whose credential begins so."""
        await self._groups.send(player_group(player_id), {"kind": "signed_out", "credential": credential})

    async def _sign_out(self, session: Session, credential: str | None) -> None:
        if session.player is not None and session.player.credential.startswith(credential or ""):
            await self.close(session, "signed_out")
