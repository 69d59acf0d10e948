"""Moves and hands as people say them, for pages without a table."""

from __future__ import annotations

from typing import Final

from django import template

from cardsharp.blackjack.hands import total
from cardsharp.cards import parse_card, rank
from cardsharp.drill import Question

register = template.Library()

NAMES: Final = {
    "HIT": ("Hit", "h"),
    "STAND": ("Stand", "s"),
    "DOUBLE": ("Double", "d"),
    "SPLIT": ("Split", "p"),
    "SURRENDER": ("Surrender", "r"),
    "DECLINE_SURRENDER": ("Play on", "n"),
}
"""The name and the key of each move, as at the tables."""

_RANKS: Final = {"A": "ace", "K": "king", "Q": "queen", "J": "jack"}


@register.filter
def move_name(move: str) -> str:
    """A move as its button says it."""
    return NAMES[move][0]


@register.filter
def move_words(move: str) -> str:
    """A move or an answer as a list of decisions says it.

    >>> move_words("HIT"), move_words("DECLINE_INSURANCE")
    ('hit', 'decline insurance')
    """
    return "play on" if move == "DECLINE_SURRENDER" else move.replace("_", " ").lower()


@register.filter
def move_key(move: str) -> str:
    """The key of a move."""
    return NAMES[move][1]


@register.filter
def hand_words(question: Question) -> str:
    """The hand that a question is about.

    >>> hand_words(Question(cards=("A♠", "7♥"), up_card="9♦", valid_actions=("HIT", "STAND")))
    'Soft 18'
    >>> hand_words(Question(cards=("8♠", "8♥"), up_card="9♦", valid_actions=("HIT", "STAND", "SPLIT")))
    'A pair of 8s'
    """
    cards = [parse_card(card) for card in question.cards]
    if question.kind == "pairs":
        first, second = (_RANKS.get(rank(card), rank(card)) for card in cards)
        return f"A pair of {first}s" if first == second else "Two tens"
    value, is_soft = total(cards)
    return f"{'Soft' if is_soft else 'Hard'} {value}"


@register.filter
def up_card_words(card: str) -> str:
    """The dealer's up card with its article.

    >>> up_card_words("A♠"), up_card_words("8♠"), up_card_words("Q♥"), up_card_words("5♣")
    ('an ace', 'an 8', 'a queen', 'a 5')
    """
    name = _RANKS.get(card[:-1], card[:-1])
    return f"{'an' if name in ('ace', '8') else 'a'} {name}"
