"""Who sits where: taking and giving up a seat, its chips and its client seed, and which seat a command is about."""

from __future__ import annotations

from collections.abc import Callable

from cardsharp import errors
from cardsharp.blackjack import commands as c
from cardsharp.blackjack import events as e
from cardsharp.blackjack import play
from cardsharp.blackjack.legal import open_requests
from cardsharp.blackjack.record import Record
from cardsharp.blackjack.table import Seat, Table
from cardsharp.chips import format_chips, to_number


def join_table(r: Record, command: c.JoinTable) -> None:
    """Seats a player with chips from the wallet; at a table that waits, the next round begins with them."""
    table, rules = r.table, r.table.rules
    _check_seat_number(table, command.seat)
    if len(table.seats_of(command.player_id)) >= rules.seats_per_player:
        several = f"You have {rules.seats_per_player} seats, as many as this table gives to one player."
        raise errors.AlreadySeated(several if rules.seats_per_player > 1 else None)
    _check_admission(table, command)
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
    r.add(e.PlayerJoined(**r.of(joined), stack=buy_in, is_house=command.is_house))
    if command.client_seed:
        r.add(e.ClientSeedSet(**r.of(joined), client_seed=command.client_seed))
    if waiting:
        play.open_round(r)


def _check_admission(table: Table, command: c.JoinTable) -> None:
    """Raises NotAdmitted for a player who may not take a seat; who sits at the table already is nobody new."""
    if table.open_to == "everybody" or table.seats_of(command.player_id):
        return
    if table.open_to == "members" and (command.is_member or command.is_house):
        return
    members = "The house lets only members of this table sit down at it."
    raise errors.NotAdmitted(members if table.open_to == "members" else None, open_to=table.open_to)


def leave_table(r: Record, command: c.LeaveTable) -> None:
    """Gives the seat up: at once, or after the round if its cards are in play."""
    seat = own_seat(r.table, command)
    if r.table.in_round and seat.hands:
        if not seat.leaving:
            play.sit_out(r, seat, leaving=True)
            _play_for_leaving(r, r.seat(seat.number))
    else:
        r.move_chips(seat.number, seat.bet)
        r.add(e.PlayerLeft(**r.of(seat), stack=seat.stack + seat.bet, reason="requested"))
        if r.table.stage == "betting":
            play.continue_betting(r)
    play.open_next_without_pause(r)


def _play_for_leaving(r: Record, seat: Seat) -> None:
    if seat.offer is not None:
        play.pass_offer(r, seat)
        play.continue_insurance(r)
    elif r.table.turn is not None and r.table.turn.seat == seat.number:
        play.pass_turn(r, r.table.turn)


def add_chips(r: Record, command: c.AddChips) -> None:
    """Moves chips from the wallet to the stack of a seat that has neither a bet nor a hand in play."""
    seat = own_seat(r.table, command)
    if seat.bet or (r.table.in_round and seat.hands):
        raise errors.WrongPhase("Chips can be added while the seat has no bet and no hand.")
    room = r.table.rules.max_buy_in_cents - seat.stack
    if not 0 < command.amount_cents <= room:
        raise errors.InvalidAmount(
            f"At most {format_chips(max(room, 0))} chips can be added to this stack.",
            max_amount=to_number(max(room, 0)),
        )
    r.move_chips(seat.number, command.amount_cents)


def sit_out(r: Record, command: c.SitOut) -> None:
    """Takes the seat out of the coming rounds."""
    seat = own_seat(r.table, command)
    if seat.sitting_out:
        return
    play.sit_out(r, seat)
    if r.table.stage == "betting":
        play.continue_betting(r)
    play.open_next_without_pause(r)


def sit_in(r: Record, command: c.SitIn) -> None:
    """Brings a seat back that sits out, if its stack covers a bet."""
    seat = own_seat(r.table, command)
    if not seat.sitting_out:
        return
    chips = seat.stack + seat.at_stake
    if chips < r.table.rules.min_bet_cents:
        raise errors.InsufficientChips(
            "Your stack does not cover the smallest bet; add chips first.", balance=to_number(chips)
        )
    waiting = r.table.phase == "waiting"
    r.add(e.PlayerSatIn(**r.of(seat)))
    if waiting:
        play.open_round(r)


def set_client_seed(r: Record, command: c.SetClientSeed) -> None:
    """Sets the seat's part in the order of the next shoe."""
    seat = own_seat(r.table, command)
    if seat.client_seed != command.client_seed:
        r.add(e.ClientSeedSet(**r.of(seat), client_seed=command.client_seed))


def own_seat(table: Table, command: c.PlayerCommand, prefer: Callable[[Table, Seat], bool] | None = None) -> Seat:
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


def _check_seat_number(table: Table, number: int | None) -> None:
    if number is not None and not 1 <= number <= table.rules.seat_count:
        raise errors.IllegalAction(
            f"This table has seats 1 to {table.rules.seat_count}.", seat_count=table.rules.seat_count
        )
