"""Basic strategy against the published rules, told here the other way round: by move, not by cell.

The lists follow "Basic Strategy in Text" of the Wizard of Odds for four to eight decks, and say for fewer decks what is
added to them and what falls away (https://wizardofodds.com/games/blackjack/strategy/4-decks/, 2-decks/ and 1-deck/):
surrender if the list says so, else split, else double, else stand, else hit. When to surrender is in its appendix 6,
"Early or Late Surrender" (https://wizardofodds.com/games/blackjack/appendix/6/).
"""

from __future__ import annotations

from itertools import combinations, combinations_with_replacement

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardsharp.blackjack.hands import total
from cardsharp.blackjack.legal import open_requests
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.strategy import advise, choose
from cardsharp.cards import DECK, Card
from tests.cardsharp.blackjack.builders import Play, dealt
from tests.cardsharp.blackjack.plays import Step, answer, plays, run, steps

MOVES = ("HIT", "STAND", "DOUBLE", "SPLIT", "SURRENDER")
EARLY = ("SURRENDER", "DECLINE_SURRENDER")
UP_CARDS = ("2", "3", "4", "5", "6", "7", "8", "9", "10", "A")
RANKS = DECK[:10]
"""A card of each value."""

S17 = """
SURRENDER hard 16: 9 to A. hard 15: 10.
SPLIT     pair A: 2 to A. pair 8: 2 to A. pair 2: 4 to 7. pair 3: 4 to 7. pair 6: 3 to 6. pair 7: 2 to 7.
          pair 9: 2 to 6, 8 to 9.
DAS       pair 2: 2 to 3. pair 3: 2 to 3. pair 4: 5 to 6. pair 6: 2.
DOUBLE    hard 9: 3 to 6. hard 10: 2 to 9. hard 11: 2 to 10.
          soft 12: 6. soft 13: 5 to 6. soft 14: 5 to 6. soft 15: 4 to 6. soft 16: 4 to 6. soft 17: 3 to 6.
          soft 18: 3 to 6.
STAND     hard 12: 4 to 6. hard 13: 2 to 6. hard 14: 2 to 6. hard 15: 2 to 6. hard 16: 2 to 6. hard 17: 2 to A.
          hard 18: 2 to A. hard 19: 2 to A. hard 20: 2 to A. hard 21: 2 to A.
          soft 18: 2 to 8. soft 19: 2 to A. soft 20: 2 to A. soft 21: 2 to A.
"""
H17 = """
SURRENDER hard 15: A. hard 17: A. pair 8: A.
DOUBLE    hard 11: A. soft 18: 2. soft 19: 6.
"""
TWO_DECKS = """
DOUBLE    hard 9: 2. hard 11: A. soft 12: 5.
SPLIT     pair 6: 2.
DAS       pair 6: 7. pair 7: 8.
"""
NOT_TWO_DECKS = "SURRENDER hard 16: 9."
TWO_DECKS_H17 = """
DOUBLE    soft 14: 4.
NDAS      pair 8: A.
"""
NOT_TWO_DECKS_H17 = "SURRENDER pair 8: A."
ONE_DECK = """
SURRENDER pair 7: 10.
DOUBLE    hard 8: 5 to 6. hard 9: 2. hard 11: A. soft 12: 5. soft 13: 4. soft 14: 4. soft 17: 2. soft 19: 6.
SPLIT     pair 2: 3. pair 6: 2.
DAS       pair 3: 8. pair 4: 4. pair 6: 7. pair 7: 8.
STAND     pair 7: 10. soft 18: A.
"""
NOT_ONE_DECK = "SURRENDER hard 16: 9. hard 15: 10."
ONE_DECK_H17 = """
SURRENDER pair 7: A.
DAS       pair 9: A.
"""
NOT_ONE_DECK_H17 = """
SURRENDER pair 8: A.
DOUBLE    soft 18: 2.
STAND     soft 18: A.
"""


def read(*texts: str) -> set[tuple[str, str, str]]:
    """Each move, hand and up card that the texts list."""
    cells: set[tuple[str, str, str]] = set()
    move = ""
    for line in "".join(f"{text.strip()}\n" for text in texts).splitlines():
        first, _, rest = line.partition(" ")
        move = first or move
        for entry in rest.strip().rstrip(".").split(". "):
            hand, _, spans = entry.strip().partition(": ")
            for span in spans.split(", "):
                low, _, high = span.partition(" to ")
                cards = UP_CARDS[UP_CARDS.index(low) : UP_CARDS.index(high or low) + 1]
                cells |= {(move, hand, up_card) for up_card in cards}
    return cells


CELLS = {
    (4, False): read(S17),
    (4, True): read(S17, H17),
    (2, False): read(S17, TWO_DECKS) - read(NOT_TWO_DECKS),
    (2, True): read(S17, H17, TWO_DECKS, TWO_DECKS_H17) - read(NOT_TWO_DECKS, NOT_TWO_DECKS_H17),
    (1, False): read(S17, ONE_DECK) - read(NOT_ONE_DECK),
    (1, True): read(S17, H17, ONE_DECK, ONE_DECK_H17) - read(NOT_ONE_DECK, NOT_ONE_DECK_H17),
}


def pair_of(cards: tuple[Card, ...]) -> str:
    ranks = {"10" if card[:-1] in "JQK" else card[:-1] for card in cards}
    return f"pair {ranks.pop()}" if len(cards) == 2 and len(ranks) == 1 else ""


def published(cards: tuple[Card, ...], up_card: str, valid: tuple[str, ...], rules: Rules) -> str:
    value, soft = total(cards)
    hand = f"{'soft' if soft else 'hard'} {value}"
    pair = pair_of(cards)
    cells = CELLS[4 if rules.decks > 2 else rules.decks, rules.dealer_hits_soft_17]

    def says(move: str, what: str) -> bool:
        return (move, what, up_card) in cells

    splits = says("SPLIT", pair) or (rules.double_after_split and says("DAS", pair))
    surrenders = says("SURRENDER", pair) or (not rules.double_after_split and says("NDAS", pair))
    eights = pair == "pair 8" and splits and "SPLIT" in valid
    if "SURRENDER" in valid and (surrenders or (says("SURRENDER", hand) and not eights)):
        return "SURRENDER"
    if "SPLIT" in valid and splits:
        return "SPLIT"
    if "DOUBLE" in valid and says("DOUBLE", hand):
        return "DOUBLE"
    return "STAND" if says("STAND", hand) or says("STAND", pair) else "HIT"


def offers(pair: bool) -> list[tuple[str, ...]]:
    """Every set of moves that a table may offer: hit and stand always, the others or not."""
    others = ("DOUBLE", "SPLIT", "SURRENDER") if pair else ("DOUBLE", "SURRENDER")
    return [("HIT", "STAND", *some) for n in range(len(others) + 1) for some in combinations(others, n)]


@pytest.mark.parametrize("doubling", ["DAS", "NDAS"])
@pytest.mark.parametrize("soft_17", ["S17", "H17"])
@pytest.mark.parametrize("decks", ["1D", "2D", "3D", "4D", "6D", "8D"])
def test_every_first_hand_is_played_as_published(decks: str, soft_17: str, doubling: str):
    rules = Rules.parse(f"{decks} {soft_17} {doubling}")
    for first, second in combinations_with_replacement(DECK[:13], 2):
        for valid in offers(total([first])[0] == total([second])[0]):
            for up_card in UP_CARDS:
                expected = published((first, second), up_card, valid, rules)
                got = choose((first, second), f"{up_card}♥", valid, rules)
                assert got == expected, (first, second, up_card, valid)


def test_the_published_rules_were_read():
    assert {key: len(cells) for key, cells in CELLS.items()} == {
        (4, False): 206,
        (4, True): 212,
        (2, False): 211,
        (2, True): 217,
        (1, False): 222,
        (1, True): 225,
    }


def moves(placard: str, valid: tuple[str, ...] = MOVES) -> dict[tuple[str, str], str]:
    """What is done under the rules of a placard with each first hand, `9 7` or `8 8`, against each up card."""
    rules = Rules.parse(placard)
    return {
        (f"{first[:-1]} {second[:-1]}", up_card): choose((first, second), f"{up_card}♥", valid, rules)
        for first, second in combinations_with_replacement(RANKS, 2)
        for up_card in UP_CARDS
    }


def differences(placard: str, other: str) -> dict[tuple[str, str], str]:
    """The moves under the first placard that are others under the second."""
    before = moves(other)
    return {cell: move for cell, move in moves(placard).items() if move != before[cell]}


ELEVENS = ("2 9", "3 8", "4 7", "5 6")


# -- without a hole card ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rules", ["1D H17 LS", "2D H17 NDAS LS", "6D S17 LS", "6D H17 ES", "1D S17 ES"])
def test_with_original_bets_only_everything_is_played_as_after_a_peek(rules: str):
    assert differences(f"{rules} OBO", rules) == {}


@pytest.mark.parametrize(
    ("rules", "elevens_against_an_ace", "more"),
    [
        ("6D S17", False, {}),
        ("8D H17", True, {}),
        ("2D S17", True, {}),
        ("2D H17 NDAS", True, {}),
        ("1D S17 NDAS", True, {}),
        ("1D H17", True, {("9 9", "A"): "STAND"}),
    ],
)
def test_without_a_hole_card_less_is_doubled_and_split_against_a_ten_and_an_ace(
    rules: str, elevens_against_an_ace: bool, more: dict[tuple[str, str], str]
):
    expected = {(hand, "10"): "HIT" for hand in (*ELEVENS, "8 8")} | {("A A", "A"): "HIT", ("8 8", "A"): "HIT"} | more
    if elevens_against_an_ace:
        expected |= {(hand, "A"): "HIT" for hand in ELEVENS}
    without_surrender = tuple(move for move in MOVES if move != "SURRENDER")
    before, after = (moves(f"{rules} NS {hole}", without_surrender) for hole in ("PEEK", "ENHC"))
    assert {cell: move for cell, move in after.items() if move != before[cell]} == expected


@pytest.mark.parametrize(
    ("rules", "against_an_ace"), [("6D S17", "SURRENDER"), ("2D S17", "SURRENDER"), ("1D S17", "HIT")]
)
def test_without_a_hole_card_eights_are_surrendered_late_as_any_sixteen(rules: str, against_an_ace: str):
    played = moves(f"{rules} LS ENHC")
    assert played["8 8", "10"] == "SURRENDER"
    assert played["8 8", "A"] == against_an_ace
    assert played["8 8", "9"] == "SPLIT"


def test_late_surrender_without_a_hole_card_is_no_more_than_after_a_peek():
    surrendered = [
        {cell for cell, move in moves(f"6D H17 LS {hole}").items() if move == "SURRENDER"} for hole in ("PEEK", "ENHC")
    ]
    assert surrendered[1] - surrendered[0] == {("8 8", "10")}
    assert surrendered[0] <= surrendered[1]


def test_aces_that_may_be_hit_are_split_against_an_ace_even_without_a_hole_card():
    assert moves("6D S17 ENHC")["A A", "A"] == "HIT"
    assert moves("6D S17 ENHC HSA")["A A", "A"] == "SPLIT"


# -- early surrender --------------------------------------------------------------------------------------------------


def surrendered_early(placard: str, up_card: str) -> set[str]:
    """The hands that are surrendered before the peek: `16` for every hard hand of that total, or one by its cards."""
    answers = moves(placard, EARLY)
    hands: dict[str, dict[str, str]] = {}
    for first, second in combinations_with_replacement(RANKS, 2):
        value, soft = total((first, second))
        name = f"{first[:-1]} {second[:-1]}"
        hands.setdefault(f"soft {value}" if soft else str(value), {})[name] = answers[name, up_card]
    found: set[str] = set()
    for held, given_up in hands.items():
        names = {name for name, move in given_up.items() if move == "SURRENDER"}
        found |= {held} if len(names) == len(given_up) else names
    return found


ALWAYS_AGAINST_AN_ACE = {"5", "6", "7", "12", "13", "14", "15", "16", "17"}


@pytest.mark.parametrize(
    ("rules", "ten", "more_against_an_ace"),
    [
        ("8D S17 DAS", {"14", "15", "16"}, set()),
        ("6D S17 NDAS", {"14", "15", "16"}, set()),
        ("6D H17 DAS", {"14", "15", "16"}, {"4"}),
        ("2D S17 DAS", {"14", "15", "16"}, set()),
        ("2D H17 DAS", {"14", "15", "16"}, {"4", "2 6", "3 5"}),
        ("1D S17 NDAS", {"7 7", "15", "16"}, {"4"}),
        ("1D S17 DAS", {"7 7", "15", "6 10", "7 9"}, {"4"}),
        ("1D H17 NDAS", {"7 7", "15", "16"}, {"4", "8"}),
        ("1D H17 DAS", {"7 7", "15", "6 10", "7 9"}, {"4", "8"}),
        ("1D S17 DAS SP1", {"15", "16"}, {"4"}),
    ],
)
def test_what_is_surrendered_before_the_peek(rules: str, ten: set[str], more_against_an_ace: set[str]):
    assert surrendered_early(f"{rules} ES", "10") == ten
    assert surrendered_early(f"{rules} ES", "A") == ALWAYS_AGAINST_AN_ACE | more_against_an_ace


def test_without_a_hole_card_early_surrender_is_one_of_the_first_moves():
    peeking = moves("6D S17 ES", EARLY)
    for (hand, up_card), move in moves("6D S17 ES ENHC").items():
        if up_card in ("10", "A"):
            assert (move == "SURRENDER") == (peeking[hand, up_card] == "SURRENDER"), (hand, up_card)


def test_one_deck_without_a_hole_card_gives_up_eights_against_a_ten():
    assert moves("1D DAS ES ENHC")["8 8", "10"] == "SURRENDER"
    assert moves("1D DAS ES OBO")["8 8", "10"] == "SPLIT"


def test_a_sixteen_is_still_surrendered_against_a_nine_where_surrender_is_early():
    assert moves("6D ES")["7 9", "9"] == "SURRENDER"
    assert moves("2D ES")["7 9", "9"] == "HIT"


# -- what the rules leave over ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cards", "up_card", "valid", "move"),
    [
        ("A♠ 7♦", "4♦", "HIT STAND", "STAND"),
        ("A♠ 6♦", "4♦", "HIT STAND", "HIT"),
        ("5♠ 4♦", "4♦", "HIT STAND", "HIT"),
        ("A♠ A♦", "6♦", "HIT STAND DOUBLE", "DOUBLE"),
        ("A♠ A♦", "5♦", "HIT STAND DOUBLE", "HIT"),
        ("K♠ Q♦", "6♦", "HIT STAND DOUBLE", "STAND"),
        ("8♠ 8♦", "10♦", "HIT STAND DOUBLE SURRENDER", "SURRENDER"),
        ("8♠ 8♦", "6♦", "HIT STAND DOUBLE SURRENDER", "STAND"),
        ("5♠ 5♦", "9♦", "HIT STAND DOUBLE SPLIT", "DOUBLE"),
        ("A♠ A♦", "9♦", "STAND SPLIT", "SPLIT"),
        ("A♠ A♦", "9♦", "STAND", "STAND"),
        ("A♠ 5♦ 2♣", "9♦", "HIT STAND", "HIT"),
        ("2♠ 3♦ 7♣", "4♦", "HIT STAND", "STAND"),
        ("2♠ 3♦ 7♣", "3♦", "HIT STAND", "HIT"),
        ("Ts Th", "6d", "HIT STAND", "STAND"),
    ],
)
def test_what_is_not_valid_gives_way_to_the_next_best(cards: str, up_card: str, valid: str, move: str):
    assert choose(cards.split(), up_card, valid.split(), Rules()) == move


def test_a_pair_that_may_be_split_again_without_doubling_is_a_pair_of_its_own():
    assert moves("6D NDAS")["4 4", "5"] == "HIT"
    assert moves("6D DAS")["4 4", "5"] == "SPLIT"
    assert moves("1D NDAS")["4 4", "5"] == "DOUBLE"
    assert moves("1D NDAS D9-11")["4 4", "5"] == "HIT"


@given(
    cards=st.lists(st.sampled_from(DECK), min_size=2, max_size=8),
    up_card=st.sampled_from(DECK),
    valid=st.sets(st.sampled_from(MOVES), min_size=1),
    rules=st.sampled_from(("6D", "1D H17 NDAS", "2D H17 ES", "6D ENHC LS HSA D9-11", "2D SP1 SPR OBO ES")),
)
def test_the_choice_is_always_a_valid_action(cards: list[Card], up_card: Card, valid: set[str], rules: str):
    assert choose(cards, up_card, tuple(valid), Rules.parse(rules)) in valid


# -- insurance and even money -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pays", "move"),
    [
        ("3:2", "DECLINE_INSURANCE"),
        ("2:1", "DECLINE_INSURANCE"),
        ("13:9", "DECLINE_INSURANCE"),  # worth 1.0002 with six decks
        ("7:5", "EVEN_MONEY"),
        ("6:5", "EVEN_MONEY"),
        ("1:1", "EVEN_MONEY"),
    ],
)
def test_even_money_is_taken_where_it_is_worth_more_than_the_blackjack(pays: str, move: str):
    answers = ("INSURANCE", "DECLINE_INSURANCE", "EVEN_MONEY")
    assert choose(("A♠", "K♠"), "A♥", answers, Rules.parse(f"6D {pays}")) == move


def test_insurance_is_never_taken():
    assert choose(("10♠", "K♠"), "A♥", ("INSURANCE", "DECLINE_INSURANCE"), Rules.parse("1:1")) == "DECLINE_INSURANCE"


# -- at a table -------------------------------------------------------------------------------------------------------


def test_a_seat_is_advised_in_its_turn():
    play = dealt("10♠ 8♦ 9♥ 6♦ 8♣ 10♣", "Ada", "Ben")
    assert play.table.turn is not None
    assert advise(play.table, 1) == "SURRENDER"
    play.act("Ada", "STAND")
    assert advise(play.table, 2) == "SPLIT"


def test_a_seat_is_advised_about_its_offer():
    play = dealt("A♠ A♦ K♥ 9♦", "Ada", rules=Rules.parse("6:5"))
    assert advise(play.table, 1) == "EVEN_MONEY"
    play = dealt("A♠ A♦ K♥ 9♦", "Ada")
    assert advise(play.table, 1) == "DECLINE_INSURANCE"


def test_a_seat_is_advised_before_the_peek_and_after_it():
    play = dealt("10♠ A♦ 7♥ 9♦", "Ada", rules=Rules.parse("6D H17 ES NI"))
    assert advise(play.table, 1) == "SURRENDER"
    play.act("Ada", "DECLINE_SURRENDER")
    assert advise(play.table, 1) == "STAND"


def test_who_is_asked_nothing_gets_no_advice():
    play = Play(Rules())
    play.join("Ada")
    with pytest.raises(ValueError, match="no decision is awaited of seat 1"):
        advise(play.table, 1)
    play = dealt("10♠ 8♦ 9♥ 6♦ 8♣ 10♣", "Ada", "Ben")
    for seat in (2, 3):
        with pytest.raises(ValueError, match=f"no decision is awaited of seat {seat}"):
            advise(play.table, seat)


def test_what_is_no_question_of_strategy_gets_no_advice():
    with pytest.raises(ValueError, match="BET"):
        choose(("A♠", "K♠"), "A♥", ("BET", "SIT_OUT"), Rules())
    with pytest.raises(ValueError, match="two cards"):
        choose(("A♠",), "A♥", ("HIT", "STAND"), Rules())


@settings(max_examples=80)
@given(play=plays(), script=steps())
def test_the_advice_is_always_accepted(play: Play, script: list[Step]):
    for step in script:
        run(play, [step])
        decisions = [request for request in open_requests(play.table) if "BET" not in request.valid_actions]
        for request in decisions:
            move = advise(play.table, request.seat)
            assert move in request.valid_actions
            assert move != "INSURANCE"
            seat = play.table.seat(request.seat)
            assert seat is not None
            seen = next(hand.cards for hand in seat.hands if hand.hand_id == request.hand_id)
            up_card = play.table.dealer[0]
            assert up_card is not None
            assert choose(seen, up_card, request.valid_actions, play.table.rules) == move
        if decisions:
            play.do(answer(decisions[0], advise(play.table, decisions[0].seat), play.now, 0))
