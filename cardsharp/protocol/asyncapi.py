"""The protocol as an AsyncAPI 3.0 document, for the tools that read such documents."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import yaml

import cardsharp
from cardsharp.events.messages import PROTOCOL_VERSION
from cardsharp.protocol import words as w
from cardsharp.protocol.catalog import RECEIPT, Catalog, Message, answers_to
from cardsharp.protocol.examples import Examples
from cardsharp.protocol.schema import definitions_of
from cardsharp.protocol.shapes import Schema
from cardsharp.wire import encode_json

CHANNELS: Final = {
    "site": ("/ws/", "The lobby and any number of tables over one socket; messages name their table."),
    "table": (
        "/ws/tables/{table_id}/",
        "The same, but this table is meant where `table_id` is left out; the lobby cannot be had here.",
    ),
}
UNASKED: Final = ("server.event", "server.action_request", "server.heartbeat", "server.disconnected")
"""What the server sends by itself, by how the ids begin."""

TOKEN: Final = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token from the account page, here or in `connect`. Without one, and without the site's session "
    "cookie, a client is a spectator.",
}


def asyncapi(protocol: Catalog, recorded: Examples, *, host: str, is_secure: bool) -> dict[str, Any]:
    """The document of a server at this host; the same arguments give the same document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "CardSharp",
            "version": f"{PROTOCOL_VERSION}.0.0",
            "description": f"{w.INTRODUCTION} Spoken by CardSharp {cardsharp.__version__}.",
        },
        "defaultContentType": "application/json",
        "servers": {"site": _server(host, is_secure)},
        "channels": {name: _channel(name, protocol) for name in CHANNELS},
        "operations": {key: value for name in CHANNELS for key, value in _operations(name, protocol).items()},
        "components": {
            "messages": {message.key: _message(message, recorded) for message in protocol.messages},
            "schemas": {name: _at_home(schema) for name, schema in definitions_of(protocol).items()},
            "securitySchemes": {"token": TOKEN},
        },
        "x-error-codes": {
            error.code: {"description": error.words, **({"details": list(error.details)} if error.details else {})}
            for error in protocol.errors
        },
        "x-close-codes": [
            {"code": close.code, "reason": close.reason, "description": close.words}
            | ({"what-to-do": close.what_to_do} if close.what_to_do else {})
            for close in protocol.closes
        ],
        "x-limits": {limit.name: {"value": limit.value, "description": limit.words} for limit in protocol.limits},
    }


def _server(host: str, is_secure: bool) -> dict[str, Any]:
    return {
        "host": host,
        "protocol": "wss" if is_secure else "ws",
        "description": "A foreign `Origin` is refused in the handshake; programs send none.",
        "security": [{"$ref": "#/components/securitySchemes/token"}],
    }


def _channel(name: str, protocol: Catalog) -> dict[str, Any]:
    address, words = CHANNELS[name]
    channel: dict[str, Any] = {"address": address, "description": words}
    if "{table_id}" in address:
        channel["parameters"] = {"table_id": {"description": "The table's id, as the lobby lists it."}}
    references = {m.key: {"$ref": f"#/components/messages/{m.key}"} for m in protocol.messages}
    return {**channel, "messages": references}


def _operations(channel: str, protocol: Catalog) -> dict[str, Any]:
    """What the server receives, each with what may answer it, and what it sends unasked."""
    operations: dict[str, Any] = {}
    for kind in dict.fromkeys(m.kind for m in protocol.messages if m.side == "client"):
        of_kind = [m.key for m in protocol.messages if m.side == "client" and m.kind == kind]
        replies = [f"server.{key}" for key in answers_to(kind)]
        operations[f"{channel}.{kind}"] = {
            "action": "receive",
            "channel": {"$ref": f"#/channels/{channel}"},
            "summary": w.CLIENT_MESSAGES.get(kind, protocol.message(of_kind[0]).words),
            "messages": _references(channel, of_kind),
            "reply": {"channel": {"$ref": f"#/channels/{channel}"}, "messages": _references(channel, replies)},
        }
    unasked = [m.key for m in protocol.messages if m.key.startswith(UNASKED) and m.name != RECEIPT]
    operations[f"{channel}.send"] = {
        "action": "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": "What comes without being a direct answer.",
        "messages": _references(channel, unasked),
    }
    return operations


def _references(channel: str, keys: list[str]) -> list[dict[str, str]]:
    return [{"$ref": f"#/channels/{channel}/messages/{key}"} for key in keys]


def _message(message: Message, recorded: Examples) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": message.key,
        "title": message.name or message.kind,
        "summary": message.words,
        "payload": {"$ref": f"#/components/schemas/{message.key}"},
    }
    if message.side == "client":
        described["correlationId"] = {"location": "$message.payload#/id"}
    elif message.is_answer:
        described["correlationId"] = {"location": "$message.payload#/reply_to"}
    if examples := recorded.of(message.key):
        # A document's numbers are plain ones: a Decimal would come out as an object of Python's.
        described["examples"] = [
            {"name": title or "recorded", "payload": msgspec.json.decode(encode_json(frame))}
            for title, frame in examples
        ]
    return described


def _at_home(schema: Schema) -> Any:
    """The schema with its references pointing to where AsyncAPI keeps schemas."""
    return msgspec.json.decode(
        msgspec.json.encode(schema).replace(b'"#/$defs/', b'"#/components/schemas/'),
    )


class _Dumper(yaml.SafeDumper):
    """Writes everything out: no anchors, and lists indented under their key."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def as_yaml(document: dict[str, Any]) -> str:
    """The document as YAML for people: in its own order, long sentences folded."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
