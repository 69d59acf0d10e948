"""The answer to `connect`: who the client is, under which name, and whether there is room for one more of theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

import msgspec

import cardsharp
from cardsharp import errors
from cardsharp.chips import to_number
from cardsharp.events import answers as a
from cardsharp.events import messages as m
from cardsharp.events.admission import Authenticator, BadCredential, checked, name_for, new_name
from cardsharp.events.calls import Calls
from cardsharp.events.connections import Connections
from cardsharp.events.ports import Groups, PlayerInfo, Room
from cardsharp.events.session import Session
from cardsharp.events.topics import player_group

SERVER: Final = f"CardSharp {cardsharp.__version__}"


class Close(Protocol):
    """Closes a session's socket with a reason."""

    async def __call__(self, session: Session, reason: str, reply_to: str | None = None, **details: Any) -> None:
        """Says goodbye and closes."""


class Greeting:
    """Lets clients in, and describes their sessions to them."""

    def __init__(
        self,
        room: Room,
        groups: Groups,
        connections: Connections,
        calls: Calls,
        close: Close,
        *,
        heartbeat_interval: float,
        clock: Callable[[], float],
    ) -> None:
        self._room = room
        self._groups = groups
        self._connections = connections
        self._calls = calls
        self._close = close
        self._heartbeat_interval = heartbeat_interval
        self._clock = clock

    async def answer(
        self, session: Session, message: m.Connect, reply_to: str | None, authenticate: Authenticator
    ) -> bool:
        """Answers `connect`; whether the client is in. Raises AlreadyConnected, and what the authenticator raises."""
        if session.is_connected:
            raise errors.AlreadyConnected
        wanted = message.client_id if message.client_id is not None else new_name()
        try:
            asked = authenticate(session.credentials, msgspec.structs.replace(message, client_id=wanted))
            session.player = player = checked(await self._calls.within_time("The authenticator", asked))
        except BadCredential:
            await self._close(session, "bad_token", reply_to)
            return False
        session.batch = bool(message.batch)
        name, holder = name_for(session, wanted, self._connections.values())
        if holder is not None:
            holder.client_id = None
            await self._close(holder, "replaced")
        if player is not None and not self._connections.add_player(session, player.player_id, self._clock()):
            await self._close(session, "rate_limited", reply_to)
            return False
        session.client_id = name
        if player is not None:
            group = player_group(player.player_id)
            # Another process may know the name, too. Who joins only now is not told.
            await self._groups.send(group, {"kind": "replaced", "client_id": name, "by": session.key})
            await session.join(group)
        await session.send(self.text(session, player, reply_to))
        return True

    async def described(self, session: Session, reply_to: str | None) -> str:
        """The `connected` message: the whole session as it is now, today's balance included."""
        return self.text(session, await self.today(session), reply_to)

    async def today(self, session: Session) -> PlayerInfo | None:
        """The session's player with today's balance."""
        if session.player is None:
            return None
        return await self._room.player(session.player.player_id) or session.player

    def text(self, session: Session, player: PlayerInfo | None, reply_to: str | None) -> str:
        """The `connected` message for a player that has been looked up."""
        shown = None
        if player is not None:
            shown = a.SessionPlayer(id=player.player_id, name=player.name, balance=to_number(player.balance_cents))
        data = a.ConnectedData(
            client_id=session.client_id,
            protocol=m.PROTOCOL_VERSION,
            player=shown,
            subscriptions=session.subscriptions,
            heartbeat_interval=self._heartbeat_interval,
            server=SERVER,
        )
        return m.encode("connected", data, at=self._clock(), reply_to=reply_to)
