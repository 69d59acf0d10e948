"""House players at a table of one's own: asking one to sit down, and sending them away."""

from __future__ import annotations

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from cardsharp import errors
from games.company import seat_one, send_away
from games.models import Table
from games.runtime import runtime
from games.views.requests import PlayerRequest


@require_POST
@login_required
def house_player_seat(request: PlayerRequest, table_id: str) -> HttpResponse:
    """Seats a house player at the player's own table; a refusal is told there."""
    get_object_or_404(Table.objects.visible_to(request.user.pk).only("pk"), pk=table_id)
    try:
        async_to_sync(seat_one)(runtime().tables, table_id, request.user)
    except errors.Forbidden as error:
        raise PermissionDenied from error
    except errors.GameError as error:
        messages.error(request, error.message)
    return redirect("table", table_id)


@require_POST
@login_required
def house_players_leave(request: PlayerRequest, table_id: str) -> HttpResponse:
    """Sends the house players away from the player's own table, with cards in play after the round."""
    get_object_or_404(Table.objects.visible_to(request.user.pk).only("pk"), pk=table_id)
    try:
        async_to_sync(send_away)(runtime().tables, table_id, request.user)
    except errors.Forbidden as error:
        raise PermissionDenied from error
    return redirect("table", table_id)
