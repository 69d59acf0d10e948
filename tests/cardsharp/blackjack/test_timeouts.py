"""Time at a table: every deadline, and what is done for who lets one pass."""

from __future__ import annotations

import pytest

from cardsharp.blackjack import commands as c
from cardsharp.blackjack import events as e
from cardsharp.blackjack.rules import Rules
from cardsharp.errors import GameError
from tests.cardsharp.blackjack.builders import NOON, Play, dealt, types_of

TWENTIES = "10♠ 10♥ 9♦ J♠ J♥ 8♦"
"""Ada and Ben have 20 each, the dealer 17."""


class TestDeadlines:
    def test_each_phase_has_its_own(self) -> None:
        play = Play(Rules(), "10♠ 9♠ A♦ 6♠ 9♥ 7♣ 2♦")
        assert play.table.next_deadline is None
        play.join("Ada")
        play.join("Ben")
        assert play.table.next_deadline == NOON + 20
        play.now += 5
        play.bet("Ada")
        play.bet("Ben")
        assert play.table.next_deadline == NOON + 5 + 12
        play.now += 5
        play.act("Ada", "DECLINE_INSURANCE")
        assert play.table.next_deadline == NOON + 5 + 12, "one answer gives the others no more time"
        play.act("Ben", "DECLINE_INSURANCE")
        assert play.table.next_deadline == NOON + 10 + 25
        play.now += 20
        play.act("Ada", "HIT")
        assert play.table.next_deadline == NOON + 30 + 25, "every decision has its full time"
        play.act("Ada", "STAND")
        play.act("Ben", "STAND")
        assert play.table.next_deadline == NOON + 30 + 4
        play.call_time()
        assert play.table.next_deadline == NOON + 34 + 20

    def test_an_untimed_table_waits_for_ever(self) -> None:
        rules = Rules(bet_seconds=None, insurance_seconds=None, act_seconds=None)
        play = Play(rules, "10♠ A♦ 6♠ 7♣ 2♦")
        play.join("Ada")
        assert play.table.next_deadline is None
        play.bet("Ada")
        assert play.table.next_deadline is None
        play.act("Ada", "DECLINE_INSURANCE")
        assert play.table.next_deadline is None
        with pytest.raises(GameError, match="Nothing is due"):
            play.do(c.CallTime(at=NOON + 10**9))

    def test_a_late_call_does_the_same_as_a_punctual_one(self) -> None:
        play = dealt(TWENTIES, "Ada", "Ben")
        play.now += 3600
        play.do(c.CallTime(at=play.now))
        assert play.table.turn is not None
        assert play.table.turn.seat == 2
        assert play.table.turn.deadline == play.now + 25, "the next player has lost no time by it"

    def test_a_second_call_finds_nothing_to_do(self) -> None:
        play = dealt(TWENTIES, "Ada", "Ben")
        play.call_time()
        with pytest.raises(GameError, match="Nothing is due"):
            play.do(c.CallTime(at=play.now))

    def test_a_joiner_gives_betting_no_more_time(self) -> None:
        play = Play()
        play.join("Ada")
        play.now += 19
        play.join("Ben")
        assert play.table.next_deadline == NOON + 20


class TestPolicies:
    def test_who_does_not_bet_sits_out_and_the_others_play(self) -> None:
        play = Play(None, "10♠ 9♦ J♠ 8♦")
        play.join("Ada")
        play.join("Ben")
        play.bet("Ada")
        events = play.call_time()
        timeout = next(event for event in events if isinstance(event, e.PlayerTimedOut))
        assert (timeout.player_name, timeout.hand_id, timeout.action) == ("Ben", None, "SIT_OUT")
        assert play.seat_of("Ben").status == "sitting_out"
        assert play.table.phase == "playing"

    def test_stand_keeps_the_player_in_the_next_round(self) -> None:
        play = dealt(TWENTIES, "Ada", "Ben")
        assert types_of(play.call_time()) == ["PLAYER_TIMEOUT", "PLAYER_ACTION", "PLAYER_DECISION_NEEDED"]
        assert play.seat_of("Ada").status == "active"

    def test_sit_out_stands_and_then_skips_the_next_round(self) -> None:
        play = dealt(TWENTIES, "Ada", "Ben", rules=Rules(on_timeout="sit_out"))
        assert types_of(play.call_time())[:3] == ["PLAYER_TIMEOUT", "PLAYER_ACTION", "PLAYER_SAT_OUT"]
        play.act("Ben", "STAND")
        assert play.seat_of("Ada").stack == 510_00, "the hand that stood is paid"
        play.call_time()
        assert [seat.player_name for seat in play.table.seats if seat.bet_asked] == ["Ben"]

    def test_every_hand_of_a_split_is_timed_for_itself(self) -> None:
        play = dealt("8♠ 9♦ 8♥ 8♦ 3♠ 2♠", "Ada", rules=Rules(on_timeout="sit_out"))
        play.act("Ada", "SPLIT")
        play.call_time()
        assert play.table.turn is not None
        assert play.table.turn.hand_id == "h2"
        assert "ROUND_ENDED" in types_of(play.call_time())

    def test_offers_that_nobody_answers_are_declined_together(self) -> None:
        play = dealt("10♠ 9♠ A♦ 6♠ 9♥ 7♣", "Ada", "Ben")
        declined = [event for event in play.call_time() if isinstance(event, e.InsuranceDecision)]
        assert [(event.player_name, event.action, event.amount) for event in declined] == [
            ("Ada", "DECLINE_INSURANCE", 0),
            ("Ben", "DECLINE_INSURANCE", 0),
        ]


class TestAbsence:
    def test_a_seat_that_sits_out_is_given_up_after_a_while(self) -> None:
        play = Play()
        play.join("Ada")
        play.ask(c.SitOut, "Ada")
        assert play.table.next_deadline == NOON + 600
        (left,) = play.call_time()
        assert isinstance(left, e.PlayerLeft)
        assert (left.stack, left.reason) == (500_00, "away")
        assert play.table.next_deadline is None

    def test_sitting_in_again_keeps_it(self) -> None:
        play = Play()
        play.join("Ada")
        play.ask(c.SitOut, "Ada")
        play.now += 599
        play.ask(c.SitIn, "Ada")
        assert play.table.next_deadline == play.now + 20

    def test_none_keeps_it_for_ever(self) -> None:
        play = Play(Rules(away_seconds=None))
        play.join("Ada")
        play.ask(c.SitOut, "Ada")
        assert play.table.next_deadline is None

    def test_a_hand_in_play_is_played_to_its_end_first(self) -> None:
        play = dealt(TWENTIES, "Ada", "Ben", rules=Rules(away_seconds=10))
        play.ask(c.SitOut, "Ben")
        play.now += 11
        play.act("Ada", "STAND")
        assert play.table.next_deadline == play.now + 25, "the seat is not given up with a hand in play"
        play.act("Ben", "STAND")
        assert play.table.next_deadline == NOON + 10
        assert types_of(play.call_time()) == ["PLAYER_LEFT"]

    def test_it_ends_beside_a_running_round_without_touching_it(self) -> None:
        play = Play(Rules(away_seconds=10), "10♠ 9♦ J♠ 8♦")
        play.join("Ada")
        play.join("Ben")
        play.ask(c.SitOut, "Ben")
        play.bet("Ada")
        turn = play.table.turn
        assert types_of(play.call_time()) == ["PLAYER_LEFT"]
        assert play.table.turn == turn

    def test_it_may_fall_due_together_with_a_turn(self) -> None:
        play = Play(Rules(away_seconds=10), "10♠ 9♦ J♠ 8♦")
        play.join("Ada")
        play.join("Ben")
        play.ask(c.SitOut, "Ben")
        play.bet("Ada")
        play.now += 60
        types = types_of(play.do(c.CallTime(at=play.now)))
        assert types[:3] == ["PLAYER_LEFT", "PLAYER_TIMEOUT", "PLAYER_ACTION"]
        assert "ROUND_ENDED" in types

    def test_who_cannot_cover_a_bet_sits_out_when_the_next_betting_opens(self) -> None:
        play = Play(Rules(min_buy_in_cents=10_00), "10♠ 10♦ 6♠ 9♣")
        play.join("Ada", 10_00)
        play.bet("Ada")
        play.act("Ada", "STAND")
        assert types_of(play.call_time()) == ["PLAYER_SAT_OUT"]
        assert play.table.phase == "waiting"


class TestBetweenRounds:
    def test_after_the_pause_betting_opens(self) -> None:
        play = dealt(TWENTIES, "Ada", "Ben")
        play.act("Ada", "STAND")
        play.act("Ben", "STAND")
        assert play.table.phase == "settled"
        assert types_of(play.call_time()) == ["ROUND_STARTED"]

    def test_without_a_pause_betting_opens_in_the_same_breath(self) -> None:
        play = dealt(TWENTIES, "Ada", rules=Rules(pause_seconds=0))
        assert types_of(play.act("Ada", "STAND"))[-2:] == ["ROUND_ENDED", "ROUND_STARTED"]

    def test_a_table_where_nobody_plays_waits_without_a_deadline_and_wakes_by_a_joiner(self) -> None:
        play = Play(Rules(away_seconds=None))
        play.join("Ada")
        play.call_time()
        assert (play.table.phase, play.table.next_deadline) == ("waiting", None)
        assert types_of(play.join("Ben")) == ["PLAYER_JOINED", "ROUND_STARTED"]
        assert [seat.player_name for seat in play.table.seats if seat.bet_asked] == ["Ben"]

    def test_or_by_a_player_who_sits_in(self) -> None:
        play = Play()
        play.join("Ada")
        play.ask(c.SitOut, "Ada")
        assert types_of(play.ask(c.SitIn, "Ada")) == ["PLAYER_SAT_IN", "ROUND_STARTED"]

    def test_the_last_player_who_leaves_in_the_pause_leaves_nothing_due(self) -> None:
        play = dealt("10♠ 9♦ J♠ 8♦", "Ada")
        play.act("Ada", "STAND")
        play.ask(c.LeaveTable, "Ada")
        assert (play.table.phase, play.table.next_deadline) == ("waiting", None)
