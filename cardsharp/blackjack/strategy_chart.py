"""The chart of a game as a value for showing: what is best with each hand against each up card under its rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from cardsharp.blackjack.charts import SOURCES, published_decks
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.strategy import UP_VALUES, Moves, preferences, takes_even_money

UP_CARDS: Final = tuple("A" if value == 1 else str(value) for value in UP_VALUES)
"""The heads of the columns."""

EARLY_UP_CARDS: Final = ("10", "A")
"""The columns of the hands that are surrendered before the peek."""

WORDS: Final = {
    "H": "hit",
    "S": "stand",
    "Dh": "double; else hit",
    "Ds": "double; else stand",
    "P": "split; else play the total",
    "Rh": "surrender; else hit",
    "Rs": "surrender; else stand",
    "Rp": "surrender; else split",
    "R": "surrender before the peek",
    "-": "decline, and play on",
}
"""Every code in words. What comes after `else` is done where the first is not possible, as with three cards."""


class Row(msgspec.Struct, frozen=True):
    """One line: the hand, and the code against each up card."""

    hand: str
    codes: tuple[str, ...]


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """Basic strategy under one set of rules. `early` is empty where nothing is asked before a peek."""

    rules: str
    source: str
    source_url: str
    hard: tuple[Row, ...]
    soft: tuple[Row, ...]
    pairs: tuple[Row, ...]
    early: tuple[Row, ...]
    legend: dict[str, str]
    """The codes that occur, in words."""
    offers: str
    """What is answered to insurance and even money, in a sentence; empty where neither is offered."""


def chart(rules: Rules) -> Chart:
    """The chart of the rules. Lines at the ends that are the same as the next are one line, as in `18–20`.

    >>> chart(Rules()).hard[-2]
    Row(hand='16', codes=('S', 'S', 'S', 'S', 'S', 'H', 'H', 'Rh', 'Rh', 'Rh'))
    """
    moves = preferences(rules)
    asked_before = rules.surrender == "early" and rules.hole_card == "peek"

    def line(kind: str, value: int) -> tuple[str, ...]:
        cells = zip(moves[kind, value], UP_VALUES, strict=True)
        return tuple(_code(cell, skip_surrender=asked_before and up in (1, 10)) for cell, up in cells)

    hard = _joined([Row(str(value), line("hard", value)) for value in range(4, 21)])
    soft = _joined([Row(str(value), line("soft", value)) for value in range(12, 21)])
    pairs = [Row(_pair(value), line("pair", value)) for value in UP_VALUES] if rules.max_hands > 1 else []
    early = tuple(_early(moves, rules)) if asked_before else ()
    used = {code for row in (*hard, *soft, *pairs, *early) for code in row.codes}
    source, source_url = SOURCES[published_decks(rules)]
    return Chart(
        rules=str(rules),
        source=source,
        source_url=source_url,
        hard=hard,
        soft=soft,
        pairs=tuple(pairs),
        early=early,
        legend={code: words for code, words in WORDS.items() if code in used},
        offers=_offers(rules),
    )


def _pair(value: int) -> str:
    name = "A" if value == 1 else str(value)
    return f"{name},{name}"


def _code(moves: Moves, *, skip_surrender: bool) -> str:
    skipped = ("DECLINE_SURRENDER", "SURRENDER") if skip_surrender else ("DECLINE_SURRENDER",)
    first, *others = (move for move in moves if move not in skipped)
    if first in ("DOUBLE", "SURRENDER"):
        return first[0].replace("S", "R") + {"HIT": "h", "STAND": "s", "SPLIT": "p"}[others[0]]
    return "P" if first == "SPLIT" else first[0]


def _joined(rows: list[Row]) -> tuple[Row, ...]:
    """The rows, where those at either end that say the same have become one."""
    low = next(index for index, row in enumerate(rows) if row.codes != rows[0].codes) - 1
    high = next(index for index, row in enumerate(reversed(rows)) if row.codes != rows[-1].codes) - 1
    high = len(rows) - 1 - high
    first = Row(rows[0].hand if low == 0 else f"{rows[0].hand}–{rows[low].hand}", rows[0].codes)
    last = Row(rows[-1].hand if high == len(rows) - 1 else f"{rows[high].hand}–{rows[-1].hand}", rows[-1].codes)
    return (first, *rows[low + 1 : high], last)


def _early(moves: dict[tuple[str, int], tuple[Moves, ...]], rules: Rules) -> Iterator[Row]:
    """The hands of which some are surrendered: hard totals, and the pairs that are not played like their total."""

    def answers(kind: str, value: int) -> tuple[str, ...]:
        return tuple("R" if cell[0] == "SURRENDER" else "-" for cell in moves[kind, value][-2:])

    for value in range(4, 21):
        if "R" in answers("hard", value):
            yield Row(str(value), answers("hard", value))
    for value in range(2, 11) if rules.max_hands > 1 else ():
        if answers("pair", value) != answers("hard", 2 * value):
            yield Row(_pair(value), answers("pair", value))


def _offers(rules: Rules) -> str:
    if not rules.insurance:
        return ""
    if not rules.even_money:
        return "Insurance is always declined."
    return f"Insurance is always declined; even money is {'taken' if takes_even_money(rules) else 'declined too'}."
