"""Blackjack behind the interface of `cardsharp.game.Game`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import msgspec

from cardsharp.blackjack import commands as c
from cardsharp.blackjack import events as e
from cardsharp.blackjack.actions import ACTIONS, read_action
from cardsharp.blackjack.decide import step
from cardsharp.blackjack.description import DESCRIPTION
from cardsharp.blackjack.evolve import evolve
from cardsharp.blackjack.legal import Request, open_requests
from cardsharp.blackjack.replay import replay
from cardsharp.blackjack.review import review
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.table import Table
from cardsharp.blackjack.view import lobby_row, request_view, table_view
from cardsharp.game import (
    Actor,
    Admit,
    ChipMove,
    HandRecord,
    HappenedEvent,
    Order,
    Outcome,
    Pause,
    PlayerRequest,
    Resume,
    ReviewedDecision,
    RoundRecord,
)
from cardsharp.shoe import ShoeSource
from cardsharp.wire import from_wire, to_wire

_load = msgspec.json.Decoder(Table).decode
_dump = msgspec.json.Encoder().encode


class Blackjack:
    """The game of blackjack; see `cardsharp.game.Game` for what each method promises."""

    name = "blackjack"
    event_types = frozenset(e.EVENTS)
    actions: Mapping[str, type[msgspec.Struct]] = ACTIONS
    description = DESCRIPTION

    def read_action(self, action: str, data: dict[str, Any], *, actor: Actor, at: float) -> c.PlayerCommand:
        return read_action(action, data, actor=actor, at=at)

    def open_command(self, *, table_id: str, name: str, rules: Rules, at: float) -> c.OpenTable:
        return c.OpenTable(at=at, table_id=table_id, name=name, rules=rules)

    def close_command(self, *, reason: str, at: float, play_out: bool = False) -> c.CloseTable:
        return c.CloseTable(at=at, reason=reason, play_out=play_out)

    def house_command(self, order: Order, *, at: float) -> c.Command:
        match order:
            case Pause(reason):
                return c.PauseTable(at=at, reason=reason)
            case Resume():
                return c.ResumeTable(at=at)
            case Admit(open_to):
                return c.ChangeSeating(at=at, open_to=open_to)

    def time_command(self, *, at: float) -> c.CallTime:
        return c.CallTime(at=at)

    def new(self) -> Table:
        return Table()

    def step(self, state: Table, command: c.Command, shoes: ShoeSource) -> Outcome:
        decision = step(state, command, shoes)
        happened: list[HappenedEvent] = []
        moves: list[ChipMove] = []
        rounds: list[RoundRecord] = []
        round_id = state.round_id
        for place, event in enumerate(decision.events):
            seq = state.seq + place + 1
            if isinstance(event, e.RoundStarted):
                round_id = f"r{event.round_number}"
            happened.append(HappenedEvent(seq=seq, event_type=event.event_type, round_id=round_id, data=to_wire(event)))
            moves += _moves(command, event, seq)
            if isinstance(event, e.RoundEnded):
                before = reduce(evolve, decision.events[:place], state)
                rounds.append(_round_record(before, event, decision.events))
                round_id = None
        return Outcome(state=decision.table, events=tuple(happened), moves=tuple(moves), rounds=tuple(rounds))

    def fold(self, state: Table, event: HappenedEvent) -> Table:
        return evolve(state, from_wire(event.data, e.EVENTS[event.event_type]))

    def dump(self, state: Table) -> str:
        return _dump(state).decode()

    def load(self, text: str) -> Table:
        return _load(text)

    def seq(self, state: Table) -> int:
        return state.seq

    def deadline(self, state: Table) -> float | None:
        return state.next_deadline

    def is_open(self, state: Table) -> bool:
        return state.stage != "closed"

    def round_id(self, state: Table) -> str | None:
        return state.round_id

    def players(self, state: Table) -> frozenset[str]:
        return frozenset(seat.player_id for seat in state.seats)

    def chips_of(self, state: Table) -> Mapping[str, int]:
        chips: Counter[str] = Counter()
        for seat in state.seats:
            chips[seat.player_id] += seat.stack + seat.at_stake
        return chips

    def requests(self, state: Table) -> Sequence[PlayerRequest]:
        return tuple(_player_request(state, request) for request in open_requests(state))

    def lobby_row(self, state: Table, spectators: int) -> dict[str, Any]:
        return to_wire(lobby_row(state, spectators))

    def view(self, state: Table, spectators: int) -> dict[str, Any]:
        return to_wire(table_view(state, spectators))

    def review(self, state: Table, events: Sequence[HappenedEvent]) -> Sequence[ReviewedDecision]:
        return review(_read(events), state.rules)

    def replay(self, state: Table, events: Sequence[HappenedEvent]) -> Sequence[dict[str, Any]]:
        return [self.view(table, 0) for table in replay(state, _read(events))]


def _read(events: Sequence[HappenedEvent]) -> list[e.Event]:
    return [from_wire(event.data, e.EVENTS[event.event_type]) for event in events]


def _moves(command: c.Command, event: e.Event, seq: int) -> list[ChipMove]:
    """The chips that the event moved over the table's edge. Only AddChips raises a stack without a story of its own."""
    match event:
        case e.PlayerJoined():
            move = ChipMove(seq, event.player_id, "buy_in", event.stack)
        case e.PlayerLeft():
            move = ChipMove(seq, event.player_id, "cash_out", event.stack)
        case e.HandResult():
            move = ChipMove(seq, event.player_id, "hand", event.net)
        case e.InsuranceResult():
            move = ChipMove(seq, event.player_id, "insurance", event.net)
        case e.BankrollUpdated() if isinstance(command, c.AddChips):
            move = ChipMove(seq, event.player_id, "buy_in", command.amount_cents)
        case _:
            return []
    return [move] if move.amount_cents else []


def _round_record(table: Table, ended: e.RoundEnded, events: Sequence[e.Event]) -> RoundRecord:
    """The record of a round, from the table just before its ROUND_ENDED and the results in the same command."""
    results = {event.hand_id: event for event in events if isinstance(event, e.HandResult)}
    hands: list[HandRecord] = []
    for seat in table.seats:
        in_hands = sum(results[hand.hand_id].net for hand in seat.hands)
        insurance = seat.returned - seat.wagered - in_hands
        for place, hand in enumerate(seat.hands):
            result = results[hand.hand_id]
            hands.append(
                HandRecord(
                    player_id=seat.player_id,
                    seat=seat.number,
                    hand_id=hand.hand_id,
                    cards=" ".join(hand.cards),
                    value=result.value,
                    result=result.result,
                    bet_cents=result.bet,
                    payout_cents=result.payout,
                    net_cents=result.net,
                    insurance_net_cents=insurance if place == 0 else 0,
                )
            )
    return RoundRecord(
        number=ended.round_number,
        first_seq=table.round_seq,
        last_seq=table.seq + 1,
        dealer_cards=" ".join(ended.dealer_cards),
        dealer_value=ended.dealer_value,
        house_net_cents=ended.house_net,
        hands=tuple(hands),
    )


def _player_request(table: Table, request: Request) -> PlayerRequest:
    return PlayerRequest(
        request_id=request.request_id,
        player_id=request.player_id,
        deadline=request.deadline,
        answered=request.answered,
        data=to_wire(request_view(table, request)),
    )
