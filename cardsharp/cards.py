"""Playing cards as values: rank then suit symbol, as the wire writes them (`A♠`, `10♥`, `K♦`, `2♣`).

A card is a plain string of one of 52 texts, so that it costs nothing to store, compare or send. What a card is worth
is a question for a game, not for the card.
"""

from __future__ import annotations

from typing import Final, NewType

from cardsharp.errors import InvalidCard

Card = NewType("Card", str)

RANKS: Final = ("A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K")
SUITS: Final = ("♠", "♥", "♦", "♣")
DECK: Final[tuple[Card, ...]] = tuple(Card(rank + suit) for suit in SUITS for rank in RANKS)
"""One deck in the order of a new pack: spades, hearts, diamonds, clubs, each from ace to king."""

_LETTERS: Final = {"S": "♠", "H": "♥", "D": "♦", "C": "♣"}
_KNOWN: Final = frozenset(DECK)


def rank(card: Card) -> str:
    """The rank of a card, one of RANKS.

    >>> rank(Card("10♥"))
    '10'
    """
    return card[:-1]


def parse_card(text: str) -> Card:
    """The card that a text names; suits may be letters, and T stands for 10.

    Raises InvalidCard when it names none.

    >>> parse_card("Th"), parse_card("A♠")
    ('10♥', 'A♠')
    """
    name = text.strip().upper()
    if name[-1:] in _LETTERS:
        name = name[:-1] + _LETTERS[name[-1]]
    if name.startswith("T"):
        name = "10" + name[1:]
    if name not in _KNOWN:
        raise InvalidCard(f"{text!r} names no card")
    return Card(name)


def parse_cards(text: str) -> tuple[Card, ...]:
    """The cards that a text names, separated by spaces.

    >>> parse_cards("As Kh 10♦")
    ('A♠', 'K♥', '10♦')
    """
    return tuple(parse_card(word) for word in text.split())
