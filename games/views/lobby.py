"""The lobby and the tables: the first page as the database has it, before the socket takes over."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cardsharp.chips import to_number
from cardsharp.games import GAMES
from cardsharp.wire import encode_json
from games import faces, invitations, listing, making, playing
from games.forms import InvitationForm, LobbyFilter
from games.last_rounds import last_rounds
from games.models import Player, Table


@require_safe
def lobby(request: HttpRequest) -> HttpResponse:
    """A page of the open tables that the filters let through, the player's private ones and the table where they sit.

    Who is watching, only the socket knows.
    """
    filters = LobbyFilter(request.GET)
    wanted = filters.wanted()
    tables = Table.objects.filter(is_open=True).defer("shoe_secret")
    public = tables.visible_to(None)
    page = Paginator(listing.found(public, wanted), listing.TABLES_A_PAGE).get_page(request.GET.get("page"))
    own = tables.visible_to(request.user.pk).filter(is_private=True)[: listing.TABLES_A_PAGE] if request.user.pk else []
    rows, own_rows = [_row(table) for table in page], [_row(table) for table in own]
    players = [player["player_id"] for row in (*rows, *own_rows) for player in row["players"]]
    context = {
        "rows": rows,
        "own": own_rows,
        "page": page,
        "looks": faces.looks_of(players),
        "filters": filters,
        "wanted": wanted,
        "open_tables": public.count() if wanted else page.paginator.count,
        "seated_at": playing.seated_at(request.user) if isinstance(request.user, Player) else None,
    }
    return render(request, "games/lobby.html", context)


def _row(table: Table) -> dict[str, Any]:
    """The table as the lobby lists it: the wire's row and what follows from rules that never change."""
    game = GAMES[table.game]
    return {"players": (), **game.lobby_row(game.load(table.state), 0), "pace": table.get_pace_display()}


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
        "looks": faces.looks_of(seat["player_id"] for seat in view["seats"]),
        "state": encode_json(view).decode(),
        "rules": state.rules.describe(),
        "printed": state.rules.printed(),
        "seats_per_player": state.rules.seats_per_player,
        "bet_step": to_number(state.rules.bet_step_cents),
        "made_by": row.made_by,
        "is_private": row.is_private,
        "is_practice": row.is_practice,
        "is_member": row.is_private or invitations.is_member(row.pk, request.user.pk),
        "may_close": row.is_open and row.made_by_id is not None and row.made_by_id == request.user.pk,
        "empty_time": making.empty_time(),
        "blackjack_pays": "{} to {}".format(*state.rules.blackjack_pays),
        "last_rounds": encode_json(
            last_rounds(row, request.user if isinstance(request.user, Player) else None)
        ).decode(),
    }
    if context["may_close"] and row.is_private and not row.is_practice:
        context |= _hosting(request, row)
    return render(request, "games/table.html", context)


def _hosting(request: HttpRequest, table: Table) -> dict[str, Any]:
    """What the host of a private table sees: who may come, and the links by which others can."""
    links = [
        (invitation, request.build_absolute_uri(reverse("invitation", args=[invitations.code_of(invitation)])))
        for invitation in invitations.open_invitations(table)
    ]
    return {"links": links, "members": invitations.members_of(table), "invitation_form": InvitationForm()}
