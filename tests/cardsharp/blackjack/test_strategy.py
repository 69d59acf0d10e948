"""Basic strategy against the published rules, told here the other way round: by move, not by cell.

The lists follow "Basic Strategy in Text" of the Wizard of Odds (https://wizardofodds.com/games/blackjack/strategy/4-decks/):
surrender if the list says so, else split, else double, else stand, else hit.
"""

from itertools import combinations, combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsharp.blackjack.hands import total
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.strategy import choose
from cardsharp.cards import DECK, Card

MOVES = ("HIT", "STAND", "DOUBLE", "SPLIT", "SURRENDER")
UP_CARDS = ("2", "3", "4", "5", "6", "7", "8", "9", "10", "A")

S17 = """
SURRENDER hard 16: 9 to A. hard 15: 10.
SPLIT     pair A: 2 to A. pair 8: 2 to A. pair 2: 4 to 7. pair 3: 4 to 7. pair 6: 3 to 6. pair 7: 2 to 7.
          pair 9: 2 to 6, 8 to 9.
DAS       pair 2: 2 to 3. pair 3: 2 to 3. pair 4: 5 to 6. pair 6: 2.
DOUBLE    hard 9: 3 to 6. hard 10: 2 to 9. hard 11: 2 to 10.
          soft 13: 5 to 6. soft 14: 5 to 6. soft 15: 4 to 6. soft 16: 4 to 6. soft 17: 3 to 6. soft 18: 3 to 6.
STAND     hard 12: 4 to 6. hard 13: 2 to 6. hard 14: 2 to 6. hard 15: 2 to 6. hard 16: 2 to 6. hard 17: 2 to A.
          hard 18: 2 to A. hard 19: 2 to A. hard 20: 2 to A. hard 21: 2 to A.
          soft 18: 2 to 8. soft 19: 2 to A. soft 20: 2 to A. soft 21: 2 to A.
"""
ALSO_H17 = """
SURRENDER hard 15: A. hard 17: A. pair 8: A.
DOUBLE    hard 11: A. soft 18: 2. soft 19: 6.
"""


def read(text: str) -> set[tuple[str, str, str]]:
    """Each move, hand and up card that the text lists."""
    cells: set[tuple[str, str, str]] = set()
    move = ""
    for line in text.strip().splitlines():
        first, _, rest = line.partition(" ")
        move = first or move
        for entry in rest.strip().rstrip(".").split(". "):
            hand, _, spans = entry.strip().partition(": ")
            for span in spans.split(", "):
                low, _, high = span.partition(" to ")
                cards = UP_CARDS[UP_CARDS.index(low) : UP_CARDS.index(high or low) + 1]
                cells |= {(move, hand, up_card) for up_card in cards}
    return cells


CELLS = {False: read(S17), True: read(S17) | read(ALSO_H17)}


def published(cards: tuple[Card, ...], up_card: str, valid: tuple[str, ...], rules: Rules) -> str:
    value, soft = total(cards)
    hand = f"{'soft' if soft else 'hard'} {value}"
    ranks = {"10" if card[:-1] in "JQK" else card[:-1] for card in cards}
    pair = f"pair {ranks.pop()}" if len(cards) == 2 and len(ranks) == 1 else ""
    cells = CELLS[rules.dealer_hits_soft_17]

    def says(move: str, what: str) -> bool:
        return (move, what, up_card) in cells

    splits = says("SPLIT", pair) or (rules.double_after_split and says("DAS", pair))
    eights = pair == "pair 8" and splits and "SPLIT" in valid
    if "SURRENDER" in valid and (says("SURRENDER", pair) or (says("SURRENDER", hand) and not eights)):
        return "SURRENDER"
    if "SPLIT" in valid and splits:
        return "SPLIT"
    if "DOUBLE" in valid and says("DOUBLE", hand):
        return "DOUBLE"
    return "STAND" if says("STAND", hand) else "HIT"


def offers(pair: bool) -> list[tuple[str, ...]]:
    """Every set of moves that a table may offer: hit and stand always, the others or not."""
    others = ("DOUBLE", "SPLIT", "SURRENDER") if pair else ("DOUBLE", "SURRENDER")
    return [("HIT", "STAND", *some) for n in range(len(others) + 1) for some in combinations(others, n)]


@pytest.mark.parametrize("rules", ["S17 DAS", "S17 NDAS", "H17 DAS", "H17 NDAS"])
@pytest.mark.parametrize("up_card", UP_CARDS)
def test_every_first_hand_is_played_as_published(rules: str, up_card: str):
    placard = Rules.parse(rules)
    for first, second in combinations_with_replacement(DECK[:13], 2):
        same_value = total([first])[0] == total([second])[0]
        for valid in offers(same_value):
            expected = published((first, second), up_card, valid, placard)
            assert choose((first, second), f"{up_card}♥", valid, placard) == expected, (first, second, valid)


def test_the_published_rules_were_read():
    assert len(CELLS[False]) == 205
    assert len(CELLS[True]) == 211


@pytest.mark.parametrize(
    ("cards", "up_card", "rules", "move"),
    [
        ("10♠ 6♠", "10♦", "S17", "SURRENDER"),
        ("10♠ 7♠", "A♦", "H17", "SURRENDER"),
        ("10♠ 7♠", "A♦", "S17", "STAND"),
        ("8♠ 8♦", "A♦", "H17", "SURRENDER"),
        ("8♠ 8♦", "A♦", "S17", "SPLIT"),
        ("A♠ A♦", "A♦", "S17", "SPLIT"),
        ("K♠ 10♦", "6♦", "S17", "STAND"),
        ("5♠ 5♦", "9♦", "S17", "DOUBLE"),
        ("A♠ 7♦", "2♦", "H17", "DOUBLE"),
        ("A♠ 7♦", "2♦", "S17", "STAND"),
        ("A♠ 8♦", "6♦", "H17", "DOUBLE"),
        ("A♠ 5♦ 2♣", "9♦", "S17", "HIT"),
        ("2♠ 3♦ 7♣", "4♦", "S17", "STAND"),
        ("2♠ 3♦ 7♣", "3♦", "S17", "HIT"),
    ],
)
def test_the_moves_that_people_remember(cards: str, up_card: str, rules: str, move: str):
    hand = cards.split()
    valid = MOVES if len(hand) == 2 else ("HIT", "STAND")
    assert choose(hand, up_card, valid, Rules.parse(rules)) == move


@given(
    cards=st.lists(st.sampled_from(DECK), min_size=2, max_size=8),
    up_card=st.sampled_from(DECK),
    valid=st.sets(st.sampled_from(MOVES), min_size=1),
    hits=st.booleans(),
    das=st.booleans(),
)
def test_the_advice_is_always_a_valid_action(cards: list[Card], up_card: Card, valid: set[str], hits: bool, das: bool):
    rules = Rules(dealer_hits_soft_17=hits, double_after_split=das)
    assert choose(cards, up_card, tuple(valid), rules) in valid


@pytest.mark.parametrize("answers", [("INSURANCE", "DECLINE_INSURANCE"), ("DECLINE_INSURANCE", "EVEN_MONEY")])
def test_insurance_is_never_taken(answers: tuple[str, ...]):
    assert choose(("A♠", "K♠"), "A♥", answers, Rules()) == "DECLINE_INSURANCE"


def test_what_is_no_question_of_strategy_gets_no_advice():
    with pytest.raises(ValueError, match="BET"):
        choose(("A♠", "K♠"), "A♥", ("BET", "SIT_OUT"), Rules())
