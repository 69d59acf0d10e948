"""The course of a round: betting opens and closes, cards are dealt, and the turn goes from hand to hand."""

from __future__ import annotations

from cardsharp.blackjack import events as e
from cardsharp.blackjack.hands import VALUES, is_natural, total
from cardsharp.blackjack.legal import (
    EARLY_SURRENDER_ANSWERS,
    asks_early_surrender,
    awaits_decision,
    insurance_answers,
    legal_moves,
    max_insurance,
    may_have_blackjack,
)
from cardsharp.blackjack.record import Record
from cardsharp.blackjack.settle import end_round, finish_round, settle_insurances, shuffle
from cardsharp.blackjack.strategy import choose
from cardsharp.blackjack.table import Hand, Seat, Turn


def deadline(r: Record, seconds: int | None) -> float | None:
    """The moment that many seconds from now, or None for no limit."""
    return None if seconds is None else r.at + seconds


def open_round(r: Record) -> None:
    """Opens betting where anybody can play, unless the table is paused; who cannot cover the smallest bet sits out."""
    if r.table.paused is not None:
        return
    for seat in r.table.seats:
        if not seat.sitting_out and seat.stack < r.table.rules.min_bet_cents:
            sit_out(r, seat)
    if all(seat.sitting_out for seat in r.table.seats):
        return
    if r.table.shoe.revealed:
        shuffle(r)
    r.add(
        e.RoundStarted(
            timestamp=r.at,
            round_number=r.table.round_number + 1,
            deadline=deadline(r, r.table.rules.bet_seconds),
        )
    )


def open_next_without_pause(r: Record) -> None:
    """At tables without a pause the next betting opens in the same breath as the last round ends."""
    if r.events and r.table.stage == "settled" and r.table.rules.pause_seconds == 0:
        open_round(r)


def sit_out(r: Record, seat: Seat, *, leaving: bool = False) -> None:
    """Takes the seat out of the coming rounds; a bet that is not yet in play comes back."""
    r.add(e.PlayerSatOut(**r.of(seat), leaving=leaving, leaves_at=deadline(r, r.table.rules.away_seconds)))
    if r.table.stage == "betting":
        r.move_chips(seat.number, seat.bet)


def play_to_the_end(r: Record) -> None:
    """Has the table act for everybody, by its policy, until the cards in play are settled."""
    while r.table.in_round:
        if r.table.turn is not None:
            pass_turn(r, r.table.turn)
            continue
        for seat in r.table.seats:
            if seat.offer is not None:
                pass_offer(r, seat)
        continue_insurance(r)


def continue_betting(r: Record) -> None:
    """Deals once every seat that plays has bet; ends the round when nobody is left to bet."""
    playing = [seat.bet for seat in r.table.seats if not seat.sitting_out]
    if not playing:
        end_round(r)
    elif all(playing):
        _deal(r)


def close_betting(r: Record) -> None:
    """Ends betting at its deadline: who has not bet sits out."""
    for seat in r.table.seats:
        if not seat.sitting_out and not seat.bet:
            r.add(e.PlayerTimedOut(**r.of(seat), hand_id=None, action="SIT_OUT"))
            sit_out(r, seat)
    continue_betting(r)


def _deal(r: Record) -> None:
    """One card to each betting seat in seat order, the up card, second cards, and the hole card where there is one."""
    hands = [(seat.number, f"h{i}") for i, seat in enumerate((s for s in r.table.seats if s.bet), start=1)]
    for number, hand_id in hands:
        r.deal(number, hand_id)
    r.deal_to_dealer()
    for number, hand_id in hands:
        r.deal(number, hand_id)
    if r.table.rules.hole_card == "peek":
        r.deal_hole_card()
    up = r.table.dealer[0]
    if up is not None and VALUES[up] == 1:
        _offer_insurance(r)
    continue_insurance(r)


def _offer_insurance(r: Record) -> None:
    rules = r.table.rules
    for seat in r.table.seats:
        if not seat.hands:
            continue
        amount = max_insurance(rules, seat)
        if amount or (rules.insurance and rules.even_money and is_natural(seat.hands[0].cards)):
            r.add(
                e.InsuranceOffered(
                    **r.of(seat),
                    hand_id=seat.hands[0].hand_id,
                    max_amount=amount,
                    deadline=deadline(r, rules.insurance_seconds),
                )
            )


def continue_insurance(r: Record) -> None:
    """Goes on once nobody has to answer an offer any more: to early surrender, or to the peek."""
    for seat in r.table.seats:
        if seat.offer is not None:
            return
    if asks_early_surrender(r.table):
        _ask_early_surrender(r, after=0)
    else:
        _peek(r)


def _ask_early_surrender(r: Record, *, after: int) -> None:
    """Asks the next seat behind that number whether it surrenders; after the last one the dealer peeks."""
    for seat in r.table.seats:
        if seat.number <= after or not seat.hands or not awaits_decision(r.table, seat, seat.hands[0]):
            continue
        if not seat.leaving:
            _ask(r, seat, seat.hands[0], EARLY_SURRENDER_ANSWERS)
            return
        _move_for_absent(r, seat, seat.hands[0], EARLY_SURRENDER_ANSWERS)
    _peek(r)


def _peek(r: Record) -> None:
    """Under an ace or a ten the dealer looks at the hole card, and shows a blackjack; else play begins.

    Without a hole card there is nothing to look at, and insurance waits for the dealer's second card.
    """
    if r.table.rules.hole_card == "peek" and may_have_blackjack(r.table):
        settle_insurances(r)
        if is_natural(r.dealers_first_two()):
            finish_round(r)
            return
    next_turn(r)


def pass_offer(r: Record, seat: Seat) -> None:
    """Answers the offer for a player who does not, by the table's policy: even money is no further bet."""
    rules, up_card = r.table.rules, r.table.dealer[0]
    assert up_card is not None, "the up card is never face down"
    answer = "DECLINE_INSURANCE"
    if rules.on_timeout == "basic_strategy":
        free = tuple(a for a in insurance_answers(r.table, seat) if a != "INSURANCE")
        answer = choose(seat.hands[0].cards, up_card, free, rules)
    r.add(e.PlayerTimedOut(**r.of(seat), hand_id=seat.hands[0].hand_id, action=answer))
    answer_insurance(r, seat, answer, 0)
    _sit_out_silent(r, seat)


def answer_insurance(r: Record, seat: Seat, action: str, amount: int) -> None:
    """Records the answer to an offer and takes the insurance bet; `amount` is 0 for declined and even money."""
    assert action in insurance_answers(r.table, seat)
    r.add(e.InsuranceDecision(**r.of(seat), hand_id=seat.hands[0].hand_id, action=action, amount=amount))
    r.move_chips(seat.number, -amount)


def next_turn(r: Record) -> None:
    """Asks the next hand that has something to decide, in seat order; after the last one the round is finished."""
    for seat in r.table.seats:
        for hand in seat.hands:
            if awaits_decision(r.table, seat, hand):
                if seat.leaving:
                    _play_out(r, seat, hand)
                    next_turn(r)
                else:
                    _ask(r, seat, hand, legal_moves(r.table, seat, hand))
                return
    finish_round(r)


def _ask(r: Record, seat: Seat, hand: Hand, moves: tuple[str, ...]) -> None:
    r.add(
        e.PlayerDecisionNeeded(
            timestamp=r.at,
            player_id=seat.player_id,
            player_name=seat.player_name,
            seat=seat.number,
            hand_id=hand.hand_id,
            valid_actions=moves,
            deadline=deadline(r, r.table.rules.act_seconds),
        )
    )


def take_turn(r: Record, turn: Turn, move: str) -> None:
    """Plays the valid move of the hand whose turn it is, and goes on to the next turn."""
    seat = r.seat(turn.seat)
    make_move(r, seat, r.hand(turn.seat, turn.hand_id), move)
    if turn.valid_actions == EARLY_SURRENDER_ANSWERS:
        _ask_early_surrender(r, after=turn.seat)
    else:
        next_turn(r)


def pass_turn(r: Record, turn: Turn) -> None:
    """Plays the hand whose turn it is to its end for a player who does not, by the table's policy."""
    seat, hand = r.seat(turn.seat), r.hand(turn.seat, turn.hand_id)
    if turn.valid_actions == EARLY_SURRENDER_ANSWERS:
        _move_for_absent(r, seat, hand, turn.valid_actions)
        _ask_early_surrender(r, after=turn.seat)
    else:
        _play_out(r, seat, hand)
        next_turn(r)


def _play_out(r: Record, seat: Seat, hand: Hand) -> None:
    while awaits_decision(r.table, seat, hand):
        _move_for_absent(r, seat, hand, legal_moves(r.table, seat, hand))
        seat, hand = r.seat(seat.number), r.hand(seat.number, hand.hand_id)


def _move_for_absent(r: Record, seat: Seat, hand: Hand, moves: tuple[str, ...]) -> None:
    """Makes a move that wagers nothing more."""
    rules, up_card = r.table.rules, r.table.dealer[0]
    assert up_card is not None, "the up card is never face down"
    if rules.on_timeout == "basic_strategy":
        move = choose(hand.cards, up_card, tuple(m for m in moves if m not in ("DOUBLE", "SPLIT")), rules)
    else:
        move = "STAND" if "STAND" in moves else "DECLINE_SURRENDER"
    r.add(e.PlayerTimedOut(**r.of(seat), hand_id=hand.hand_id, action=move))
    make_move(r, seat, hand, move)
    _sit_out_silent(r, seat)


def _sit_out_silent(r: Record, seat: Seat) -> None:
    if r.table.rules.on_timeout == "sit_out" and not seat.sitting_out:
        sit_out(r, seat)


def make_move(r: Record, seat: Seat, hand: Hand, move: str) -> None:
    """Plays a legal move of the hand whose turn it is."""
    r.add(
        e.PlayerActed(
            timestamp=r.at,
            player_id=seat.player_id,
            player_name=seat.player_name,
            seat=seat.number,
            hand_id=hand.hand_id,
            action=move,
            bet=2 * hand.bet if move == "DOUBLE" else hand.bet,
        )
    )
    if move == "DOUBLE":
        r.move_chips(seat.number, -hand.bet)
    if move == "SPLIT":
        _split(r, seat, hand)
    if move in ("HIT", "DOUBLE"):
        r.deal(seat.number, hand.hand_id)
        value, _ = total(r.hand(seat.number, hand.hand_id).cards)
        if value > 21:
            r.add(e.HandBusted(**r.of(seat), hand_id=hand.hand_id, value=value))


def _split(r: Record, seat: Seat, hand: Hand) -> None:
    """Moves the second card to a hand of its own, placed after this one; each gets its second card at once."""
    new_hand_id = f"h{1 + sum(len(s.hands) for s in r.table.seats)}"
    r.add(e.HandSplit(**r.of(seat), hand_id=hand.hand_id, new_hand_id=new_hand_id, card=hand.cards[1], bet=hand.bet))
    r.move_chips(seat.number, -hand.bet)
    r.deal(seat.number, hand.hand_id)
    r.deal(seat.number, new_hand_id)
