"""`python -m cardsharp strategy "6D H17 DAS LS"`: the chart of basic strategy under the rules of a placard."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.strategy_chart import EARLY_UP_CARDS, UP_CARDS, Chart, Row, chart

_COLOURS: Final = {"H": "32", "S": "31", "D": "34", "P": "33", "R": "35"}
"""The terminal's colour of a code by its first letter. It only repeats what the letter says."""


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Adds the command `strategy`."""
    parser = commands.add_parser("strategy", help="show basic strategy under a placard's rules", description=__doc__)
    parser.add_argument(
        "placard", nargs="?", default="", help='the rules, such as "2D H17 NDAS LS"; the classic table if none is given'
    )
    parser.add_argument("--json", action="store_true", help="print the chart as one line of JSON")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    shown = chart(Rules.parse(options.placard))
    if options.json:
        sys.stdout.write(msgspec.json.encode(shown).decode() + "\n")
    else:
        coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        sys.stdout.write("\n".join(_lines(shown, coloured)) + "\n")
    return 0


def _lines(shown: Chart, coloured: bool) -> Iterator[str]:
    yield f"Basic strategy for {shown.rules}"
    if shown.early:
        yield from _block("Early surrender, before the peek", EARLY_UP_CARDS, shown.early, coloured)
    yield from _block("Hard totals", UP_CARDS, shown.hard, coloured)
    yield from _block("Soft totals", UP_CARDS, shown.soft, coloured)
    if shown.pairs:
        yield from _block("Pairs", UP_CARDS, shown.pairs, coloured)
    yield ""
    for code, words in shown.legend.items():
        yield f"{_paint(code, 3, coloured)} {words}"
    if shown.offers:
        yield shown.offers
    yield f"Total-dependent. {shown.source}: {shown.source_url}"


def _block(title: str, up_cards: Sequence[str], rows: Sequence[Row], coloured: bool) -> Iterator[str]:
    yield ""
    yield title
    yield " " * 7 + " ".join(f"{up_card:3}" for up_card in up_cards).rstrip()
    for row in rows:
        yield f"{row.hand:>5}  " + " ".join(_paint(code, 3, coloured) for code in row.codes).rstrip()


def _paint(code: str, width: int, coloured: bool) -> str:
    colour = _COLOURS.get(code[0]) if coloured else None
    return f"\x1b[{colour}m{code:{width}}\x1b[0m" if colour else f"{code:{width}}"
