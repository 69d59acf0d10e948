"""`python -m benchmarks.rounds`: how many rounds a second one process plays heads-up, and where the time goes."""

from __future__ import annotations

import argparse
import cProfile
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType

from cardsharp.blackjack.rules import Rules
from cardsharp.simulation import CHUNK_ROUNDS, Tally, play_chunk, table_rules


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures without a profiler, then says by profile what the costliest functions are."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rounds", description=__doc__)
    parser.add_argument("placard", nargs="?", default="6D H17 DAS")
    parser.add_argument(
        "--chunks", type=int, default=10, metavar="N", help=f"of {CHUNK_ROUNDS:,} rounds; the best counts"
    )
    parser.add_argument("--rounds", type=int, default=CHUNK_ROUNDS, metavar="N", help="rounds of a chunk")
    parser.add_argument("--lines", type=int, default=20, metavar="N", help="how many functions to list")
    options = parser.parse_args(arguments)
    rules = table_rules(Rules.parse(options.placard))
    play_chunk((rules, 0, 0, options.rounds))  # a first run fills the caches
    for line in (*measured(rules, options.chunks, options.rounds), "", *profiled(rules, options.rounds, options.lines)):
        sys.stdout.write(f"{line}\n")
    return 0


def measured(rules: Rules, chunks: int, rounds: int) -> Iterator[str]:
    """Rounds a second, and what a round, a decision on a command and an event cost."""
    seconds: list[float] = []
    tally = Tally(bet_cents=rules.min_bet_cents)
    for number in range(chunks):
        began = time.perf_counter()
        part = play_chunk((rules, 1, number, rounds))
        seconds.append(time.perf_counter() - began)
        tally.add(part)
    best, mean = min(seconds), sum(seconds) / chunks
    microseconds = 1e6 * mean * chunks
    yield str(rules)
    yield f"rounds a second   {rounds / mean:10,.0f}   the best of {chunks} chunks: {rounds / best:,.0f}"
    yield f"a round costs     {microseconds / tally.rounds:10.2f} µs"
    yield f"a decision costs  {microseconds / tally.commands:10.2f} µs   {tally.commands / tally.rounds:.2f} a round"
    yield f"an event costs    {microseconds / tally.events:10.2f} µs   {tally.events / tally.rounds:.2f} a round"


def profiled(rules: Rules, rounds: int, lines: int) -> Iterator[str]:
    """The functions by the time spent in themselves. A profiler makes calls dearer than they are."""
    profile = cProfile.Profile()
    profile.runcall(play_chunk, (rules, 2, 0, rounds))
    entries = sorted(profile.getstats(), key=lambda entry: -entry.inlinetime)
    total = sum(entry.inlinetime for entry in entries)
    yield f"   in itself  with calls  calls a round   function, of {rounds:,} rounds under cProfile"
    for entry in entries[:lines]:
        code = entry.code
        yield (
            f"{100 * entry.inlinetime / total:10.1f} %{100 * entry.totaltime / total:10.1f} %"
            f"{entry.callcount / rounds:15.2f}   {code if isinstance(code, str) else _named(code)}"
        )


def _named(code: CodeType) -> str:
    return f"{Path(code.co_filename).stem}.{code.co_qualname}"


if __name__ == "__main__":
    sys.exit(main())
