"""What the bots count and time, in seconds, and the summary of it, in milliseconds."""

from __future__ import annotations

import time
from array import array
from collections import Counter
from collections.abc import Sequence

import msgspec


class Percentiles(msgspec.Struct, frozen=True):
    """Of some durations, in milliseconds; nan without any."""

    count: int
    p50: float
    p99: float
    p999: float
    most: float


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A run, or a part of one."""

    seconds: float
    actions: int
    actions_per_second: float
    messages: int
    messages_per_second: float
    frames: int
    frames_per_second: float
    rounds: int
    acknowledged: Percentiles
    """From sending an action to its acknowledgement."""
    told: Percentiles
    """From sending an action to the moment when the last bot at the table has its last event."""
    refusals: dict[str, int]
    closes: dict[str, int]
    reconnects: int
    repeats: int
    differences: tuple[str, ...]
    """Where two bots did not see the same, at most ten; must be empty."""
    cpu_share: float
    """How much of one core the bots took: near 1, they are what was measured."""


class Figures:
    """Counts that only grow. `lap` gives what came since the last lap."""

    def __init__(self) -> None:
        self.acknowledged = array("d")
        self.told = array("d")
        self.actions = self.messages = self.frames = self.rounds = 0
        self.reconnects = self.repeats = 0
        self.refusals: Counter[str] = Counter()
        self.closes: Counter[str] = Counter()
        self.differences: list[str] = []
        self._begun = self._mark()
        self._lap = self._begun

    def differ(self, what: str) -> None:
        """Two who should have seen the same have not."""
        if len(self.differences) < 10:
            self.differences.append(what)

    def begin(self) -> None:
        """What came before, such as the sitting down, is not part of the run."""
        self._begun = self._lap = self._mark()

    def lap(self) -> Summary:
        """Since the last lap."""
        since, self._lap = self._lap, self._mark()
        return self._summary(since, self._lap)

    def summary(self) -> Summary:
        """Since the beginning."""
        return self._summary(self._begun, self._mark())

    def _mark(self) -> dict[str, float]:
        counts = {name: getattr(self, name) for name in ("actions", "messages", "frames", "rounds")}
        places = {"acknowledged": len(self.acknowledged), "told": len(self.told)}
        return {**counts, **places, "at": time.perf_counter(), "cpu": time.process_time()}

    def _summary(self, since: dict[str, float], until: dict[str, float]) -> Summary:
        seconds = until["at"] - since["at"]
        done = {name: int(until[name] - since[name]) for name in ("actions", "messages", "frames", "rounds")}
        return Summary(
            seconds=round(seconds, 3),
            actions=done["actions"],
            actions_per_second=round(done["actions"] / seconds, 1),
            messages=done["messages"],
            messages_per_second=round(done["messages"] / seconds, 1),
            frames=done["frames"],
            frames_per_second=round(done["frames"] / seconds, 1),
            rounds=done["rounds"],
            acknowledged=percentiles(self.acknowledged[int(since["acknowledged"]) : int(until["acknowledged"])]),
            told=percentiles(self.told[int(since["told"]) : int(until["told"])]),
            refusals=dict(self.refusals),
            closes=dict(self.closes),
            reconnects=self.reconnects,
            repeats=self.repeats,
            differences=tuple(self.differences),
            cpu_share=round((until["cpu"] - since["cpu"]) / seconds, 3),
        )


def percentiles(seconds: Sequence[float]) -> Percentiles:
    """The nearest ranks.

    >>> percentiles([0.001 * number for number in range(1, 1001)])
    Percentiles(count=1000, p50=500.0, p99=990.0, p999=999.0, most=1000.0)
    """
    if not seconds:
        return Percentiles(0, float("nan"), float("nan"), float("nan"), float("nan"))
    ordered = sorted(seconds)

    def rank(per_mille: int) -> float:
        place = -(-len(ordered) * per_mille // 1000)  # rounded up
        return round(ordered[max(0, place - 1)] * 1000, 3)

    return Percentiles(len(ordered), rank(500), rank(990), rank(999), round(ordered[-1] * 1000, 3))
