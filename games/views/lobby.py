"""The lobby and the tables: the first page as the database has it, before the socket takes over."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cardsharp.chips import to_number
from cardsharp.games import GAMES
from cardsharp.wire import encode_json
from games import invitations, making
from games.forms import InvitationForm
from games.last_rounds import last_rounds
from games.models import Player, Table


@require_safe
def lobby(request: HttpRequest) -> HttpResponse:
    """Every open table as a row, the player's private ones apart. Who is watching, only the socket knows."""
    rows = [
        (table.is_private, GAMES[table.game].lobby_row(GAMES[table.game].load(table.state), 0))
        for table in Table.objects.visible_to(request.user.pk).filter(is_open=True).defer("shoe_secret")
    ]
    context = {"rows": [row for private, row in rows if not private], "own": [row for private, row in rows if private]}
    return render(request, "games/lobby.html", context)


@require_safe
def table(request: HttpRequest, table_id: str) -> HttpResponse:
    """One table: its state for the page's scripts, and its rules in sentences."""
    row = get_object_or_404(Table.objects.visible_to(request.user.pk).select_related("made_by"), table_id=table_id)
    game = GAMES[row.game]
    state = game.load(row.state)
    view = game.view(state, 0)
    taken = {seat["seat"]: seat for seat in view["seats"]}
    context = {
        "table": view,
        "chairs": [(number, taken.get(number)) for number in range(1, view["seat_count"] + 1)],
        "state": encode_json(view).decode(),
        "rules": state.rules.describe(),
        "printed": state.rules.printed(),
        "seats_per_player": state.rules.seats_per_player,
        "bet_step": to_number(state.rules.bet_step_cents),
        "made_by": row.made_by,
        "is_private": row.is_private,
        "may_close": row.is_open and row.made_by_id is not None and row.made_by_id == request.user.pk,
        "empty_time": making.empty_time(),
        "blackjack_pays": "{} to {}".format(*state.rules.blackjack_pays),
        "last_rounds": encode_json(
            last_rounds(row, request.user if isinstance(request.user, Player) else None)
        ).decode(),
    }
    if context["may_close"] and row.is_private:
        context |= _hosting(request, row)
    return render(request, "games/table.html", context)


def _hosting(request: HttpRequest, table: Table) -> dict[str, Any]:
    """What the host of a private table sees: who may come, and the links by which others can."""
    links = [
        (invitation, request.build_absolute_uri(reverse("invitation", args=[invitations.code_of(invitation)])))
        for invitation in invitations.open_invitations(table)
    ]
    return {"links": links, "members": invitations.members_of(table), "invitation_form": InvitationForm()}
