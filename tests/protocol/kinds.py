"""Which of the protocol's messages a frame is."""

from __future__ import annotations

from typing import Any


def key_of(sender: str, message: dict[str, Any]) -> str:
    """The id of a message of the client or the server, as `cardsharp.protocol.catalog` has it."""
    kind, data = message["type"], message.get("data") or {}
    name = {"action": data.get("action"), "event": data.get("event_type")}.get(kind)
    return ".".join(part for part in (sender, kind, name) if part)
