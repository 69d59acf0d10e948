"""The chart as it is shown: what the rules never allow is not in it, and every code is told in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.strategy import choose
from cardsharp.blackjack.strategy_chart import UP_CARDS, Chart, chart
from tests.cardsharp.blackjack.plays import rule_sets


def codes_in(shown: Chart) -> set[str]:
    return {code for row in (*shown.hard, *shown.soft, *shown.pairs, *shown.early) for code in row.codes}


def row(placard: str, section: str, hand: str) -> str:
    found = next(row for row in getattr(chart(Rules.parse(placard)), section) if row.hand == hand)
    return " ".join(found.codes)


@pytest.mark.parametrize(
    ("placard", "section", "hand", "codes"),
    [
        ("6D S17 LS", "hard", "16", "S S S S S H H Rh Rh Rh"),
        ("6D S17 NS", "hard", "16", "S S S S S H H H H H"),
        ("6D H17 LS", "hard", "17", "S S S S S S S S S Rs"),
        ("6D H17 LS", "pairs", "8,8", "P P P P P P P P P Rp"),
        ("6D NDAS", "pairs", "2,2", "H H P P P P H H H H"),
        ("6D DAS", "pairs", "5,5", "Dh Dh Dh Dh Dh Dh Dh Dh H H"),
        ("6D H17 D9-11", "soft", "18", "S S S S S S S H H H"),
        ("6D H17 D10-11", "hard", "4–9", "H H H H H H H H H H"),
        ("6D S17", "hard", "17–20", "S S S S S S S S S S"),
        ("1D S17 LS", "pairs", "7,7", "P P P P P P P H Rs H"),
        ("6D S17 ES", "hard", "16", "S S S S S H H Rh H H"),
        ("6D S17 ES", "early", "16", "R R"),
        ("6D S17 ES", "early", "17", "- R"),
        ("6D S17 ES ENHC", "hard", "7", "H H H H H H H H H Rh"),
        ("1D S17 DAS ES", "early", "8,8", "- R"),
        ("1D S17 NDAS ES OBO", "pairs", "8,8", "P P P P P P P P Rp Rp"),
    ],
)
def test_a_row_as_it_is_under_the_rules(placard: str, section: str, hand: str, codes: str):
    assert row(placard, section, hand) == codes


def test_what_the_table_does_not_have_is_not_shown():
    assert chart(Rules.parse("6D SP1")).pairs == ()
    assert chart(Rules.parse("6D ES ENHC")).early == ()
    assert chart(Rules.parse("6D NI")).offers == ""
    assert chart(Rules.parse("6D NEM")).offers == "Insurance is always declined."


@pytest.mark.parametrize(("decks", "page"), [(1, "1-deck"), (2, "2-decks"), (3, "4-decks"), (8, "4-decks")])
def test_the_chart_names_its_source(decks: int, page: str):
    assert chart(Rules(decks=decks)).source_url == f"https://wizardofodds.com/games/blackjack/strategy/{page}/"


@given(rules=rule_sets(), up=st.integers(0, 9))
def test_the_chart_says_what_is_done_and_explains_every_code(rules: Rules, up: int):
    shown = chart(rules)
    assert set(shown.legend) == codes_in(shown)
    done = {"H": "HIT", "S": "STAND", "D": "DOUBLE", "P": "SPLIT", "R": "SURRENDER"}
    valid = ["HIT", "STAND", "SPLIT"]
    up_card = f"{UP_CARDS[up]}♥"
    if rules.surrender != "none" and not (rules.surrender == "early" and rules.hole_card == "peek" and up >= 8):
        valid.append("SURRENDER")
    for line in shown.pairs:
        card = line.hand.split(",")[0]
        value = 12 if card == "A" else 2 * int(card)
        may_double = rules.double_on == "any" or (value in (9, 10, 11) and (value > 9 or rules.double_on == "9-11"))
        moves = [*valid, "DOUBLE"] if may_double else valid
        assert choose((f"{card}♠", f"{card}♦"), up_card, moves, rules) == done[line.codes[up][0]]
