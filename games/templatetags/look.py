"""How the page itself is told what its viewer prefers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import template

from games.models import Player
from games.models.players import Theme

register = template.Library()

_FACES: Final = 8


@register.filter
def color_scheme(theme: str) -> str:
    """The browser's word for a theme; for the device's own, and where nobody is known, both.

    >>> color_scheme("dark"), color_scheme("system"), color_scheme("")
    ('dark', 'light dark', 'light dark')
    """
    return theme if theme in (Theme.LIGHT, Theme.DARK) else "light dark"


@register.filter
def face(player_id: str) -> int:
    """Which of a few colours a player's face has at the table.

    >>> face("p10")
    2
    """
    return Player.key_of(player_id) % _FACES


@register.filter
def chairs(row: Mapping[str, Any]) -> list[bool]:
    """The chairs of a table in the lobby: as many of them taken as there are players."""
    return [chair < row["seats_taken"] for chair in range(row["seat_count"])]
