"""The events of one command as they come, and the table as they leave it: what `decide` writes on."""

from __future__ import annotations

from typing import Any

from cardsharp.blackjack import events as e
from cardsharp.blackjack.evolve import EVOLVERS
from cardsharp.blackjack.hands import total
from cardsharp.blackjack.table import Hand, Seat, Table
from cardsharp.cards import Card
from cardsharp.shoe import ShoeSource, refill_order


class Record:
    """Collects events and folds each into `table` at once, so that the next step sees what the last one did."""

    __slots__ = ("_order", "_order_of", "at", "events", "shoes", "table")

    def __init__(self, table: Table, at: float, shoes: ShoeSource) -> None:
        self.table = table
        self.at = at
        self.shoes = shoes
        self.events: list[e.Event] = []
        self._order: tuple[Card, ...] = ()
        self._order_of = 0

    def add(self, event: e.Event) -> None:
        """Records an event."""
        self.events.append(event)
        self.table = EVOLVERS[type(event)](self.table, event)  # `evolve`, without a call more for each event

    def seat(self, number: int) -> Seat:
        """The seat as it is now. Raises LookupError when it is empty, which no caller lets happen."""
        for seat in self.table.seats:
            if seat.number == number:
                return seat
        raise LookupError(f"seat {number} is empty")

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

    def move_chips(self, number: int, cents: int) -> None:
        """Records what the stack of the seat is after that many hundredths came to it, or left it if negative."""
        if cents:
            seat = self.seat(number)
            self.tell_stack(seat, seat.stack + cents)

    def tell_stack(self, seat: Seat, balance: int) -> None:
        """Records what the stack of the seat is now."""
        self.add(
            e.BankrollUpdated(
                timestamp=self.at,
                player_id=seat.player_id,
                player_name=seat.player_name,
                seat=seat.number,
                balance=balance,
            )
        )

    def card_at(self, position: int) -> Card:
        """The card at a place of the shoe in use; past its end come the discards, in the order of the refill."""
        shoe = self.table.shoe
        if self._order_of != shoe.number:
            self._order = self.shoes.order(shoe.number, shoe.client_seeds, self.table.rules.decks)
            self._order_of = shoe.number
        order = self._order
        if position < len(order):
            return order[position]
        seed = self.shoes.server_seed(shoe.number)
        refill = refill_order(seed, shoe.client_seeds, order[: shoe.round_start], 1)
        return refill[position - len(order)]

    def deal(self, number: int, hand_id: str) -> None:
        """Deals the next card face up to a hand; the first card of a seat makes its hand."""
        seat = self.seat(number)
        card = self.card_at(self.table.shoe.position)
        held: tuple[Card, ...] = ()
        for hand in seat.hands:
            if hand.hand_id == hand_id:
                held = hand.cards
        value, soft = total((*held, card))
        self.add(
            e.CardDealt(
                timestamp=self.at,
                player_id=seat.player_id,
                player_name=seat.player_name,
                seat=number,
                hand_id=hand_id,
                card=card,
                value=value,
                is_soft=soft,
            )
        )

    def deal_to_dealer(self) -> tuple[int, bool]:
        """Deals the next card face up to the dealer, and gives the hand's total with it."""
        card = self.card_at(self.table.shoe.position)
        value, soft = total((*self.dealer_cards(), card))
        self.add(e.CardDealt(timestamp=self.at, is_dealer=True, card=card, value=value, is_soft=soft))
        return value, soft

    def deal_hole_card(self) -> None:
        """Deals the dealer's second card face down: the event holds nothing of it."""
        self.add(e.CardDealt(timestamp=self.at, is_dealer=True, is_hole_card=True, card=None))

    def dealer_cards(self) -> tuple[Card, ...]:
        """The dealer's cards that lie face up."""
        dealer = self.table.dealer
        return tuple([card for card in dealer if card is not None])

    def dealers_first_two(self) -> tuple[Card, ...]:
        """The dealer's first two cards, the face-down one too; only one where no second was dealt."""
        first_two = self.dealer_cards()[:2]
        return (*first_two, self.hole_card()) if None in self.table.dealer else first_two

    def hole_card(self) -> Card:
        """The dealer's face-down card, which only the heart may look at. The cards of the deal come in one go, so its
        place is the last of them."""
        hands = len([seat for seat in self.table.seats if seat.hands])
        return self.card_at(self.table.shoe.round_start + 2 * hands + 1)
