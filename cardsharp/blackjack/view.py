"""What clients see of a table: the lobby row and the `state` of TABLE_STATE, with the wire's own field names."""

from __future__ import annotations

from typing import Any

import msgspec

from cardsharp.blackjack.hands import total
from cardsharp.blackjack.legal import Request, awaits_decision, is_blackjack
from cardsharp.blackjack.table import Hand, Seat, Table
from cardsharp.cards import Card
from cardsharp.chips import Cents


class TableFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the lobby and the table's own state both say of a table."""

    table_id: str
    name: str
    game: str
    rules: str
    min_bet: Cents
    max_bet: Cents
    min_buy_in: Cents
    max_buy_in: Cents
    default_buy_in: Cents
    seat_count: int
    seats_taken: int
    spectators: int
    phase: str
    paused: str | None
    open_to: str


class PlayerView(msgspec.Struct, frozen=True, kw_only=True):
    """Who has a seat, as the lobby shows them."""

    player_id: str
    player_name: str
    seat: int


class LobbyRow(TableFacts, frozen=True, kw_only=True):
    """A table as the lobby lists it, with who sits there in the order of the seats."""

    players: tuple[PlayerView, ...]


class ShoeView(msgspec.Struct, frozen=True, kw_only=True):
    """The shoe in use; `shoe_id` is null before the first shuffle."""

    shoe_id: str | None
    commitment: str | None
    next_commitment: str
    cards_remaining: int


class HandView(msgspec.Struct, frozen=True, kw_only=True):
    """A hand; `status` is playing, stood, blackjack, bust, surrendered or even_money."""

    hand_id: str
    cards: tuple[Card, ...]
    value: int
    is_soft: bool
    bet: Cents
    status: str
    result: str | None


class SeatView(msgspec.Struct, frozen=True, kw_only=True):
    """A taken seat; `status` is active, sitting_out or leaving."""

    player_id: str
    player_name: str
    is_house: bool
    seat: int
    stack: Cents
    status: str
    bet: Cents
    insurance: Cents
    hands: tuple[HandView, ...]


class DealerView(msgspec.Struct, frozen=True, kw_only=True):
    """The dealer's hand: null stands for the hole card, value and is_soft are of the visible cards."""

    cards: tuple[Card | None, ...]
    value: int
    is_soft: bool


class TurnView(msgspec.Struct, frozen=True, kw_only=True):
    """The decision that the table awaits."""

    player_id: str
    seat: int
    hand_id: str
    valid_actions: tuple[str, ...]
    deadline: float | None


class TableView(TableFacts, frozen=True, kw_only=True):
    """Everything public about a table; every viewer gets the same."""

    round_id: str | None
    round_number: int
    deadline: float | None
    shoe: ShoeView
    seats: tuple[SeatView, ...]
    dealer: DealerView
    turn: TurnView | None


class RequestView(msgspec.Struct, frozen=True, kw_only=True):
    """What the table awaits from one seat: `min_bet` and `max_bet` with a bet, `max_amount` with insurance."""

    request_id: str
    table_id: str
    round_id: str | None
    player_id: str
    player_name: str
    seat: int
    hand_id: str | None
    valid_actions: list[str]
    min_bet: Cents | msgspec.UnsetType = msgspec.UNSET
    max_bet: Cents | msgspec.UnsetType = msgspec.UNSET
    max_amount: Cents | msgspec.UnsetType = msgspec.UNSET


def lobby_row(table: Table, spectators: int) -> LobbyRow:
    """The table's lobby row."""
    players = tuple(
        PlayerView(player_id=seat.player_id, player_name=seat.player_name, seat=seat.number) for seat in table.seats
    )
    return LobbyRow(**_facts(table, spectators), players=players)


def table_view(table: Table, spectators: int) -> TableView:
    """The table as TABLE_STATE shows it."""
    visible = tuple(card for card in table.dealer if card is not None)
    value, soft = total(visible)
    return TableView(
        **_facts(table, spectators),
        round_id=table.round_id,
        round_number=table.round_number,
        deadline=table.turn.deadline if table.turn else table.deadline if table.phase != "waiting" else None,
        shoe=_shoe(table),
        seats=tuple(_seat(table, seat) for seat in table.seats),
        dealer=DealerView(cards=table.dealer, value=value, is_soft=soft),
        turn=_turn(table),
    )


def request_view(table: Table, request: Request) -> RequestView:
    """The request as its player is sent it, but for the time that is left."""
    return RequestView(
        request_id=request.request_id,
        table_id=table.table_id,
        round_id=table.round_id,
        player_id=request.player_id,
        player_name=request.player_name,
        seat=request.seat,
        hand_id=request.hand_id,
        valid_actions=list(request.valid_actions),
        min_bet=_if_any(request.min_bet),
        max_bet=_if_any(request.max_bet),
        max_amount=_if_any(request.max_amount),
    )


def _if_any(cents: int | None) -> int | msgspec.UnsetType:
    return msgspec.UNSET if cents is None else cents


def _facts(table: Table, spectators: int) -> dict[str, Any]:
    rules = table.rules
    return {
        "table_id": table.table_id,
        "name": table.name,
        "game": "blackjack",
        "rules": str(rules),
        "min_bet": rules.min_bet_cents,
        "max_bet": rules.max_bet_cents,
        "min_buy_in": rules.min_buy_in_cents,
        "max_buy_in": rules.max_buy_in_cents,
        "default_buy_in": rules.default_buy_in_cents,
        "seat_count": rules.seat_count,
        "seats_taken": len(table.seats),
        "spectators": spectators,
        "phase": table.phase,
        "paused": table.paused,
        "open_to": table.open_to,
    }


def _shoe(table: Table) -> ShoeView:
    shoe = table.shoe
    cards = table.rules.decks * 52
    held = cards + (shoe.round_start if shoe.position > cards else 0)
    return ShoeView(
        shoe_id=f"s{shoe.number}" if shoe.number else None,
        commitment=shoe.commitment or None,
        next_commitment=shoe.next_commitment,
        cards_remaining=held - shoe.position if shoe.number else 0,
    )


def _seat(table: Table, seat: Seat) -> SeatView:
    return SeatView(
        player_id=seat.player_id,
        player_name=seat.player_name,
        is_house=seat.is_house,
        seat=seat.number,
        stack=seat.stack,
        status=seat.status,
        bet=seat.bet,
        insurance=seat.insurance,
        hands=tuple(_hand(table, seat, hand) for hand in seat.hands),
    )


def _hand(table: Table, seat: Seat, hand: Hand) -> HandView:
    value, soft = total(hand.cards)
    status: str = hand.status
    if status == "playing" and is_blackjack(hand):
        status = "blackjack"
    elif status == "playing" and not awaits_decision(table, seat, hand):
        status = "stood"
    return HandView(
        hand_id=hand.hand_id,
        cards=hand.cards,
        value=value,
        is_soft=soft,
        bet=hand.bet,
        status=status,
        result=hand.result,
    )


def _turn(table: Table) -> TurnView | None:
    turn = table.turn
    seat = table.seat(turn.seat) if turn else None
    if turn is None or seat is None:
        return None
    return TurnView(
        player_id=seat.player_id,
        seat=turn.seat,
        hand_id=turn.hand_id,
        valid_actions=turn.valid_actions,
        deadline=turn.deadline,
    )
