"""What an action leaves behind beside the table's state: lines of the log, transfers of chips, finished rounds.

To be called in the transaction that stores the state.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from cardsharp.game import ChipMove, Game, HappenedEvent, Outcome, RoundRecord
from cardsharp.wire import encode_json
from games import careers, ledger
from games.models import Account, Hand, LoggedEvent, Player, Round, Transfer


def write_outcome(
    table_id: str,
    outcome: Outcome,
    *,
    game: Game,
    is_public: bool,
    is_practice: bool = False,
    house: Collection[str] = frozenset(),
) -> None:
    """Writes the events, moves the chips and keeps the rounds that ended, with what they were to their players.

    `house` are the ids of house players. They have no career, and practice is part of none.
    """
    write_log(table_id, outcome)
    # In the same order at every table: players who sit at two of them cannot make the two wait for each other.
    for move in sorted(outcome.moves, key=lambda move: move.player_id):
        sides = _practice_sides(table_id, move) if is_practice else _sides(table_id, move, house)
        _post(table_id, move, *sides)
    for record in outcome.rounds:
        row = _write_round(table_id, record)
        own = [hand for hand in record.hands if hand.player_id not in house and not is_practice]
        careers.add_round(row, game, outcome.state, own, is_public=is_public)


def write_log(table_id: str, outcome: Outcome) -> None:
    """Writes the events."""
    LoggedEvent.objects.bulk_create([_logged(table_id, event) for event in outcome.events])


def _logged(table_id: str, event: HappenedEvent) -> LoggedEvent:
    return LoggedEvent(
        table_id=table_id,
        seq=event.seq,
        round_id=event.round_id,
        event_type=event.event_type,
        data=encode_json(event.data).decode(),
    )


def _post(table_id: str, move: ChipMove, stack: Account, other: Account) -> None:
    into_stack = move.amount_cents > 0 and move.kind != "cash_out"
    source, target = (other, stack) if into_stack else (stack, other)
    ledger.move(source, target, abs(move.amount_cents), Transfer.Reason(move.kind), table_id=table_id, seq=move.seq)


def _sides(table_id: str, move: ChipMove, house: Collection[str]) -> tuple[Account, Account]:
    """The player's stack, and the account that it deals with: a wallet, a house player's reserve, or the house."""
    player = Player.key_of(move.player_id)
    if move.kind in ("buy_in", "cash_out"):
        own = ledger.reserve(player) if move.player_id in house else ledger.wallet(player)
    else:
        own = ledger.house(table_id)
    return ledger.stack(player, table_id), own


def _practice_sides(table_id: str, move: ChipMove) -> tuple[Account, Account]:
    """The same at a practice table, whose own side is the wallet and the house."""
    return ledger.practice(table_id, Player.key_of(move.player_id)), ledger.practice(table_id, None)


def _write_round(table_id: str, record: RoundRecord) -> Round:
    row = Round.objects.create(
        table_id=table_id,
        number=record.number,
        first_seq=record.first_seq,
        last_seq=record.last_seq,
        ended_at=datetime.now(UTC),
        dealer_cards=record.dealer_cards,
        dealer_value=record.dealer_value,
        house_net_cents=record.house_net_cents,
    )
    Hand.objects.bulk_create(
        Hand(
            round=row,
            player_id=Player.key_of(hand.player_id),
            **{name: getattr(hand, name) for name in hand.__struct_fields__ if name != "player_id"},
        )
        for hand in record.hands
    )
    return row
