"""What the bus and its programs see of clients: descriptions that stay as they are, never the live sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """A client as it was at one moment. `client_id` is None before it has connected, `player_id` for a spectator."""

    key: str
    """The socket's own, for as long as it lasts."""
    client_id: str | None
    player_id: str | None
    player_name: str | None
    subscriptions: Mapping[str, tuple[str, ...]]
    """Table id, or `lobby`, to the sorted names subscribed to."""
    address: str
    """Where it comes from; empty where that is not known."""
    connected_at: float
    """When the socket was opened; UNIX seconds, like `last_heard_at`."""
    last_heard_at: float
    messages_in: int
    messages_out: int
    refusals: int
    """How many of its messages were answered by an error."""


class ClientMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message of a client that has connected, before it is handled; `data` is the struct of its type."""

    client: Client
    type: str
    data: msgspec.Struct


class ClientAction(msgspec.Struct, frozen=True, kw_only=True):
    """An action of a player at a table that exists, before it is played."""

    client: Client
    table_id: str
    action: str
    data: dict[str, Any]


class ClientRefused(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was answered by an error, with its code and what the client was told."""

    client: Client
    code: str
    message: str


CLIENT_OPENED: Final = "CLIENT_OPENED"
CLIENT_CONNECTED: Final = "CLIENT_CONNECTED"
CLIENT_MESSAGE: Final = "CLIENT_MESSAGE"
CLIENT_ACTION: Final = "CLIENT_ACTION"
CLIENT_REFUSED: Final = "CLIENT_REFUSED"
CLIENT_CLOSED: Final = "CLIENT_CLOSED"

CLIENT_EVENTS: Final[Mapping[str, type[msgspec.Struct]]] = {
    CLIENT_OPENED: Client,
    CLIENT_CONNECTED: Client,
    CLIENT_MESSAGE: ClientMessage,
    CLIENT_ACTION: ClientAction,
    CLIENT_REFUSED: ClientRefused,
    CLIENT_CLOSED: Client,
}
"""What the bus tells of clients, and what it gives to the listeners."""
