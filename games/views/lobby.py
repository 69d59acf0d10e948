"""The lobby and the tables: the first page as the database has it, before the socket takes over."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cardsharp.blackjack.table import Table as BlackjackTable
from cardsharp.blackjack.view import lobby_row, table_view
from cardsharp.chips import to_number
from cardsharp.wire import encode_json, to_wire
from games import models


@require_safe
def lobby(request: HttpRequest) -> HttpResponse:
    """Every open table as a row."""
    rows = [to_wire(lobby_row(_state_of(table), 0)) for table in models.Table.objects.filter(is_open=True)]
    return render(request, "games/lobby.html", {"rows": rows})


@require_safe
def table(request: HttpRequest, table_id: str) -> HttpResponse:
    """One table: its state for the page's scripts, and its rules in sentences."""
    state = _state_of(get_object_or_404(models.Table, table_id=table_id))
    view = to_wire(table_view(state, 0))
    taken = {seat["seat"]: seat for seat in view["seats"]}
    context = {
        "table": view,
        "chairs": [(number, taken.get(number)) for number in range(1, state.rules.seat_count + 1)],
        "state": encode_json(view).decode(),
        "rules": state.rules.describe(),
        "bet_step": to_number(state.rules.bet_step_cents),
    }
    return render(request, "games/table.html", context)


def _state_of(table: models.Table) -> BlackjackTable:
    return msgspec.json.decode(table.state, type=BlackjackTable)
