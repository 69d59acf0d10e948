"""`python -m cardsharp play "6D H17"`: blackjack in the terminal, against the dealer alone."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Any, Final

import msgspec

from cardsharp.adapters import TerminalAdapter
from cardsharp.blackjack.rules import Rules
from cardsharp.engine import BlackjackEngine

_NO_HURRY: Final = {"bet_seconds": None, "insurance_seconds": None, "act_seconds": None, "pause_seconds": 0}


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Adds the command `play`."""
    parser = commands.add_parser("play", help="play in the terminal", description=__doc__)
    parser.add_argument(
        "placard", nargs="?", default="", help='the rules, such as "2D H17 NDAS LS"; classic if left out'
    )
    parser.add_argument("--rounds", type=int, help="ends after so many rounds; q leaves at any time")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    rules = msgspec.structs.replace(Rules.parse(options.placard), **_NO_HURRY)
    try:
        asyncio.run(_play(rules, options.rounds))
    except KeyboardInterrupt:
        sys.stdout.write("\n")
    return 0


async def _play(rules: Rules, rounds: int | None) -> None:
    def say(line: str) -> None:
        sys.stdout.write(f"{line}{' ' if line.endswith(':') else chr(10)}")
        sys.stdout.flush()

    async with BlackjackEngine(TerminalAdapter(say=say), rules) as engine:
        played = await engine.play(rounds)
        net = sum(played.net.values())
    say(f"\nRounds: {played.rounds}. Net: {net:+}.")
