"""Rules as a value: the placard there and back, and every absurd rule refused with its reason."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsharp.blackjack.rules import Rules
from cardsharp.errors import InvalidRules

ratios = st.tuples(st.integers(1, 999), st.integers(1, 999)).filter(lambda r: r[1] <= r[0] <= 3 * r[1])

placards = st.builds(
    Rules,
    decks=st.integers(1, 8),
    dealer_hits_soft_17=st.booleans(),
    blackjack_pays=st.one_of(st.sampled_from([(3, 2), (6, 5), (1, 1), (2, 1)]), ratios),
    double_on=st.sampled_from(["any", "9-11", "10-11"]),
    double_after_split=st.booleans(),
    max_hands=st.integers(2, 4),
    split_by=st.sampled_from(["value", "rank"]),
    resplit_aces=st.booleans(),
    hit_split_aces=st.booleans(),
    surrender=st.sampled_from(["none", "late", "early"]),
    insurance=st.booleans(),
    even_money=st.booleans(),
    hole_card=st.sampled_from(["peek", "enhc", "obo"]),
    penetration_percent=st.integers(30, 95),
).filter(lambda rules: rules.max_hands > 2 or not rules.resplit_aces)

seconds = st.one_of(st.none(), st.integers(1, 86_400))
amounts = st.integers(1, 10**14)


@st.composite
def tables(draw: st.DrawFn) -> Rules:
    """A placard with the stakes, seats and times of a table of its own."""
    step, least, most = draw(st.integers(1, 10**5)), draw(st.integers(1, 10**4)), draw(st.integers(10**4, 10**6))
    buy_ins = sorted(draw(st.tuples(amounts, amounts, amounts)))
    return msgspec.structs.replace(
        draw(placards),
        seat_count=draw(st.integers(3, 7)),
        seats_per_player=draw(st.integers(1, 3)),
        min_bet_cents=least * step,
        max_bet_cents=most * step,
        bet_step_cents=step,
        min_buy_in_cents=max(buy_ins[0], least * step),
        default_buy_in_cents=max(buy_ins[1], least * step),
        max_buy_in_cents=max(buy_ins[2], least * step),
        bet_seconds=draw(seconds),
        insurance_seconds=draw(seconds),
        act_seconds=draw(seconds),
        pause_seconds=draw(st.integers(0, 86_400)),
        away_seconds=draw(st.one_of(st.none(), st.integers(0, 86_400))),
        on_timeout=draw(st.sampled_from(["stand", "basic_strategy", "sit_out"])),
    )


@given(tables())
def test_rules_and_placard_go_there_and_back(rules: Rules) -> None:
    assert Rules.parse(str(rules)) == rules


@given(tables(), st.randoms())
def test_the_order_and_the_case_of_words_do_not_matter(rules: Rules, rng: Any) -> None:
    words = str(rules).lower().split()
    rng.shuffle(words)
    assert Rules.parse("  ".join(words)) == rules


@given(placards)
def test_rules_survive_json(rules: Rules) -> None:
    assert msgspec.json.decode(msgspec.json.encode(rules), type=Rules) == rules


@pytest.mark.parametrize(
    ("text", "placard"),
    [
        ("", "6D S17 DAS LS 3:2"),
        ("6D S17 DAS LS 3:2", "6D S17 DAS LS 3:2"),
        ("2d h17 ndas ns 6:5", "2D H17 NDAS NS 6:5"),
        ("DANY SPV PEEK SP4 75%", "6D S17 DAS LS 3:2"),
        ("SPR D10-11 NI 1D 50%", "1D S17 DAS LS 3:2 D10-11 SPR NI 50%"),
        ("NEM", "6D S17 DAS LS 3:2 NEM"),
        ("UNTIMED 2D SEATS1 BET1-50/0.5", "2D S17 DAS LS 3:2 · BET1-50/0.50 SEATS1 UNTIMED"),
        ("BUY10-100/50 EACH3 T-/5/60 PAUSE0 AWAY-", "6D S17 DAS LS 3:2 · BUY10-100/50 EACH3 T-/5/60 PAUSE0 AWAY-"),
        ("AFK-OUT SEATS5", "6D S17 DAS LS 3:2 · AFK-OUT"),
    ],
)
def test_what_a_placard_leaves_out_is_as_in_the_classic_game(text: str, placard: str) -> None:
    assert str(Rules.parse(text)) == placard


@pytest.mark.parametrize(
    "word",
    [
        "6",
        "D",
        "H18",
        "3/2",
        "3:2:1",
        "SP",
        "SP10",
        "100%",
        "LSS",
        "♠",
        "-1D",
        "+6D",
        "6.0D",
        "BET5",
        "T5/5",
        "SEATS12",
        "BET1-2/0.001",
    ],
)
def test_a_word_that_is_no_rule_is_refused(word: str) -> None:
    with pytest.raises(InvalidRules, match="is no rule of blackjack"):
        Rules.parse(f"6D {word}")


@pytest.mark.parametrize(
    "text", ["6D 6D", "6D 8D", "S17 H17", "LS NS", "3:2 6:5", "SP2 SP3", "SPR SPV", "DAS NDAS", "UNTIMED T5/5/5"]
)
def test_words_that_contradict_each_other_are_refused(text: str) -> None:
    with pytest.raises(InvalidRules, match="says again"):
        Rules.parse(text)


@pytest.mark.parametrize(
    "text", ["0D", "9D", "99D", "0:0", "0:1", "1:0", "1:2", "4:1", "SP0", "SP5", "29%", "96%", "SP1 RSA"]
)
def test_an_absurd_placard_is_refused(text: str) -> None:
    with pytest.raises(InvalidRules):
        Rules.parse(text)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"decks": 0}, "1 to 8 decks"),
        ({"decks": 9}, "1 to 8 decks"),
        ({"blackjack_pays": (0, 1)}, "whole numbers"),
        ({"blackjack_pays": (3, 0)}, "whole numbers"),
        ({"blackjack_pays": (-3, -2)}, "whole numbers"),
        ({"blackjack_pays": (1500, 1000)}, "whole numbers"),
        ({"blackjack_pays": (4, 5)}, "between 1:1 and 3:1"),
        ({"blackjack_pays": (31, 10)}, "between 1:1 and 3:1"),
        ({"max_hands": 0}, "1 to 4 hands"),
        ({"max_hands": 5}, "1 to 4 hands"),
        ({"penetration_percent": 29}, "cut card"),
        ({"penetration_percent": 96}, "cut card"),
        ({"seat_count": 0}, "1 to 7 seats"),
        ({"seat_count": 8}, "1 to 7 seats"),
        ({"seats_per_player": 0}, "1 to 3 seats"),
        ({"seats_per_player": 4}, "1 to 3 seats"),
        ({"seats_per_player": 2, "seat_count": 1}, "more seats than there are"),
        ({"bet_step_cents": 0}, "steps of at least"),
        ({"min_bet_cents": 0}, "above zero"),
        ({"min_bet_cents": -100}, "above zero"),
        ({"min_bet_cents": 600_00, "min_buy_in_cents": 600_00, "default_buy_in_cents": 600_00}, "above the largest"),
        ({"max_bet_cents": 10**15}, "billion"),
        ({"min_bet_cents": 10_50}, "smallest bet is a multiple"),
        ({"max_bet_cents": 500_50}, "largest bet is a multiple"),
        ({"min_buy_in_cents": 9_99}, "covers the smallest bet"),
        ({"max_buy_in_cents": 10**16}, "trillion"),
        ({"default_buy_in_cents": 99_00}, "default buy-in lies between"),
        ({"default_buy_in_cents": 5_000_01}, "default buy-in lies between"),
        ({"max_buy_in_cents": 50_00}, "default buy-in lies between"),
        ({"bet_seconds": -1}, "86,400"),
        ({"insurance_seconds": 86_401}, "86,400"),
        ({"act_seconds": -5}, "86,400"),
        ({"pause_seconds": -1}, "86,400"),
        ({"away_seconds": -1}, "86,400"),
        ({"bet_seconds": 0}, "without limit"),
        ({"insurance_seconds": 0}, "without limit"),
        ({"act_seconds": 0}, "without limit"),
        ({"max_hands": 2, "resplit_aces": True}, "3 hands or more"),
        ({"max_hands": 1, "hit_split_aces": True}, "something is split"),
    ],
)
def test_absurd_rules_are_refused_with_the_reason(fields: dict[str, Any], reason: str) -> None:
    rules = Rules(**fields)
    with pytest.raises(InvalidRules, match=reason):
        rules.checked()


@pytest.mark.parametrize(("percent", "decks", "cut_card"), [(75, 6, 234), (50, 1, 26), (30, 1, 15), (95, 8, 395)])
def test_the_cut_card_lies_at_its_share_of_the_shoe(percent: int, decks: int, cut_card: int) -> None:
    assert Rules(decks=decks, penetration_percent=percent).cut_card == cut_card


def test_the_description_says_every_rule_and_the_stakes() -> None:
    assert Rules().describe() == [
        "6 decks, dealt to 75 %.",
        "The dealer stands on soft 17. Under an ace or a ten the dealer peeks for blackjack.",
        "Blackjack pays 3 to 2; what falls below a hundredth of a chip goes to the house.",
        "Double on any two cards, after a split too.",
        "Split equal values up to 4 hands; split aces get one card each.",
        "Late surrender: half the bet comes back, unless the dealer has a blackjack.",
        "Insurance pays 2 to 1; even money for a blackjack.",
        "Bets from 10 to 500 in steps of 1.",
        "Who does not act in time stands.",
    ]
    assert Rules.parse("1D H17 6:5 D10-11 SP1 NS NI ENHC EACH2 AFK-BASIC").describe() == [
        "1 deck, dealt to 75 %.",
        "The dealer hits soft 17. There is no hole card: a dealer’s blackjack takes doubled and split bets too.",
        "Blackjack pays 6 to 5; what falls below a hundredth of a chip goes to the house.",
        "Double on 10 and 11.",
        "No splitting.",
        "No surrender.",
        "No insurance.",
        "Bets from 10 to 500 in steps of 1; up to 2 seats a player.",
        "Who does not act in time is played for by basic strategy, without a further bet.",
    ]
    assert Rules.parse("NDAS SPR SP3 RSA HSA").describe()[3:5] == [
        "Double on any two cards, not after a split.",
        "Split equal ranks up to 3 hands; split aces may be hit and may be split again.",
    ]
