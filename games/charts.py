"""Charts as the numbers that an SVG needs; a template draws them, and the style sheet gives them their colours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec

from cardsharp.chips import format_chips
from games.statistics import Point, Stretch, Sums

WIDTH: Final = 720
HEIGHT: Final = 220
LEFT: Final = 112
RIGHT: Final = 10
TOP: Final = 12
BOTTOM: Final = 28
_TICKS: Final = 4


class Tick(msgspec.Struct, frozen=True):
    """A line across the chart and what it stands for."""

    y: float
    label: str


class Bar(msgspec.Struct, frozen=True):
    """A bar; `kind` says what it counts, `said` what is told of it where a pointer rests on it."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    said: str


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """One chart. `said` is what it comes to, in a sentence."""

    name: str
    title: str
    said: str
    ticks: Sequence[Tick]
    first: str
    last: str
    path: str = ""
    bars: Sequence[Bar] = ()
    legend: Sequence[tuple[str, str]] = ()


class Scale:
    """The way from values to places on the paper, with round numbers at its lines."""

    def __init__(self, low: float, high: float) -> None:
        step = _step((high - low) / _TICKS or 1)
        self.low = step * (low // step)
        self.high = self.low + step * max(1, -(-(high - self.low) // step))
        self._step = step

    def y(self, value: float) -> float:
        """How far down the value stands."""
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (self.high - value) / (self.high - self.low), 1)

    def ticks(self, label: Callable[[float], str]) -> list[Tick]:
        """A line at every round number."""
        count = round((self.high - self.low) / self._step)
        values = [self.low + self._step * place for place in range(count + 1)]
        return [Tick(self.y(value), label(value)) for value in values]


def bankroll_chart(points: Sequence[Point]) -> Chart:
    """The bankroll, round by round."""
    first, last = points[0], points[-1]
    low, high = min(point.cents for point in points), max(point.cents for point in points)
    scale = Scale(low, high)
    span = max(1, last.nth - first.nth)
    places = [f"{_x((point.nth - first.nth) / span):.1f} {scale.y(point.cents):.1f}" for point in points]
    return Chart(
        name="bankroll",
        title="Bankroll",
        said=f"From {format_chips(first.cents)} chips to {format_chips(last.cents)}; "
        f"between {format_chips(low)} and {format_chips(high)} where it was looked at.",
        ticks=scale.ticks(_chips),
        first=_round_on(first.nth, first),
        last=_round_on(last.nth, last),
        path="M" + "L".join(places),
    )


def results_chart(stretches: Sequence[Stretch], sums: Sums) -> Chart:
    """Won, even and lost rounds of each part, as shares of it."""
    scale = Scale(0, 100)

    def bars() -> Iterator[Bar]:
        for x, width, stretch in _columns(stretches):
            base = 0.0
            own = stretch.sums
            for kind, rounds in (("won", own.won), ("even", own.even), ("lost", own.lost)):
                share = 100 * rounds / own.rounds
                top, bottom = scale.y(base + share), scale.y(base)
                yield Bar(x, top, width, bottom - top, kind, f"{_span(stretch)}: {rounds} {kind}")
                base += share

    return Chart(
        name="results",
        title="Results",
        said=f"{sums.won:,} rounds won, {sums.even:,} even and {sums.lost:,} lost.",
        ticks=scale.ticks(lambda value: f"{value:.0f} %"),
        bars=list(bars()),
        legend=(("won", "Won"), ("even", "Even"), ("lost", "Lost")),
        first=_first(stretches),
        last=_last(stretches),
    )


def bets_chart(stretches: Sequence[Stretch], sums: Sums) -> Chart:
    """What a round was wagered on in each part."""
    scale = Scale(0, max(stretch.sums.bet_cents for stretch in stretches))
    bars = [
        _bar(x, width, scale, stretch.sums.bet_cents, f"{_span(stretch)}: {format_chips(stretch.sums.bet_cents)}")
        for x, width, stretch in _columns(stretches)
    ]
    return Chart(
        name="bets",
        title="Bets",
        said=f"{format_chips(sums.bet_cents)} chips a round on average, doubled and split bets included.",
        ticks=scale.ticks(_chips),
        bars=bars,
        first=_first(stretches),
        last=_last(stretches),
    )


def accuracy_chart(stretches: Sequence[Stretch], sums: Sums) -> Chart:
    """How many of the decisions were basic strategy's in each part."""
    scale = Scale(0, 100)
    bars = [
        _bar(x, width, scale, stretch.sums.accuracy, f"{_span(stretch)}: {stretch.sums.accuracy:.1f} %")
        for x, width, stretch in _columns(stretches)
        if stretch.sums.accuracy is not None
    ]
    accuracy = (
        "No decisions yet." if sums.accuracy is None else f"{sums.accuracy:.1f} % of {sums.decisions:,} decisions."
    )
    return Chart(
        name="accuracy",
        title="Decisions by the book",
        said=accuracy,
        ticks=scale.ticks(lambda value: f"{value:.0f} %"),
        bars=bars,
        first=_first(stretches),
        last=_last(stretches),
    )


def _x(share: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * share


def _columns(stretches: Sequence[Stretch]) -> Iterator[tuple[float, float, Stretch]]:
    room = (WIDTH - LEFT - RIGHT) / len(stretches)
    width = min(room * 0.8, 40)
    for place, stretch in enumerate(stretches):
        yield round(LEFT + room * place + (room - width) / 2, 1), round(width, 1), stretch


def _bar(x: float, width: float, scale: Scale, value: float, said: str) -> Bar:
    top = scale.y(value)
    return Bar(x, top, width, round(scale.y(0) - top, 1), "one", said)


def _first(stretches: Sequence[Stretch]) -> str:
    return f"round {stretches[0].first:,}"


def _last(stretches: Sequence[Stretch]) -> str:
    return f"round {stretches[-1].last:,}"


def _span(stretch: Stretch) -> str:
    return (
        f"Rounds {stretch.first:,} to {stretch.last:,}" if stretch.first < stretch.last else f"Round {stretch.last:,}"
    )


def _round_on(nth: int, point: Point) -> str:
    return f"round {nth:,}, {point.at:%-d %b %Y}"


def _chips(value: float) -> str:
    return format_chips(round(value))


def _step(least: float) -> float:
    """The next of 1, 2, 5, 10, 20 … that is not below."""
    power = 1.0
    while power * 10 <= least:
        power *= 10
    return next(power * times for times in (1, 2, 5, 10) if power * times >= least)
