"""The leaderboard, for everybody, with the viewer's own place on it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from games.leaderboard import LEAST_DECISIONS, PLACES, place_of, ranked
from games.models import Career


@require_safe
def leaderboard(request: HttpRequest) -> HttpResponse:
    """The best careers, and how far the viewer is from being among them."""
    best = list(ranked().select_related("player")[:PLACES])
    context: dict[str, Any] = {
        "rows": [(place, career, _net_per_hundred(career)) for place, career in enumerate(best, start=1)],
        "least": LEAST_DECISIONS,
    }
    if request.user.is_authenticated:
        own = ranked().filter(player=request.user.pk).first()
        context["own_place"] = place_of(own) if own else None
        context["own"] = own or Career.objects.filter(pk=request.user.pk).first()
        decided = context["own"].public_decisions if context["own"] else 0
        context["missing"] = max(0, LEAST_DECISIONS - decided)
    return render(request, "games/leaderboard.html", context)


def _net_per_hundred(career: Career) -> float:
    return 100 * career.public_net_cents / career.public_wagered_cents
