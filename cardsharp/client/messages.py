"""Server messages as frozen values. Fractions are read as Decimal, so no amount ever passes through a float."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, cast

import msgspec

from cardsharp.client.errors import Refused


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """Any message. `data` is what the message says beyond the fields of its class; `timestamp` is UNIX seconds."""

    type: str = ""
    timestamp: float = 0.0
    reply_to: str | None = None
    data: dict[str, Any] = {}


class Event(Message, frozen=True, kw_only=True):
    """Something that happened; `data` is the event's own. Lobby events and acknowledgements have no `seq`."""

    event_type: str
    table_id: str | None = None
    round_id: str | None = None
    seq: int | None = None


class TableState(Event, frozen=True, kw_only=True):
    """The event TABLE_STATE: everything public about a table after the event `seq`."""

    @property
    def state(self) -> dict[str, Any]:
        """The table: the lobby row's fields, seats, dealer, turn, shoe."""
        return cast("dict[str, Any]", self.data["state"])

    @property
    def resync(self) -> bool:
        """Whether this stands for a replay that the server could not give: some events were missed."""
        return bool(self.data.get("resync", False))


class ActionRequest(Message, frozen=True, kw_only=True):
    """What the table awaits from this player. An answer carries the `request_id`, so that repeating it is harmless.

    `hand_id` is None for bets; `timeout_seconds` is what was left when the request was sent, or None without limit.
    """

    request_id: str | None
    table_id: str
    round_id: str | None = None
    player_id: str
    player_name: str
    seat: int
    hand_id: str | None = None
    valid_actions: tuple[str, ...]
    timeout_seconds: float | None = None
    min_bet: Decimal | None = None
    max_bet: Decimal | None = None
    max_amount: Decimal | None = None


class Player(msgspec.Struct, frozen=True, kw_only=True):
    """Who this client plays for; `balance` is the wallet, without what lies at tables."""

    id: str
    name: str
    balance: Decimal


class Connected(Message, frozen=True, kw_only=True):
    """The session as the server sees it. `subscriptions`: table id, or `lobby`, to names; no player is a spectator."""

    client_id: str
    protocol: int
    player: Player | None = None
    subscriptions: dict[str, tuple[str, ...]] = {}
    heartbeat_interval: float
    server: str = ""


class _Envelope(msgspec.Struct, frozen=True):
    type: str
    timestamp: float = 0.0
    reply_to: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")


_frame: Final = msgspec.json.Decoder(_Envelope | list[_Envelope])
_plain: Final = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)
_bodies: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    "event": msgspec.json.Decoder(Event, float_hook=Decimal),
    "action_request": msgspec.json.Decoder(ActionRequest, float_hook=Decimal),
    "connected": msgspec.json.Decoder(Connected, float_hook=Decimal),
}
_table_state: Final = msgspec.json.Decoder(TableState, float_hook=Decimal)


def read_frame(frame: str | bytes) -> list[Message]:
    """The messages of one frame, in order. Raises msgspec.DecodeError for what is no message of the protocol."""
    envelopes = _frame.decode(frame)
    return [_read(envelope) for envelope in (envelopes if isinstance(envelopes, list) else [envelopes])]


def _read(envelope: _Envelope) -> Message:
    if envelope.type not in _bodies:
        message = Message(data=_plain.decode(envelope.data))
    else:
        message = _bodies[envelope.type].decode(envelope.data)
    if isinstance(message, Event) and message.event_type == "TABLE_STATE":
        message = _table_state.decode(envelope.data)
    head = {"type": envelope.type, "timestamp": envelope.timestamp, "reply_to": envelope.reply_to}
    return msgspec.structs.replace(message, **head)


def refusal(message: Message) -> Refused:
    """The error that a message of type `error` tells of."""
    details = dict(message.data)
    return Refused(str(details.pop("code", "internal_error")), str(details.pop("message", "")), details)
