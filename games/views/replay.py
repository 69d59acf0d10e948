"""A finished round to step through, for everybody who may see its table."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cardsharp.games import GAMES
from cardsharp.wire import encode_json
from games.models import Round, Table
from games.replays import replay_of
from games.shoes import number_of, shuffle_before

_MOST_ROUNDS = 2**31 - 1
"""No table has more: what is larger is not asked of a database, which could not count so far."""


@require_safe
def replay(request: HttpRequest, table_id: str, number: int) -> HttpResponse:
    """One round: every event that the log still has, or what was kept of it. Rounds under way are not found."""
    tables = Table.objects.visible_to(request.user.pk).defer("shoe_secret")
    table = get_object_or_404(tables, table_id=table_id)
    if number > _MOST_ROUNDS:
        raise Http404("There is no such round.")
    rounds = Round.objects.annotate(shuffle=shuffle_before("first_seq"))
    played: Any = get_object_or_404(rounds, table=table, number=number)
    found = replay_of(table, played)
    rules = GAMES[table.game].load(table.state).rules
    context = {
        "table": table,
        "round": played,
        "replay": found,
        "state": encode_json(found.state).decode(),
        "frames": encode_json([frame.as_data() for frame in found.frames]).decode(),
        "printed": rules.printed(),
        "placard": str(rules),
        "seat_count": rules.seat_count,
        "chairs": range(1, rules.seat_count + 1),
        "shoe": None if played.shuffle is None else number_of(played.shuffle),
        "earlier": number - 1 if number > 1 else None,
        "link": request.build_absolute_uri(request.path),
        "later": number + 1 if Round.objects.filter(table=table, number=number + 1).exists() else None,
    }
    return render(request, "games/replay.html", context)
