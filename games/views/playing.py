"""Play now, one click to a seat, as a guest where one is nobody yet; and the day's chips for who has run out."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cardsharp.chips import format_chips
from games import arrivals, playing
from games import daily_chips as chips_of_the_day
from games.models import Player
from games.views.accounts import enter_as_guest, too_many
from games.views.practice import to_practice
from games.views.requests import PlayerRequest, next_page


@require_POST
def play_now(request: HttpRequest) -> HttpResponse:
    """Lets the visitor in, takes the best open seat, or one at a practice table, and goes there, ready to bet."""
    try:
        enter_as_guest(request)
    except arrivals.TooMany as error:
        return too_many(request, str(error), error.retry_after)
    assert isinstance(request.user, Player)  # who has entered is one
    table_id = playing.take_best_seat(request.user)
    if table_id is None:
        messages.info(request, "No open seat fits your chips just now. This table is yours alone, to practise at.")
        return to_practice(request, None)
    return redirect("table", table_id)


@require_POST
@login_required
def daily_chips(request: PlayerRequest) -> HttpResponse:
    """Gives today's chips to who has run out, and goes back to where they were."""
    try:
        cents = chips_of_the_day.take(request.user)
    except chips_of_the_day.NotNow as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, f"{format_chips(cents)} chips are in your wallet.")
    return redirect(next_page(request))
