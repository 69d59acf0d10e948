"""What cards are worth in blackjack."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from cardsharp.cards import DECK, Card, rank

VALUES: Final[dict[Card, int]] = {
    card: 1 if rank(card) == "A" else 10 if rank(card) in "JQK" else int(rank(card)) for card in DECK
}
"""Each card's hard value: an ace counts 1 here, and `total` lifts one of them to 11 where that does not bust."""


def total(cards: Collection[Card]) -> tuple[int, bool]:
    """The best value of the cards, and whether it is soft: an ace in it counts 11.

    >>> total(("A♠", "6♥")), total(("A♠", "6♥", "9♦")), total(("A♠", "A♥"))
    ((17, True), (16, False), (12, True))
    """
    hard = 0
    for card in cards:
        hard += VALUES[card]
    if hard <= 11:
        for card in cards:
            if VALUES[card] == 1:
                return hard + 10, True
    return hard, False


def is_natural(cards: tuple[Card, ...]) -> bool:
    """Whether two cards are an ace and a ten: a blackjack, if the hand comes from no split."""
    return len(cards) == 2 and total(cards)[0] == 21
