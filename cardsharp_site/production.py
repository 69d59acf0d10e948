"""What production must not be started with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SHORTEST_KEY: Final = 50
FEWEST_LETTERS: Final = 10
"""How many different characters a key has at least: what Django's own check asks for, too."""


def dangers(environment: Mapping[str, str]) -> list[str]:
    """What is dangerous among the variables of a site in production, a sentence each."""
    return [sentence for name, sentence in _found(environment) if name]


def _found(environment: Mapping[str, str]) -> list[tuple[bool, str]]:
    key = environment.get("CARDSHARP_SECRET_KEY", "")
    hosts = _listed(environment.get("CARDSHARP_ALLOWED_HOSTS", ""))
    origins = _listed(environment.get("CARDSHARP_TRUSTED_ORIGINS", ""))
    weak = len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_LETTERS
    return [
        (
            weak,
            f"CARDSHARP_SECRET_KEY needs {SHORTEST_KEY} random characters or more: sessions and links stand on it",
        ),
        (
            not hosts or "*" in hosts,
            "CARDSHARP_ALLOWED_HOSTS must name the hosts: WebSocket origins are checked against it",
        ),
        (
            not _listed(environment.get("CARDSHARP_TRUSTED_PROXIES", "")),
            "CARDSHARP_TRUSTED_PROXIES must name the proxy that ends TLS: else all share one address's limits",
        ),
        (
            any(not origin.startswith("https://") or "*" in origin for origin in origins),
            "CARDSHARP_TRUSTED_ORIGINS must be origins of https:// without a *: their pages may act for everybody here",
        ),
        (
            environment.get("CARDSHARP_DEBUG", "0") == "1",
            "CARDSHARP_DEBUG=1 shows the site's insides and is not for production",
        ),
        (
            bool(environment.get("CARDSHARP_STACKED_SHOE")),
            "CARDSHARP_STACKED_SHOE lays out the cards by hand and is not for production",
        ),
    ]


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
