"""The rounds that a player has finished, newest first, and what they came to."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from games.models import Account, Hand, Round, Table, Transfer
from games.shoes import number_of, shuffle_before
from games.views.requests import PlayerRequest

ROUNDS_A_PAGE = 25


class Played(NamedTuple):
    """A finished round with the hands that the player had in it, its shoe's number where that is kept, and whether its
    table is still there for them."""

    round: Round
    hands: list[Hand]
    net_cents: int
    shoe: int | None
    is_open_to_them: bool


@require_safe
@login_required
def history(request: PlayerRequest) -> HttpResponse:
    """One page of the player's rounds with their own hands."""
    own = Hand.objects.filter(player=request.user)
    rounds: QuerySet[Any] = Round.objects.filter(pk__in=own.values("round")).select_related("table")
    rounds = rounds.annotate(shuffle=shuffle_before("first_seq"))
    page = Paginator(rounds, ROUNDS_A_PAGE).get_page(request.GET.get("page"))
    hands: dict[int, list[Hand]] = defaultdict(list)
    for hand in own.filter(round__in=[finished.pk for finished in page]):
        hands[hand.round_id].append(hand)
    tables = Table.objects.visible_to(request.user.pk).filter(pk__in={finished.table_id for finished in page})
    visible = set(tables.values_list("pk", flat=True))
    played = [
        Played(
            round=finished,
            hands=hands[finished.pk],
            net_cents=_net_of(hands[finished.pk]),
            shoe=_shoe_of(finished),
            is_open_to_them=finished.table_id in visible,
        )
        for finished in page
    ]
    context = {"page": page, "played": played, "net_cents": _net_cents(request.user.pk)}
    return render(request, "games/history.html", context)


def _shoe_of(finished: Any) -> int | None:
    return None if finished.shuffle is None else number_of(finished.shuffle)


def _net_of(hands: list[Hand]) -> int:
    return sum(hand.net_cents + hand.insurance_net_cents for hand in hands)


def _net_cents(player_id: int) -> int:
    """What the player has won, less what they have lost, as the ledger has it."""
    at_play = Q(reason__in=(Transfer.Reason.HAND, Transfer.Reason.INSURANCE))
    own = Account.objects.filter(kind=Account.Kind.STACK, player_id=player_id)
    sums = Transfer.objects.filter(at_play, Q(source__in=own) | Q(target__in=own)).aggregate(
        won=Sum("amount_cents", filter=Q(target__in=own)), lost=Sum("amount_cents", filter=Q(source__in=own))
    )
    return (sums["won"] or 0) - (sums["lost"] or 0)
