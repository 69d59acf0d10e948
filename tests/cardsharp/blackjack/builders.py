"""Tables for tests: one that is played by short calls, keeps its log, and holds the heart to its contract all along."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any

from cardsharp.blackjack import commands as c
from cardsharp.blackjack import events as e
from cardsharp.blackjack.decide import step
from cardsharp.blackjack.evolve import evolve
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.table import Seat, Table
from cardsharp.cards import parse_cards
from cardsharp.errors import GameError
from cardsharp.shoe import ShoeSource, StackedShoes

NOON = 1_766_404_800.0
"""When every test's table opens, in UNIX seconds."""


PlayersCommand = c.JoinTable | c.LeaveTable | c.AddChips | c.PlaceBet | c.Act | c.SitOut | c.SitIn | c.SetClientSeed


class Play:
    """A table under play. `now` moves only when a test moves it."""

    def __init__(self, rules: Rules | None = None, cards: str = "", shoes: ShoeSource | None = None) -> None:
        self.shoes = shoes or StackedShoes(parse_cards(cards))
        self.table = Table()
        self.log: list[e.Event] = []
        self.now = NOON
        self.do(c.OpenTable(at=self.now, table_id="t1", name="Golden", rules=rules or Rules()))

    def do(self, command: c.Command) -> tuple[e.Event, ...]:
        """The events of the command. Raises GameError when it is refused, after a look whether nothing has changed."""
        before = self.table
        try:
            events, after = step(before, command, self.shoes)
        except GameError:
            assert self.table is before
            raise
        assert reduce(evolve, events, before) == after
        assert after.seq == before.seq + len(events)
        self.table = after
        self.log += events
        return events

    def ask(self, kind: type[PlayersCommand], player: str, **fields: Any) -> tuple[e.Event, ...]:
        """What a player's command causes. A player is named; the id is the name in small letters."""
        return self.do(kind(at=self.now, player_id=player.lower(), player_name=player, **fields))

    def join(self, player: str, buy_in_cents: int | None = None, seat: int | None = None) -> tuple[e.Event, ...]:
        return self.ask(c.JoinTable, player, buy_in_cents=buy_in_cents, seat=seat)

    def bet(self, player: str, cents: int = 10_00) -> tuple[e.Event, ...]:
        return self.ask(c.PlaceBet, player, amount_cents=cents)

    def act(self, player: str, *moves: str) -> tuple[e.Event, ...]:
        return tuple(event for move in moves for event in self.ask(c.Act, player, move=move))

    def call_time(self) -> tuple[e.Event, ...]:
        """Lets time pass up to what is due next, and does it."""
        assert self.table.next_deadline is not None
        self.now = max(self.now, self.table.next_deadline)
        return self.do(c.CallTime(at=self.now))

    def seat_of(self, player: str) -> Seat:
        (seat,) = self.table.seats_of(player.lower())
        return seat


def dealt(cards: str, *players: str, rules: Rules | None = None, bet_cents: int = 10_00) -> Play:
    """A table at which these players have joined, bet the same, and been dealt the cards."""
    play = Play(rules, cards)
    for player in players:
        play.join(player)
    for player in players:
        play.bet(player, bet_cents)
    return play


def types_of(events: Iterable[e.Event]) -> list[str]:
    return [event.event_type for event in events]
