"""House players: what one of them does next at a table, and when. They play basic strategy for modest bets.

Only decides, from the table alone, so that whichever process comes first does the same. `games.company` seats them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from cardsharp.blackjack.legal import Request, open_requests
from cardsharp.blackjack.strategy import advise
from cardsharp.blackjack.table import Seat, Table
from cardsharp.chips import to_number
from cardsharp.errors import GameError
from cardsharp.game import Actor, Game
from cardsharp.shoe import ShoeSource

logger = logging.getLogger(__name__)

_QUICKEST: Final = {"place_bet": 0.5, "player_action": 1.0}
_USUAL: Final = 1.0
_SPREAD: Final = 0.9
"""Seconds: a deed takes the quickest, and up to the spread more."""


class Deed(NamedTuple):
    """What a house player does: an action of the protocol and its data."""

    seat: Seat
    action: str
    data: dict[str, Any]
    deadline: float | None = None

    @property
    def actor(self) -> Actor:
        """Who does it."""
        return Actor(self.seat.player_id, self.seat.player_name, is_house=True)


def ids(state: Any) -> frozenset[str]:
    """The ids of the house players at the table."""
    return frozenset(seat.player_id for seat in _seats(state) if seat.is_house)


def people(game: Game, state: Any) -> frozenset[str]:
    """The ids of everybody else who sits there."""
    return game.players(state) - ids(state)


def next_deed(state: Any) -> Deed | None:
    """What the next of the house players does, or None where they have nothing to do."""
    if not isinstance(state, Table) or state.stage in ("closed", "paused"):
        return None
    return next(_deeds(state), None)


def acts_at(state: Any, before: float | None, at: float) -> float | None:
    """When the next deed is done, in UNIX seconds; None where there is none. `before` is when one was to be done.

    What others do meanwhile does not put it off.
    """
    deed = next_deed(state)
    if deed is None:
        return None
    if before is not None and before > at:
        return before
    spread = _SPREAD * (state.seq * 7 % 10) / 10
    moment: float = at + _QUICKEST.get(deed.action, _USUAL) + spread
    # At a quick table it is done well before the time is up.
    return moment if deed.deadline is None else min(moment, (at + max(at, deed.deadline)) / 2)


def command(game: Game, state: Any, shoes: ShoeSource, at: float) -> Any:
    """The command of the next deed. Who would be refused gives up the seat: nobody else can answer for them.

    Raises LookupError where there is no deed.
    """
    deed = next_deed(state)
    if deed is None:
        raise LookupError("no house player has anything to do")
    try:
        wanted = game.read_action(deed.action, deed.data, actor=deed.actor, at=at)
        game.step(state, wanted, shoes)
    except GameError:
        logger.exception("The house player %s cannot %s", deed.actor.name, deed.action)
        gone = leaving(deed.seat)
        return game.read_action(gone.action, gone.data, actor=gone.actor, at=at)
    return wanted


def leaving(seat: Seat) -> Deed:
    """The house player gives the seat up."""
    return Deed(seat, "leave_table", {"seat": seat.number})


def _seats(state: Any) -> tuple[Seat, ...]:
    return state.seats if isinstance(state, Table) else ()


def _deeds(table: Table) -> Iterator[Deed]:
    house = [seat for seat in table.seats if seat.is_house and not seat.leaving]
    others = [seat for seat in table.seats if not seat.is_house]
    has_company = any(not seat.sitting_out for seat in others)
    if not others:
        yield from map(leaving, house)
    elif len(table.seats) == table.rules.seat_count and not any(seat.is_house and seat.leaving for seat in table.seats):
        # Whoever comes next finds a seat.
        yield from (leaving(seat) for seat in reversed(house) if not _is_in_play(table, seat))
    for seat in house:
        if _is_in_play(table, seat):
            continue
        if seat.sitting_out and has_company:
            yield _coming_back(table, seat)
        elif not seat.sitting_out and not has_company:
            yield Deed(seat, "sit_out", {"seat": seat.number})
    requests = {request.seat: request for request in open_requests(table) if not request.answered}
    for seat in house:
        if seat.number in requests:
            yield _answer(table, seat, requests[seat.number])


def _is_in_play(table: Table, seat: Seat) -> bool:
    return table.in_round and bool(seat.hands)


def _coming_back(table: Table, seat: Seat) -> Deed:
    """Sits in; with new chips first where the stack covers no bet any more."""
    if seat.stack + seat.at_stake >= table.rules.min_bet_cents:
        return Deed(seat, "sit_in", {"seat": seat.number})
    missing = table.rules.default_buy_in_cents - seat.stack
    return Deed(seat, "add_chips", {"seat": seat.number, "amount": to_number(missing)})


def _answer(table: Table, seat: Seat, request: Request) -> Deed:
    if request.hand_id is None:
        return Deed(seat, "place_bet", {"seat": seat.number, "amount": to_number(_bet(table, seat))}, request.deadline)
    move = {"seat": seat.number, "action": advise(table, seat.number)}
    return Deed(seat, "player_action", move, request.deadline)


def _bet(table: Table, seat: Seat) -> int:
    """One, two or three of the smallest bets: each seat keeps to its own."""
    smallest = table.rules.min_bet_cents
    wanted = smallest * (1 + seat.number % 3)
    return wanted if wanted <= min(seat.stack, table.rules.max_bet_cents) else smallest
