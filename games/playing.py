"""Play now: the best open seat for a player, and the taking of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from asgiref.sync import async_to_sync
from django.db.models import BigIntegerField, Case, ExpressionWrapper, F, Q, Value, When

from cardsharp import errors
from games import ledger
from games.models import Account, Player, Table
from games.models.tables import Pace
from games.runtime import runtime

COMFORTABLE_BETS: Final = 50
"""How many of a table's smallest bets a wallet holds that is not too small for the table."""
TABLES_TRIED: Final = 5
_TAKEN_MEANWHILE: Final = (errors.TableFull, errors.SeatTaken, errors.TableClosed, errors.UnknownTable)


def seated_at(player: Player) -> Table | None:
    """An open table where the player has chips, the newest seat first; None where they sit nowhere."""
    stacks = Account.objects.filter(kind=Account.Kind.STACK, player=player, balance_cents__gt=0, table__is_open=True)
    newest = stacks.order_by("-pk").values("table")[:1]
    return Table.objects.filter(pk__in=newest).only("table_id", "name").first()


def best_tables(wallet_cents: int) -> list[Table]:
    """Public tables with an open seat that the wallet can pay for, the best first.

    Best is a table whose bets are not too large for the wallet, then one with a clock, since nobody there waits for
    ever for somebody else, then one with company; among these the highest stakes that are comfortable, or the lowest
    that are not.
    """
    comfortable = Q(min_bet_cents__lte=wallet_cents // COMFORTABLE_BETS)
    untimed, company = Q(pace=Pace.UNTIMED), Q(seats_taken__gt=0)
    tables = Table.objects.visible_to(None).filter(
        is_open=True, seats_taken__lt=F("seat_count"), min_buy_in_cents__gt=0, min_buy_in_cents__lte=wallet_cents
    )
    highest = ExpressionWrapper(-F("min_bet_cents"), output_field=BigIntegerField())
    worth = Case(When(comfortable, then=highest), default=F("min_bet_cents"))
    order = (*(_fulfilled(question).desc() for question in (comfortable, ~untimed, company)), worth)
    wanted = ("table_id", "name", "min_buy_in_cents", "default_buy_in_cents")
    return list(tables.order_by(*order, "-seats_taken", "created_at", "pk").only(*wanted)[:TABLES_TRIED])


def take_best_seat(player: Player) -> str | None:
    """The id of the table where the player sits now, or sat already; None where no seat is to be had."""
    if (table := seated_at(player)) is not None:
        return table.pk
    wallet_cents = ledger.balance_of(player.pk)
    return next(_sitting_down(player, wallet_cents), None)


def _sitting_down(player: Player, wallet_cents: int) -> Iterator[str]:
    for table in best_tables(wallet_cents):
        buy_in = max(table.min_buy_in_cents, min(table.default_buy_in_cents, wallet_cents))
        try:
            async_to_sync(runtime().tables.sit_down)(table.pk, player, buy_in)
        except errors.AlreadySeated:
            yield table.pk  # With an empty stack, or in another window a moment ago.
        except errors.InsufficientChips:
            return  # The wallet has been emptied meanwhile.
        except _TAKEN_MEANWHILE:
            continue
        else:
            yield table.pk


def _fulfilled(question: Q) -> Case:
    return Case(When(question, then=Value(1)), default=Value(0))
