"""The events of one command as they come, and the table as they leave it: what `decide` writes on."""

from __future__ import annotations

from typing import Any

from cardsharp.blackjack import events as e
from cardsharp.blackjack.evolve import evolve
from cardsharp.blackjack.hands import total
from cardsharp.blackjack.table import Hand, Seat, Table
from cardsharp.cards import Card
from cardsharp.shoe import ShoeSource, refill_order


class Record:
    """Collects events and folds each into `table` at once, so that the next step sees what the last one did."""

    __slots__ = ("at", "events", "shoes", "table")

    def __init__(self, table: Table, at: float, shoes: ShoeSource) -> None:
        self.table = table
        self.at = at
        self.shoes = shoes
        self.events: list[e.Event] = []

    def add(self, event: e.Event) -> None:
        """Records an event."""
        self.events.append(event)
        self.table = evolve(self.table, event)

    def seat(self, number: int) -> Seat:
        """The seat as it is now. Raises LookupError when it is empty, which no caller lets happen."""
        seat = self.table.seat(number)
        if seat is None:
            raise LookupError(f"seat {number} is empty")
        return seat

    def hand(self, number: int, hand_id: str) -> Hand:
        """The hand as it is now. Raises LookupError when there is none, which no caller lets happen."""
        for hand in self.seat(number).hands:
            if hand.hand_id == hand_id:
                return hand
        raise LookupError(f"seat {number} has no hand {hand_id}")

    def of(self, seat: Seat) -> dict[str, Any]:
        """The fields that every event of the seat carries."""
        return {
            "timestamp": self.at,
            "player_id": seat.player_id,
            "player_name": seat.player_name,
            "seat": seat.number,
        }

    def set_stack(self, number: int, balance: int) -> None:
        """Records a new stack, where it is one."""
        seat = self.seat(number)
        if seat.stack != balance:
            self.add(e.BankrollUpdated(**self.of(seat), balance=balance))

    def card_at(self, position: int) -> Card:
        """The card at a place of the shoe in use; past its end come the discards, in the order of the refill."""
        shoe = self.table.shoe
        order = self.shoes.order(shoe.number, shoe.client_seeds, self.table.rules.decks)
        if position < len(order):
            return order[position]
        seed = self.shoes.server_seed(shoe.number)
        refill = refill_order(seed, shoe.client_seeds, order[: shoe.round_start], 1)
        return refill[position - len(order)]

    def deal(self, number: int, hand_id: str) -> None:
        """Deals the next card face up to a hand; the first card of a seat makes its hand."""
        seat = self.seat(number)
        card = self.card_at(self.table.shoe.position)
        held = next((hand.cards for hand in seat.hands if hand.hand_id == hand_id), ())
        value, soft = total((*held, card))
        self.add(e.CardDealt(**self.of(seat), hand_id=hand_id, card=card, value=value, is_soft=soft))

    def deal_to_dealer(self) -> None:
        """Deals the next card face up to the dealer."""
        card = self.card_at(self.table.shoe.position)
        value, soft = total((*(c for c in self.table.dealer if c is not None), card))
        self.add(e.CardDealt(timestamp=self.at, is_dealer=True, card=card, value=value, is_soft=soft))

    def deal_hole_card(self) -> None:
        """Deals the dealer's second card face down: the event holds nothing of it."""
        self.add(e.CardDealt(timestamp=self.at, is_dealer=True, is_hole_card=True, card=None))

    def dealers_first_two(self) -> tuple[Card, ...]:
        """The dealer's first two cards, the face-down one too; only one where no second was dealt."""
        up, *others = self.table.dealer
        assert up is not None, "the up card is never face down"
        return (up, *(self.hole_card() if card is None else card for card in others[:1]))

    def hole_card(self) -> Card:
        """The dealer's face-down card, which only the heart may look at. The cards of the deal come in one go, so its
        place is the last of them."""
        hands = sum(1 for seat in self.table.seats if seat.hands)
        return self.card_at(self.table.shoe.round_start + 2 * hands + 1)
