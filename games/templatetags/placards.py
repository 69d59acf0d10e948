"""Placards as pages show them."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def game_part(placard: str) -> str:
    """The game without the stakes and times behind the dot, which pages show in words.

    >>> game_part("2D H17 DAS NS 3:2 · BET1-50/0.50 SEATS6")
    '2D H17 DAS NS 3:2'
    """
    return placard.partition(" · ")[0]
