"""JSON Schema (2020-12) of every frame: one definition a message, told apart by `type`, action and event type.

It says what has the right shape. Whether a move is legal, or a table exists, the server says in an `error`.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from cardsharp.events.answers import EventData
from cardsharp.events.messages import PROTOCOL_VERSION, Action
from cardsharp.protocol import words as w
from cardsharp.protocol.catalog import Catalog, Message, catalog, seq_of
from cardsharp.protocol.shapes import SHARED, Schema, Shapes

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


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
        "ErrorData.code": [error.code for error in protocol.errors],
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


# -- what clients send ----------------------------------------------------------------------------------------------


def _client_frame(message: Message, shapes: Shapes) -> Schema:
    if message.kind == "action":
        data = _action_data(message, shapes)
    else:
        data = shapes.reference(message.data[0], sent_by_server=False)
    is_required = message.kind == "action" or any(field.required for field in msgspec.structs.fields(message.data[0]))
    if not is_required:
        data = {"anyOf": [data, {"type": "null"}]}
    properties: dict[str, Schema] = {
        "type": {"const": message.kind},
        "id": {"type": ["string", "null"], "minLength": 1, "maxLength": 64, "description": w.ENVELOPE["id"]},
        "timestamp": {"type": ["number", "null"], "description": w.ENVELOPE["client timestamp"]},
        "data": data,
    }
    return _object(message.words, properties, ["type", "data"] if is_required else ["type"])


def _action_data(message: Message, shapes: Shapes) -> Schema:
    """The data of an `action`: the fields of `Action`, with the fields of this one action in its own `data`."""
    own = shapes.reference(message.data[0], sent_by_server=False)
    is_required = any(field.required for field in msgspec.structs.fields(message.data[0]))
    schema = shapes.object(Action, sent_by_server=False)
    properties = schema["properties"]
    properties["action"] = {"const": message.name, "description": properties["action"]["description"]}
    properties["data"] = own if is_required else {"anyOf": [own, {"type": "null"}]}
    return {**schema, "required": ["action", "data"] if is_required else ["action"]}


# -- what the server sends ------------------------------------------------------------------------------------------


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
    """The data of a message, or an event's own, with the game's structs where it has a part in them."""
    if message.key == "server.action_request":
        extra = {"timeout_seconds": {"type": ["number", "null"], "description": w.FIELDS["timeout_seconds"]}}
        return _either([_with(shapes.object(struct, sent_by_server=True), extra) for struct in message.data])
    if message.name == "TABLE_CHANGED":
        extra = {"timestamp": {"type": "number", "description": w.FIELDS["timestamp"]}}
        return _either([_with(shapes.object(struct, sent_by_server=True), extra) for struct in message.data])
    reference = shapes.reference(message.data[0], sent_by_server=True)
    fields = shapes.definitions[message.data[0].__name__]["properties"]
    if message.name == "TABLE_STATE":
        states = [shapes.reference(game.state, sent_by_server=True) for game in protocol.games]
        fields["state"] = {**_either(states), "description": w.FIELDS["TableStateData.state"]}
    if message.name == "LOBBY_STATE":
        rows = [shapes.reference(game.row, sent_by_server=True) for game in protocol.games]
        fields["tables"]["items"] = _either(rows)
    return reference


def _event_data(message: Message, data: Schema, shapes: Shapes) -> Schema:
    """The envelope of an event around its own data."""
    assert message.name is not None
    schema = shapes.object(EventData, sent_by_server=True)
    properties, seq = schema["properties"], seq_of(message.name)
    properties["event_type"] = {"const": message.name, "description": properties["event_type"]["description"]}
    properties["data"] = data
    if message.name != "LOBBY_STATE":
        properties["table_id"] |= {"type": "string"}
    if seq == "never":
        del properties["seq"]
    if seq == "always":
        schema["required"].append("seq")
    return schema


def _with(schema: Schema, extra: dict[str, Schema]) -> Schema:
    return {
        **schema,
        "properties": {**schema["properties"], **extra},
        "required": [*schema.get("required", ()), *extra],
    }


def _either(schemas: list[Schema]) -> Schema:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _object(words: str, properties: dict[str, Schema], required: list[str]) -> Schema:
    return {"description": words, "type": "object", "properties": properties, "required": required}
