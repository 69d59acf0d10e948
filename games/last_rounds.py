"""What a table's page knows of the rounds before it: how the last ones ended, and what the viewer bet."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import msgspec
from django.db.models import F, Sum

from cardsharp.chips import to_number
from games.models import Hand, LoggedEvent, Player, Round, Table

ROUNDS_SHOWN: Final = 12


class LastRound(msgspec.Struct, frozen=True):
    """A finished round; `net` is what it brought the viewer, None where they had no part in it."""

    number: int
    dealer_value: int
    net: int | Decimal | None


class _Bet(msgspec.Struct, frozen=True):
    player_id: str
    seat: int
    amount: int | float


class LastRounds(msgspec.Struct, frozen=True):
    """The last rounds of a table, newest first, and by seat what the viewer bet in the newest that they played."""

    rounds: Sequence[LastRound]
    bets: dict[int, int | float]


def last_rounds(table: Table, player: Player | None) -> LastRounds:
    """The last dozen rounds, for that viewer: three queries at most, however many rounds there were.

    The bets are read from the log: a hand's bet has its doubling in it. They are none where the log is trimmed.
    """
    rounds = list(Round.objects.filter(table=table).order_by("-number")[:ROUNDS_SHOWN])
    if player is None or not rounds:
        return LastRounds([LastRound(row.number, row.dealer_value, None) for row in rounds], {})
    hands = Hand.objects.filter(player=player, round__in=rounds).order_by()
    nets: dict[int, int] = dict(
        hands.values("round").annotate(net=Sum(F("net_cents") + F("insurance_net_cents"))).values_list("round", "net")
    )
    played = next((row for row in rounds if row.pk in nets), None)
    return LastRounds(
        [
            LastRound(row.number, row.dealer_value, to_number(nets[row.pk]) if row.pk in nets else None)
            for row in rounds
        ],
        {} if played is None else _bets_of(player, played),
    )


def _bets_of(player: Player, played: Round) -> dict[int, int | float]:
    told = LoggedEvent.objects.filter(
        table=played.table_id, event_type="PLAYER_BET", seq__range=(played.first_seq, played.last_seq)
    )
    bets = [msgspec.json.decode(data, type=_Bet) for data in told.order_by("seq").values_list("data", flat=True)]
    return {bet.seat: bet.amount for bet in bets if bet.player_id == player.public_id}
