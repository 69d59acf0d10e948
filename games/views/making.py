"""Making a table of one's own, and closing it again. Both go through the host, as everything at tables does."""

from __future__ import annotations

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cardsharp import errors
from games import making
from games.models import Player, Table
from games.models.tables import NAME_LENGTH
from games.rules_form import PRESETS, PlacardForm, RulesForm
from games.runtime import runtime
from games.views.practice import to_practice
from games.views.requests import PlayerRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def table_new(request: PlayerRequest) -> HttpResponse:
    """Makes a table of any rules, or one to practise at, and goes on to it; what cannot be is said beside what was
    typed."""
    placard = PlacardForm(request.GET if "rules" in request.GET else None)
    if request.method == "POST":
        form = RulesForm(request.POST)
        if form.is_valid() and "practice" in request.POST:
            return to_practice(request, form.rules())
        if form.is_valid():
            try:
                table_id = async_to_sync(runtime().tables.open)(
                    "blackjack",
                    form.cleaned_data["name"],
                    form.rules(),
                    request.user.pk,
                    is_private=form.cleaned_data["is_private"],
                )
            except making.TooManyTables as error:
                form.add_error(None, str(error))
            else:
                return redirect(
                    reverse("table", args=[table_id]) + ("#invitations" if form.cleaned_data["is_private"] else "")
                )
    else:
        form = RulesForm.starting_with(placard.start(), default_name(request.user))
    own = list(making.open_tables_of(request.user))
    context = {
        "form": form,
        "placard": placard,
        "presets": PRESETS,
        "own": own,
        "too_many": making.TooManyTables(making.limit()) if len(own) >= making.limit() else None,
        "empty_time": making.empty_time(),
    }
    return render(request, "games/table_new.html", context)


@require_POST
@login_required
def table_close(request: PlayerRequest, table_id: str) -> HttpResponse:
    """Closes the player's own table, where nobody else sits there."""
    get_object_or_404(Table.objects.visible_to(request.user.pk).only("pk"), pk=table_id)
    try:
        async_to_sync(runtime().tables.close_own)(table_id, request.user)
    except errors.Forbidden as error:
        raise PermissionDenied from error
    except errors.GameError as error:
        messages.error(request, error.message)
        return redirect("table", table_id)
    messages.success(request, "Your table is closed.")
    return redirect("lobby")


def default_name(player: Player) -> str:
    """What a player's table is called unless they choose another name."""
    return f"{player.username}’s table"[:NAME_LENGTH]
