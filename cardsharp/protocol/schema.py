"""JSON Schema (2020-12) of every frame: one definition a message, told apart by `type`, action and event type.

It says what has the right shape. Whether a move is legal, or a table exists, the server says in an `error`.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from cardsharp.events.answers import EventData
from cardsharp.events.messages import PROTOCOL_VERSION, Action
from cardsharp.protocol import words as w
from cardsharp.protocol.catalog import Catalog, Message, catalog
from cardsharp.protocol.shapes import SHARED, Schema, Shapes, Use

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

ANYTHING: Final[Schema] = {"type": "object", "additionalProperties": True}
"""The data of what a game does not describe."""

_NOTHING: Final[Schema] = {"type": "object", "properties": {}}
_TIMESTAMP: Final[dict[str, Schema]] = {"timestamp": {"type": "number", "description": w.FIELDS["timestamp"]}}
_EXTRA: Final[dict[str, dict[str, Schema]]] = {
    "server.action_request": {
        "timeout_seconds": {"type": ["number", "null"], "description": w.FIELDS["timeout_seconds"]}
    },
    "server.event.TABLE_CHANGED": _TIMESTAMP,
}
"""The fields that the handler adds to a game's struct, or to a program's event."""


def json_schema(protocol: Catalog | None = None) -> Schema:
    """The document. `ClientMessage`, `ServerMessage` and `ServerFrame` (which may be a batch) are its entries."""
    protocol = protocol or catalog()
    definitions = definitions_of(protocol)
    return {
        "$schema": DIALECT,
        "title": f"The CardSharp wire protocol, version {PROTOCOL_VERSION}",
        "description": w.INTRODUCTION,
        "anyOf": [{"$ref": "#/$defs/ClientMessage"}, {"$ref": "#/$defs/ServerFrame"}],
        "$defs": definitions,
    }


def definitions_of(protocol: Catalog, shapes: Shapes | None = None) -> dict[str, Schema]:
    """Every definition by its name: the frames by the ids of their messages, then the structs that they hold."""
    shapes = shapes or shapes_of(protocol)
    frames = {message.key: _frame(message, protocol, shapes) for message in protocol.messages}
    return {
        "ClientMessage": _one_of(frames, "client"),
        "ServerMessage": _one_of(frames, "server"),
        "ServerFrame": {
            "description": "What one text message of the server holds: a message, or a batch of them in order for a "
            "client that has asked for batches.",
            "anyOf": [
                {"$ref": "#/$defs/ServerMessage"},
                {"type": "array", "items": {"$ref": "#/$defs/ServerMessage"}, "minItems": 2},
            ],
        },
        **frames,
        **SHARED,
        **dict(sorted(shapes.definitions.items())),
    }


def shapes_of(protocol: Catalog) -> Shapes:
    """What makes the schemas of this protocol's structs."""
    values: dict[str, Any] = {
        "Subscribe.event_types": protocol.event_types,
        "Unsubscribe.event_types": protocol.event_types,
        "DisconnectedData.reason": [close.reason for close in protocol.closes],
        "ErrorData.code": [error.code for error in protocol.errors if error.is_own],
    }
    field_words: dict[str, str] = dict(w.FIELDS)
    for game in protocol.games:
        field_words |= game.field_words
        values |= game.values
    return Shapes(field_words, values)


def _one_of(frames: dict[str, Schema], side: str) -> Schema:
    return {"oneOf": [{"$ref": f"#/$defs/{key}"} for key in frames if key.startswith(f"{side}.")]}


def _frame(message: Message, protocol: Catalog, shapes: Shapes) -> Schema:
    return _client_frame(message, shapes) if message.side == "client" else _server_frame(message, protocol, shapes)


# -- what clients send -------------------------------------------------------------------------------------------------


def _client_frame(message: Message, shapes: Shapes) -> Schema:
    use = Use(sent_by_server=False, is_described=message.is_own)
    own = either([shapes.reference(struct, use) for struct in message.data])
    is_required = any(field.required for struct in message.data for field in msgspec.structs.fields(struct))
    data = own if is_required else {"anyOf": [own, {"type": "null"}]}
    if message.kind == "action":
        data = _action_data(message, data, shapes, is_required=is_required)
    properties: dict[str, Schema] = {
        "type": {"const": message.kind},
        "id": {"type": ["string", "null"], "minLength": 1, "maxLength": 64, "description": w.ENVELOPE["id"]},
        "timestamp": {"type": ["number", "null"], "description": w.ENVELOPE["client timestamp"]},
        "data": data,
    }
    return _object(message.words, properties, ["type", "data"] if is_required or message.kind == "action" else ["type"])


def _action_data(message: Message, own: Schema, shapes: Shapes, *, is_required: bool) -> Schema:
    """The data of an `action`: the fields of `Action`, with the fields of this one action in its own `data`."""
    schema = shapes.object(Action, Use(sent_by_server=False))
    properties = schema["properties"]
    properties["action"] = {"const": message.name, "description": properties["action"]["description"]}
    properties["data"] = own
    return {**schema, "required": ["action", "data"] if is_required else ["action"]}


# -- what the server sends ---------------------------------------------------------------------------------------------


def _server_frame(message: Message, protocol: Catalog, shapes: Shapes) -> Schema:
    data = _server_data(message, protocol, shapes)
    if message.kind == "event":
        data = _event_data(message, data, shapes)
    properties: dict[str, Schema] = {"type": {"const": message.kind}}
    if message.is_answer:
        reply_to = {"type": "string", "minLength": 1, "maxLength": 64, "description": w.ENVELOPE["reply_to"]}
        properties["reply_to"] = reply_to
    properties["timestamp"] = {"type": "number", "description": w.ENVELOPE["server timestamp"]}
    properties["data"] = data
    return _object(message.words, properties, ["type", "timestamp", "data"])


def _server_data(message: Message, protocol: Catalog, shapes: Shapes) -> Schema:
    """The data of a message, or an event's own, with the games' structs where they have a part in them."""
    use = Use(sent_by_server=True, is_described=message.is_own)
    if extra := _EXTRA.get(message.key) or ({} if message.is_own or message.kind != "event" else _TIMESTAMP):
        shown = [_with(shapes.object(struct, use), extra) for struct in message.data]
    else:
        shown = [shapes.reference(struct, use) for struct in message.data]
    if message.key == "server.error" and (own := [error.code for error in protocol.errors if not error.is_own]):
        shown.append(_own_errors(own))
    others = [ANYTHING] if protocol.has_other_games else []
    if message.name == "TABLE_STATE":
        states = [shapes.reference(game.state, use) for game in protocol.games]
        fields = shapes.definition(message.data[0], use)["properties"]
        fields["state"] = {**either([*states, *others]), "description": w.FIELDS["TableStateData.state"]}
    if message.name == "LOBBY_STATE":
        rows = [shapes.reference(game.row, use) for game in protocol.games]
        shapes.definition(message.data[0], use)["properties"]["tables"]["items"] = either([*rows, *others])
    return either([*shown, *([ANYTHING] if message.is_open else [])]) if shown or message.is_open else _NOTHING


def _own_errors(codes: list[str]) -> Schema:
    """The data of an error with one of the codes that programs have registered: nothing is known of its details."""
    code = {"type": "string", "enum": codes, "description": w.FIELDS["ErrorData.code"]}
    said = {"type": "string", "description": w.FIELDS["ErrorData.message"]}
    return {
        "type": "object",
        "properties": {"code": code, "message": said},
        "required": ["code", "message"],
        "additionalProperties": True,
    }


def _event_data(message: Message, data: Schema, shapes: Shapes) -> Schema:
    """The envelope of an event around its own data."""
    schema = shapes.object(EventData, Use(sent_by_server=True))
    properties = schema["properties"]
    properties["event_type"] = {"const": message.name, "description": properties["event_type"]["description"]}
    properties["data"] = data
    if message.is_own and message.name != "LOBBY_STATE":
        properties["table_id"] |= {"type": "string"}
    if message.seq == "never":
        del properties["seq"]
    if message.seq == "always":
        schema["required"].append("seq")
    return schema


def _with(schema: Schema, extra: dict[str, Schema]) -> Schema:
    return {
        **schema,
        "properties": {**schema["properties"], **extra},
        "required": [*schema.get("required", ()), *extra],
    }


def either(schemas: list[Schema]) -> Schema:
    """What one of the schemas takes."""
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _object(words: str, properties: dict[str, Schema], required: list[str]) -> Schema:
    return {"description": words, "type": "object", "properties": properties, "required": required}
