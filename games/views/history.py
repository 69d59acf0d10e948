"""The rounds that a player has finished, newest first, and what they came to."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from games.filters import HistoryFilter
from games.models import Career
from games.played import listed, page_of, rounds_of, tables_of, with_shoes
from games.views.requests import PlayerRequest

ROUNDS_A_PAGE = 25


@require_safe
@login_required
def history(request: PlayerRequest) -> HttpResponse:
    """A page of the player's rounds with their own hands; 400 where the address asks for what cannot be."""
    player = request.user.pk
    form = HistoryFilter(request.GET, tables_of(player))
    context = {"form": form, "career": Career.objects.filter(pk=player).first() or Career(player_id=player)}
    if not form.is_valid():
        return render(request, "games/history.html", context, status=400)
    rounds = with_shoes(rounds_of(player, form.wanted()))
    page = page_of(rounds, ROUNDS_A_PAGE, before=form.cleaned_data["before"], after=form.cleaned_data["after"])
    here = reverse("history")
    context |= {
        "rounds": listed(page.rounds, player),
        "newest_url": here + form.address(),
        "newer_url": here + form.address(after=page.newer) if page.newer else "",
        "older_url": here + form.address(before=page.older) if page.older else "",
        "exports": form.address(),
    }
    return render(request, "games/history.html", context)
