"""`python -m benchmarks.dealer_totals`: how often the dealer of the served game ends on which total, by up card.

Every round is dealt from a full deck at a new table, as the published probabilities assume. The dealer draws only for a
hand that is live, so two players stand; the few rounds in which both have a blackjack are left out.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.published import PAGE, Dealer, Published, keep_result, read_published, read_results, write_part
from cardsharp.blackjack import commands as c
from cardsharp.blackjack import events as e
from cardsharp.blackjack.decide import step
from cardsharp.blackjack.hands import VALUES, is_natural
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.table import Table
from cardsharp.shoe import SecretShoes
from cardsharp.simulation import chunk_sizes, over_processes

RESULTS: Final = Path(__file__).with_name("dealer_totals.json")
OUTCOMES: Final = ("17", "18", "19", "20", "21", "bust", "blackjack")
ERRORS_ALLOWED: Final = 4
ROUNDING: Final = 0.005
"""The published percents have two decimals."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Deals the rounds and writes the page; 1 if a frequency is not within four standard errors of the published."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dealer_totals", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1_000_000, metavar="N", help="for each of S17 and H17")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--processes", type=int, default=1, metavar="P")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--page", type=Path, default=PAGE)
    options = parser.parse_args(arguments)
    published = read_published()
    for dealer in published.dealers:
        counts = deal(dealer.rules, options.rounds, options.seed, options.processes)
        result = {"rounds": options.rounds, "seed": options.seed, "counts": counts}
        keep_result(options.results, dealer.rules, result)
    results = read_results(options.results)
    lines = list(page_lines(published, results))
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    write_part(options.page, "dealer", lines)
    farthest = max(
        errors_off(dealer, results[dealer.rules], up) for dealer in published.dealers for up in dealer.percents
    )
    return 0 if farthest <= ERRORS_ALLOWED else 1


def deal(placard: str, rounds: int, seed: int, processes: int) -> dict[str, list[int]]:
    """How many rounds ended with each of the outcomes, by up card."""
    parts = ((placard, seed, number, size) for number, size in enumerate(chunk_sizes(rounds)))
    counts: Counter[tuple[str, str]] = Counter()
    for part in over_processes(deal_chunk, parts, processes):
        counts.update(part)
    up_cards = sorted({up for up, _ in counts}, key=lambda up: 11 if up == "A" else int(up))
    return {up: [counts[up, outcome] for outcome in OUTCOMES] for up in up_cards}


def deal_chunk(part: tuple[str, int, int, int]) -> Counter[tuple[str, str]]:
    """The up cards and outcomes of some rounds, each at a new table with a secret of its own."""
    placard, seed, number, rounds = part
    rules = Rules.parse(f"{placard} NS NI SEATS2 UNTIMED")
    counts: Counter[tuple[str, str]] = Counter()
    for i in range(rounds):
        shoes = SecretShoes(hashlib.sha256(f"{placard} {seed} {number} {i}".encode()).digest())
        ended, results = _round(rules, shoes)
        if results != ["blackjack", "blackjack"]:
            value = VALUES[ended.dealer_cards[0]]
            total = "bust" if ended.dealer_value > 21 else str(ended.dealer_value)
            outcome = "blackjack" if is_natural(ended.dealer_cards) else total
            counts["A" if value == 1 else str(value), outcome] += 1
    return counts


def _round(rules: Rules, shoes: SecretShoes) -> tuple[e.RoundEnded, list[str]]:
    """The end of the first round at a new table where two players stand, and the results of their hands."""
    table = step(Table(), c.OpenTable(at=0.0, table_id="dealer", name="Dealer", rules=rules), shoes).table
    for name in ("1", "2"):
        table = step(table, c.JoinTable(at=0.0, player_id=name, player_name=name), shoes).table
    bets = [c.PlaceBet(at=0.0, player_id=name, player_name=name, amount_cents=10_00) for name in ("1", "2")]
    table = step(table, bets[0], shoes).table
    decision = step(table, bets[1], shoes)
    while (turn := decision.table.turn) is not None:
        name = str(turn.seat)
        decision = step(decision.table, c.Act(at=0.0, player_id=name, player_name=name, move="STAND"), shoes)
    ended = next(event for event in decision.events if isinstance(event, e.RoundEnded))
    return ended, [event.result for event in decision.events if isinstance(event, e.HandResult)]


def frequencies(result: dict[str, Any], up: str) -> list[float]:
    """The percents of the outcomes: of the rounds without a blackjack of the dealer's, and that of all rounds."""
    *totals, blackjacks = result["counts"][up]
    return [*(100 * count / sum(totals) for count in totals), 100 * blackjacks / (sum(totals) + blackjacks)]


def errors_off(dealer: Dealer, result: dict[str, Any], up: str) -> float:
    """By how many standard errors the frequency farthest from what was published differs, beyond its rounding."""
    *totals, blackjacks = result["counts"][up]
    rounds = [sum(totals)] * len(totals) + [sum(totals) + blackjacks]
    farthest = 0.0
    for frequency, percent, n in zip(frequencies(result, up), dealer.percents[up], rounds, strict=True):
        published = float(percent)
        error = math.sqrt(published * (100 - published) / n)
        beyond = abs(frequency - published) - ROUNDING
        if beyond > 0:
            farthest = max(farthest, beyond / error if error else math.inf)
    return farthest


def page_lines(published: Published, results: dict[str, Any]) -> Iterator[str]:
    """A table for each rule set, the published percents in brackets."""
    for dealer in published.dealers:
        result, source = results[dealer.rules], published.sources[dealer.source]
        run = f"{result['rounds']:,} rounds with seed {result['seed']}"
        yield f"`{dealer.rules}`, {run}, and in brackets [{source.title}]({source.url}):"
        yield ""
        yield f"| up card | rounds | {' | '.join(OUTCOMES)} | farthest |"
        yield f"| --- {'| ---: ' * (len(OUTCOMES) + 2)}|"
        for up, percents in dealer.percents.items():
            pairs = zip(frequencies(result, up), percents, strict=True)
            cells = " | ".join(f"{frequency:.2f} ({percent})" for frequency, percent in pairs)
            rounds = f"{sum(result['counts'][up]):,}"
            yield f"| {up} | {rounds} | {cells} | {errors_off(dealer, result, up):.1f} |"
        yield ""


if __name__ == "__main__":
    sys.exit(main())
