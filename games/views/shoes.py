"""The shoes of a table: what was committed to, what was dealt, and the file to check it with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cardsharp.dealt_shoe import DealtShoe
from cardsharp.shoe_file import encode_shoe
from games.models import Player, Table
from games.shoes import dealt_shoe, next_commitment, shoe_lines, shuffles

SHOES_A_PAGE = 50


@require_safe
def shoes(request: HttpRequest, table_id: str) -> HttpResponse:
    """The table's shoes, newest first, and the commitment of the coming one."""
    table = _table(request, table_id)
    page = Paginator(shuffles(table), SHOES_A_PAGE).get_page(request.GET.get("page"))
    lines = [(line, _moment(line.shuffled_at)) for line in shoe_lines(table, list(page))]
    context = {"table": table, "page": page, "lines": lines}
    if table.is_open and page.number == 1:
        context["next_commitment"] = next_commitment(table)
    return render(request, "games/shoes.html", context)


@require_safe
def shoe(request: HttpRequest, table_id: str, number: int) -> HttpResponse:
    """One shoe with every card that has left it; where it is finished, with its seed and a check."""
    dealt = _shoe(request, table_id, number)
    context = {
        "shoe": dealt,
        "number": number,
        "is_finished": dealt.server_seed is not None,
        "published_at": _moment(dealt.published_at),
        "shuffled_at": _moment(dealt.shuffled_at),
        "revealed_at": _moment(dealt.revealed_at),
        "client_seeds": _named(dealt),
        "rounds": _placed(dealt),
    }
    return render(request, "games/shoe.html", context)


@require_safe
def shoe_file(request: HttpRequest, table_id: str, number: int) -> HttpResponse:
    """The shoe's file, as docs/fairness.md describes it."""
    file = encode_shoe(_shoe(request, table_id, number))
    name = f"shoe-{table_id}-{number}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
    return HttpResponse(file, content_type="application/json", headers=headers)


def _table(request: HttpRequest, table_id: str) -> Table:
    tables = Table.objects.visible_to(request.user.pk).defer("shoe_secret", "state")
    return get_object_or_404(tables, table_id=table_id)


def _shoe(request: HttpRequest, table_id: str, number: int) -> DealtShoe:
    dealt = dealt_shoe(_table(request, table_id), number)
    if dealt is None:
        raise Http404("There is no such shoe.")
    return dealt


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _named(dealt: DealtShoe) -> list[tuple[str, str, str]]:
    """Name, id and seed of each entry; a player with several seats may have several."""
    keys = {entry.player_id: Player.key_of(entry.player_id) for entry in dealt.client_seeds}
    names = dict(Player.objects.filter(pk__in=keys.values()).values_list("pk", "username"))
    return [(names.get(keys[entry.player_id], ""), entry.player_id, entry.seed) for entry in dealt.client_seeds]


def _placed(dealt: DealtShoe) -> list[dict[str, Any]]:
    """The rounds with their cards and the place of each in the shoe, counted from 1."""
    place = 0
    rounds = []
    for played in dealt.rounds:
        cards = [(place + number, card) for number, card in enumerate(played.cards, start=1)]
        place += len(cards)
        rounds.append({"id": played.round_id, "number": played.round_id.removeprefix("r"), "cards": cards})
    return rounds
