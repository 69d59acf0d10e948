"""What is legal now, as values: the moves of a hand, the answers to an offer, and the requests that are open."""

from __future__ import annotations

from typing import Final

import msgspec

from cardsharp.blackjack.hands import VALUES, is_natural, total
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.table import Hand, Seat, Table
from cardsharp.cards import rank

BET_ACTIONS: Final = ("BET", "SIT_OUT")
EARLY_SURRENDER_ANSWERS: Final = ("SURRENDER", "DECLINE_SURRENDER")
DOUBLE_TOTALS: Final = {"any": range(2, 22), "9-11": range(9, 12), "10-11": range(10, 12)}


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the table awaits from one seat. Amounts are hundredths of a chip, None where they do not apply."""

    request_id: str
    player_id: str
    player_name: str
    seat: int
    hand_id: str | None
    valid_actions: tuple[str, ...]
    deadline: float | None
    answered: bool = False
    """A bet that is placed may still be replaced: its request stays open, but nothing is awaited."""
    min_bet: int | None = None
    max_bet: int | None = None
    max_amount: int | None = None


def awaits_decision(table: Table, seat: Seat, hand: Hand) -> bool:
    """Whether the player may still do something with the hand.

    A hand of 21 stands by itself, and so do split aces unless the rules let them be hit, or split again.
    """
    if hand.status != "playing" or total(hand.cards)[0] >= 21:
        return False
    return not _is_bound(table.rules, hand) or "SPLIT" in legal_moves(table, seat, hand)


def _is_bound(rules: Rules, hand: Hand) -> bool:
    """Whether the hand is a split ace that gets no more cards."""
    return hand.from_split and not rules.hit_split_aces and VALUES[hand.cards[0]] == 1


def may_have_blackjack(table: Table) -> bool:
    """Whether the dealer's up card is an ace or a ten: what a dealer peeks under."""
    up = table.dealer[0]
    return up is not None and VALUES[up] in (1, 10)


def asks_early_surrender(table: Table) -> bool:
    """Whether surrender is a question of its own, before the dealer peeks.

    Where the dealer does not peek, under another up card or without a hole card, it is one of the first moves.
    """
    rules = table.rules
    return rules.surrender == "early" and rules.hole_card == "peek" and may_have_blackjack(table)


def is_blackjack(hand: Hand) -> bool:
    """Whether the hand is a natural; 21 after a split is none."""
    return not hand.from_split and is_natural(hand.cards)


def moves_by_rule(table: Table, seat: Seat, hand: Hand) -> tuple[str, ...]:
    """The moves that the rules allow the hand, whatever the stack covers."""
    rules = table.rules
    if _is_bound(rules, hand):
        return ("STAND", "SPLIT") if _may_split(table, seat, hand) else ("STAND",)
    moves = ["HIT", "STAND"]
    if len(hand.cards) == 2:
        value, _ = total(hand.cards)
        if value in DOUBLE_TOTALS[rules.double_on] and (rules.double_after_split or not hand.from_split):
            moves.append("DOUBLE")
        if _may_split(table, seat, hand):
            moves.append("SPLIT")
        if rules.surrender != "none" and not hand.from_split and not asks_early_surrender(table):
            moves.append("SURRENDER")
    return tuple(moves)


def legal_moves(table: Table, seat: Seat, hand: Hand) -> tuple[str, ...]:
    """The moves that are open to the hand now: allowed by the rules, and covered by the stack."""
    moves = moves_by_rule(table, seat, hand)
    if seat.stack >= hand.bet:
        return moves
    return tuple(move for move in moves if move not in ("DOUBLE", "SPLIT"))


def _may_split(table: Table, seat: Seat, hand: Hand) -> bool:
    rules = table.rules
    if len(hand.cards) < 2:
        return False  # a split hand whose second card comes with the next event: only a replay stops here
    first, second = hand.cards
    same = rank(first) == rank(second) if rules.split_by == "rank" else VALUES[first] == VALUES[second]
    if not same or (hand.from_split and VALUES[first] == 1 and not rules.resplit_aces):
        return False
    return len(seat.hands) < rules.max_hands and _shoe_covers_another_hand(table)


def _shoe_covers_another_hand(table: Table) -> bool:
    # No hand can hold more than 30 hard points (it draws at 20 at most), and a deck has 340. As long as the hands stay
    # below that, the discards can never run out under a shoe that is refilled with them, so a round always ends.
    hands = sum(len(seat.hands) for seat in table.seats) + 1
    return (hands + 1) * 30 < table.rules.decks * 340


def insurance_answers(table: Table, seat: Seat) -> tuple[str, ...]:
    """What the seat may answer to the offer it has; nothing without one."""
    if seat.offer is None:
        return ()
    answers = ["INSURANCE"] if seat.offer.max_amount > 0 else []
    answers.append("DECLINE_INSURANCE")
    if table.rules.even_money and is_blackjack(seat.hands[0]):
        answers.append("EVEN_MONEY")
    return tuple(answers)


def max_insurance(rules: Rules, seat: Seat) -> int:
    """The most that the seat may put on insurance: half its bet, as far as its stack goes."""
    return min(seat.bet // 2, seat.stack) if rules.insurance else 0


def open_requests(table: Table) -> tuple[Request, ...]:
    """Everything that the table awaits, in seat order. A request's id is stable for as long as it is open."""
    if table.stage == "betting":
        return tuple(_bet_request(table, seat) for seat in table.seats if seat.bet_asked and not seat.sitting_out)
    if table.stage == "insurance":
        return tuple(_insurance_request(table, seat) for seat in table.seats if seat.offer is not None)
    turn = table.turn
    seat = table.seat(turn.seat) if turn is not None else None
    if turn is None or seat is None:
        return ()
    return (
        Request(
            request_id=f"q{turn.asked}-{seat.number}",
            player_id=seat.player_id,
            player_name=seat.player_name,
            seat=seat.number,
            hand_id=turn.hand_id,
            valid_actions=turn.valid_actions,
            deadline=turn.deadline,
        ),
    )


def _bet_request(table: Table, seat: Seat) -> Request:
    return Request(
        request_id=f"q{seat.bet_asked}-{seat.number}",
        player_id=seat.player_id,
        player_name=seat.player_name,
        seat=seat.number,
        hand_id=None,
        valid_actions=BET_ACTIONS,
        deadline=table.deadline,
        answered=seat.bet > 0,
        min_bet=table.rules.min_bet_cents,
        max_bet=table.rules.max_bet_cents,
    )


def _insurance_request(table: Table, seat: Seat) -> Request:
    assert seat.offer is not None
    return Request(
        request_id=f"q{seat.offer.asked}-{seat.number}",
        player_id=seat.player_id,
        player_name=seat.player_name,
        seat=seat.number,
        hand_id=seat.offer.hand_id,
        valid_actions=insurance_answers(table, seat),
        deadline=table.deadline,
        max_amount=seat.offer.max_amount,
    )
