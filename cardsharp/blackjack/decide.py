"""`decide(table, command, shoes)`: the events that a command causes, or a `GameError` and nothing has happened.

Checks come in the protocol's order: seated, request id, phase, turn, legality, amount.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from cardsharp import errors
from cardsharp.blackjack import commands as c
from cardsharp.blackjack import events as e
from cardsharp.blackjack import play
from cardsharp.blackjack.legal import EARLY_SURRENDER_ANSWERS, insurance_answers, moves_by_rule, open_requests
from cardsharp.blackjack.record import Record
from cardsharp.blackjack.settle import reveal_shoe, void_round
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


def _close_table(r: Record, command: c.CloseTable) -> None:
    if r.table.in_round:
        void_round(r)
    for seat in r.table.seats:
        r.add(e.PlayerLeft(**r.of(seat), stack=seat.stack, reason="table_closed"))
    if not r.table.shoe.revealed:
        reveal_shoe(r)
    r.add(e.TableClosed(timestamp=r.at, table_id=r.table.table_id, reason=command.reason))


def _call_time(r: Record, command: c.CallTime) -> None:
    due = r.table.next_deadline
    if due is None or due > command.at:
        raise errors.WrongPhase("Nothing is due yet.")
    _leave_the_absent(r)
    turn = r.table.turn
    if turn is not None and turn.deadline is not None and turn.deadline <= command.at:
        play.pass_turn(r, turn)
    elif r.table.deadline is not None and r.table.deadline <= command.at and r.table.phase != "waiting":
        if r.table.stage == "betting":
            play.close_betting(r)
        elif r.table.stage == "insurance":
            for seat in r.table.seats:
                if seat.offer is not None:
                    play.pass_offer(r, seat)
            play.continue_insurance(r)
        else:
            play.open_round(r)
    _open_next_without_pause(r)


def _leave_the_absent(r: Record) -> None:
    for seat in r.table.seats:
        absent = seat.leaves_at is not None and seat.leaves_at <= r.at
        if absent and not (r.table.in_round and seat.hands):
            r.add(e.PlayerLeft(**r.of(seat), stack=seat.stack, reason="away"))


def _join_table(r: Record, command: c.JoinTable) -> None:
    table, rules = r.table, r.table.rules
    _check_seat_number(table, command.seat)
    if len(table.seats_of(command.player_id)) >= rules.seats_per_player:
        raise errors.AlreadySeated
    free = [n for n in range(1, rules.seat_count + 1) if table.seat(n) is None]
    if not free:
        raise errors.TableFull
    if command.seat is not None and command.seat not in free:
        raise errors.SeatTaken(free_seats=free)
    if command.request_id is not None:
        raise errors.StaleRequest("Nothing asks you to join.")
    buy_in = rules.default_buy_in_cents if command.buy_in_cents is None else command.buy_in_cents
    if not rules.min_buy_in_cents <= buy_in <= rules.max_buy_in_cents:
        raise errors.InvalidAmount(
            f"A buy-in here lies between {format_chips(rules.min_buy_in_cents)} "
            f"and {format_chips(rules.max_buy_in_cents)} chips.",
            min_buy_in=to_number(rules.min_buy_in_cents),
            max_buy_in=to_number(rules.max_buy_in_cents),
        )
    waiting = table.phase == "waiting"
    number = free[0] if command.seat is None else command.seat
    joined = Seat(number=number, player_id=command.player_id, player_name=command.player_name, stack=buy_in)
    r.add(e.PlayerJoined(**r.of(joined), stack=buy_in))
    if command.client_seed:
        r.add(e.ClientSeedSet(**r.of(joined), client_seed=command.client_seed))
    if waiting:
        play.open_round(r)


def _leave_table(r: Record, command: c.LeaveTable) -> None:
    seat = _own_seat(r.table, command)
    if r.table.in_round and seat.hands:
        if not seat.leaving:
            play.sit_out(r, seat, leaving=True)
            _play_for_leaving(r, r.seat(seat.number))
    else:
        r.move_chips(seat.number, seat.bet)
        r.add(e.PlayerLeft(**r.of(seat), stack=seat.stack + seat.bet, reason="requested"))
        if r.table.stage == "betting":
            play.continue_betting(r)
    _open_next_without_pause(r)


def _play_for_leaving(r: Record, seat: Seat) -> None:
    if seat.offer is not None:
        play.pass_offer(r, seat)
        play.continue_insurance(r)
    elif r.table.turn is not None and r.table.turn.seat == seat.number:
        play.pass_turn(r, r.table.turn)


def _add_chips(r: Record, command: c.AddChips) -> None:
    seat = _own_seat(r.table, command)
    if seat.bet or (r.table.in_round and seat.hands):
        raise errors.WrongPhase("Chips can be added while the seat has no bet and no hand.")
    room = r.table.rules.max_buy_in_cents - seat.stack
    if not 0 < command.amount_cents <= room:
        raise errors.InvalidAmount(
            f"At most {format_chips(max(room, 0))} chips can be added to this stack.",
            max_amount=to_number(max(room, 0)),
        )
    r.move_chips(seat.number, command.amount_cents)


def _place_bet(r: Record, command: c.PlaceBet) -> None:
    seat = _own_seat(r.table, command)
    rules = r.table.rules
    if r.table.stage != "betting":
        raise errors.WrongPhase("Bets are taken while betting is open.", phase=r.table.phase)
    if seat.sitting_out:
        raise errors.IllegalAction("You are sitting out; sit in first.", valid_actions=["SIT_IN"])
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
    _open_next_without_pause(r)


def _act(r: Record, command: c.Act) -> None:
    seat = _own_seat(r.table, command, prefer=_awaited)
    if r.table.stage == "insurance":
        _answer_offer(r, seat, command)
    elif r.table.stage == "playing":
        _move(r, seat, command)
    else:
        raise errors.WrongPhase("No cards are in play.", phase=r.table.phase)
    _open_next_without_pause(r)


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


def _sit_out(r: Record, command: c.SitOut) -> None:
    seat = _own_seat(r.table, command)
    if seat.sitting_out:
        return
    play.sit_out(r, seat)
    if r.table.stage == "betting":
        play.continue_betting(r)
    _open_next_without_pause(r)


def _sit_in(r: Record, command: c.SitIn) -> None:
    seat = _own_seat(r.table, command)
    if not seat.sitting_out:
        return
    if seat.stack + seat.at_stake < r.table.rules.min_bet_cents:
        raise errors.InsufficientChips("Your stack does not cover the smallest bet; add chips first.")
    waiting = r.table.phase == "waiting"
    r.add(e.PlayerSatIn(**r.of(seat)))
    if waiting:
        play.open_round(r)


def _set_client_seed(r: Record, command: c.SetClientSeed) -> None:
    seat = _own_seat(r.table, command)
    if seat.client_seed != command.client_seed:
        r.add(e.ClientSeedSet(**r.of(seat), client_seed=command.client_seed))


def _open_next_without_pause(r: Record) -> None:
    """At tables without a pause the next betting opens in the same breath as the last round ends."""
    if r.events and r.table.stage == "settled" and r.table.rules.pause_seconds == 0:
        play.open_round(r)


def _check_seat_number(table: Table, number: int | None) -> None:
    if number is not None and not 1 <= number <= table.rules.seat_count:
        raise errors.IllegalAction(
            f"This table has seats 1 to {table.rules.seat_count}.", seat_count=table.rules.seat_count
        )


def _own_seat(table: Table, command: c.PlayerCommand, prefer: Callable[[Table, Seat], bool] | None = None) -> Seat:
    """The seat that the command is about: the one it names, else the one of the request that it answers, else the first
    of the player's that is preferred, else the lowest. Raises NotSeated, IllegalAction or StaleRequest.
    """
    _check_seat_number(table, command.seat)
    own = table.seats_of(command.player_id)
    if command.seat is not None:
        own = tuple(seat for seat in own if seat.number == command.seat)
    if not own:
        raise errors.NotSeated("That seat is not yours." if command.seat is not None else None)
    if command.request_id is not None:
        for request in open_requests(table):
            if request.request_id == command.request_id:
                own = tuple(seat for seat in own if seat.number == request.seat)
                break
        else:
            own = ()
        if not own:
            raise errors.StaleRequest
    elif prefer is not None and len(own) > 1:
        return next((seat for seat in own if prefer(table, seat)), own[0])
    return own[0]


def _awaited(table: Table, seat: Seat) -> bool:
    """Whether the table awaits a move or the answer to an offer from the seat."""
    return seat.offer is not None or (table.turn is not None and table.turn.seat == seat.number)


_DECIDERS: Final[dict[type[c.Command], Callable[[Record, Any], None]]] = {
    c.OpenTable: _open_table,
    c.CloseTable: _close_table,
    c.CallTime: _call_time,
    c.JoinTable: _join_table,
    c.LeaveTable: _leave_table,
    c.AddChips: _add_chips,
    c.PlaceBet: _place_bet,
    c.Act: _act,
    c.SitOut: _sit_out,
    c.SitIn: _sit_in,
    c.SetClientSeed: _set_client_seed,
}
