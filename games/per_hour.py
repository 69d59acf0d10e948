"""How much one address may do in an hour, as the settings say it. `games.arrivals` counts."""

from __future__ import annotations

import msgspec


class PerHour(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The limits of one address and hour."""

    guest: int = 30
    sign_up: int = 10
    failed_login: int = 50
    reset: int = 10
