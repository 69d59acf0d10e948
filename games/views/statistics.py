"""What a player's rounds come to, in charts with the figures behind them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from games import charts
from games.statistics import PERIODS, hand_results, statistics_of
from games.views.requests import PlayerRequest


@require_safe
@login_required
def statistics(request: PlayerRequest) -> HttpResponse:
    """The statistics of a period, of all time if none is named."""
    period = request.GET.get("period") or "all"
    if period not in PERIODS:
        raise Http404("There is no such period.")
    found = statistics_of(request.user.pk, PERIODS[period])
    context = {"period": period, "periods": PERIODS, "statistics": found, "sums": found.sums}
    if found.sums.rounds:
        context["charts"] = [
            charts.bankroll_chart(found.points),
            charts.results_chart(found.stretches, found.sums),
            charts.bets_chart(found.stretches, found.sums),
            charts.accuracy_chart(found.stretches, found.sums),
        ]
        context["results"] = hand_results(request.user.pk)
        context["paper"] = {"width": charts.WIDTH, "height": charts.HEIGHT, "left": charts.LEFT, "right": charts.RIGHT}
    return render(request, "games/statistics.html", context)
