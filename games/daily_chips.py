"""Chips for who has run out of them: once a day, up to an amount, by one transfer of the ledger.

Days are those of UTC. What lies at tables counts, bets included, so nobody is given chips while they play for some.
"""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cardsharp.chips import to_cents
from cardsharp.errors import CardSharpError
from games import ledger
from games.models import Player, Transfer


class NotNow(CardSharpError):
    """There are no chips to be had: the player has enough, or has had today's."""


class Offer(NamedTuple):
    """What somebody is told who has run out of chips; `is_taken` where it was given today."""

    cents: int
    is_taken: bool


def amount_cents() -> int:
    """Up to how much is given."""
    return to_cents(settings.CARDSHARP_DAILY_CHIPS)


def below_cents() -> int:
    """Who has less than this has run out; nobody ever has where nothing is given."""
    return min(to_cents(settings.CARDSHARP_DAILY_CHIPS_BELOW), amount_cents())


def was_taken(player: Player) -> bool:
    """Whether the player has had today's."""
    return player.daily_chips_on == timezone.now().date()


def offer(player: Player) -> Offer | None:
    """What the player is offered; None for who has chips."""
    held = ledger.holdings_of(player.pk)
    if held >= below_cents():
        return None
    return Offer(amount_cents() - held, was_taken(player))


def take(player: Player) -> int:
    """Gives the player today's chips, and returns how many hundredths that were. Raises NotNow."""
    with transaction.atomic():
        # Whoever clicks twice waits here for the first click, and finds that it has been today.
        row = Player.objects.select_for_update(no_key=True).get(pk=player.pk)
        found = offer(row)
        if found is None:
            raise NotNow("You have chips to play with.")
        if found.is_taken:
            raise NotNow("You have had today’s chips. There are more tomorrow, from midnight UTC on.")
        Player.objects.filter(pk=row.pk).update(daily_chips_on=timezone.now().date())
        ledger.grant(row, found.cents, "daily chips", Transfer.Reason.DAILY)
        return found.cents
