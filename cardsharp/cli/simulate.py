"""`python -m cardsharp simulate "6D H17 DAS"`: plays basic strategy and says what the house keeps."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final

from cardsharp.blackjack.rules import Rules
from cardsharp.simulation import Tally, simulate

INTERRUPTED: Final = 130
"""The exit code after Ctrl-C, as shells give it."""


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Adds the command `simulate`."""
    parser = commands.add_parser("simulate", help="play basic strategy and say what the house keeps")
    parser.description = "Plays basic strategy heads-up through the game that is served. Ctrl-C shows what there is."
    parser.add_argument("placard", help='the rules in the field\'s shorthand, such as "6D H17 DAS"')
    parser.add_argument("--rounds", type=_number_from(2), default=1_000_000, metavar="N", help="1000000 by default")
    parser.add_argument("--seed", type=_number_from(0), metavar="S", help="the same one gives the same figures")
    parser.add_argument("--processes", type=_number_from(1), default=1, metavar="P", help="do not change the figures")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=_run)


def _number_from(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text} is no number from {least} on")
        return int(text)

    return number


def _run(options: argparse.Namespace) -> int:
    rules = Rules.parse(options.placard)
    seed = secrets.randbits(32) if options.seed is None else options.seed
    bar = _Bar(options.rounds)
    tally, interrupted = None, False
    run = simulate(rules, rounds=options.rounds, seed=seed, processes=options.processes)
    try:
        for tally in run:
            bar.show(tally.rounds)
    except KeyboardInterrupt:
        interrupted = True
    bar.clear()
    if tally is None:
        sys.stderr.write("Interrupted before any figures were there.\n")
    else:
        report = figures(rules, seed, tally, bar.seconds)
        sys.stdout.write(f"{json.dumps(report)}\n" if options.json else "".join(f"{line}\n" for line in told(report)))
    return INTERRUPTED if interrupted else 0


class _Bar:
    """How far the rounds are, on standard error where that is a terminal."""

    def __init__(self, rounds: int) -> None:
        self._rounds = rounds
        self._began = time.perf_counter()
        self._shown = sys.stderr.isatty()
        self.show(0)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began

    def show(self, done: int) -> None:
        if self._shown:
            left = timedelta(seconds=round(self.seconds * (self._rounds / done - 1))) if done else "?"
            bar = f"{'█' * (30 * done // self._rounds):·<30}"
            sys.stderr.write(f"\r\x1b[K{bar} {done:,} of {self._rounds:,} rounds, {left} to go")
            sys.stderr.flush()

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")


def figures(rules: Rules, seed: int, tally: Tally, seconds: float) -> dict[str, Any]:
    """Everything that the command says, as it prints it with --json. Nets are multiples of the first bet."""
    edge, error = tally.house_edge_percent, tally.standard_error_percent
    return {
        "rules": str(rules),
        "rounds": tally.rounds,
        "seed": seed,
        "seconds": round(seconds, 3),
        "rounds_per_second": round(tally.rounds / seconds),
        "house_edge_percent": edge,
        "standard_error_percent": error,
        "interval_95_percent": [edge - 1.96 * error, edge + 1.96 * error],
        "standard_deviation": tally.standard_deviation,
        "hands_per_round": tally.hands / tally.rounds,
        "final_bet_per_first_bet": tally.wagered_cents / (tally.rounds * tally.bet_cents),
        "results": dict(sorted(tally.results.items(), key=lambda row: (-row[1], row[0]))),
        "nets": [{"net": net / tally.bet_cents, "rounds": rounds} for net, rounds in sorted(tally.nets.items())],
    }


def told(report: dict[str, Any]) -> Iterator[str]:
    """The figures as lines for people."""
    low, high = report["interval_95_percent"]
    yield report["rules"]
    yield (
        f"{report['rounds']:,} rounds with seed {report['seed']} in {report['seconds']:,.1f} s: "
        f"{report['rounds_per_second']:,} rounds a second"
    )
    yield ""
    yield (
        f"house edge      {report['house_edge_percent']:8.4f} % of the first bet, standard error "
        f"{report['standard_error_percent']:.4f} (95 %: {low:.4f} to {high:.4f})"
    )
    yield f"deviation       {report['standard_deviation']:8.4f} first bets a round"
    yield f"hands           {report['hands_per_round']:8.4f} a round"
    yield f"final bet       {report['final_bet_per_first_bet']:8.4f} first bets"
    yield from _distribution("result", "hands", report["results"])
    yield from _distribution("net", "rounds", {f"{row['net']:+g}": row["rounds"] for row in report["nets"]})


def _distribution(kind: str, what: str, counts: dict[str, int]) -> Iterator[str]:
    yield ""
    yield f"{kind:<12} {what:>14}        %"
    for name, count in counts.items():
        yield f"{name:<12} {count:14,} {100 * count / sum(counts.values()):8.3f}"
