"""Where clients connect from: what a trusted proxy says, and nothing that anybody else may have written."""

import pytest
from pytest_django import Settings

from games.addresses import client_address, read_networks

CLIENT, PROXY, INNER = "203.0.113.7", "10.0.0.1", "10.9.9.9"


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        ("", CLIENT, [], CLIENT),
        ("", CLIENT, ["198.51.100.1"], CLIENT),
        ("10.0.0.1", CLIENT, ["198.51.100.1"], CLIENT),
        ("10.0.0.1", PROXY, [], PROXY),
        ("10.0.0.1", PROXY, [CLIENT], CLIENT),
        ("10.0.0.1", PROXY, [f"198.51.100.1, {CLIENT}"], CLIENT),
        ("10.0.0.1", PROXY, ["198.51.100.1", CLIENT], CLIENT),
        ("10.0.0.0/8", PROXY, [f"198.51.100.1, {CLIENT}, {INNER}"], CLIENT),
        ("10.0.0.1", PROXY, [f"{CLIENT}, {INNER}"], INNER),
        ("10.0.0.0/8", PROXY, [INNER], INNER),
        ("10.0.0.1", PROXY, ["unknown"], PROXY),
        ("10.0.0.1", PROXY, [f"{CLIENT}, "], PROXY),
        ("10.0.0.1", PROXY, ["203.0.113.7:5000"], PROXY),
        ("10.0.0.1", f"::ffff:{PROXY}", [CLIENT], CLIENT),
        ("2001:db8::/32, 127.0.0.1", "2001:db8::1", ["2001:db9::5"], "2001:db9::5"),
        ("10.0.0.1", "", [CLIENT], ""),
    ],
)
def test_the_client_behind_the_proxies(
    settings: Settings, trusted: str, peer: str, forwarded: list[str], client: str
) -> None:
    settings.CARDSHARP_TRUSTED_PROXIES = read_networks(trusted)
    headers = [(b"host", b"example.org"), *((b"x-forwarded-for", value.encode()) for value in forwarded)]
    assert client_address(peer, headers) == client


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="10\\.0\\.0\\.1/8"):
        read_networks("10.0.0.1/8")
