"""Basic strategy as data: one chart that is given whole, and the rows in which other games differ from it.

The charts are total-dependent: they look at the total of a hand and at the dealer's up card, and at the cards only for
pairs. Where each cell comes from, and which were computed rather than read, is in `docs/strategy.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from cardsharp.blackjack.rules import Rules

Cells = dict[tuple[str, int], tuple[str, ...]]
"""The codes of a row, against 2 to 10 and then the ace, by its kind (hard, soft or pair) and its total or card."""

SOURCES: Final = {
    1: ("Wizard of Odds, strategy for one deck", "https://wizardofodds.com/games/blackjack/strategy/1-deck/"),
    2: ("Wizard of Odds, strategy for two decks", "https://wizardofodds.com/games/blackjack/strategy/2-decks/"),
    4: (
        "Wizard of Odds, strategy for four to eight decks",
        "https://wizardofodds.com/games/blackjack/strategy/4-decks/",
    ),
}
"""The title and address of the chart for each number of decks that `published_decks` gives."""

MOVES: Final = {
    "H": ("HIT",),
    "S": ("STAND",),
    "Dh": ("DOUBLE", "HIT"),
    "Ds": ("DOUBLE", "STAND"),
    "P": ("SPLIT",),
    "Pd": ("SPLIT",),  # only where the split hands may be doubled
    "Rh": ("SURRENDER", "HIT"),
    "Rs": ("SURRENDER", "STAND"),
    "Rp": ("SURRENDER", "SPLIT"),
    "-": (),  # the pair is played as its total
}
"""What each code stands for, best move first. A hand that may not split plays its total."""

_CHART: Final = """
            2   3   4   5   6   7   8   9   10  A
hard   7    H   H   H   H   H   H   H   H   H   H
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

soft  12    H   H   H   H   Dh  H   H   H   H   H
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
pair   5    -   -   -   -   -   -   -   -   -   -
pair   6    Pd  P   P   P   P   -   -   -   -   -
pair   7    P   P   P   P   P   P   -   -   -   -
pair   8    P   P   P   P   P   P   P   P   P   P
pair   9    P   P   P   P   P   -   P   P   -   -
pair  10    -   -   -   -   -   -   -   -   -   -
pair   A    P   P   P   P   P   P   P   P   P   P
"""
"""Four to eight decks, the dealer stands on soft 17 and peeks. Hard 7 stands for less too, hard 18 for more; soft 12 is
a pair of aces that may not be split."""

_H17: Final = """
hard  11    Dh  Dh  Dh  Dh  Dh  Dh  Dh  Dh  Dh  Dh
hard  15    S   S   S   S   S   H   H   H   Rh  Rh
hard  17    S   S   S   S   S   S   S   S   S   Rs
soft  18    Ds  Ds  Ds  Ds  Ds  S   S   H   H   H
soft  19    S   S   S   S   Ds  S   S   S   S   S
pair   8    P   P   P   P   P   P   P   P   P   Rp
"""

_TWO_DECKS: Final = """
hard   9    Dh  Dh  Dh  Dh  Dh  H   H   H   H   H
hard  11    Dh  Dh  Dh  Dh  Dh  Dh  Dh  Dh  Dh  Dh
hard  16    S   S   S   S   S   H   H   H   Rh  Rh
soft  12    H   H   H   Dh  Dh  H   H   H   H   H
pair   6    P   P   P   P   P   Pd  -   -   -   -
pair   7    P   P   P   P   P   P   Pd  -   -   -
"""

_TWO_DECKS_H17: Final = """
soft  14    H   H   Dh  Dh  Dh  H   H   H   H   H
"""

_TWO_DECKS_H17_DAS: Final = """
pair   8    P   P   P   P   P   P   P   P   P   P
"""

_ONE_DECK: Final = """
hard   8    H   H   H   Dh  Dh  H   H   H   H   H
hard   9    Dh  Dh  Dh  Dh  Dh  H   H   H   H   H
hard  11    Dh  Dh  Dh  Dh  Dh  Dh  Dh  Dh  Dh  Dh
hard  15    S   S   S   S   S   H   H   H   H   H
hard  16    S   S   S   S   S   H   H   H   Rh  Rh
soft  12    H   H   H   Dh  Dh  H   H   H   H   H
soft  13    H   H   Dh  Dh  Dh  H   H   H   H   H
soft  14    H   H   Dh  Dh  Dh  H   H   H   H   H
soft  17    Dh  Dh  Dh  Dh  Dh  H   H   H   H   H
soft  18    S   Ds  Ds  Ds  Ds  S   S   H   H   S
soft  19    S   S   S   S   Ds  S   S   S   S   S
pair   2    Pd  P   P   P   P   P   -   -   -   -
pair   3    Pd  Pd  P   P   P   P   Pd  -   -   -
pair   4    -   -   Pd  Pd  Pd  -   -   -   -   -
pair   6    P   P   P   P   P   Pd  -   -   -   -
pair   7    P   P   P   P   P   P   Pd  -   Rs  -
pair   8    P   P   P   P   P   P   P   P   P   P
"""

_ONE_DECK_H17: Final = """
hard  15    S   S   S   S   S   H   H   H   H   Rh
soft  18    S   Ds  Ds  Ds  Ds  S   S   H   H   H
pair   7    P   P   P   P   P   P   Pd  -   Rs  Rh
pair   9    P   P   P   P   P   -   P   P   -   Pd
"""

_NO_HOLE_CARD: Final = """
hard  11    Dh  Dh  Dh  Dh  Dh  Dh  Dh  Dh  H   H
pair   8    P   P   P   P   P   P   P   P   -   -
pair   9    P   P   P   P   P   -   P   P   -   -
pair   A    P   P   P   P   P   P   P   P   P   -
"""
"""What is doubled or split is lost whole to the dealer's blackjack, so less of it is done against a 10 and an ace."""

_NO_HOLE_CARD_ONE_DECK_S17: Final = """
pair   8    P   P   P   P   P   P   P   P   -   H
"""

_NO_HOLE_CARD_HIT_SPLIT_ACES: Final = """
pair   A    P   P   P   P   P   P   P   P   P   P
"""

_EARLY: Final = """
            10  A
hard   5    -   R
hard   6    -   R
hard   7    -   R
hard  12    -   R
hard  13    -   R
hard  14    R   R
hard  15    R   R
hard  16    R   R
hard  17    -   R
"""
"""What is surrendered before the dealer looks for a blackjack, pairs with their totals; nothing else is."""

_EARLY_H17: Final = """
hard   4    -   R
"""

_EARLY_TWO_DECKS_H17: Final = """
hard   8    -   R
pair   4    -   -
"""

_EARLY_ONE_DECK: Final = """
hard   4    -   R
hard  14    -   R
pair   7    R   R
"""

_EARLY_ONE_DECK_H17: Final = """
hard   8    -   R
"""

_EARLY_ONE_DECK_DAS: Final = """
pair   8    -   R
"""

_Layers = tuple[tuple[Callable[[Rules], bool], str], ...]


def published_decks(rules: Rules) -> int:
    """The number of decks whose published chart is played: 1, 2, or 4 for more.

    Nothing is published for three decks. Computed, they differ from four in one cell only, 16 against 9, where to hit
    is better than to surrender by 0.015 % of the bet, and from two in four cells or more.
    """
    return rules.decks if rules.decks < 3 else 4


def _h17(rules: Rules) -> bool:
    return rules.dealer_hits_soft_17


def _das(rules: Rules) -> bool:
    return rules.double_after_split


def _enhc(rules: Rules) -> bool:
    return rules.hole_card == "enhc"  # with original bets only, a dealer's blackjack costs what it costs after a peek


_LAYERS: Final[_Layers] = (
    (lambda rules: True, _CHART),
    (_h17, _H17),
    (lambda rules: rules.decks == 2, _TWO_DECKS),
    (lambda rules: rules.decks == 2 and _h17(rules), _TWO_DECKS_H17),
    (lambda rules: rules.decks == 2 and _h17(rules) and _das(rules), _TWO_DECKS_H17_DAS),
    (lambda rules: rules.decks == 1, _ONE_DECK),
    (lambda rules: rules.decks == 1 and _h17(rules), _ONE_DECK_H17),
    (_enhc, _NO_HOLE_CARD),
    (lambda rules: _enhc(rules) and rules.decks == 1 and not _h17(rules), _NO_HOLE_CARD_ONE_DECK_S17),
    (lambda rules: _enhc(rules) and rules.hit_split_aces, _NO_HOLE_CARD_HIT_SPLIT_ACES),
)
"""Which texts apply to a game; the rows of a later one replace those of an earlier."""

_EARLY_LAYERS: Final[_Layers] = (
    (lambda rules: True, _EARLY),
    (_h17, _EARLY_H17),
    (lambda rules: rules.decks == 2 and _h17(rules), _EARLY_TWO_DECKS_H17),
    (lambda rules: rules.decks == 1, _EARLY_ONE_DECK),
    (lambda rules: rules.decks == 1 and _h17(rules), _EARLY_ONE_DECK_H17),
    (lambda rules: rules.decks == 1 and _das(rules) and not _enhc(rules), _EARLY_ONE_DECK_DAS),
)


def cells(rules: Rules) -> Cells:
    """The chart of a game: every hard total from 4 to 21, soft total from 12 to 21, and pair from aces (1) to tens."""
    rows = _read(_applying(_LAYERS, rules))
    for value in (4, 5, 6):
        rows["hard", value] = rows["hard", 7]
    for value in (19, 20, 21):
        rows["hard", value] = rows["hard", 18]
    return rows | {("soft", 21): rows["soft", 20]}


def early_surrenders(rules: Rules) -> frozenset[tuple[str, int, int]]:
    """What is surrendered before the peek: kind of hand, its total or card, and the up card, 10 or 1 for an ace."""
    rows = _read(_applying(_EARLY_LAYERS, rules))
    for value in range(1, 11):
        as_total = ("hard", 2 * value) if value > 1 else ("soft", 12)
        if as_total in rows:
            rows.setdefault(("pair", value), rows[as_total])
    return frozenset(
        (kind, value, up)
        for (kind, value), codes in rows.items()
        for up, code in zip((10, 1), codes, strict=True)
        if code == "R"
    )


def _applying(layers: _Layers, rules: Rules) -> Iterable[str]:
    return (text for applies, text in layers if applies(rules))


def _read(texts: Iterable[str]) -> Cells:
    lines = (line.split() for text in texts for line in text.splitlines() if line.startswith(("hard", "soft", "pair")))
    return {(kind, 1 if label == "A" else int(label)): tuple(codes) for kind, label, *codes in lines}
