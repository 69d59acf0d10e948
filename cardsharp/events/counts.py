"""What the handler of one process has counted since it began, for monitoring."""

from __future__ import annotations

from collections import Counter

import msgspec


class Counts(msgspec.Struct, kw_only=True):
    """Numbers that only grow. What is open now, `WebSocketEventHandler.clients` says."""

    connections: int = 0
    """Sockets that were opened."""
    messages: int = 0
    """Frames that clients have sent."""
    refusals: Counter[str] = msgspec.field(default_factory=Counter)
    """Messages that were answered by an error, by its code."""
    closes: Counter[str] = msgspec.field(default_factory=Counter)
    """Ends of sockets: by the reason of `disconnected`, by `CLOSED_BELOW`, or `gone` where the client just went."""
    limits: Counter[str] = msgspec.field(default_factory=Counter)
    """What was refused as `rate_limited`, by the name of the limit."""

    def copy(self) -> Counts:
        """The numbers as they are now."""
        return msgspec.structs.replace(
            self, refusals=self.refusals.copy(), closes=self.closes.copy(), limits=self.limits.copy()
        )
