"""`evolve(table, event)`: the table after an event. It never fails and knows no rule of the game.

A table is the fold of its log: `reduce(evolve, log, Table())`. Nothing else ever changes one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from cardsharp.blackjack import events as e
from cardsharp.blackjack.table import Hand, Offer, Phase, Seat, Shoe, Table, Turn


def evolve(table: Table, event: e.Event) -> Table:
    """The table after the event, its `seq` one higher."""
    return EVOLVERS[type(event)](table, event)


def _with_seat(table: Table, number: int, /, **changes: Any) -> tuple[Seat, ...]:
    return tuple([replace(seat, **changes) if seat.number == number else seat for seat in table.seats])


def _with_hand(table: Table, number: int, hand_id: str, /, **changes: Any) -> tuple[Seat, ...]:
    return tuple(
        [
            replace(seat, hands=_hands_with(seat, hand_id, **changes)) if seat.number == number else seat
            for seat in table.seats
        ]
    )


def _hands_with(seat: Seat, hand_id: str, /, **changes: Any) -> tuple[Hand, ...]:
    return tuple([replace(hand, **changes) if hand.hand_id == hand_id else hand for hand in seat.hands])


def _table_opened(table: Table, event: e.TableOpened) -> Table:
    return Table(
        table_id=event.table_id,
        name=event.name,
        rules=event.rule_set,
        seq=table.seq + 1,
        stage="settled",
        shoe=Shoe(next_commitment=event.next_commitment),
    )


def _table_closed(table: Table, event: e.TableClosed) -> Table:
    return replace(table, seq=table.seq + 1, stage="closed", deadline=None, turn=None)


def _table_paused(table: Table, event: e.TablePaused) -> Table:
    after = replace(table, seq=table.seq + 1, paused=event.reason)
    if table.stage == "betting":
        seats = tuple([replace(seat, bet=0, bet_asked=0) for seat in table.seats])
        return replace(after, seats=seats)
    return after


def _table_resumed(table: Table, event: e.TableResumed) -> Table:
    return replace(table, seq=table.seq + 1, paused=None)


def _seating_changed(table: Table, event: e.SeatingChanged) -> Table:
    return replace(table, seq=table.seq + 1, open_to=event.open_to)


def _player_joined(table: Table, event: e.PlayerJoined) -> Table:
    seq = table.seq + 1
    seat = Seat(
        number=event.seat,
        player_id=event.player_id,
        player_name=event.player_name,
        is_house=event.is_house,
        stack=event.stack,
        bet_asked=seq if table.stage == "betting" else 0,
    )
    return replace(table, seq=seq, seats=tuple(sorted((*table.seats, seat), key=lambda s: s.number)))


def _player_left(table: Table, event: e.PlayerLeft) -> Table:
    return replace(table, seq=table.seq + 1, seats=tuple(s for s in table.seats if s.number != event.seat))


def _player_sat_out(table: Table, event: e.PlayerSatOut) -> Table:
    changes: dict[str, Any] = {"sitting_out": True, "leaving": event.leaving, "leaves_at": event.leaves_at}
    if table.stage == "betting":
        changes |= {"bet": 0, "bet_asked": 0}
    return replace(table, seq=table.seq + 1, seats=_with_seat(table, event.seat, **changes))


def _player_sat_in(table: Table, event: e.PlayerSatIn) -> Table:
    seq = table.seq + 1
    asked = seq if table.stage == "betting" else 0
    seats = _with_seat(table, event.seat, sitting_out=False, leaving=False, leaves_at=None, bet_asked=asked)
    return replace(table, seq=seq, seats=seats)


def _client_seed_set(table: Table, event: e.ClientSeedSet) -> Table:
    return replace(table, seq=table.seq + 1, seats=_with_seat(table, event.seat, client_seed=event.client_seed))


def _shuffle(table: Table, event: e.Shuffle) -> Table:
    shoe = Shoe(
        number=table.shoe.number + 1,
        commitment=event.commitment,
        next_commitment=event.next_commitment,
        client_seeds=tuple((entry.player_id, entry.seed) for entry in event.client_seeds),
        revealed=False,
    )
    return replace(table, seq=table.seq + 1, shoe=shoe)


def _round_started(table: Table, event: e.RoundStarted) -> Table:
    seq = table.seq + 1
    seats = tuple(
        [
            replace(
                seat,
                bet=0,
                bet_asked=0 if seat.sitting_out else seq,
                insurance=0,
                hands=(),
                wagered=0,
                returned=0,
            )
            for seat in table.seats
        ]
    )
    return replace(
        table,
        seq=seq,
        stage="betting",
        round_number=event.round_number,
        round_seq=seq,
        deadline=event.deadline,
        seats=seats,
        dealer=(),
        shoe=replace(table.shoe, round_start=table.shoe.position),
    )


def _player_bet(table: Table, event: e.PlayerBet) -> Table:
    seats = _with_seat(table, event.seat, bet=event.amount, stack=event.balance)
    return replace(table, seq=table.seq + 1, seats=seats)


def _card_dealt(table: Table, event: e.CardDealt) -> Table:
    shoe = replace(table.shoe, position=table.shoe.position + 1)
    if event.is_dealer:
        stage: Phase = "dealer" if table.dealer and not event.is_hole_card else "playing"
        return replace(
            table, seq=table.seq + 1, stage=stage, deadline=None, shoe=shoe, dealer=(*table.dealer, event.card)
        )
    number = event.seat
    seats = tuple(
        [replace(seat, hands=_hands_with_card(seat, event)) if seat.number == number else seat for seat in table.seats]
    )
    return replace(table, seq=table.seq + 1, stage="playing", deadline=None, shoe=shoe, seats=seats)


def _hands_with_card(seat: Seat, event: e.CardDealt) -> tuple[Hand, ...]:
    if not seat.hands:
        return (Hand(hand_id=str(event.hand_id), cards=(event.card,) if event.card else (), bet=seat.bet),)
    return tuple(
        [
            replace(hand, cards=(*hand.cards, event.card)) if hand.hand_id == event.hand_id else hand
            for hand in seat.hands
        ]
    )


def _insurance_offered(table: Table, event: e.InsuranceOffered) -> Table:
    seq = table.seq + 1
    offer = Offer(hand_id=event.hand_id, max_amount=event.max_amount, asked=seq)
    seats = _with_seat(table, event.seat, offer=offer)
    return replace(table, seq=seq, stage="insurance", deadline=event.deadline, seats=seats)


def _insurance_decision(table: Table, event: e.InsuranceDecision) -> Table:
    seats = _with_seat(table, event.seat, offer=None, insurance=event.amount)
    after = replace(table, seq=table.seq + 1, seats=seats)
    if event.action == "EVEN_MONEY":
        after = replace(after, seats=_with_hand(after, event.seat, event.hand_id, status="even_money"))
    return after


def _insurance_result(table: Table, event: e.InsuranceResult) -> Table:
    return replace(
        table,
        seq=table.seq + 1,
        seats=tuple(
            replace(seat, insurance=0, wagered=seat.wagered + event.bet, returned=seat.returned + event.payout)
            if seat.number == event.seat
            else seat
            for seat in table.seats
        ),
    )


def _player_decision_needed(table: Table, event: e.PlayerDecisionNeeded) -> Table:
    seq = table.seq + 1
    turn = Turn(
        seat=event.seat,
        hand_id=event.hand_id,
        valid_actions=event.valid_actions,
        deadline=event.deadline,
        asked=seq,
    )
    return replace(table, seq=seq, stage="playing", deadline=None, turn=turn)


_STATUS_AFTER: Final = {"STAND": "stood", "SURRENDER": "surrendered"}


def _player_acted(table: Table, event: e.PlayerActed) -> Table:
    changes: dict[str, Any] = {}
    if event.action in _STATUS_AFTER:
        changes["status"] = _STATUS_AFTER[event.action]
    if event.action == "DOUBLE":
        changes |= {"bet": event.bet, "status": "stood"}
    seats = _with_hand(table, event.seat, event.hand_id, **changes) if changes else table.seats
    return replace(table, seq=table.seq + 1, turn=None, seats=seats)


def _player_timed_out(table: Table, event: e.PlayerTimedOut) -> Table:
    return replace(table, seq=table.seq + 1)


def _hand_split(table: Table, event: e.HandSplit) -> Table:
    def split(seat: Seat) -> Seat:
        hands: list[Hand] = []
        for hand in seat.hands:
            if hand.hand_id != event.hand_id:
                hands.append(hand)
                continue
            hands.append(replace(hand, cards=hand.cards[:1], from_split=True))
            hands.append(Hand(hand_id=event.new_hand_id, cards=(event.card,), bet=event.bet, from_split=True))
        return replace(seat, hands=tuple(hands))

    seats = tuple(split(seat) if seat.number == event.seat else seat for seat in table.seats)
    return replace(table, seq=table.seq + 1, seats=seats)


def _hand_busted(table: Table, event: e.HandBusted) -> Table:
    return replace(table, seq=table.seq + 1, seats=_with_hand(table, event.seat, event.hand_id, status="bust"))


def _card_revealed(table: Table, event: e.CardRevealed) -> Table:
    dealer = tuple([event.card if card is None else card for card in table.dealer])
    return replace(table, seq=table.seq + 1, stage="dealer", deadline=None, turn=None, dealer=dealer)


def _dealer_acted(table: Table, event: e.DealerActed) -> Table:
    return replace(table, seq=table.seq + 1)


def _hand_result(table: Table, event: e.HandResult) -> Table:
    seats = tuple(
        [
            replace(
                seat,
                hands=_hands_with(seat, event.hand_id, result=event.result),
                wagered=seat.wagered + event.bet,
                returned=seat.returned + event.payout,
            )
            if seat.number == event.seat
            else seat
            for seat in table.seats
        ]
    )
    return replace(table, seq=table.seq + 1, seats=seats)


def _bankroll_updated(table: Table, event: e.BankrollUpdated) -> Table:
    return replace(table, seq=table.seq + 1, seats=_with_seat(table, event.seat, stack=event.balance))


def _round_ended(table: Table, event: e.RoundEnded) -> Table:
    seats = tuple([replace(seat, bet=0, bet_asked=0, offer=None) for seat in table.seats])
    return replace(table, seq=table.seq + 1, stage="settled", deadline=event.next_round_at, turn=None, seats=seats)


def _shoe_revealed(table: Table, event: e.ShoeRevealed) -> Table:
    return replace(table, seq=table.seq + 1, shoe=replace(table.shoe, revealed=True))


EVOLVERS: Final[dict[type[e.Event], Callable[[Table, Any], Table]]] = {
    e.TableOpened: _table_opened,
    e.TableClosed: _table_closed,
    e.TablePaused: _table_paused,
    e.TableResumed: _table_resumed,
    e.SeatingChanged: _seating_changed,
    e.PlayerJoined: _player_joined,
    e.PlayerLeft: _player_left,
    e.PlayerSatOut: _player_sat_out,
    e.PlayerSatIn: _player_sat_in,
    e.ClientSeedSet: _client_seed_set,
    e.Shuffle: _shuffle,
    e.RoundStarted: _round_started,
    e.PlayerBet: _player_bet,
    e.CardDealt: _card_dealt,
    e.InsuranceOffered: _insurance_offered,
    e.InsuranceDecision: _insurance_decision,
    e.InsuranceResult: _insurance_result,
    e.PlayerDecisionNeeded: _player_decision_needed,
    e.PlayerActed: _player_acted,
    e.PlayerTimedOut: _player_timed_out,
    e.HandSplit: _hand_split,
    e.HandBusted: _hand_busted,
    e.CardRevealed: _card_revealed,
    e.DealerActed: _dealer_acted,
    e.HandResult: _hand_result,
    e.BankrollUpdated: _bankroll_updated,
    e.RoundEnded: _round_ended,
    e.ShoeRevealed: _shoe_revealed,
}
"""What each type of event does to a table."""
