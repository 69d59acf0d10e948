"""The course of a round: betting opens and closes, cards are dealt, and the turn goes from hand to hand."""

from __future__ import annotations

from cardsharp.blackjack import events as e
from cardsharp.blackjack.hands import VALUES, is_natural, total
from cardsharp.blackjack.legal import awaits_decision, insurance_answers, legal_moves, max_insurance
from cardsharp.blackjack.record import Record
from cardsharp.blackjack.settle import end_round, finish_round, settle_insurance, shuffle
from cardsharp.blackjack.table import Hand, Seat


def deadline(r: Record, seconds: int | None) -> float | None:
    """The moment that many seconds from now, or None for no limit."""
    return None if seconds is None else r.at + seconds


def open_round(r: Record) -> None:
    """Opens betting where anybody can play; who cannot cover the smallest bet sits out."""
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


def sit_out(r: Record, seat: Seat, *, leaving: bool = False) -> None:
    """Takes the seat out of the coming rounds; a bet that is not yet in play comes back."""
    r.add(e.PlayerSatOut(**r.of(seat), leaving=leaving, leaves_at=deadline(r, r.table.rules.away_seconds)))
    if r.table.stage == "betting":
        r.set_stack(seat.number, seat.stack + seat.bet)


def continue_betting(r: Record) -> None:
    """Deals once every seat that plays has bet; ends the round when nobody is left to bet."""
    playing = [seat for seat in r.table.seats if not seat.sitting_out]
    if not playing:
        end_round(r)
    elif all(seat.bet for seat in playing):
        _deal(r)


def close_betting(r: Record) -> None:
    """Ends betting at its deadline: who has not bet sits out."""
    for seat in r.table.seats:
        if not seat.sitting_out and not seat.bet:
            r.add(e.PlayerTimedOut(**r.of(seat), hand_id=None, action="SIT_OUT"))
            sit_out(r, seat)
    continue_betting(r)


def _deal(r: Record) -> None:
    """One card to each betting seat in seat order, the up card, second cards, the hole card."""
    hands = [(seat.number, f"h{i}") for i, seat in enumerate((s for s in r.table.seats if s.bet), start=1)]
    for number, hand_id in hands:
        r.deal(number, hand_id)
    r.deal_to_dealer()
    for number, hand_id in hands:
        r.deal(number, hand_id)
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
    """Goes on once nobody has to answer any more: the dealer peeks, and either shows a blackjack or play begins."""
    if any(seat.offer is not None for seat in r.table.seats):
        return
    up = r.table.dealer[0]
    assert up is not None
    blackjack = is_natural((up, r.hole_card()))
    if not blackjack:
        _settle_insurances(r, won=False)
        next_turn(r)
        return
    _settle_insurances(r, won=True)
    finish_round(r)


def _settle_insurances(r: Record, *, won: bool) -> None:
    for seat in r.table.seats:
        if seat.insurance:
            settle_insurance(r, seat, "win" if won else "lose", 3 * seat.insurance if won else 0)


def decline_insurance(r: Record, seat: Seat) -> None:
    """Answers the offer for a player who does not."""
    r.add(e.PlayerTimedOut(**r.of(seat), hand_id=seat.hands[0].hand_id, action="DECLINE_INSURANCE"))
    answer_insurance(r, seat, "DECLINE_INSURANCE", 0)


def answer_insurance(r: Record, seat: Seat, action: str, amount: int) -> None:
    """Records the answer to an offer and takes the insurance bet; `amount` is 0 for declined and even money."""
    assert action in insurance_answers(r.table, seat)
    r.add(e.InsuranceDecision(**r.of(seat), hand_id=seat.hands[0].hand_id, action=action, amount=amount))
    r.set_stack(seat.number, seat.stack - amount)


def next_turn(r: Record) -> None:
    """Asks the next hand that has something to decide, in seat order; after the last one the round is finished."""
    for seat in r.table.seats:
        for hand in seat.hands:
            if awaits_decision(hand):
                if seat.leaving:
                    stand_for(r, seat, hand)
                    next_turn(r)
                else:
                    _ask(r, seat, hand)
                return
    finish_round(r)


def _ask(r: Record, seat: Seat, hand: Hand) -> None:
    r.add(
        e.PlayerDecisionNeeded(
            **r.of(seat),
            hand_id=hand.hand_id,
            valid_actions=legal_moves(r.table, seat, hand),
            deadline=deadline(r, r.table.rules.act_seconds),
        )
    )


def stand_for(r: Record, seat: Seat, hand: Hand) -> None:
    """Stands for a player who does not act; under the policy `sit_out` the seat then skips the next rounds."""
    r.add(e.PlayerTimedOut(**r.of(seat), hand_id=hand.hand_id, action="STAND"))
    r.add(e.PlayerActed(**r.of(seat), hand_id=hand.hand_id, action="STAND", bet=hand.bet))
    if r.table.rules.on_timeout == "sit_out" and not seat.sitting_out:
        sit_out(r, seat)


def make_move(r: Record, seat: Seat, hand: Hand, move: str) -> None:
    """Plays a legal move of the hand whose turn it is."""
    acted = {**r.of(seat), "hand_id": hand.hand_id, "action": move}
    if move == "DOUBLE":
        r.add(e.PlayerActed(**acted, bet=2 * hand.bet))
        r.set_stack(seat.number, seat.stack - hand.bet)
    else:
        r.add(e.PlayerActed(**acted, bet=hand.bet))
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
    r.set_stack(seat.number, seat.stack - hand.bet)
    r.deal(seat.number, hand.hand_id)
    r.deal(seat.number, new_hand_id)
