"""Every refusal of the heart: its code, what it tells the player, and that the first failed check gives the code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from cardsharp.blackjack import commands as c
from cardsharp.blackjack.decide import decide
from cardsharp.blackjack.legal import open_requests
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.table import Table
from cardsharp.errors import GameError, InvalidRules
from tests.cardsharp.blackjack.builders import NOON, Play, PlayersCommand, dealt

SMALL = Rules(seat_count=2, min_buy_in_cents=10_00)
HARD_16 = "10♠ 9♠ 10♦ 6♠ 9♥ 7♣"


def refused(code: str, play: Play, kind: type[PlayersCommand], player: str, **fields: Any) -> dict[str, Any]:
    """The details of a refusal with this code, which `Play` has seen leave the table untouched."""
    with pytest.raises(GameError) as refusal:
        play.ask(kind, player, **fields)
    assert refusal.value.code == code
    assert refusal.value.message
    return refusal.value.details


def betting() -> Play:
    """Ada and Ben at a table of three seats, asked for their bets."""
    play = Play(msgspec.structs.replace(SMALL, seat_count=3))
    play.join("Ada")
    play.join("Ben", seat=3)
    return play


def playing() -> Play:
    """Ada's turn with a 16 against a ten; Ben has two nines."""
    return dealt(HARD_16, "Ada", "Ben")


def insuring() -> Play:
    """Ada and Ben, who have bet 10 each, are offered insurance."""
    return dealt("10♠ 9♠ A♦ 6♠ 9♥ 7♣", "Ada", "Ben")


def request_of(play: Play, player: str) -> str:
    (found,) = (request.request_id for request in open_requests(play.table) if request.player_name == player)
    return found


class TestSeat:
    def test_who_has_no_seat_can_do_nothing_but_join(self) -> None:
        play = playing()
        for kind, fields in (
            (c.LeaveTable, {}),
            (c.AddChips, {"amount_cents": 100}),
            (c.PlaceBet, {"amount_cents": 1000}),
            (c.Act, {"move": "HIT"}),
            (c.SitOut, {}),
            (c.SitIn, {}),
            (c.SetClientSeed, {"client_seed": "x"}),
        ):
            refused("not_seated", play, kind, "Cyd", **fields)

    def test_another_players_seat_and_an_empty_one_are_not_ones_own(self) -> None:
        play = betting()
        refused("not_seated", play, c.PlaceBet, "Ada", amount_cents=1000, seat=3)
        refused("not_seated", play, c.PlaceBet, "Ada", amount_cents=1000, seat=2)

    @pytest.mark.parametrize("seat", [0, -1, 4, 2**60])
    def test_a_seat_that_does_not_exist_is_illegal(self, seat: int) -> None:
        assert refused("illegal_action", betting(), c.PlaceBet, "Ada", amount_cents=1000, seat=seat) == {
            "seat_count": 3
        }
        assert refused("illegal_action", betting(), c.JoinTable, "Cyd", seat=seat) == {"seat_count": 3}


class TestJoining:
    def test_a_player_sits_once(self) -> None:
        refused("already_seated", betting(), c.JoinTable, "Ada")
        refused("already_seated", betting(), c.JoinTable, "Ada", seat=3)

    def test_a_taken_seat_names_the_free_ones(self) -> None:
        assert refused("seat_taken", betting(), c.JoinTable, "Cyd", seat=3) == {"free_seats": [2]}

    def test_a_full_table_takes_nobody(self) -> None:
        play = Play(SMALL)
        play.join("Ada")
        play.join("Ben")
        refused("table_full", play, c.JoinTable, "Cyd")

    @pytest.mark.parametrize("buy_in", [0, -1, 99_99, 5_000_01, 2**60])
    def test_a_buy_in_lies_between_the_tables_limits(self, buy_in: int) -> None:
        details = refused("invalid_amount", Play(Rules()), c.JoinTable, "Cyd", buy_in_cents=buy_in)
        assert details == {"min_buy_in": 100, "max_buy_in": 5000}

    def test_joining_answers_no_request(self) -> None:
        play = betting()
        refused("stale_request", play, c.JoinTable, "Cyd", request_id=request_of(play, "Ada"))


class TestRequests:
    def test_anothers_request_and_an_invented_one_are_stale(self) -> None:
        play = betting()
        refused("stale_request", play, c.PlaceBet, "Ada", amount_cents=1000, request_id=request_of(play, "Ben"))
        refused("stale_request", play, c.PlaceBet, "Ada", amount_cents=1000, request_id="q1-1")

    def test_a_bet_request_stays_open_for_another_amount_until_the_deal(self) -> None:
        play = betting()
        request_id = request_of(play, "Ada")
        for cents in (1000, 2000):
            play.ask(c.PlaceBet, "Ada", amount_cents=cents, request_id=request_id)
            assert request_of(play, "Ada") == request_id
        play.bet("Ben")
        refused("stale_request", play, c.PlaceBet, "Ada", amount_cents=1000, request_id=request_id)

    def test_every_decision_has_a_request_of_its_own(self) -> None:
        play = dealt("2♠ 10♦ 3♠ 7♣ 2♥", "Ada")
        first = request_of(play, "Ada")
        play.ask(c.Act, "Ada", move="HIT", request_id=first)
        second = request_of(play, "Ada")
        assert second != first
        refused("stale_request", play, c.Act, "Ada", move="HIT", request_id=first)

    def test_an_offer_is_answered_once(self) -> None:
        play = insuring()
        request_id = request_of(play, "Ada")
        play.ask(c.Act, "Ada", move="DECLINE_INSURANCE", request_id=request_id)
        refused("stale_request", play, c.Act, "Ada", move="INSURANCE", request_id=request_id)
        refused("not_your_turn", play, c.Act, "Ada", move="INSURANCE")

    def test_who_sits_in_again_is_asked_anew(self) -> None:
        play = betting()
        first = request_of(play, "Ada")
        play.ask(c.SitOut, "Ada", request_id=first)
        play.ask(c.SitIn, "Ada")
        refused("stale_request", play, c.PlaceBet, "Ada", amount_cents=1000, request_id=first)
        play.ask(c.PlaceBet, "Ada", amount_cents=1000, request_id=request_of(play, "Ada"))


class TestPhase:
    def test_bets_are_for_betting_and_moves_for_cards(self) -> None:
        assert refused("wrong_phase", playing(), c.PlaceBet, "Ada", amount_cents=1000) == {"phase": "playing"}
        assert refused("wrong_phase", insuring(), c.PlaceBet, "Ada", amount_cents=1000) == {"phase": "insurance"}
        assert refused("wrong_phase", betting(), c.Act, "Ada", move="HIT") == {"phase": "betting"}

    def test_chips_are_added_beside_no_bet_and_no_hand(self) -> None:
        play = betting()
        play.ask(c.AddChips, "Ada", amount_cents=100)
        play.bet("Ada")
        refused("wrong_phase", play, c.AddChips, "Ada", amount_cents=100)
        refused("wrong_phase", playing(), c.AddChips, "Ben", amount_cents=100)

    def test_time_is_called_only_when_something_is_due(self) -> None:
        play = betting()
        assert play.table.next_deadline == NOON + 20
        for at in (NOON - 1, NOON, NOON + 19.999):
            with pytest.raises(GameError) as refusal:
                play.do(c.CallTime(at=at))
            assert refusal.value.code == "wrong_phase"


class TestTurnAndLegality:
    def test_only_the_hand_whose_turn_it_is_moves(self) -> None:
        refused("not_your_turn", playing(), c.Act, "Ben", move="STAND")

    @pytest.mark.parametrize(
        "move", ["SPLIT", "INSURANCE", "DECLINE_INSURANCE", "EVEN_MONEY", "BET", "hit", "", "♠" * 99]
    )
    def test_another_move_than_the_legal_ones_is_told_them(self, move: str) -> None:
        details = refused("illegal_action", playing(), c.Act, "Ada", move=move)
        assert details == {"valid_actions": ["HIT", "STAND", "DOUBLE", "SURRENDER"]}

    @pytest.mark.parametrize("move", ["HIT", "EVEN_MONEY", "BET", ""])
    def test_another_answer_than_the_offered_ones_is_told_them(self, move: str) -> None:
        details = refused("illegal_action", insuring(), c.Act, "Ada", move=move)
        assert details == {"valid_actions": ["INSURANCE", "DECLINE_INSURANCE"]}

    def test_a_move_that_only_the_stack_forbids_is_insufficient_chips(self) -> None:
        play = Play(SMALL, "8♠ 10♦ 8♥ 7♣")
        play.join("Ada", 19_00)
        play.bet("Ada")
        for move in ("DOUBLE", "SPLIT"):
            details = refused("insufficient_chips", play, c.Act, "Ada", move=move)
            assert details == {"balance": 9, "valid_actions": ["HIT", "STAND", "SURRENDER"]}

    def test_a_hand_more_than_a_single_deck_is_sure_to_cover_cannot_be_split_off(self) -> None:
        pairs = "2♠ 3♠ 4♠ 5♠ 6♠ 7♠ 8♠ 9♦ 2♥ 3♥ 4♥ 5♥ 6♥ 7♥ 8♥ 10♦ 10♠ 10♥ J♠ J♥ Q♠ Q♥"
        players = ("Ada", "Ben", "Cyd", "Dan", "Eve", "Fay", "Gus")
        play = dealt(pairs, *players, rules=Rules(decks=1, seat_count=7))
        for player in players[:3]:
            play.act(player, "SPLIT", "STAND", "STAND")
        assert sum(len(seat.hands) for seat in play.table.seats) == 10
        details = refused("illegal_action", play, c.Act, "Dan", move="SPLIT")
        assert "SPLIT" not in details["valid_actions"]

    def test_who_sits_out_sits_in_before_betting(self) -> None:
        play = betting()
        play.ask(c.SitOut, "Ada")
        assert refused("illegal_action", play, c.PlaceBet, "Ada", amount_cents=1000) == {}, "sitting in is no move"

    def test_who_cannot_cover_the_smallest_bet_stays_out(self) -> None:
        play = Play(SMALL, "10♠ 10♦ 6♠ 9♣")
        play.join("Ada", 10_00)
        play.bet("Ada")
        play.act("Ada", "STAND")
        play.call_time()
        assert play.seat_of("Ada").status == "sitting_out"
        assert refused("insufficient_chips", play, c.SitIn, "Ada") == {"balance": 0}
        play.ask(c.AddChips, "Ada", amount_cents=10_00)
        play.ask(c.SitIn, "Ada")
        assert play.table.phase == "betting"


class TestAmounts:
    @pytest.mark.parametrize("cents", [0, -1000, 9_99, 10_50, 500_01, 501_00, 2**53, 2**70])
    def test_a_bet_lies_between_the_limits_and_on_the_step(self, cents: int) -> None:
        details = refused("invalid_amount", betting(), c.PlaceBet, "Ada", amount_cents=cents)
        assert details == {"min_bet": 10, "max_bet": 500, "step": 1}

    def test_a_bet_is_covered_by_stack_and_former_bet(self) -> None:
        play = Play(SMALL)
        play.join("Ada", 30_00)
        play.join("Ben")
        play.bet("Ada", 20_00)
        assert refused("insufficient_chips", play, c.PlaceBet, "Ada", amount_cents=31_00) == {"balance": 30}
        play.bet("Ada", 30_00)
        assert play.seat_of("Ada").stack == 0

    @pytest.mark.parametrize("cents", [0, -1, 5_01, 2**70])
    def test_insurance_is_above_zero_and_up_to_half_the_bet(self, cents: int) -> None:
        details = refused("invalid_amount", insuring(), c.Act, "Ada", move="INSURANCE", amount_cents=cents)
        assert details == {"max_amount": 5}

    def test_insurance_beyond_the_stack_is_insufficient_chips(self) -> None:
        play = Play(SMALL, "10♠ A♦ 6♠ 7♣")
        play.join("Ada", 12_00)
        play.bet("Ada")
        assert refused("insufficient_chips", play, c.Act, "Ada", move="INSURANCE", amount_cents=5_00) == {"balance": 2}

    @pytest.mark.parametrize("cents", [0, -1, 4_500_01, 2**70])
    def test_chips_are_added_up_to_the_largest_buy_in(self, cents: int) -> None:
        assert refused("invalid_amount", betting(), c.AddChips, "Ada", amount_cents=cents) == {"max_amount": 4500}

    def test_nothing_can_be_added_to_a_stack_that_has_outgrown_the_largest_buy_in(self) -> None:
        play = Play(Rules(max_buy_in_cents=500_00), "10♠ 9♦ 10♥ 8♣")
        play.join("Ada")
        play.bet("Ada")
        play.act("Ada", "STAND")
        assert play.seat_of("Ada").stack == 510_00
        assert refused("invalid_amount", play, c.AddChips, "Ada", amount_cents=1) == {"max_amount": 0}


class TestTable:
    def test_a_closed_table_refuses_everything_and_stays_closed(self) -> None:
        play = playing()
        play.do(c.CloseTable(at=play.now))
        for kind, fields in (
            (c.JoinTable, {}),
            (c.LeaveTable, {"seat": 99}),
            (c.Act, {"move": "HIT", "request_id": "q"}),
        ):
            refused("table_closed", play, kind, "Ada", **fields)
        for command, code in (
            (c.CallTime(at=play.now + 9999), "table_closed"),
            (c.CloseTable(at=play.now), "table_closed"),
            (c.OpenTable(at=play.now, table_id="t1", name="Again", rules=SMALL), "illegal_action"),
        ):
            with pytest.raises(GameError) as refusal:
                play.do(command)
            assert refusal.value.code == code

    def test_a_table_that_was_never_opened_is_closed(self) -> None:
        play = playing()
        with pytest.raises(GameError) as refusal:
            decide(Table(), c.CallTime(at=play.now), play.shoes)
        assert refusal.value.code == "table_closed"

    def test_a_table_is_not_opened_under_absurd_rules(self) -> None:
        with pytest.raises(InvalidRules, match="1 to 8 decks"):
            Play(Rules(decks=9))


Wrong = tuple[Callable[[], Play], type[PlayersCommand], str, dict[str, Any]]


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("not_seated", (betting, c.Act, "Cyd", {"move": "FLY", "request_id": "q0-9", "amount_cents": -1})),
        ("stale_request", (betting, c.Act, "Ada", {"move": "FLY", "request_id": "q0-9", "amount_cents": -1})),
        ("wrong_phase", (betting, c.Act, "Ada", {"move": "FLY", "amount_cents": -1})),
        ("not_your_turn", (playing, c.Act, "Ben", {"move": "FLY", "amount_cents": -1})),
        ("illegal_action", (playing, c.Act, "Ada", {"move": "FLY", "amount_cents": -1})),
        ("invalid_amount", (insuring, c.Act, "Ada", {"move": "INSURANCE", "amount_cents": -1})),
        ("not_seated", (playing, c.PlaceBet, "Cyd", {"amount_cents": -1, "request_id": "q0-9"})),
        ("stale_request", (playing, c.PlaceBet, "Ada", {"amount_cents": -1, "request_id": "q0-9"})),
        ("wrong_phase", (playing, c.PlaceBet, "Ada", {"amount_cents": -1})),
        ("invalid_amount", (betting, c.PlaceBet, "Ada", {"amount_cents": 10**12})),
        ("not_seated", (playing, c.AddChips, "Cyd", {"amount_cents": -1, "request_id": "q0-9"})),
        ("stale_request", (playing, c.AddChips, "Ada", {"amount_cents": -1, "request_id": "q0-9"})),
        ("wrong_phase", (playing, c.AddChips, "Ada", {"amount_cents": -1})),
        ("already_seated", (betting, c.JoinTable, "Ada", {"seat": 3, "request_id": "q0-9", "buy_in_cents": -1})),
        ("seat_taken", (betting, c.JoinTable, "Cyd", {"seat": 3, "request_id": "q0-9", "buy_in_cents": -1})),
        ("stale_request", (betting, c.JoinTable, "Cyd", {"seat": 2, "request_id": "q0-9", "buy_in_cents": -1})),
        ("invalid_amount", (betting, c.JoinTable, "Cyd", {"seat": 2, "buy_in_cents": -1})),
    ],
)
def test_the_first_check_that_fails_gives_the_code(code: str, wrong: Wrong) -> None:
    at, kind, player, fields = wrong
    refused(code, at(), kind, player, **fields)
