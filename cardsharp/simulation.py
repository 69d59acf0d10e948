"""What basic strategy wins and loses heads-up, counted over rounds of the very game that is served.

Nothing here knows a rule: every card, move and chip comes from `decide`, and the moves from `strategy`. Sums are whole
numbers, so the figures of a run are the same in whatever order and on however many processes its parts are played.
"""

from __future__ import annotations

import hashlib
import math
import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar

import msgspec

from cardsharp.blackjack import commands as c
from cardsharp.blackjack import events as e
from cardsharp.blackjack.decide import Decision, step
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.strategy import advise
from cardsharp.blackjack.table import Table
from cardsharp.shoe import SecretShoes, ShoeSource

CHUNK_ROUNDS: Final = 5_000
"""A run is cut into chunks of so many rounds, each at a table of its own with a secret of its own."""
BETS_A_ROUND: Final = 9
"""No round can lose more bets than that: four doubled hands and half a bet on insurance."""
_Part = TypeVar("_Part")
_Result = TypeVar("_Result")

_ME: Final[dict[str, Any]] = {"at": 0.0, "player_id": "basic", "player_name": "Basic strategy"}
ACTS: Final = {move: c.Act(**_ME, move=move) for move in c.MOVES}
"""The command of the one player for each move."""


class Tally(msgspec.Struct, kw_only=True):
    """The counts of some rounds, all with the same bet. Amounts are hundredths of a chip, percents of the first bet.

    The standard error takes rounds for independent; those of one shoe are so very nearly.
    """

    bet_cents: int
    nets: Counter[int] = msgspec.field(default_factory=Counter)
    """Rounds by what the player had won at their end."""
    results: Counter[str] = msgspec.field(default_factory=Counter)
    """Hands by their result."""
    wagered_cents: int = 0
    commands: int = 0
    events: int = 0

    @property
    def rounds(self) -> int:
        return self.nets.total()

    @property
    def hands(self) -> int:
        return self.results.total()

    @property
    def net_cents(self) -> int:
        """What the player has won in all the rounds."""
        return sum(net * rounds for net, rounds in self.nets.items())

    @property
    def house_edge_percent(self) -> float:
        """What the house keeps of the first bet, on average. Raises ZeroDivisionError without a round."""
        return -100 * self.net_cents / (self.rounds * self.bet_cents)

    @property
    def standard_deviation(self) -> float:
        """Of a round's net, in first bets. Raises ZeroDivisionError with fewer than two rounds."""
        n = self.rounds
        squares = sum(net * net * rounds for net, rounds in self.nets.items())
        return math.sqrt((n * squares - self.net_cents**2) / (n * (n - 1))) / self.bet_cents

    @property
    def standard_error_percent(self) -> float:
        """Of the house edge. Raises ZeroDivisionError with fewer than two rounds."""
        return 100 * self.standard_deviation / math.sqrt(self.rounds)

    def add(self, other: Tally) -> None:
        """Takes in the counts of other rounds with the same bet."""
        assert self.bet_cents == other.bet_cents
        self.nets.update(other.nets)
        self.results.update(other.results)
        self.wagered_cents += other.wagered_cents
        self.commands += other.commands
        self.events += other.events

    def count(self, decision: Decision) -> None:
        """Takes in what one command did."""
        self.commands += 1
        self.events += len(decision.events)

    def count_results(self, events: Iterable[e.Event]) -> None:
        """Takes in the events with which a round has ended."""
        for event in events:
            if type(event) is e.HandResult:
                self.results[event.result] += 1
            elif type(event) is e.RoundEnded:
                (seat,) = event.results
                self.nets[seat.net] += 1
                self.wagered_cents += seat.bet


def table_rules(rules: Rules) -> Rules:
    """The rules for one player without clock or pause, whose only bet lets no payout fall below a hundredth.

    Raises InvalidRules where the rules cannot be played.
    """
    bet = 200 * rules.blackjack_pays[1]  # whole chips in halves, and in the parts of the blackjack's ratio
    stack = bet * BETS_A_ROUND * CHUNK_ROUNDS
    return msgspec.structs.replace(
        rules,
        seat_count=1,
        seats_per_player=1,
        min_bet_cents=bet,
        max_bet_cents=bet,
        bet_step_cents=bet,
        min_buy_in_cents=stack,
        max_buy_in_cents=stack,
        default_buy_in_cents=stack,
        bet_seconds=None,
        insurance_seconds=None,
        act_seconds=None,
        away_seconds=None,
        pause_seconds=0,
    ).checked()


def seated(rules: Rules, shoes: ShoeSource) -> Table:
    """A new table with the rules of `table_rules`, and its one player on seat 1."""
    table = step(Table(), c.OpenTable(at=0.0, table_id="simulation", name="Simulation", rules=rules), shoes).table
    return step(table, c.JoinTable(**_ME), shoes).table


def bet_of(rules: Rules) -> c.PlaceBet:
    """The only bet that the rules of `table_rules` allow."""
    return c.PlaceBet(**_ME, amount_cents=rules.min_bet_cents)


def simulate(rules: Rules, *, rounds: int, seed: int, processes: int = 1) -> Iterator[Tally]:
    """The growing tally, after each chunk of the rounds; at the end it depends on rules, rounds and seed alone.

    Raises InvalidRules where the rules cannot be played.
    """
    rules = table_rules(rules)
    tally = Tally(bet_cents=rules.min_bet_cents)
    parts = ((rules, seed, number, size) for number, size in enumerate(chunk_sizes(rounds)))
    for part in over_processes(play_chunk, parts, processes):
        tally.add(part)
        yield tally


def chunk_sizes(rounds: int) -> Iterator[int]:
    """The rounds of each chunk: all alike, but the last one takes what is left."""
    for first in range(0, rounds, CHUNK_ROUNDS):
        yield min(CHUNK_ROUNDS, rounds - first)


def over_processes(work: Callable[[_Part], _Result], parts: Iterable[_Part], processes: int) -> Iterator[_Result]:
    """What the work makes of each part, in any order where several processes do it."""
    if processes == 1:
        yield from map(work, parts)
        return
    with multiprocessing.get_context("spawn").Pool(processes, _leave_interrupts_to_the_parent) as pool:
        yield from pool.imap_unordered(work, parts)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def play_chunk(chunk: tuple[Rules, int, int, int]) -> Tally:
    """The tally of one chunk: the rules of `table_rules`, the run's seed, the chunk's number and its rounds."""
    rules, seed, number, rounds = chunk
    return play_rounds(rules, SecretShoes(hashlib.sha256(f"{rules} {seed} {number}".encode()).digest()), rounds)


def play_rounds(rules: Rules, shoes: ShoeSource, rounds: int) -> Tally:
    """The tally of some rounds at a new table with the rules of `table_rules`."""
    tally = Tally(bet_cents=rules.min_bet_cents)
    table = seated(rules, shoes)
    bet = bet_of(rules)
    for _ in range(rounds):
        decision = step(table, bet, shoes)
        tally.count(decision)
        while decision.table.stage != "betting":  # without a pause the next betting follows a round at once
            decision = step(decision.table, ACTS[advise(decision.table, 1)], shoes)
            tally.count(decision)
        tally.count_results(decision.events)
        table = decision.table
    (seat,) = table.seats
    assert seat.stack - rules.default_buy_in_cents == tally.net_cents
    return tally
