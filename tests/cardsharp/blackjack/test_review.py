"""What players decided, beside the book: the same advice that the table would have given at that moment."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from cardsharp.blackjack import commands as c
from cardsharp.blackjack import events as e
from cardsharp.blackjack.evolve import evolve
from cardsharp.blackjack.review import review
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.strategy import advise
from cardsharp.blackjack.table import Table
from tests.cardsharp.blackjack.builders import Play, dealt
from tests.cardsharp.blackjack.plays import Step, plays, run, steps


def round_of(play: Play) -> list[e.Event]:
    """The events of the newest round."""
    starts = [place for place, event in enumerate(play.log) if isinstance(event, e.RoundStarted)]
    return play.log[starts[-1] :]


def told(play: Play) -> list[tuple[str, str, str, str]]:
    return [
        (" ".join(decision.cards), decision.up_card, decision.action, decision.advised)
        for decision in review(round_of(play), play.table.rules)
    ]


def test_a_decision_is_told_with_the_cards_that_it_was_made_on():
    play = dealt("10♠ 6♥ 6♦ 10♥ 2♣ 10♣", "Ada")
    play.act("Ada", "HIT", "HIT")
    (first, second) = review(round_of(play), play.table.rules)
    assert (first.cards, first.up_card, first.action, first.advised) == (("10♠", "6♦"), "6♥", "HIT", "STAND")
    assert (second.cards, second.action, second.advised) == (("10♠", "6♦", "2♣"), "HIT", "STAND")
    assert not first.is_by_the_book
    assert (first.player_id, first.seat, first.hand_id) == ("ada", 1, "h1")
    assert isinstance(round_of(play)[first.place], e.PlayerActed)


def test_each_hand_of_a_split_is_decided_on_by_itself():
    play = dealt("8♠ 6♥ 8♦ 10♥ 3♣ 10♣ 9♠ 5♥", "Ada")
    play.act("Ada", "SPLIT", "DOUBLE", "STAND")
    assert told(play) == [
        ("8♠ 8♦", "6♥", "SPLIT", "SPLIT"),
        ("8♠ 3♣", "6♥", "DOUBLE", "DOUBLE"),
        ("8♦ 10♣", "6♥", "STAND", "STAND"),
    ]


def test_insurance_is_a_decision_and_the_book_declines_it():
    play = dealt("10♠ A♥ 9♦ 9♥", "Ada")
    play.act("Ada", "INSURANCE", "STAND")
    assert told(play) == [
        ("10♠ 9♦", "A♥", "INSURANCE", "DECLINE_INSURANCE"),
        ("10♠ 9♦", "A♥", "STAND", "STAND"),
    ]
    (insured, _) = review(round_of(play), play.table.rules)
    assert insured.valid_actions == ("INSURANCE", "DECLINE_INSURANCE")


def test_even_money_is_by_the_book_where_a_blackjack_pays_little():
    play = dealt("A♠ A♥ K♦ 9♥", "Ada", rules=Rules(blackjack_pays=(6, 5)))
    play.act("Ada", "DECLINE_INSURANCE")
    assert told(play) == [("A♠ K♦", "A♥", "DECLINE_INSURANCE", "EVEN_MONEY")]


def test_where_the_stack_is_short_the_best_of_what_was_open_is_by_the_book():
    play = Play(Rules(min_buy_in_cents=10_00), "6♠ 6♥ 5♦ 10♥ 10♣ 10♠")
    play.join("Ada", 10_00)
    play.bet("Ada")
    play.act("Ada", "HIT")
    assert told(play) == [("6♠ 5♦", "6♥", "HIT", "HIT")]


def test_what_the_table_did_for_somebody_away_is_no_decision():
    play = dealt("10♠ A♥ 2♦ 9♥ 2♣", "Ada", rules=Rules(on_timeout="basic_strategy"))
    play.call_time()
    play.act("Ada", "HIT")
    play.call_time()
    assert told(play) == [("10♠ 2♦", "A♥", "HIT", "HIT")]


def test_a_round_without_cards_has_no_decisions():
    play = Play()
    play.join("Ada")
    play.call_time()
    assert told(play) == []


class Watched(Play):
    """A table that writes down what was decided and what `advise` said of it just before."""

    decided: list[tuple[int, str, str]]

    def do(self, command: c.Command) -> tuple[e.Event, ...]:
        before = self.table
        events = super().do(command)
        if isinstance(command, c.Act):
            move = next(event for event in events if isinstance(event, e.PlayerActed | e.InsuranceDecision))
            self.decided.append((len(self.log) - len(events), move.action, advise(before, move.seat)))
        return events


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_every_decision_has_the_advice_that_the_table_gave_when_it_was_made(data: st.DataObject):
    play = data.draw(plays())
    play.__class__ = Watched
    play.decided = []  # type: ignore[attr-defined]
    script: Sequence[Step] = data.draw(steps())
    run(play, script)

    found, begun, table = [], 0, Table()
    for place, event in enumerate(play.log):
        table = evolve(table, event)
        if isinstance(event, e.RoundStarted):
            begun = place
        if isinstance(event, e.RoundEnded):
            found += [
                (decision.action, decision.advised) for decision in review(play.log[begun : place + 1], table.rules)
            ]
    ended = max((place for place, event in enumerate(play.log) if isinstance(event, e.RoundEnded)), default=-1)
    decided = [(action, advised) for place, action, advised in play.decided if place <= ended]  # type: ignore[attr-defined]
    assert found == decided
