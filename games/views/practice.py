"""Practising: one click leads to a table of one's own, and back to it."""

from __future__ import annotations

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cardsharp.blackjack.rules import Rules
from cardsharp.errors import InvalidRules
from games import arrivals
from games.models import Player
from games.practice import rules_for_one, sit_down
from games.runtime import runtime
from games.views.accounts import enter_as_guest, too_many


@require_POST
def practice(request: HttpRequest) -> HttpResponse:
    """Seats the visitor at their practice table, of the rules that the placard `rules` names if it names some.

    Who is nobody yet becomes a guest. Rules that cannot be are told in the lobby, and nothing has changed.
    """
    placard = request.POST.get("rules", "").strip()
    try:
        rules = Rules.parse(placard) if placard else None
        if rules is not None:
            rules_for_one(rules)
    except InvalidRules as problem:
        messages.error(request, f"Nobody can practise with these rules: {problem}.")
        return redirect("lobby")
    return to_practice(request, rules)


def to_practice(request: HttpRequest, rules: Rules | None) -> HttpResponse:
    """Leads the visitor to their practice table of these rules, or of those that it has. Raises InvalidRules."""
    try:
        enter_as_guest(request)
    except arrivals.TooMany as error:
        return too_many(request, str(error), error.retry_after)
    player = request.user
    assert isinstance(player, Player), "who entered is somebody"
    return redirect("table", async_to_sync(sit_down)(runtime().tables, player, rules))
