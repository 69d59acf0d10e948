"""The names under which a development server can be reached from where it listens."""

from __future__ import annotations

import ipaddress
import socket


def names_of(host: str) -> list[str]:
    """The host itself, or the machine's names and addresses where it stands for all of them."""
    try:
        everywhere = ipaddress.ip_address(host).is_unspecified
    except ValueError:
        everywhere = False
    if not everywhere:
        return [host]
    name = socket.gethostname()
    addresses = {str(info[4][0]) for info in socket.getaddrinfo(name, None)}
    return [name, *sorted(f"[{a}]" if ":" in a else a for a in addresses)]
