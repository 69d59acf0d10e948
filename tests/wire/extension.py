"""What tests/wire/test_extensions.py adds to the server: CARDSHARP_EXTENSIONS names `setup`."""

from __future__ import annotations

import msgspec

from cardsharp import errors
from cardsharp.events.clients import Client
from cardsharp.events.extensions import Extensions
from cardsharp.events.handler import WebSocketEventHandler


class Line(msgspec.Struct):
    """A line of a chat."""

    text: str


class Said(msgspec.Struct):
    """How many have got the line."""

    heard_by: int


class Face(msgspec.Struct):
    """What a reaction looks like."""

    face: str


class Muted(errors.GameError):
    """Spectators may not chat."""

    code = "muted"
    default_message = "Log in to chat."


def extensions() -> Extensions:
    """What `setup` registers."""
    made = Extensions(actions=(), event_types=())
    setup(made)
    return made


def setup(handler: WebSocketEventHandler | Extensions) -> None:
    handler.error(Muted)

    @handler.event("CHAT_LINE")
    class ChatLine(msgspec.Struct):
        """Somebody has said something."""

        player_name: str
        text: str

    @handler.event("REACTION")
    class Reaction(msgspec.Struct):
        """Somebody makes a face at a table."""

        player_id: str
        face: str

    @handler.message("chat", Line, answer=Said)
    async def chat(client: Client, line: Line) -> Said:
        """Says a line to every player."""
        if client.player_name is None:
            raise Muted
        assert isinstance(handler, WebSocketEventHandler)
        event = ChatLine(player_name=client.player_name, text=line.text)
        return Said(heard_by=await handler.broadcast(event, where=lambda other: other.player_id is not None))

    @handler.action("react", Face)
    async def react(client: Client, table_id: str, face: Face) -> None:
        """Makes a face at a table."""
        assert isinstance(handler, WebSocketEventHandler)
        await handler.emit(Reaction(player_id=client.player_id or "", face=face.face), table_id=table_id)
