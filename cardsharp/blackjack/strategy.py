"""Basic strategy by totals, for four to eight decks and a dealer who peeks.

The charts are those of the Wizard of Odds, "4-Deck to 8-Deck Blackjack Strategy"
(https://wizardofodds.com/games/blackjack/strategy/4-decks/). With fewer decks they are off by a few close decisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cardsharp.blackjack.hands import VALUES, total
from cardsharp.blackjack.rules import Rules
from cardsharp.cards import Card, parse_card

_S17: Final = """
            2   3   4   5   6   7   8   9   10  A
hard   8    H   H   H   H   H   H   H   H   H   H
hard   9    H   Dh  Dh  Dh  Dh  H   H   H   H   H
hard  10    Dh  Dh  Dh  Dh  Dh  Dh  Dh  Dh  H   H
hard  11    Dh  Dh  Dh  Dh  Dh  Dh  Dh  Dh  Dh  H
hard  12    H   H   S   S   S   H   H   H   H   H
hard  13    S   S   S   S   S   H   H   H   H   H
hard  14    S   S   S   S   S   H   H   H   H   H
hard  15    S   S   S   S   S   H   H   H   Rh  H
hard  16    S   S   S   S   S   H   H   Rh  Rh  Rh
hard  17    S   S   S   S   S   S   S   S   S   S
hard  18    S   S   S   S   S   S   S   S   S   S

soft  12    H   H   H   H   H   H   H   H   H   H
soft  13    H   H   H   Dh  Dh  H   H   H   H   H
soft  14    H   H   H   Dh  Dh  H   H   H   H   H
soft  15    H   H   Dh  Dh  Dh  H   H   H   H   H
soft  16    H   H   Dh  Dh  Dh  H   H   H   H   H
soft  17    H   Dh  Dh  Dh  Dh  H   H   H   H   H
soft  18    S   Ds  Ds  Ds  Ds  S   S   H   H   H
soft  19    S   S   S   S   S   S   S   S   S   S
soft  20    S   S   S   S   S   S   S   S   S   S

pair   2    Pd  Pd  P   P   P   P   -   -   -   -
pair   3    Pd  Pd  P   P   P   P   -   -   -   -
pair   4    -   -   -   Pd  Pd  -   -   -   -   -
pair   6    Pd  P   P   P   P   -   -   -   -   -
pair   7    P   P   P   P   P   P   -   -   -   -
pair   8    P   P   P   P   P   P   P   P   P   P
pair   9    P   P   P   P   P   -   P   P   -   -
pair   A    P   P   P   P   P   P   P   P   P   P
"""
"""The dealer stands on soft 17. Hard 8 stands for less too, hard 18 and soft 20 for more; a pair that is not listed,
or says `-`, or cannot be split, is played as its total."""

_H17: Final = """
hard  11    Dh  Dh  Dh  Dh  Dh  Dh  Dh  Dh  Dh  Dh
hard  15    S   S   S   S   S   H   H   H   Rh  Rh
hard  17    S   S   S   S   S   S   S   S   S   Rs
soft  18    Ds  Ds  Ds  Ds  Ds  S   S   H   H   H
soft  19    S   S   S   S   Ds  S   S   S   S   S
pair   8    P   P   P   P   P   P   P   P   P   Rp
"""
"""The rows that are different where the dealer hits soft 17."""

_MOVES: Final = {
    "H": ("HIT",),
    "S": ("STAND",),
    "Dh": ("DOUBLE", "HIT"),
    "Ds": ("DOUBLE", "STAND"),
    "P": ("SPLIT",),
    "Pd": ("SPLIT",),  # only where the split hands may be doubled
    "Rh": ("SURRENDER", "HIT"),
    "Rs": ("SURRENDER", "STAND"),
    "Rp": ("SURRENDER", "SPLIT"),
    "-": (),
}
_LAST_RESORT: Final = ("STAND", "HIT", "DOUBLE", "SPLIT", "SURRENDER")

_Chart = dict[tuple[str, int], list[str]]


def choose(cards: Sequence[str], up_card: str, valid_actions: Sequence[str], rules: Rules) -> str:
    """The one of the valid actions that basic strategy takes; insurance and even money are always declined.

    What is best but not valid gives way to the next best: a double to hit or stand, a surrender to hit, stand or split,
    a split to the play of the total. Raises ValueError when no valid action is a move of this game.

    >>> choose(("8♠", "8♥"), "10♦", ("HIT", "STAND", "DOUBLE", "SPLIT", "SURRENDER"), Rules())
    'SPLIT'
    >>> choose(("10♠", "6♥"), "10♦", ("HIT", "STAND", "DOUBLE", "SURRENDER"), Rules())
    'SURRENDER'
    >>> choose(("A♠", "3♥", "4♦"), "3♣", ("HIT", "STAND"), Rules())
    'STAND'
    >>> choose(("A♠", "K♥"), "A♣", ("INSURANCE", "DECLINE_INSURANCE", "EVEN_MONEY"), Rules())
    'DECLINE_INSURANCE'
    """
    for declined in ("DECLINE_INSURANCE", "DECLINE_SURRENDER"):
        if declined in valid_actions:
            return declined
    for move in _by_preference([parse_card(card) for card in cards], parse_card(up_card), rules):
        if move in valid_actions:
            return move
    raise ValueError(f"none of {', '.join(valid_actions)} is a move of blackjack")


def _by_preference(cards: list[Card], up_card: Card, rules: Rules) -> Iterator[str]:
    chart = _CHART_H17 if rules.dealer_hits_soft_17 else _CHART_S17
    column = (VALUES[up_card] - 2) % 10
    values = [VALUES[card] for card in cards]
    if len(cards) == 2 and values[0] == values[1] and ("pair", values[0]) in chart:
        code = chart["pair", values[0]][column]
        if code != "Pd" or rules.double_after_split:
            yield from _MOVES[code]
    value, soft = total(cards)
    row = ("soft", min(value, 20)) if soft else ("hard", min(max(value, 8), 18))
    yield from _MOVES[chart[row][column]]
    yield from _LAST_RESORT


def _read(text: str) -> _Chart:
    rows = (line.split() for line in text.splitlines() if line.startswith(("hard", "soft", "pair")))
    return {(kind, 1 if label == "A" else int(label)): codes for kind, label, *codes in rows}


_CHART_S17: Final = _read(_S17)
_CHART_H17: Final = _CHART_S17 | _read(_H17)
