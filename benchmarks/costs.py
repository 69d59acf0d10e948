"""`python -m benchmarks.costs`: what the heart's three costliest things cost, beside how they were done before.

Each pair is timed in turns in one run, and the best of each counts, so that the ratio holds on any machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from timeit import repeat
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from cardsharp.blackjack import commands as c
from cardsharp.blackjack import events as e
from cardsharp.blackjack.decide import step
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.strategy import advise, choose
from cardsharp.blackjack.table import Table
from cardsharp.cards import Card, parse_cards
from cardsharp.shoe import StackedShoes

CALLS: Final = 20_000
TURNS: Final = 7
CARDS: Final = parse_cards("9♠ 6♦ 2♥ 10♣")


class Pair(NamedTuple):
    """Two ways to the same, the one that was left and the one that is taken."""

    what: str
    before: Callable[[], object]
    now: Callable[[], object]


def main() -> int:
    """Times every pair and prints a table of them."""
    sys.stdout.write(f"{'µs before':>10} {'µs now':>10} {'ratio':>7}   what\n")
    for pair in pairs():
        assert pair.before() == pair.now()
        before, now = (min(times) for times in zip(*in_turns(pair), strict=True))
        sys.stdout.write(f"{before:10.3f} {now:10.3f} {before / now:6.1f}x   {pair.what}\n")
    return 0


def in_turns(pair: Pair) -> Iterator[tuple[float, float]]:
    """Microseconds a call of both ways, one after the other."""
    for _ in range(TURNS):
        before, now = (repeat(way, number=CALLS, repeat=1)[0] / CALLS * 1e6 for way in (pair.before, pair.now))
        yield before, now


def pairs() -> Iterator[Pair]:
    """A hand in play, and what is done to it."""
    shoes = StackedShoes(CARDS)
    me: dict[str, Any] = {"at": 0.0, "player_id": "p", "player_name": "P"}
    table = step(Table(), c.OpenTable(at=0.0, table_id="t", name="T", rules=Rules()), shoes).table
    table = step(table, c.JoinTable(**me), shoes).table
    table = step(table, c.PlaceBet(**me, amount_cents=10_00), shoes).table
    (seat,) = table.seats
    hand, up_card, turn = seat.hands[0], table.dealer[0], table.turn
    assert up_card is not None
    assert turn is not None
    who = {"timestamp": 0.0, "player_id": "p", "player_name": "P", "seat": 1}

    yield Pair(
        "the move of basic strategy: from the texts of a client, or from the table",
        lambda: choose(hand.cards, up_card, turn.valid_actions, table.rules),
        lambda: advise(table, 1),
    )
    yield Pair(
        "the fields of a CARD_DEALT: merged from those of every event of a seat, or named",
        lambda: e.CardDealt(**who, hand_id="h1", card=Card("2♥"), value=17, is_soft=False),  # type: ignore[arg-type]
        lambda: e.CardDealt(
            timestamp=0.0,
            player_id="p",
            player_name="P",
            seat=1,
            hand_id="h1",
            card=Card("2♥"),
            value=17,
            is_soft=False,
        ),
    )
    yield Pair(
        "the seats with one of them changed: out of a generator, or out of a list",
        lambda: tuple(replace(one, bet=5) if one.number == 1 else one for one in table.seats),
        lambda: tuple([replace(one, bet=5) if one.number == 1 else one for one in table.seats]),
    )


if __name__ == "__main__":
    sys.exit(main())
