"""Amounts and cards as people read them."""

from __future__ import annotations

from typing import Any

from django import template

from cardsharp.chips import format_chips, to_cents
from games import accounts, daily_chips, ledger
from games.models import Player

register = template.Library()


@register.filter
def chips(cents: int) -> str:
    """Hundredths of a chip as people read them."""
    return format_chips(cents)


@register.filter
def wire_chips(number: object) -> str:
    """A number of chips, as the wire has it, as people read it."""
    return format_chips(to_cents(number))  # type: ignore[arg-type]


@register.filter
def net(cents: int) -> str:
    """Won or lost chips with their sign.

    >>> net(1250), net(-500), net(0)
    ('+12.50', '−5', '0')
    """
    if cents < 0:
        return f"−{format_chips(-cents)}"
    return f"+{format_chips(cents)}" if cents else "0"


@register.filter
def grouped(number: int) -> str:
    """A whole number as people read it.

    >>> grouped(100_000)
    '100,000'
    """
    return f"{number:,}"


@register.filter
def signed_number(number: float) -> str:
    """A number with its sign and two decimals.

    >>> signed_number(1.5), signed_number(-0.456), signed_number(0.001)
    ('+1.50', '−0.46', '0.00')
    """
    rounded = round(number, 2)
    return f"{rounded:+.2f}".replace("-", "−") if rounded else "0.00"


@register.filter
def plain(number: float) -> str:
    """A number as SVG takes it, whatever people's language does with its decimals.

    >>> plain(12.5), plain(3.0)
    ('12.5', '3')
    """
    return f"{number:g}"


@register.filter
def suit(card: str) -> str:
    """The suit symbol of a card."""
    return card[-1:]


@register.filter
def rank(card: str) -> str:
    """The rank of a card."""
    return card[:-1]


@register.filter
def cards(text: str) -> list[str]:
    """The cards that a stored hand names."""
    return text.split()


@register.simple_tag
def wallet(player: Player) -> str:
    """What lies in the player's wallet."""
    return format_chips(ledger.balance_of(player.pk))


@register.simple_tag
def daily_offer(player: Player) -> daily_chips.Offer | None:
    """The chips that the player may be given for having run out; None for who has some."""
    return daily_chips.offer(player)


@register.simple_tag
def daily_rules(player: Player) -> dict[str, Any]:
    """What the table's page has to know to make the offer when its player runs out there."""
    taken = daily_chips.was_taken(player)
    return {"cents": daily_chips.amount_cents(), "below_cents": daily_chips.below_cents(), "is_taken": taken}


@register.simple_tag
def starting_chips() -> str:
    """What a new player begins with."""
    return format_chips(accounts.starting_cents())
