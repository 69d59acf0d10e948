"""A finished round once more: the table behind each of its events, out of these events alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from cardsharp.blackjack import events as e
from cardsharp.blackjack.evolve import evolve
from cardsharp.blackjack.table import Seat, Table


def replay(table: Table, events: Sequence[e.Event]) -> Iterator[Table]:
    """The table behind each event of a whole round, from its ROUND_STARTED on; `table` is any state of it.

    Who sat there is known from what they did in the round: those who had no part in it are left out, and so is the
    shoe. A face-down card stays so until it is turned over.
    """
    before = Table(
        table_id=table.table_id, name=table.name, rules=table.rules, stage="settled", seats=tuple(_seats(events))
    )
    tables = accumulate(events, evolve, initial=before)
    next(tables)
    return tables


def _seats(events: Sequence[e.Event]) -> Iterator[Seat]:
    """The seats that bet, as they were when betting opened; without those that were taken after that."""
    bets: dict[int, e.PlayerBet] = {}
    joined: set[int] = set()
    for event in events:
        match event:
            case e.PlayerJoined() if event.seat not in bets:
                joined.add(event.seat)
            case e.PlayerBet() if event.seat not in joined:
                bets.setdefault(event.seat, event)
    for number, bet in sorted(bets.items()):
        yield Seat(number=number, player_id=bet.player_id, player_name=bet.player_name, stack=bet.balance + bet.amount)
