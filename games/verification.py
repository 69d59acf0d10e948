"""Checks what must hold of everything that is kept: tables against their logs, chips against the ledger.

Only reads. Each table is read in one transaction, so a room may be checked while it is played in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max, Sum

from cardsharp.game import Game, HappenedEvent
from cardsharp.games import GAMES
from cardsharp.wire import decode_json
from games import making
from games.models import Account, Answer, LoggedEvent, Player, Round, Table, Transfer

_ROWS = 2_000


def verify() -> list[str]:
    """What does not hold, a sentence each; nothing where all is well."""
    found: list[str] = []
    for table_id in Table.objects.order_by("table_id").values_list("pk", flat=True):
        with _snapshot():
            row = Table.objects.get(pk=table_id)
            found += (f"Table {table_id}: {what}" for what in _table(row))
    with _snapshot():
        found += _ledger()
    return found


@contextmanager
def _snapshot() -> Iterator[None]:
    """A transaction that sees one moment of the database."""
    with transaction.atomic(durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _table(row: Table) -> Iterator[str]:
    game = GAMES[row.game]
    state = game.new()
    ended: dict[int, int] = {}
    for place, event in enumerate(_log(row.pk), start=1):
        if event.seq != place:
            yield f"event {place} is missing in the log, {event.seq} comes instead"
            return
        state = game.fold(state, event)
        if game.seq(state) != place:
            yield f"event {place} does not count in the fold"
            return
        if event.event_type == "ROUND_ENDED":
            ended[event.data["round_number"]] = place
    if game.dump(state) != game.dump(game.load(row.state)):
        yield "the state is not the fold of the log"
    yield from _columns(row, game, state)
    yield from _stacks(row, game, state)
    yield from _history(row, ended)
    yield from _answers(row)


def _log(table_id: str) -> Iterator[HappenedEvent]:
    lines = LoggedEvent.objects.filter(table_id=table_id).order_by("seq")
    for line in lines.iterator(chunk_size=_ROWS):
        yield HappenedEvent(
            seq=line.seq, event_type=line.event_type, round_id=line.round_id, data=decode_json(line.data)
        )


def _columns(row: Table, game: Game, state: Any) -> Iterator[str]:
    for column, kept, folded in (
        ("seq", row.seq, game.seq(state)),
        ("deadline_at", row.deadline_at, making.earliest(game.deadline(state), row.closes_at)),
        ("is_open", row.is_open, game.is_open(state)),
    ):
        if kept != folded:
            yield f"{column} is {kept}, the log says {folded}"
    awaits_players = row.made_by_id is not None and game.is_open(state) and not game.players(state)
    if awaits_players != (row.closes_at is not None):
        yield f"closes_at is {row.closes_at}, but {'nobody sits' if awaits_players else 'it is not to close'}"


def _stacks(row: Table, game: Game, state: Any) -> Iterator[str]:
    folded = {Player.key_of(player_id): cents for player_id, cents in game.chips_of(state).items() if cents}
    accounts = Account.objects.filter(kind=Account.Kind.STACK, table=row).exclude(balance_cents=0)
    kept = dict(accounts.values_list("player_id", "balance_cents"))
    if kept != folded:
        yield f"the ledger has the stacks {kept}, the log says {folded}"


def _history(row: Table, ended: dict[int, int]) -> Iterator[str]:
    kept = dict(Round.objects.filter(table=row).values_list("number", "last_seq"))
    if kept != ended:
        yield f"the history has the rounds {sorted(kept)}, the log says {sorted(ended)}"


def _answers(row: Table) -> Iterator[str]:
    newest = Answer.objects.filter(table=row).aggregate(newest=Max("seq"))["newest"] or 0
    if newest > row.seq:
        yield f"an answer has caused event {newest}, which there is not"


def _ledger() -> Iterator[str]:
    total = Account.objects.aggregate(total=Sum("balance_cents"))["total"] or 0
    if total:
        yield f"The ledger sums to {total} hundredths, not to zero"
    into = dict(Transfer.objects.order_by().values_list("target").annotate(Sum("amount_cents")))
    out = dict(Transfer.objects.order_by().values_list("source").annotate(Sum("amount_cents")))
    for account in Account.objects.select_related("player", "table").order_by("pk").iterator(chunk_size=_ROWS):
        moved = into.get(account.pk, 0) - out.get(account.pk, 0)
        if moved != account.balance_cents:
            yield f"Account {account} holds {account.balance_cents} hundredths, its transfers say {moved}"
    moves = Transfer.objects.filter(seq__isnull=False).order_by()
    for table_id, seq, source, target, count in moves.values_list("table", "seq", "source", "target").annotate(
        count=Count("pk")
    ):
        if count > 1:
            yield f"Event {seq} of table {table_id} moved chips {count} times from account {source} to {target}"
