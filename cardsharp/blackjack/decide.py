"""`decide(table, command, shoes)`: the events that a command causes, or a `GameError` and nothing has happened.

Checks come in the protocol's order: seated, request id, phase, turn, legality, amount.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from cardsharp import errors
from cardsharp.blackjack import commands as c
from cardsharp.blackjack import events as e
from cardsharp.blackjack import house, play, seating
from cardsharp.blackjack.legal import EARLY_SURRENDER_ANSWERS, insurance_answers, moves_by_rule
from cardsharp.blackjack.record import Record
from cardsharp.blackjack.table import Seat, Table
from cardsharp.chips import format_chips, to_number
from cardsharp.shoe import ShoeSource, commitment


class Decision(NamedTuple):
    """What a command did: its events, and the table after them."""

    events: tuple[e.Event, ...]
    table: Table


def decide(table: Table, command: c.Command, shoes: ShoeSource) -> tuple[e.Event, ...]:
    """The events of the command, none where it changes nothing. Raises GameError when it is refused."""
    return step(table, command, shoes).events


def step(table: Table, command: c.Command, shoes: ShoeSource) -> Decision:
    """`decide`, together with the table that its events make. Raises GameError when the command is refused."""
    if table.stage == "closed" and not isinstance(command, c.OpenTable):
        raise errors.TableClosed
    record = Record(table, command.at, shoes)
    _DECIDERS[type(command)](record, command)
    return Decision(tuple(record.events), record.table)


def _open_table(r: Record, command: c.OpenTable) -> None:
    if r.table.seq:
        raise errors.IllegalAction("This table is open already.")
    rules = command.rules.checked()
    r.add(
        e.TableOpened(
            timestamp=r.at,
            table_id=command.table_id,
            name=command.name,
            rules=str(rules),
            min_bet=rules.min_bet_cents,
            max_bet=rules.max_bet_cents,
            min_buy_in=rules.min_buy_in_cents,
            max_buy_in=rules.max_buy_in_cents,
            default_buy_in=rules.default_buy_in_cents,
            seat_count=rules.seat_count,
            next_commitment=commitment(r.shoes.server_seed(1)),
            rule_set=rules,
        )
    )


def _call_time(r: Record, command: c.CallTime) -> None:
    due = r.table.next_deadline
    if due is None or due > command.at:
        raise errors.WrongPhase("Nothing is due yet.")
    _leave_the_absent(r)
    turn = r.table.turn
    if turn is not None and turn.deadline is not None and turn.deadline <= command.at:
        play.pass_turn(r, turn)
    elif (
        r.table.deadline is not None
        and r.table.deadline <= command.at
        and r.table.phase
        not in (
            "waiting",
            "paused",
        )
    ):
        if r.table.stage == "betting":
            play.close_betting(r)
        elif r.table.stage == "insurance":
            for seat in r.table.seats:
                if seat.offer is not None:
                    play.pass_offer(r, seat)
            play.continue_insurance(r)
        else:
            play.open_round(r)
    play.open_next_without_pause(r)


def _leave_the_absent(r: Record) -> None:
    for seat in r.table.seats:
        absent = seat.leaves_at is not None and seat.leaves_at <= r.at
        if absent and not (r.table.in_round and seat.hands):
            r.add(e.PlayerLeft(**r.of(seat), stack=seat.stack, reason="away"))


def _place_bet(r: Record, command: c.PlaceBet) -> None:
    seat = seating.own_seat(r.table, command)
    rules = r.table.rules
    if r.table.stage != "betting":
        if r.table.paused is not None:
            raise errors.TablePaused(reason=r.table.paused)
        raise errors.WrongPhase("Bets are taken while betting is open.", phase=r.table.phase)
    if seat.sitting_out:
        raise errors.IllegalAction("You are sitting out; sit in first.")
    amount = command.amount_cents
    if not rules.min_bet_cents <= amount <= rules.max_bet_cents or amount % rules.bet_step_cents:
        raise errors.InvalidAmount(
            f"Bets here go from {format_chips(rules.min_bet_cents)} to {format_chips(rules.max_bet_cents)} chips "
            f"in steps of {format_chips(rules.bet_step_cents)}.",
            min_bet=to_number(rules.min_bet_cents),
            max_bet=to_number(rules.max_bet_cents),
            step=to_number(rules.bet_step_cents),
        )
    covered = seat.stack + seat.bet
    if amount > covered:
        raise errors.InsufficientChips(
            f"Your stack covers a bet of {format_chips(covered)} chips at most.", balance=to_number(covered)
        )
    balance = covered - amount
    r.add(
        e.PlayerBet(
            timestamp=r.at,
            player_id=seat.player_id,
            player_name=seat.player_name,
            seat=seat.number,
            amount=amount,
            balance=balance,
        )
    )
    r.tell_stack(seat, balance)
    play.continue_betting(r)
    play.open_next_without_pause(r)


def _act(r: Record, command: c.Act) -> None:
    seat = seating.own_seat(r.table, command, prefer=_awaited)
    if r.table.stage == "insurance":
        _answer_offer(r, seat, command)
    elif r.table.stage == "playing":
        _move(r, seat, command)
    else:
        raise errors.WrongPhase("No cards are in play.", phase=r.table.phase)
    play.open_next_without_pause(r)


def _answer_offer(r: Record, seat: Seat, command: c.Act) -> None:
    offer = seat.offer
    if offer is None:
        raise errors.NotYourTurn
    answers = insurance_answers(r.table, seat)
    if command.move not in answers:
        raise errors.IllegalAction(f"Answer with one of {', '.join(answers)}.", valid_actions=list(answers))
    amount = 0
    if command.move == "INSURANCE":
        amount = offer.max_amount if command.amount_cents is None else command.amount_cents
        if not 0 < amount <= seat.bet // 2:
            raise errors.InvalidAmount(
                f"Insurance goes up to half the bet: {format_chips(seat.bet // 2)} chips.",
                max_amount=to_number(offer.max_amount),
            )
        if amount > offer.max_amount:
            raise errors.InsufficientChips(balance=to_number(seat.stack))
    play.answer_insurance(r, seat, command.move, amount)
    play.continue_insurance(r)


def _move(r: Record, seat: Seat, command: c.Act) -> None:
    turn = r.table.turn
    if turn is None or turn.seat != seat.number:
        raise errors.NotYourTurn
    if command.move not in turn.valid_actions:
        valid = list(turn.valid_actions)
        hand = r.hand(seat.number, turn.hand_id)
        if turn.valid_actions != EARLY_SURRENDER_ANSWERS and command.move in moves_by_rule(r.table, seat, hand):
            raise errors.InsufficientChips(balance=to_number(seat.stack), valid_actions=valid)
        raise errors.IllegalAction(f"This hand can {', '.join(valid)}.", valid_actions=valid)
    play.take_turn(r, turn, command.move)


def _awaited(table: Table, seat: Seat) -> bool:
    """Whether the table awaits a move or the answer to an offer from the seat."""
    return seat.offer is not None or (table.turn is not None and table.turn.seat == seat.number)


_DECIDERS: Final[dict[type[c.Command], Callable[[Record, Any], None]]] = {
    c.OpenTable: _open_table,
    c.CloseTable: house.close_table,
    c.PauseTable: house.pause_table,
    c.ResumeTable: house.resume_table,
    c.ChangeSeating: house.change_seating,
    c.CallTime: _call_time,
    c.JoinTable: seating.join_table,
    c.LeaveTable: seating.leave_table,
    c.AddChips: seating.add_chips,
    c.PlaceBet: _place_bet,
    c.Act: _act,
    c.SitOut: seating.sit_out,
    c.SitIn: seating.sit_in,
    c.SetClientSeed: seating.set_client_seed,
}
