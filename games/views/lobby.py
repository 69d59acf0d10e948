"""The lobby and the tables: the first page as the database has it, before the socket takes over."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cardsharp.chips import to_number
from cardsharp.games import GAMES
from cardsharp.wire import encode_json
from games import making
from games.models import Table


@require_safe
def lobby(request: HttpRequest) -> HttpResponse:
    """Every open table as a row. Who is watching, only the socket knows."""
    rows = [GAMES[row.game].lobby_row(GAMES[row.game].load(row.state), 0) for row in Table.objects.filter(is_open=True)]
    return render(request, "games/lobby.html", {"rows": rows})


@require_safe
def table(request: HttpRequest, table_id: str) -> HttpResponse:
    """One table: its state for the page's scripts, and its rules in sentences."""
    row = get_object_or_404(Table.objects.select_related("made_by"), table_id=table_id)
    game = GAMES[row.game]
    state = game.load(row.state)
    view = game.view(state, 0)
    taken = {seat["seat"]: seat for seat in view["seats"]}
    context = {
        "table": view,
        "chairs": [(number, taken.get(number)) for number in range(1, view["seat_count"] + 1)],
        "state": encode_json(view).decode(),
        "rules": state.rules.describe(),
        "seats_per_player": state.rules.seats_per_player,
        "bet_step": to_number(state.rules.bet_step_cents),
        "made_by": row.made_by,
        "may_close": row.is_open and row.made_by_id is not None and row.made_by_id == request.user.pk,
        "empty_time": making.empty_time(),
    }
    return render(request, "games/table.html", context)
