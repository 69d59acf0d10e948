"""The drill's questions: real decisions, of every kind, of which the book knows the answer."""

import random
from collections import Counter
from itertools import islice

import pytest

from cardsharp.blackjack.rules import Rules
from cardsharp.drill import Question, kinds_of, questions
from cardsharp.errors import InvalidRules
from cardsharp.shoe import SecretShoes

SHOES = SecretShoes(bytes(32))


def asked(placard: str, count: int, *kinds: str) -> list[Question]:
    rules = Rules.parse(placard)
    return list(islice(questions(rules, SHOES, kinds or kinds_of(rules), random.Random(1)), count))


@pytest.mark.parametrize("placard", ["6D S17 DAS LS", "1D H17 NDAS ES", "2D ES ENHC", "8D SP1 NS", "6D D10-11 6:5"])
def test_every_kind_comes_up_about_as_often(placard: str):
    rules = Rules.parse(placard)
    counts = Counter(question.kind for question in asked(placard, 400))
    assert set(counts) == set(kinds_of(rules))
    assert min(counts.values()) > 400 / len(counts) / 2


def test_only_what_depends_on_the_dealer_is_asked():
    rules = Rules.parse("6D S17 DAS LS")
    for question in asked("6D S17 DAS LS", 300):
        assert question.answer(rules) in question.valid_actions
        assert question.depends_on_the_dealer(rules)
        assert len(question.cards) >= 2


def test_the_answers_are_those_of_the_book():
    two = {"valid_actions": ("HIT", "STAND", "DOUBLE", "SURRENDER")}
    rules = Rules.parse("6D S17 DAS LS")
    assert Question(cards=("10♠", "6♥"), up_card="10♦", **two).answer(rules) == "SURRENDER"
    assert Question(cards=("A♠", "7♥"), up_card="3♦", **two).answer(rules) == "DOUBLE"
    assert Question(cards=("A♠", "7♥"), up_card="3♦", valid_actions=("HIT", "STAND")).answer(rules) == "STAND"
    assert not Question(cards=("10♠", "9♥"), up_card="3♦", **two).depends_on_the_dealer(rules)


def test_the_kind_may_be_chosen():
    assert {question.kind for question in asked("6D", 50, "soft")} == {"soft"}
    assert all("SPLIT" in question.valid_actions for question in asked("6D", 50, "pairs"))
    early = asked("6D ES", 50, "early")
    assert {question.up_card[:-1] for question in early} <= {"A", "10", "J", "Q", "K"}
    assert {question.valid_actions for question in early} == {("SURRENDER", "DECLINE_SURRENDER")}


def test_rules_that_cannot_be_played_are_refused():
    with pytest.raises(InvalidRules):
        next(questions(Rules(decks=9), SHOES, ["hard"], random.Random(1)))
