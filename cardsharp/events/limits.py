"""How much one connection may ask: a token bucket for messages, and counts of refusals within a window."""

from __future__ import annotations

from collections import deque

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The limits of one connection; times in seconds."""

    messages_per_second: float = 50
    burst: int = 100
    window: float = 10
    rate_limited_before_close: int = 500
    refusals_before_close: int = 100
    subscribed_names: int = 200
    custom_seconds: float = 10


class Bucket:
    """A token bucket: `rate` tokens a second, at most `burst` saved up."""

    def __init__(self, rate: float, burst: int, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = float(burst)
        self._at = now

    def take(self, now: float) -> float:
        """Takes a token: 0 if there was one, else the seconds until there is one."""
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._at) * self._rate)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._rate


class Window:
    """Counts what happened within the last seconds, up to a limit."""

    def __init__(self, seconds: float, limit: int) -> None:
        self._seconds = seconds
        self._times: deque[float] = deque(maxlen=limit)
        self._limit = limit

    def add(self, now: float) -> bool:
        """Counts one more; True when the limit is reached within the window."""
        self._times.append(now)
        return len(self._times) == self._limit and now - self._times[0] <= self._seconds
