"""Messages from real traffic, one of every kind, and a session from its first message to its last.

They are recorded, not written: `python -m tests.protocol.recording` plays with a real server and writes examples.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

from cardsharp.wire import decode_json, encode_json


class Line(msgspec.Struct, frozen=True):
    """One frame of a session, and who sent it."""

    sender: Literal["client", "server"]
    frame: dict[str, Any]


class Examples(msgspec.Struct, frozen=True):
    """`messages` by their ids, such as `server.event.CARD_DEALT`; `session` in the order of the wire.

    Where one example does not say enough, each has a title of its own: `server.action_request: a bet`.
    """

    messages: Mapping[str, dict[str, Any]]
    session: tuple[Line, ...]

    def of(self, key: str) -> tuple[tuple[str, dict[str, Any]], ...]:
        """The examples of a message with their titles, which are empty where there is one; none of programs' own."""
        named = ((name.partition(": "), frame) for name, frame in self.messages.items())
        return tuple((title, frame) for (id_, _, title), frame in named if id_ == key)


@cache
def examples() -> Examples:
    """What is in examples.json; fractions are Decimals, so that 12.50 stays what it was."""
    return msgspec.convert(decode_json((files(__package__) / "examples.json").read_bytes()), Examples)


def pretty(value: Any) -> str:
    """JSON for people: what fits into a line stays in one."""
    return _pretty(value, 0)


def _pretty(value: Any, indent: int, width: int = 96) -> str:
    line = msgspec.json.format(encode_json(value), indent=0).decode()
    if not isinstance(value, dict | list) or not value or indent + len(line) <= width:
        return line
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        keys = [(f"{encode_json(key).decode()}: ", part) for key, part in value.items()]
        inner = [f"{pad}{key}{_pretty(part, indent + 2, width - len(key))}" for key, part in keys]
        return "{\n" + ",\n".join(inner) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join(f"{pad}{_pretty(part, indent + 2)}" for part in value) + "\n" + " " * indent + "]"
