"""Who plays best: by how many of their decisions at public tables are basic strategy's. Luck has no part in it."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import ExpressionWrapper, F, FloatField, Q, QuerySet

from games.models import Career

LEAST_DECISIONS: Final = 200
"""Who has decided less often is not ranked: a short run of easy hands says little."""
PLACES: Final = 50


def ranked() -> QuerySet[Any]:
    """The careers that are ranked, best first: by accuracy, then by the number of decisions.

    People with an account of their own; what programs play is no skill of theirs, and guests come and go.
    """
    accuracy = ExpressionWrapper(F("public_by_book") * 100.0 / F("public_decisions"), FloatField())
    people = Q(player__is_bot=False, player__is_guest=False, player__is_active=True)
    careers = Career.objects.filter(people, public_decisions__gte=LEAST_DECISIONS).annotate(accuracy=accuracy)
    return careers.order_by("-accuracy", "-public_decisions", "player_id")


def place_of(career: Any) -> int:
    """The place of a ranked career, with its accuracy, from 1 on."""
    better = (
        Q(accuracy__gt=career.accuracy)
        | Q(accuracy=career.accuracy, public_decisions__gt=career.public_decisions)
        | Q(accuracy=career.accuracy, public_decisions=career.public_decisions, player__lt=career.player_id)
    )
    return ranked().filter(better).count() + 1
