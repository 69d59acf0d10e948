"""How much a connection, a player and an address may ask: token buckets for messages, counts within a window."""

from __future__ import annotations

import ipaddress
from collections import deque

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The limits of one process, all above zero; times in seconds. Raises ValueError for what is no limit."""

    messages_per_second: float = 50
    burst: int = 100
    player_messages_per_second: float = 100
    player_burst: int = 200
    window: float = 10
    rate_limited_before_close: int = 500
    refusals_before_close: int = 100
    subscribed_names: int = 200
    connections: int = 10_000
    connections_per_player: int = 50
    connections_per_address: int = 1_000
    custom_seconds: float = 10
    unread_seconds: float = 60
    unread_bytes: int = 1_000_000

    def __post_init__(self) -> None:
        for name, value in msgspec.structs.asdict(self).items():
            if value <= 0:
                raise ValueError(f"{name} is above zero")


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

    def is_full(self, now: float) -> bool:
        """Whether all that can be saved up is: a new bucket would be the same."""
        return self._tokens + (now - self._at) * self._rate >= self._burst


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


def network_of(address: str) -> str:
    """What is counted as one address; of IPv6 that is the network of 64 bits, of which one host usually has all."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, 64), strict=False))
