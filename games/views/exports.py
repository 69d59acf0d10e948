"""A player's history as files to take away."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from games.exports import csv_lines, json_lines
from games.filters import HistoryFilter
from games.played import rounds_of, tables_of
from games.views.requests import PlayerRequest

_KINDS = {"csv": (csv_lines, "text/csv; charset=utf-8"), "json": (json_lines, "application/json")}


@require_safe
@login_required
def export(request: PlayerRequest, kind: str) -> HttpResponseBase:
    """The rounds that the filters of the history leave, newest first; 400 where these ask for what cannot be."""
    player = request.user.pk
    form = HistoryFilter(request.GET, tables_of(player))
    if not form.is_valid():
        problems = [str(problem) for own in form.errors.values() for problem in own]
        return HttpResponse("\n".join(problems), status=400, content_type="text/plain; charset=utf-8")
    lines, content_type = _KINDS[kind]
    headers = {"Content-Disposition": f'attachment; filename="history.{kind}"', "Cache-Control": "no-store"}
    rounds = rounds_of(player, form.wanted())
    return StreamingHttpResponse(lines(rounds, player), content_type=content_type, headers=headers)
