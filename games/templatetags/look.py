"""How the page itself is told what its viewer prefers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from games.faces import Look, letter_of, look_of
from games.models import Player
from games.models.players import Theme

register = template.Library()


@register.filter
def color_scheme(theme: str) -> str:
    """The browser's word for a theme; for the device's own, and where nobody is known, both.

    >>> color_scheme("dark"), color_scheme("system"), color_scheme("")
    ('dark', 'light dark', 'light dark')
    """
    return theme if theme in (Theme.LIGHT, Theme.DARK) else "light dark"


@register.inclusion_tag("games/_face.html")
def face(name: str, look: Look | None) -> dict[str, Any]:
    """A player's face; without a look an empty one, for scripts to fill."""
    return {"letter": letter_of(name), "look": look}


@register.simple_tag
def own_face(player: Player) -> Look:
    """How the player of this page looks."""
    return look_of(player)


@register.filter
def chairs(row: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any] | None]]:
    """The chairs of a table in the lobby: the number of each, and who sits there."""
    taken = {player["seat"]: player for player in row.get("players", ())}
    return [(number, taken.get(number)) for number in range(1, row["seat_count"] + 1)]


@register.filter
def names(row: Mapping[str, Any]) -> str:
    """Who plays at a table in the lobby, each once."""
    return ", ".join(dict.fromkeys(player["player_name"] for player in row.get("players", ())))


@register.filter
def looked_up(looks: Mapping[str, Look], player_id: str) -> Look:
    """The look of one of the players on the page."""
    return looks[player_id]
