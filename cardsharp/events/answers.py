"""The data of the server's messages as structs: what the handler fills in, and what the protocol's documents describe.

The data of events and of `action_request` are the game's own; `error` carries what its code says in `cardsharp.errors`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from cardsharp.chips import Chips


class SessionPlayer(msgspec.Struct, frozen=True, kw_only=True):
    """Who a session plays for; `balance` is the wallet, without what lies at tables."""

    id: str
    name: str
    balance: Chips


class ConnectedData(msgspec.Struct, frozen=True, kw_only=True):
    """The whole session as the server sees it now."""

    client_id: str | None
    protocol: int
    player: SessionPlayer | None
    subscriptions: dict[str, list[str]]
    heartbeat_interval: float
    server: str


class DisconnectedData(msgspec.Struct, frozen=True, kw_only=True):
    """Why the socket is about to be closed."""

    reason: str
    retry_after: float | msgspec.UnsetType = msgspec.UNSET


class HeartbeatData(msgspec.Struct, frozen=True, kw_only=True):
    """The server's sign of life."""

    server_time: float
    client_timestamp: Decimal | None = None
    seqs: dict[str, int]


class EventData(msgspec.Struct, frozen=True, kw_only=True):
    """What stands around the data of every event."""

    event_type: str
    table_id: str | None
    round_id: str | None
    seq: int | msgspec.UnsetType = msgspec.UNSET
    data: Any


class ReceiptData(msgspec.Struct, frozen=True, kw_only=True):
    """The data of ACTION_RECEIVED: an action was accepted, and what it caused is stored."""

    action: str
    request_id: str | None
    seq: int
    timestamp: float


class ErrorData(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal. Beyond `code` and `message` there is what helps: for each code its `detail_names`."""

    code: str
    message: str
    types: list[str] | msgspec.UnsetType = msgspec.UNSET
    event_types: list[str] | msgspec.UnsetType = msgspec.UNSET
    actions: list[str] | msgspec.UnsetType = msgspec.UNSET
    free_seats: list[int] | msgspec.UnsetType = msgspec.UNSET
    phase: str | msgspec.UnsetType = msgspec.UNSET
    valid_actions: list[str] | msgspec.UnsetType = msgspec.UNSET
    seat_count: int | msgspec.UnsetType = msgspec.UNSET
    min_bet: Chips | msgspec.UnsetType = msgspec.UNSET
    max_bet: Chips | msgspec.UnsetType = msgspec.UNSET
    step: Chips | msgspec.UnsetType = msgspec.UNSET
    min_buy_in: Chips | msgspec.UnsetType = msgspec.UNSET
    max_buy_in: Chips | msgspec.UnsetType = msgspec.UNSET
    max_amount: Chips | msgspec.UnsetType = msgspec.UNSET
    balance: Chips | msgspec.UnsetType = msgspec.UNSET
    retry_after: float | msgspec.UnsetType = msgspec.UNSET
    limit: int | msgspec.UnsetType = msgspec.UNSET


class LobbyStateData(msgspec.Struct, frozen=True, kw_only=True):
    """The data of LOBBY_STATE; `tables` has the game's lobby rows."""

    tables: list[dict[str, Any]]
    timestamp: float


class TableStateData(msgspec.Struct, frozen=True, kw_only=True):
    """The data of TABLE_STATE; `state` is the game's view of the table."""

    state: dict[str, Any]
    timestamp: float
    resync: bool | msgspec.UnsetType = msgspec.UNSET
