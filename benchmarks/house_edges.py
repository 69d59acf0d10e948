"""`python -m benchmarks.house_edges`: published house edges, and beside them those of the game that is served.

Each rule set's result is kept at once in `house_edges.json`, and the tables of docs/house_edges.md are made of it.
With 5,000,000 rounds a set this takes an hour or two; `--resume` goes on where a run was interrupted.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.published import PAGE, Edge, Published, keep_result, read_published, read_results, write_part
from cardsharp.blackjack.rules import Rules
from cardsharp.simulation import simulate

RESULTS: Final = Path(__file__).with_name("house_edges.json")
ERRORS_ALLOWED: Final = 4
POINTS_ALLOWED: Final = 0.03


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulates every published rule set and writes the page; 1 if an edge does not fit what was published."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.house_edges", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="PLACARD", help="rule sets to simulate; all of them by default")
    parser.add_argument("--rounds", type=int, default=5_000_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--processes", type=int, default=1, metavar="P")
    parser.add_argument(
        "--resume", action="store_true", help="keep the results that are there with N rounds and seed S"
    )
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--page", type=Path, default=PAGE)
    options = parser.parse_args(arguments)
    published = read_published()
    run = {"rounds": options.rounds, "seed": options.seed}
    for edge in published.edges:
        if options.only and edge.rules not in options.only:
            continue
        there = read_results(options.results).get(edge.rules, {})
        if not (options.resume and run.items() <= there.items()):
            keep_result(options.results, edge.rules, run | _simulated(edge, run, options.processes))
        *_, row = table(published.edges, {edge.rules: read_results(options.results)[edge.rules]})
        sys.stdout.write(f"{row}\n")
        sys.stdout.flush()
    results = read_results(options.results)
    write_part(options.page, "edges", page_lines(published, results))
    return 0 if all(is_within(edge, results[edge.rules]) for edge in published.edges if edge.rules in results) else 1


def _simulated(edge: Edge, run: dict[str, int], processes: int) -> dict[str, float]:
    (tally,) = deque(simulate(Rules.parse(edge.rules), **run, processes=processes), maxlen=1)
    return {
        "house_edge_percent": round(tally.house_edge_percent, 5),
        "standard_error_percent": round(tally.standard_error_percent, 5),
    }


def is_within(edge: Edge, result: dict[str, Any]) -> bool:
    """Whether the simulated edge lies within four standard errors and 0.03 points of the published one."""
    allowed = ERRORS_ALLOWED * result["standard_error_percent"] + POINTS_ALLOWED
    return bool(abs(result["house_edge_percent"] - edge.percent) <= allowed)


def page_lines(published: Published, results: dict[str, Any]) -> Iterator[str]:
    """The table of the edges, what the published ones are made of, and who published them."""
    yield from table(published.edges, results)
    numbers = {name: number for number, name in enumerate(published.sources, 1)}
    yield from ("", "The published figures, and the sources they are from:", "")
    for edge in published.edges:
        parts = (f"{part.percent} ({part.what}) [{numbers[part.source]}]" for part in edge.parts)
        yield f"- `{edge.rules}`: {', '.join(parts)}"
    yield ""
    for name, source in published.sources.items():
        yield f"{numbers[name]}. {source.title}, <{source.url}>. {source.assumes}"


def table(edges: Sequence[Edge], results: dict[str, Any]) -> Iterator[str]:
    """The edges that have results, and what they come to together."""
    yield "| rules | published % | simulated % | standard error | difference | within |"
    yield "| --- | ---: | ---: | ---: | ---: | --- |"
    differences, errors = [], []
    for edge in edges:
        if edge.rules in results:
            result = results[edge.rules]
            differences.append(result["house_edge_percent"] - edge.percent)
            errors.append(result["standard_error_percent"])
            yield (
                f"| `{edge.rules}` | {edge.percent:.3f} | {result['house_edge_percent']:.3f} | {errors[-1]:.3f} "
                f"| {differences[-1]:+z.3f} | {'yes' if is_within(edge, result) else 'no'} |"
            )
    if len(errors) > 1:
        mean_error = math.hypot(*errors) / len(errors)
        yield f"| all together | | | {mean_error:.3f} | {sum(differences) / len(differences):+.3f} | |"


if __name__ == "__main__":
    sys.exit(main())
