"""What programs themselves say to clients: events that they have registered, to one, to some, or to all who listen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from cardsharp.events.clients import Client
from cardsharp.events.extensions import Extensions, InvalidExtension
from cardsharp.events.messages import encode_event
from cardsharp.events.ports import Groups
from cardsharp.events.session import Session
from cardsharp.events.topics import ALL, LOBBY, player_group, table_group
from cardsharp.wire import to_wire


class Announcements:
    """Sends programs' events. They are in no log and have no seq: who is not there misses them."""

    def __init__(
        self, extensions: Extensions, groups: Groups, sessions: Mapping[str, Session], clock: Callable[[], float]
    ) -> None:
        self._extensions = extensions
        self._groups = groups
        self._sessions = sessions
        self._clock = clock

    async def emit(self, event: msgspec.Struct, *, table_id: str | None = None) -> None:
        """Sends the event to who is subscribed to its type, or to all: at the table, or in the lobby; in every process.

        Raises InvalidExtension for an event that is not registered.
        """
        name, text = self._read(event, table_id)
        if table_id is None:
            await self._groups.send(LOBBY, {"kind": "lobby", "event_type": name, "text": text})
            return
        for topic in (name, ALL):
            message = {"kind": "emitted", "table_id": table_id, "event_type": name, "text": text}
            await self._groups.send(table_group(table_id, topic), message)

    async def send_to(
        self,
        event: msgspec.Struct,
        *,
        player_id: str | None = None,
        client_id: str | None = None,
        table_id: str | None = None,
    ) -> None:
        """Sends the event to the player's sockets in every process, or to one client of this process.

        They need not be subscribed to anything; `table_id` only says which table is meant. Who is not connected gets
        nothing. Clients choose their `client_id` themselves, so what is meant for a player only goes by `player_id`.
        Raises InvalidExtension for an event that is not registered.
        """
        _, text = self._read(event, table_id)
        if (player_id is None) == (client_id is None):
            raise InvalidExtension("An event is sent to a player_id or to a client_id, one of the two.")
        if player_id is not None:
            await self._groups.send(player_group(player_id), {"kind": "told", "text": text})
            return
        for session in list(self._sessions.values()):
            if session.client_id == client_id:
                await session.send(text)

    async def broadcast(
        self, event: msgspec.Struct, *, where: Callable[[Client], bool] | None = None, table_id: str | None = None
    ) -> int:
        """Sends the event to every connected client of this process for which `where` is true; how many those are.

        Raises InvalidExtension for an event that is not registered, and what `where` raises, before anything is sent.
        """
        _, text = self._read(event, table_id)
        connected = [session for session in self._sessions.values() if session.is_connected and not session.closed]
        chosen = [session for session in connected if where is None or where(session.describe())]
        for session in chosen:
            await session.send(text)
        return len(chosen)

    def _read(self, event: msgspec.Struct, table_id: str | None) -> tuple[str, str]:
        name = self._extensions.event_type_of(event)
        at = self._clock()
        return name, encode_event(name, {"timestamp": at, **to_wire(event)}, at=at, table_id=table_id)
