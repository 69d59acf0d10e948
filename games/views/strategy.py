"""Basic strategy for any placard, as a chart to read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.strategy_chart import EARLY_UP_CARDS, UP_CARDS, chart
from cardsharp.errors import InvalidRules


@require_safe
def strategy(request: HttpRequest) -> HttpResponse:
    """The chart of `?rules=`, of the classic table without it; 400 with the reason where that is no placard."""
    placard = request.GET.get("rules", "").strip()
    context: dict[str, object] = {"placard": placard, "classic": str(Rules())}
    try:
        rules = Rules.parse(placard)
    except InvalidRules as problem:
        return render(request, "games/strategy.html", {**context, "problem": str(problem)}, status=400)
    shown = chart(rules)
    context |= {
        "placard": shown.rules,
        "chart": shown,
        "sections": [
            (title, slug, up_cards, rows)
            for title, slug, up_cards, rows in (
                ("Early surrender", "early", EARLY_UP_CARDS, shown.early),
                ("Hard totals", "hard", UP_CARDS, shown.hard),
                ("Soft totals", "soft", UP_CARDS, shown.soft),
                ("Pairs", "pairs", UP_CARDS, shown.pairs),
            )
            if rows
        ],
    }
    return render(request, "games/strategy.html", context)
