"""The commands of `python -m cardsharp`: one module a command, and this list of them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from cardsharp.cli import play, rules, simulate, strategy, verify_shoe
from cardsharp.errors import CardSharpError

COMMANDS = (play, rules, simulate, strategy, verify_shoe)
"""Each has `add_command(commands)`, which adds its parser and sets `run`: what takes the arguments and gives the exit
code."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command that the arguments name, `sys.argv` if None, and gives its exit code.

    What the library refuses is one line on standard error and the code 2, as for arguments that argparse refuses.
    """
    parser = argparse.ArgumentParser(prog="python -m cardsharp", description="Blackjack: rules and what follows.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_command(commands)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except CardSharpError as error:
        sys.stderr.write(f"{parser.prog}: {error}\n")
        return 2
