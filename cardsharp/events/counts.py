"""What the handler of one process has counted since it began, for monitoring."""

from __future__ import annotations

from collections import Counter

import msgspec


class Counts(msgspec.Struct, kw_only=True):
    """Numbers that only grow. What is open now, `WebSocketEventHandler.clients` says."""

    connections: int = 0
    """Sockets that were opened."""
    messages: Counter[str] = msgspec.field(default_factory=Counter)
    """Frames that clients have sent, by the type of their message; `unreadable` is what was none."""
    actions: Counter[str] = msgspec.field(default_factory=Counter)
    """Actions that were accepted, by their name."""
    refusals: Counter[str] = msgspec.field(default_factory=Counter)
    """Messages that were answered by an error, by its code."""
    closes: Counter[str] = msgspec.field(default_factory=Counter)
    """Ends of sockets: by the reason of `disconnected`, by `CLOSED_BELOW`, or `gone` where the client just went."""
    limits: Counter[str] = msgspec.field(default_factory=Counter)
    """What was refused as `rate_limited`, by the name of the limit."""
    heals: int = 0
    """Times that a client lacked something of a table which came out of the log then, replays left out."""

    def copy(self) -> Counts:
        """The numbers as they are now."""
        return msgspec.structs.replace(
            self,
            messages=self.messages.copy(),
            actions=self.actions.copy(),
            refusals=self.refusals.copy(),
            closes=self.closes.copy(),
            limits=self.limits.copy(),
        )
