"""`python -m cardsharp rules "6D S17 DAS LS 3:2"`: a placard in sentences, or what is wrong with it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from cardsharp.blackjack.rules import Rules


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Adds the command `rules`."""
    parser = commands.add_parser("rules", help="say what a placard means", description=__doc__)
    parser.add_argument("placard", help='the rules in the field\'s shorthand, such as "6D H17 NDAS LS 3:2 RSA"')
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    rules = Rules.parse(options.placard)
    sys.stdout.write("\n".join((str(rules), *rules.describe())) + "\n")
    return 0
