"""The protocol's messages: typed structs for what clients send, one encoder for what the server sends.

`read` never raises: every frame is a message or one documented error. Nothing here knows a socket, a table or a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final, NamedTuple, TypeVar

import msgspec

from cardsharp import errors
from cardsharp.chips import MAX_CENTS
from cardsharp.events.answers import EventData
from cardsharp.wire import decode_json, encode_json, from_wire

D = TypeVar("D", bound=msgspec.Struct)

PROTOCOL_VERSION: Final = 1
MAX_FRAME_BYTES: Final = 16_384
MAX_DEPTH: Final = 32

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=MAX_CENTS)]


EventTypes = (
    Annotated[list[str], msgspec.Meta(extra_json_schema={"minItems": 1})]
    | Annotated[str, msgspec.Meta(extra_json_schema={"const": "*"})]
)
"""Names, or `*` for all; `event_types` reads them."""


class Number(Decimal):
    """Any JSON number but an integer of 2^53 or more; booleans are none."""

    json_schema: ClassVar[dict[str, Any]] = {"type": "number"}


class Connect(msgspec.Struct, frozen=True, tag_field="type", tag="connect"):
    """Opens the session: who the client is, and what it is called."""

    client_id: Name | None = None
    token: str | None = None
    batch: bool | None = None


class Disconnect(msgspec.Struct, frozen=True, tag_field="type", tag="disconnect"):
    """Ends the session and closes the socket."""


class Subscribe(msgspec.Struct, frozen=True, tag_field="type", tag="subscribe"):
    """Adds event types of a table, or of the lobby, to what the client is sent."""

    event_types: EventTypes
    table_id: str | None = None
    since: Seq | None = None


class Unsubscribe(msgspec.Struct, frozen=True, tag_field="type", tag="unsubscribe"):
    """Takes event types away; `*` takes all of that table."""

    event_types: EventTypes
    table_id: str | None = None


class Action(msgspec.Struct, frozen=True, tag_field="type", tag="action"):
    """Something that the player does at a table; the game reads `data`."""

    action: str
    data: dict[str, Any] = {}
    table_id: str | None = None


class Heartbeat(msgspec.Struct, frozen=True, tag_field="type", tag="heartbeat"):
    """A sign of life, with the newest seq that the client has seen of each table."""

    timestamp: Number | None = None
    seqs: dict[str, Seq] = {}


ClientMessage = Connect | Disconnect | Subscribe | Unsubscribe | Action | Heartbeat

CLIENT_MESSAGES: Final[dict[str, type[ClientMessage]]] = {
    "connect": Connect,
    "disconnect": Disconnect,
    "subscribe": Subscribe,
    "unsubscribe": Unsubscribe,
    "action": Action,
    "heartbeat": Heartbeat,
}

SERVER_TYPES: Final = frozenset({"connected", "disconnected", "event", "action_request", "heartbeat", "error"})
"""The types of what the server sends."""

CLOSE_CODES: Final[Mapping[str, int]] = {
    "requested": 1000,
    "server_restart": 4012,
    "too_many_errors": 4400,
    "bad_token": 4401,
    "signed_out": 4401,
    "heartbeat_timeout": 4408,
    "replaced": 4409,
    "slow_consumer": 4413,
    "rate_limited": 4429,
}
"""The close code behind each reason of a `disconnected` message."""

CLOSED_BELOW: Final[Mapping[int, str]] = {1007: "not_utf8", 1009: "message_too_big", 4413: "slow_consumer"}
"""What it means when the transport below closes a socket by itself."""


class _Envelope(msgspec.Struct, frozen=True):
    type: str
    id: Name | None = None
    timestamp: Number | None = None
    data: dict[str, Any] = {}


class Custom(NamedTuple):
    """A message of a type that a program has registered."""

    type: str
    data: msgspec.Struct


def type_of(message: ClientMessage | Custom) -> str:
    """The `type` by which clients send such a message."""
    return message.type if isinstance(message, Custom) else str(message.__struct_config__.tag)


class Frame(NamedTuple):
    """What a client's frame says: its message or the error that it gets, and the id to answer to."""

    id: str | None
    message: ClientMessage | Custom | None
    error: errors.GameError | None


def read(frame: str | bytes, custom: Mapping[str, type[msgspec.Struct]] = MappingProxyType({})) -> Frame:
    """The message in a frame, or the one error that it is answered with: bad_json, bad_message or unknown_type.

    `custom` has the structs of the data of further types.
    """
    if isinstance(frame, bytes):
        return Frame(None, None, errors.BadMessage("Messages are text; binary ones are not read."))
    try:
        value = _decode(frame)
    except errors.BadJson as error:
        return Frame(None, None, error)
    if not isinstance(value, dict):
        return Frame(None, None, errors.BadMessage("A message is a JSON object."))
    reply_to = _valid_id(value.get("id"))
    try:
        return Frame(reply_to, _message(value, custom), None)
    except errors.GameError as error:
        return Frame(reply_to, None, error)
    except msgspec.ValidationError as error:
        return Frame(reply_to, None, errors.BadMessage(f"{error}."))


def _decode(text: str) -> Any:
    try:
        if text.count("{") + text.count("[") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
            raise errors.BadJson(f"A message is nested {MAX_DEPTH} levels deep at most.")
        return decode_json(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError, InvalidOperation) as error:
        raise errors.BadJson from error


def _depth(text: str) -> int:
    """How deep the text is nested; brackets in strings do not count."""
    deepest = depth = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string = True
        elif character in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "}]":
            depth -= 1
    return deepest


def _valid_id(value: Any) -> str | None:
    return value if isinstance(value, str) and 1 <= len(value) <= 64 else None


def _message(value: dict[str, Any], custom: Mapping[str, type[msgspec.Struct]]) -> ClientMessage | Custom:
    envelope = msgspec.convert(_given(value), _Envelope, dec_hook=_number)
    if envelope.type in custom:
        return Custom(envelope.type, read_data(envelope.data, custom[envelope.type]))
    kind = CLIENT_MESSAGES.get(envelope.type)
    if kind is None:
        raise errors.UnknownType(types=sorted({*CLIENT_MESSAGES, *custom}))
    message = msgspec.convert({**_given(envelope.data), "type": envelope.type}, kind, dec_hook=_number)
    if isinstance(message, Subscribe | Unsubscribe):
        event_types(message)
    return message


def read_data(data: dict[str, Any], struct: type[D]) -> D:
    """A program's own struct out of a message's data. Raises BadMessage, which names the field, where it does not fit.

    What checks the struct makes of itself count, too: a ValueError of its `__post_init__` is such a refusal.
    """
    try:
        return from_wire(_given(data), struct)
    except (msgspec.ValidationError, OverflowError) as error:
        raise errors.BadMessage(f"{error}.") from error


def _given(value: dict[str, Any]) -> dict[str, Any]:
    return {key: part for key, part in value.items() if part is not None}


def _number(kind: type, value: Any) -> Number:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("Expected a number")
    if isinstance(value, int) and abs(value) > MAX_CENTS:
        raise ValueError("Expected an integer below 2^53")
    return Number(value)


def event_types(message: Subscribe | Unsubscribe) -> frozenset[str]:
    """The names in a subscription. Raises BadMessage where they are no list of names, or an empty one."""
    names = message.event_types
    if isinstance(names, str):
        if names != "*":
            raise errors.BadMessage('event_types is a list of names, ["*"] or "*".')
        return frozenset(["*"])
    if not names:
        raise errors.BadMessage("event_types names at least one event type.")
    return frozenset(names)


def encode(kind: str, data: Mapping[str, Any] | msgspec.Struct, *, at: float, reply_to: str | None = None) -> str:
    """The text of a server message. `at` is UNIX seconds."""
    message: dict[str, Any] = {"type": kind}
    if reply_to is not None:
        message["reply_to"] = reply_to
    message["timestamp"] = at
    message["data"] = data
    return encode_json(message).decode()


def encode_event(
    event_type: str,
    data: Any,
    *,
    at: float,
    table_id: str | None = None,
    round_id: str | None = None,
    seq: int | None = None,
    reply_to: str | None = None,
) -> str:
    """The text of an `event` message. `data` are builtins, a struct of `answers`, or `msgspec.Raw` for ready JSON."""
    body = EventData(
        event_type=event_type,
        table_id=table_id,
        round_id=round_id,
        seq=msgspec.UNSET if seq is None else seq,
        data=data,
    )
    return encode("event", body, at=at, reply_to=reply_to)


def encode_error(error: errors.GameError, *, at: float, reply_to: str | None = None) -> str:
    """The text of an `error` message."""
    return encode("error", {"code": error.code, "message": error.message, **error.details}, at=at, reply_to=reply_to)
