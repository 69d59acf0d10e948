"""`python -m cardsharp verify-shoe FILE`: was this shoe dealt as committed? Exit code 0 says yes, 1 no.

FILE is a shoe's file from the shoe's page, or the server's messages as a client has kept them, one a line; `-` reads
standard input. Needs no network. What holds no finished shoe gets the exit code 2.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import Any

from cardsharp.dealt_shoe import DealtShoe, check
from cardsharp.errors import InvalidShoe
from cardsharp.shoe_file import MAX_BYTES, read_shoes


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Adds the command `verify-shoe`."""
    parser = commands.add_parser("verify-shoe", help="say whether a shoe was dealt as committed", description=__doc__)
    parser.add_argument("file", metavar="FILE", help="a shoe's file, or a client's log; - for standard input")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    shoes = read_shoes(_bytes_of(options.file))
    finished = [shoe for shoe in shoes if shoe.server_seed is not None]
    # A log ends where its client stopped listening, so its last shoe may be unfinished; where all are, that is said.
    reports = [_report(shoe) for shoe in finished or shoes]
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that has no suits
    sys.stdout.write("".join(text for text, _ in reports))
    return 0 if all(well for _, well in reports) else 1


def _bytes_of(name: str) -> bytes:
    try:
        if name == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with U+0000 in it
        reason = error.strerror if isinstance(error, OSError) else "no file can be named so"
        raise InvalidShoe(f"{name!a} cannot be read: {reason}") from error


def _report(shoe: DealtShoe) -> tuple[str, bool]:
    verdict = check(shoe)
    name = _printable(" ".join(filter(None, (shoe.shoe_id, shoe.table_name, shoe.table_id and f"({shoe.table_id})"))))
    if verdict.faults:
        return "\n  ".join([f"{name}: NOT dealt as committed.", *verdict.faults]) + "\n", False
    said = f"{name}: all {verdict.cards} cards came as committed.\n"
    if shoe.promised is None:
        said += f"  What was published before its shuffle is not in this file: it must have been {shoe.commitment}.\n"
    return said, True


def _printable(text: str) -> str:
    """The text without what would command a terminal."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)
