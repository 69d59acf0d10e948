"""Blackjack behind the interface that hosts use: every chip that crosses the edge is told, and every log folds back."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings

from cardsharp.blackjack.game import Blackjack
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.table import Table
from cardsharp.cards import parse_cards
from cardsharp.errors import GameError
from cardsharp.game import Actor, ChipMove, HappenedEvent, Outcome
from cardsharp.games import GAMES
from cardsharp.shoe import StackedShoes
from cardsharp.wire import decode_json, encode_json
from tests.cardsharp.blackjack.builders import NOON, Play
from tests.cardsharp.blackjack.plays import Step, command_of, plays, steps

GAME = Blackjack()


class Host:
    """A host in its simplest form: the state as text, and the log as the wire has it."""

    def __init__(self, cards: str = "", rules: Rules | None = None) -> None:
        self.shoes = StackedShoes(parse_cards(cards))
        self.text = GAME.dump(GAME.new())
        self.log: list[HappenedEvent] = []
        self.outcome = self.submit(GAME.open_command(table_id="t1", name="Golden", rules=rules or Rules(), at=NOON))

    def submit(self, command: Any) -> Outcome:
        self.outcome = GAME.step(GAME.load(self.text), command, self.shoes)
        self.text = GAME.dump(self.outcome.state)
        self.log += self.outcome.events
        return self.outcome

    def act(self, player: str, name: str, /, **data: Any) -> Outcome:
        return self.submit(GAME.read_action(name, data, actor=Actor(player.lower(), player), at=NOON))


def test_the_game_is_registered_by_its_name() -> None:
    assert GAMES["blackjack"].name == "blackjack"


def test_amounts_from_the_wire_live_on_in_the_dumped_state() -> None:
    host = Host("10♠ A♦ 6♠ 7♣")
    host.act("Ada", "join_table", buy_in=200)
    host.act("Ada", "place_bet", amount=20)
    host.act("Ada", "player_action", action="INSURANCE", amount=7)
    assert GAME.load(host.text) == host.outcome.state
    assert GAME.chips_of(GAME.load(host.text)) == {"ada": 193_00}


def test_chips_that_cross_the_edge_are_told() -> None:
    host = Host("8♠ A♦ 8♥ 8♦ 3♠ 2♠")
    assert host.act("Ada", "join_table").moves == (ChipMove(2, "ada", "buy_in", 500_00),)
    (added,) = host.act("Ada", "add_chips", amount=50).moves
    assert added == ChipMove(host.outcome.state.seq, "ada", "buy_in", 50_00)
    assert host.act("Ada", "place_bet", amount=20).moves == ()
    (insurance,) = host.act("Ada", "player_action", action="INSURANCE").moves
    assert (insurance.kind, insurance.amount_cents) == ("insurance", -10_00)
    assert host.act("Ada", "player_action", action="SPLIT").moves == ()
    host.act("Ada", "player_action", action="STAND")
    moves = host.act("Ada", "player_action", action="STAND").moves
    assert [(move.kind, move.amount_cents) for move in moves] == [("hand", -20_00), ("hand", -20_00)]
    (home,) = host.act("Ada", "leave_table").moves
    assert (home.kind, home.amount_cents) == ("cash_out", 500_00)


def test_a_push_moves_nothing() -> None:
    host = Host("10♠ 9♦ 9♠ 10♦")
    host.act("Ada", "join_table")
    host.act("Ada", "place_bet", amount=20)
    assert host.act("Ada", "player_action", action="STAND").moves == ()


def test_a_finished_round_is_recorded() -> None:
    host = Host("8♠ A♦ 8♥ 8♦ 3♠ 2♠")
    host.act("Ada", "join_table", seat=3)
    host.act("Ada", "place_bet", amount=20)
    host.act("Ada", "player_action", action="INSURANCE")
    host.act("Ada", "player_action", action="SPLIT")
    host.act("Ada", "player_action", action="STAND")
    (record,) = host.act("Ada", "player_action", action="STAND").rounds
    assert (record.number, record.dealer_cards, record.dealer_value, record.house_net_cents) == (1, "A♦ 8♦", 19, 50_00)
    told = [(event.seq, event.event_type) for event in host.log]
    assert (record.first_seq, "ROUND_STARTED") in told
    assert (record.last_seq, "ROUND_ENDED") in told
    assert [(h.seat, h.hand_id, h.cards, h.value, h.result, h.net_cents) for h in record.hands] == [
        (3, "h1", "8♠ 3♠", 11, "lose", -20_00),
        (3, "h2", "8♥ 2♠", 10, "lose", -20_00),
    ]
    assert [hand.insurance_net_cents for hand in record.hands] == [-10_00, 0]


def test_requests_are_the_data_that_clients_are_sent() -> None:
    host = Host("10♠ A♦ 6♠ 7♣")
    host.act("Ada", "join_table")
    (bet,) = GAME.requests(host.outcome.state)
    assert bet.data == {
        "request_id": bet.request_id,
        "table_id": "t1",
        "round_id": "r1",
        "player_id": "ada",
        "player_name": "Ada",
        "seat": 1,
        "hand_id": None,
        "valid_actions": ["BET", "SIT_OUT"],
        "min_bet": 10,
        "max_bet": 500,
    }
    host.act("Ada", "place_bet", amount=25)
    (offer,) = GAME.requests(host.outcome.state)
    assert str(offer.data["max_amount"]) == "12.50"
    assert (offer.data["hand_id"], offer.deadline, offer.answered) == ("h1", NOON + 12, False)
    host.act("Ada", "player_action", action="DECLINE_INSURANCE")
    (turn,) = GAME.requests(host.outcome.state)
    assert turn.data["valid_actions"] == ["HIT", "STAND", "DOUBLE", "SURRENDER"]
    assert "max_amount" not in turn.data


@settings(max_examples=100)
@given(plays(), steps())
def test_hosts_can_keep_the_books_by_what_they_are_told(play: Play, script: list[Step]) -> None:
    state, chips = play.table, Counter(GAME.chips_of(play.table))
    for step_ in script:
        command = command_of(step_, state, play.now)
        play.now = max(play.now, command.at)
        try:
            outcome = GAME.step(state, command, play.shoes)
        except GameError:
            continue
        for move in outcome.moves:
            chips[move.player_id] += -move.amount_cents if move.kind == "cash_out" else move.amount_cents
        held = GAME.chips_of(outcome.state)
        assert all(chips[player_id] == held.get(player_id, 0) for player_id in chips.keys() | held.keys())
        for record in outcome.rounds:
            nets = sum(hand.net_cents + hand.insurance_net_cents for hand in record.hands)
            assert nets + record.house_net_cents == 0
        state = folded(state, outcome)
    assert GAME.load(GAME.dump(state)) == state
    assert GAME.players(state) == set(GAME.chips_of(state))


def folded(state: Table, outcome: Outcome) -> Table:
    """The state after the events as a log gives them back, which is the outcome's."""
    for event in outcome.events:
        before = state
        data = decode_json(encode_json(event.data))
        state = GAME.fold(state, HappenedEvent(seq=event.seq, event_type=event.event_type, round_id=None, data=data))
        assert GAME.seq(state) == event.seq
        assert event.round_id == (f"r{state.round_number}" if before.in_round or state.in_round else None)
    assert state == outcome.state
    return state
