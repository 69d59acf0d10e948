"""Cards: one deck of 52 texts, however a person writes them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsharp.cards import DECK, RANKS, SUITS, Card, parse_card, parse_cards, rank
from cardsharp.errors import InvalidCard


def test_a_deck_is_every_rank_of_every_suit_once() -> None:
    assert len(DECK) == len(set(DECK)) == len(RANKS) * len(SUITS) == 52
    assert DECK[0] == "A♠"
    assert DECK[13] == "A♥"
    assert DECK[-1] == "K♣"


@given(st.sampled_from(DECK))
def test_a_card_reads_as_itself(card: Card) -> None:
    assert parse_card(card) == card
    assert parse_card(f" {card.lower()} ") == card
    assert rank(card) + card[-1] == card


@pytest.mark.parametrize(
    ("text", "card"), [("as", "A♠"), ("Th", "10♥"), ("10h", "10♥"), ("t♦", "10♦"), ("qD", "Q♦"), ("2c", "2♣")]
)
def test_letters_stand_for_suits_and_t_for_ten(text: str, card: str) -> None:
    assert parse_card(text) == card


@pytest.mark.parametrize(
    "text", ["", "♠", "A", "1♠", "11♠", "AA♠", "A♠♠", "A ♠", "♠A", "Xs", "T0h", "10", "A♤", "0s", "ss"]
)
def test_what_names_no_card_is_refused(text: str) -> None:
    with pytest.raises(InvalidCard):
        parse_card(text)
    with pytest.raises(ValueError, match="names no card"):
        parse_cards(f"A♠ {text or '?'}")


@given(st.lists(st.sampled_from(DECK)))
def test_cards_are_separated_by_spaces(cards: list[Card]) -> None:
    assert parse_cards("  ".join(cards)) == tuple(cards)


@given(st.text())
def test_any_text_is_a_card_or_refused(text: str) -> None:
    with suppress(InvalidCard):
        assert parse_card(text) in DECK
