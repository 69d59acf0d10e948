"""Holds every frame of the tests to the protocol's JSON Schema, more strictly than the schema is published.

What the server sends may hold nothing that is undeclared, and no amount finer than a hundredth. What a client sends has
the schema's shape exactly where the server does not refuse its shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import jsonschema_rs
import msgspec

from cardsharp.events.extensions import Extensions
from cardsharp.games import GAMES
from cardsharp.protocol.catalog import catalog
from cardsharp.protocol.schema import json_schema
from cardsharp.protocol.shapes import CHIPS
from cardsharp.wire import decode_json
from tests.protocol.kinds import key_of

MAX_INTEGER = 2**53 - 1
REFUSED_SHAPES = ("bad_json", "bad_message", "unknown_type", "unknown_action")


class Frames:
    """The check. Servers with messages of their own give their extensions."""

    def __init__(self, extensions: Extensions | None = None) -> None:
        protocol = catalog(extensions)
        definitions = json_schema(protocol)["$defs"]
        self._details = {error.code: error.details for error in protocol.errors if error.is_own}
        self._client = _validator("ClientMessage", definitions)
        self._definitions = strict(definitions)
        self._server: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def check_server(self, frame: str) -> None:
        """Fails with what is wrong about a message in a frame of the server."""
        content = decode_json(frame)
        assert content != []
        messages = content if isinstance(content, list) else [content]
        for message in messages:
            self._check(message)

    def check_answer(self, sent: str | bytes, answer: dict[str, Any]) -> None:
        """Fails where the schema and the server differ about what a client has sent."""
        code = answer["data"]["code"] if answer["type"] == "error" else None
        has_shape = self.has_shape(sent)
        if code is None:
            assert has_shape, f"the server takes what the schema does not: {sent!r}"
        elif code in REFUSED_SHAPES and not _is_beyond_schemas(sent):
            assert not has_shape, f"the schema takes what the server calls {code}: {sent!r}"

    def has_shape(self, sent: str | bytes) -> bool:
        """Whether a client's frame is what the schema says."""
        if isinstance(sent, bytes):
            return False
        try:
            return self._client.is_valid(decode_json(sent))
        except (msgspec.DecodeError, UnicodeError, RecursionError, ArithmeticError):
            return False

    def _check(self, message: dict[str, Any]) -> None:
        key = key_of("server", message)
        if key not in self._server:
            assert key in self._definitions, f"the document lacks {key}"
            self._server[key] = _validator(key, self._definitions)
        if error := next(self._server[key].iter_errors(message), None):
            raise AssertionError(f"{key} is not as documented: {error.instance_path}: {error.message} in {message}")
        if key == "server.error" and (data := message["data"])["code"] in self._details:
            assert data.keys() - {"code", "message"} <= set(self._details[data["code"]]), message


def _validator(name: str, definitions: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": definitions})


def strict(definitions: dict[str, Any]) -> dict[str, Any]:
    """The definitions with nothing undeclared in what the server sends, and with amounts of whole hundredths."""
    definitions = deepcopy(definitions)
    definitions[CHIPS]["multipleOf"] = 0.01
    seen: set[str] = set()
    coming = ["ServerMessage"]
    while coming:
        name = coming.pop()
        if name in seen:
            continue
        seen.add(name)
        for part in _parts(definitions[name]):
            if "properties" in part:
                part.setdefault("additionalProperties", False)
            if "$ref" in part:
                coming.append(part["$ref"].removeprefix("#/$defs/"))
    return definitions


def _parts(schema: Any) -> Iterator[dict[str, Any]]:
    """The schema and every schema in it."""
    if isinstance(schema, dict):
        yield schema
        for part in schema.values():
            yield from _parts(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _parts(part)


def _is_beyond_schemas(sent: str | bytes) -> bool:
    """Whether the frame has what JSON Schema cannot tell: 1.0 is an integer to it, depth and size are nothing."""
    try:
        return isinstance(sent, str) and any(_is_odd(value) for value in _values(decode_json(sent)))
    except (msgspec.DecodeError, UnicodeError, RecursionError, ArithmeticError):
        return True


def _is_odd(value: Any) -> bool:
    if isinstance(value, bool | str | None):
        return False
    return abs(value) > MAX_INTEGER if isinstance(value, int) else value == value.to_integral_value()


def _values(value: Any, depth: int = 1) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _values(part, depth + 1)
        if depth > 32:
            yield MAX_INTEGER + 1
    else:
        yield value


def frames() -> Frames:
    """The check of the protocol without extensions."""
    return _frames(tuple(GAMES))


@cache
def _frames(games: tuple[str, ...]) -> Frames:
    return Frames()


def site_frames() -> Frames:
    """The check of the protocol with what the site itself adds to it."""
    from games.runtime import runtime

    return frames_with(runtime().handler.extensions)


_with: WeakKeyDictionary[Extensions, tuple[int, Frames]] = WeakKeyDictionary()


def frames_with(extensions: Extensions) -> Frames:
    """The check of the protocol with what has been registered by now."""
    kinds = (extensions.messages, extensions.actions, extensions.events, extensions.errors)
    count = sum(len(registered) for registered in kinds)
    if count == 0:
        return frames()
    if extensions not in _with or _with[extensions][0] != count:
        _with[extensions] = count, Frames(extensions)
    return _with[extensions][1]
