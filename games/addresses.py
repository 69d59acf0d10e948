"""Where a connection comes from: its own address, or what a trusted proxy says of it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

from django.conf import settings

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def read_networks(text: str) -> list[Network]:
    """Addresses and networks with commas between. Raises ValueError for what is neither."""
    return [ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip()]


def client_address(peer: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The address of the client behind the peer that has opened the socket; empty where the peer has none.

    Each trusted proxy has put whom it saw at the end of `X-Forwarded-For`, so the list is read from its end, as far as
    the proxies are trusted: what stands before that, anybody may have written.
    """
    forwarded = [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
    chain = [part.strip() for value in forwarded for part in value.split(",")]
    address = peer
    while chain and _is_within(address, settings.CARDSHARP_TRUSTED_PROXIES) and is_address(chain[-1]):
        address = chain.pop()
    return address


def _is_within(address: str, networks: Sequence[Network]) -> bool:
    if not networks or not is_address(address):
        return False
    ip = ipaddress.ip_address(address)
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return any((mapped or ip) in network for network in networks)


def is_address(text: str) -> bool:
    """Whether it is one."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
