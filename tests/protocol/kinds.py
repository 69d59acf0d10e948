"""Which of the protocol's messages a frame is."""

from __future__ import annotations

from typing import Any

CLIENT_TYPES = frozenset({"connect", "disconnect", "subscribe", "unsubscribe", "action"})


def key_of(message: dict[str, Any]) -> str:
    """The id of a message of either side, as `cardsharp.protocol.catalog` has it."""
    kind, data = message["type"], message.get("data") or {}
    if kind == "action":
        return f"client.action.{data['action']}"
    if kind == "event":
        return f"server.event.{data['event_type']}"
    is_client = kind in CLIENT_TYPES or (kind == "heartbeat" and "server_time" not in data)
    return f"{'client' if is_client else 'server'}.{kind}"
