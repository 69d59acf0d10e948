"""What happens at a blackjack table, past tense: the protocol's events with the wire's own field names.

`event_type` is the name on the wire. Amounts are hundredths of a chip here and chips on the wire; `timestamp` is UNIX
seconds. `EVENTS` lists every type; the log holds nothing else.
"""

from __future__ import annotations

from typing import ClassVar, Final

import msgspec

from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.table import OpenTo
from cardsharp.cards import Card
from cardsharp.chips import Cents


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What every event carries."""

    event_type: ClassVar[str] = ""
    timestamp: float


class PlayerEvent(Event, frozen=True, kw_only=True, gc=False):
    """An event of one seat: the protocol's P."""

    player_id: str
    player_name: str
    seat: int


class HandEvent(PlayerEvent, frozen=True, kw_only=True, gc=False):
    """An event of one hand: the protocol's H."""

    hand_id: str


class SeedEntry(msgspec.Struct, frozen=True, gc=False):
    """A player's part in the order of a shoe."""

    player_id: str
    seed: str


class TableOpened(Event, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "TABLE_OPENED"
    table_id: str
    name: str
    game: str = "blackjack"
    rules: str
    min_bet: Cents
    max_bet: Cents
    min_buy_in: Cents
    max_buy_in: Cents
    default_buy_in: Cents
    seat_count: int
    seats_taken: int = 0
    spectators: int = 0
    phase: str = "waiting"
    paused: str | None = None
    open_to: OpenTo = "everybody"
    next_commitment: str
    rule_set: Rules
    """Every field of the rules, so that the log alone can rebuild the table."""


class TableClosed(Event, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "TABLE_CLOSED"
    table_id: str
    reason: str


class TablePaused(Event, frozen=True, kw_only=True, gc=False):
    """Bets that lay before the deal are back in their stacks with it."""

    event_type: ClassVar[str] = "TABLE_PAUSED"
    reason: str


class TableResumed(Event, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "TABLE_RESUMED"


class SeatingChanged(Event, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "SEATING_CHANGED"
    open_to: OpenTo


class PlayerJoined(PlayerEvent, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "PLAYER_JOINED"
    stack: Cents
    is_house: bool = False


class PlayerLeft(PlayerEvent, frozen=True, kw_only=True, gc=False):
    """`stack` goes back to the wallet, an open bet included; `reason`: requested, away or table_closed."""

    event_type: ClassVar[str] = "PLAYER_LEFT"
    stack: Cents
    reason: str


class PlayerSatOut(PlayerEvent, frozen=True, kw_only=True, gc=False):
    """`leaving`: the seat is given up after the round; `leaves_at`: when an absent player's seat is given up."""

    event_type: ClassVar[str] = "PLAYER_SAT_OUT"
    leaving: bool = False
    leaves_at: float | None = None


class PlayerSatIn(PlayerEvent, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "PLAYER_SAT_IN"


class ClientSeedSet(PlayerEvent, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "CLIENT_SEED_SET"
    client_seed: str


class Shuffle(Event, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "SHUFFLE"
    shoe_id: str
    algorithm: str
    commitment: str
    client_seeds: tuple[SeedEntry, ...]
    decks: int
    cards_remaining: int
    next_commitment: str


class RoundStarted(Event, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "ROUND_STARTED"
    round_number: int
    deadline: float | None


class PlayerBet(PlayerEvent, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "PLAYER_BET"
    amount: Cents
    balance: Cents


class CardDealt(Event, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A card out of the shoe, to a hand or to the dealer. `value` and `is_soft` are the hand's with this card."""

    event_type: ClassVar[str] = "CARD_DEALT"
    player_id: str | msgspec.UnsetType = msgspec.UNSET
    player_name: str | msgspec.UnsetType = msgspec.UNSET
    seat: int | msgspec.UnsetType = msgspec.UNSET
    hand_id: str | msgspec.UnsetType = msgspec.UNSET
    is_dealer: bool = False
    is_hole_card: bool = False
    card: Card | None
    value: int | msgspec.UnsetType = msgspec.UNSET
    is_soft: bool | msgspec.UnsetType = msgspec.UNSET


class InsuranceOffered(HandEvent, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "INSURANCE_OFFERED"
    max_amount: Cents
    deadline: float | None


class InsuranceDecision(HandEvent, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "INSURANCE_DECISION"
    action: str
    amount: Cents


class InsuranceResult(HandEvent, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "INSURANCE_RESULT"
    result: str
    bet: Cents
    payout: Cents
    net: Cents


class PlayerDecisionNeeded(HandEvent, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "PLAYER_DECISION_NEEDED"
    valid_actions: tuple[str, ...]
    deadline: float | None


class PlayerActed(HandEvent, frozen=True, kw_only=True, gc=False):
    """`bet` is the hand's after the action."""

    event_type: ClassVar[str] = "PLAYER_ACTION"
    action: str
    bet: Cents


class PlayerTimedOut(PlayerEvent, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "PLAYER_TIMEOUT"
    hand_id: str | None
    action: str


class HandSplit(HandEvent, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "HAND_SPLIT"
    new_hand_id: str
    card: Card
    bet: Cents


class HandBusted(HandEvent, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "HAND_BUSTED"
    value: int


class CardRevealed(Event, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "CARD_REVEALED"
    is_dealer: bool = True
    card: Card
    value: int
    is_soft: bool


class DealerActed(Event, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "DEALER_ACTION"
    action: str
    value: int
    is_soft: bool


class HandResult(HandEvent, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "HAND_RESULT"
    value: int
    result: str
    bet: Cents
    payout: Cents
    net: Cents


class BankrollUpdated(PlayerEvent, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "BANKROLL_UPDATED"
    balance: Cents


class SeatResult(msgspec.Struct, frozen=True, gc=False):
    """What a round was to one seat, insurance included."""

    player_id: str
    player_name: str
    seat: int
    bet: Cents
    payout: Cents
    net: Cents


class RoundEnded(Event, frozen=True, kw_only=True, gc=False):
    """`next_round_at` is when the next betting opens, if anybody plays."""

    event_type: ClassVar[str] = "ROUND_ENDED"
    round_number: int
    results: tuple[SeatResult, ...]
    house_net: Cents
    dealer_cards: tuple[Card, ...]
    dealer_value: int
    next_round_at: float


class ShoeRevealed(Event, frozen=True, kw_only=True, gc=False):
    event_type: ClassVar[str] = "SHOE_REVEALED"
    shoe_id: str
    algorithm: str
    commitment: str
    server_seed: str
    client_seeds: tuple[SeedEntry, ...]
    cards_dealt: int


EVENTS: Final[dict[str, type[Event]]] = {
    cls.event_type: cls
    for cls in (
        TableOpened,
        TableClosed,
        TablePaused,
        TableResumed,
        SeatingChanged,
        PlayerJoined,
        PlayerLeft,
        PlayerSatOut,
        PlayerSatIn,
        ClientSeedSet,
        Shuffle,
        RoundStarted,
        PlayerBet,
        CardDealt,
        InsuranceOffered,
        InsuranceDecision,
        InsuranceResult,
        PlayerDecisionNeeded,
        PlayerActed,
        PlayerTimedOut,
        HandSplit,
        HandBusted,
        CardRevealed,
        DealerActed,
        HandResult,
        BankrollUpdated,
        RoundEnded,
        ShoeRevealed,
    )
}
