"""The end of a round: the dealer's play, who wins what, and the shoe that is finished or begun."""

from __future__ import annotations

from typing import Final

from cardsharp.blackjack import events as e
from cardsharp.blackjack.hands import is_natural, total
from cardsharp.blackjack.legal import is_blackjack, may_have_blackjack
from cardsharp.blackjack.record import Record
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.table import Hand, Seat, Table
from cardsharp.cards import Card
from cardsharp.shoe import ALGORITHM, commitment

_SETTLED_WITHOUT_DEALER: Final = ("bust", "surrendered", "even_money")


def finish_round(r: Record) -> None:
    """Shows the dealer's second card, plays the dealer's hand where a hand is still live, and settles every bet."""
    live = _any_live_hand(r.table)
    if r.table.rules.hole_card == "peek":
        reveal_hole_card(r)
    elif live or _second_card_matters(r.table):
        r.deal_to_dealer()
    settle_insurances(r)
    dealer = r.dealer_cards()
    if live and not is_natural(dealer):
        _play_dealer(r)
        dealer = r.dealer_cards()
    for seat in r.table.seats:
        for hand in seat.hands:
            _settle_hand(r, seat, hand, *outcome(r.table.rules, seat, hand, dealer))
    end_round(r)


def settle_insurances(r: Record) -> None:
    """Settles every insurance bet, once the heart knows the dealer's two cards: 2 to 1 for a blackjack."""
    for seat in r.table.seats:
        if seat.insurance:
            won = is_natural(r.dealers_first_two())
            _settle_insurance(r, seat, "win" if won else "lose", 3 * seat.insurance if won else 0)


def void_round(r: Record) -> None:
    """Gives every bet of the round back, as if it had been a tie: those of busted hands and lost insurance, too."""
    for seat in r.table.seats:
        if not seat.hands and seat.bet:
            r.add(e.PlayerSatOut(**r.of(seat)))
            r.move_chips(seat.number, seat.bet)
    if None in r.table.dealer:
        reveal_hole_card(r)
    for seat in r.table.seats:
        if seat.insurance:
            _settle_insurance(r, seat, "push", seat.insurance)
        elif seat.wagered:
            # No hand is settled in mid-round: what the round has cost this seat so far is insurance, lost at the peek.
            _settle_insurance(r, seat, "push", seat.wagered - seat.returned)
        for hand in seat.hands:
            _settle_hand(r, seat, hand, "push", hand.bet)
    end_round(r)


def _settle_insurance(r: Record, seat: Seat, result: str, payout: int) -> None:
    bet = seat.insurance
    r.add(
        e.InsuranceResult(
            **r.of(seat),
            hand_id=seat.hands[0].hand_id,
            result=result,
            bet=bet,
            payout=payout,
            net=payout - bet,
        )
    )
    r.move_chips(seat.number, payout)


def outcome(rules: Rules, seat: Seat, hand: Hand, dealer: tuple[Card, ...]) -> tuple[str, int]:
    """The result of one of the seat's hands against the dealer's cards, and what comes back, the stake included.

    What falls below a hundredth of a chip goes to the house.
    """
    if hand.status == "even_money":
        return "even_money", 2 * hand.bet
    if is_natural(dealer):
        return _against_blackjack(rules, seat, hand)
    if hand.status == "bust":
        return "bust", 0
    if hand.status == "surrendered":
        return "surrender", hand.bet // 2
    if is_blackjack(hand):
        pays, to = rules.blackjack_pays
        return "blackjack", hand.bet + hand.bet * pays // to
    mine, theirs = total(hand.cards)[0], total(dealer)[0]
    if theirs > 21 or mine > theirs:
        return "win", 2 * hand.bet
    return ("push", hand.bet) if mine == theirs else ("lose", 0)


def _against_blackjack(rules: Rules, seat: Seat, hand: Hand) -> tuple[str, int]:
    """What a dealer's blackjack leaves of a hand: under original bets only, whatever was added to the first bet."""
    if hand.status == "surrendered" and rules.surrender == "early":
        return "surrender", hand.bet // 2
    if is_blackjack(hand):
        return "push", hand.bet
    if rules.hole_card == "obo" and hand is not seat.hands[0]:
        return "push", hand.bet
    added = hand.bet - seat.bet if rules.hole_card == "obo" else 0
    return "bust" if hand.status == "bust" and not added else "lose", added


def end_round(r: Record) -> None:
    """Records the end of the round, lets go who is leaving, and finishes a shoe whose cut card has come."""
    table = r.table
    results = tuple(
        e.SeatResult(
            player_id=seat.player_id,
            player_name=seat.player_name,
            seat=seat.number,
            bet=seat.wagered,
            payout=seat.returned,
            net=seat.returned - seat.wagered,
        )
        for seat in table.seats
        if seat.hands
    )
    dealer = r.dealer_cards()
    r.add(
        e.RoundEnded(
            timestamp=r.at,
            round_number=table.round_number,
            results=results,
            house_net=-sum(result.net for result in results),
            dealer_cards=dealer,
            dealer_value=total(dealer)[0],
            next_round_at=r.at + table.rules.pause_seconds,
        )
    )
    for seat in r.table.seats:
        if seat.leaving:
            r.add(e.PlayerLeft(**r.of(seat), stack=seat.stack, reason="requested"))
    if r.table.shoe.position >= table.rules.cut_card:
        reveal_shoe(r)


def reveal_shoe(r: Record) -> None:
    """Publishes the seed of the finished shoe, so that anybody can check its order."""
    shoe = r.table.shoe
    r.add(
        e.ShoeRevealed(
            timestamp=r.at,
            shoe_id=f"s{shoe.number}",
            algorithm=ALGORITHM,
            commitment=shoe.commitment,
            server_seed=r.shoes.server_seed(shoe.number).hex(),
            client_seeds=tuple(e.SeedEntry(*entry) for entry in shoe.client_seeds),
            cards_dealt=shoe.position,
        )
    )


def shuffle(r: Record) -> None:
    """Begins the shoe that was committed to, and commits to the one after it."""
    table = r.table
    number = table.shoe.number + 1
    r.add(
        e.Shuffle(
            timestamp=r.at,
            shoe_id=f"s{number}",
            algorithm=ALGORITHM,
            commitment=table.shoe.next_commitment,
            client_seeds=tuple(e.SeedEntry(s.player_id, s.client_seed) for s in table.seats if s.client_seed),
            decks=table.rules.decks,
            cards_remaining=table.rules.decks * 52,
            next_commitment=commitment(r.shoes.server_seed(number + 1)),
        )
    )


def reveal_hole_card(r: Record) -> None:
    """Turns the hole card over."""
    card = r.hole_card()
    up = r.table.dealer[0]
    assert up is not None
    value, soft = total((up, card))
    r.add(e.CardRevealed(timestamp=r.at, card=card, value=value, is_soft=soft))


def _any_live_hand(table: Table) -> bool:
    """Whether the dealer's total decides over a hand: one that is not settled already, and no blackjack."""
    for seat in table.seats:
        for hand in seat.hands:
            if hand.status not in _SETTLED_WITHOUT_DEALER and not is_blackjack(hand):
                return True
    return False


def _second_card_matters(table: Table) -> bool:
    """Whether a dealer without a hole card takes a second card although no hand is live.

    That is so under an ace or a ten, where a blackjack would decide over a natural, an insurance, a late surrender, or
    an added bet that original bets only would give back.
    """
    return may_have_blackjack(table) and any(_waits_for_blackjack(table.rules, s) for s in table.seats if s.hands)


def _waits_for_blackjack(rules: Rules, seat: Seat) -> bool:
    first = seat.hands[0]
    return (
        seat.insurance > 0
        or (first.status == "playing" and is_blackjack(first))
        or (first.status == "surrendered" and rules.surrender == "late")
        or (rules.hole_card == "obo" and sum(hand.bet for hand in seat.hands) > seat.bet)
    )


def _play_dealer(r: Record) -> None:
    hits_soft_17 = r.table.rules.dealer_hits_soft_17
    value, soft = total(r.dealer_cards())
    while value < 17 or (value == 17 and soft and hits_soft_17):
        r.add(e.DealerActed(timestamp=r.at, action="HIT", value=value, is_soft=soft))
        value, soft = r.deal_to_dealer()
    if value <= 21:
        r.add(e.DealerActed(timestamp=r.at, action="STAND", value=value, is_soft=soft))


def _settle_hand(r: Record, seat: Seat, hand: Hand, result: str, payout: int) -> None:
    r.add(
        e.HandResult(
            timestamp=r.at,
            player_id=seat.player_id,
            player_name=seat.player_name,
            seat=seat.number,
            hand_id=hand.hand_id,
            value=total(hand.cards)[0],
            result=result,
            bet=hand.bet,
            payout=payout,
            net=payout - hand.bet,
        )
    )
    r.move_chips(seat.number, payout)
