"""What an action leaves behind beside the table's state: lines of the log, transfers of chips, finished rounds.

To be called in the transaction that stores the state.
"""

from __future__ import annotations

from datetime import UTC, datetime

from cardsharp.game import ChipMove, Game, HappenedEvent, Outcome, RoundRecord
from cardsharp.wire import encode_json
from games import careers, ledger
from games.models import Hand, LoggedEvent, Player, Round, Transfer


def write_outcome(table_id: str, outcome: Outcome, *, game: Game, is_public: bool) -> None:
    """Writes the events, moves the chips and keeps the rounds that ended, with what they were to their players."""
    write_log(table_id, outcome)
    # In the same order at every table: players who sit at two of them cannot make the two wait for each other.
    for move in sorted(outcome.moves, key=lambda move: move.player_id):
        _post(table_id, move)
    for record in outcome.rounds:
        row = _write_round(table_id, record)
        careers.add_round(row, game, outcome.state, record.hands, is_public=is_public)


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


def _post(table_id: str, move: ChipMove) -> None:
    player = Player.key_of(move.player_id)
    stack = ledger.stack(player, table_id)
    match move.kind:
        case "buy_in":
            source, target = ledger.wallet(player), stack
        case "cash_out":
            source, target = stack, ledger.wallet(player)
        case _ if move.amount_cents > 0:
            source, target = ledger.house(table_id), stack
        case _:
            source, target = stack, ledger.house(table_id)
    ledger.move(source, target, abs(move.amount_cents), Transfer.Reason(move.kind), table_id=table_id, seq=move.seq)


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
