"""One table in memory: its state, the newest part of its log, and the answers that it has accepted."""

from __future__ import annotations

from typing import Any, Final

from cardsharp.events.ports import LoggedLine
from cardsharp.game import Game, HappenedEvent, Outcome
from cardsharp.shoe import ShoeSource
from cardsharp.wire import encode_json

KEPT_ANSWERS: Final = 1_000
"""Repetitions are known among so many of a table's latest answers."""

AnswerKey = tuple[str, str, str]
"""The player, the request, and the digest of what was said."""


class MemoryTable:
    """The table. At least `kept` events of its log are there; whoever needs older ones is sent the state instead."""

    def __init__(self, game: Game, shoes: ShoeSource, kept: int) -> None:
        self.game = game
        self.shoes = shoes
        self.state: Any = game.new()
        self.log: list[HappenedEvent] = []
        self.answers: dict[AnswerKey, int] = {}
        """Each accepted answer, to the seq that the table had then."""
        self.newest: dict[str, int] = {}
        """The seq of the last event of each type."""
        self._kept = kept

    @property
    def seq(self) -> int:
        """How many events there have been."""
        return self.game.seq(self.state)

    def take(self, outcome: Outcome, answer: AnswerKey | None) -> None:
        """The outcome of a command is what the table is now."""
        self.state = outcome.state
        self.log += outcome.events
        self.newest |= {event.event_type: event.seq for event in outcome.events}
        if len(self.log) > 2 * self._kept:
            del self.log[: -self._kept]
        if answer is not None:
            self.answers[answer] = self.seq
            if len(self.answers) > KEPT_ANSWERS:
                del self.answers[next(iter(self.answers))]

    def lines(self, after: int, limit: int) -> list[LoggedLine]:
        """Kept events after a seq, oldest first."""
        first = self.log[0].seq if self.log else 1
        start = max(0, after + 1 - first)
        return [
            LoggedLine(event.seq, event.event_type, event.round_id, encode_json(event.data).decode())
            for event in self.log[start : start + limit]
        ]
