"""What a player's rounds come to, over any stretch of them: read at a few places, since each row has all before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

import msgspec
from django.db.models import Count, Sum
from django.utils import timezone

from games.models import Account, Hand, PlayedRound, Transfer

STRETCHES: Final = 30
"""In how many parts a career is told."""
POINTS: Final = 4
"""At how many places within each part its bankroll is read."""

PERIODS: Final = {"all": None, "year": 365, "month": 30, "week": 7}
"""How many days back each period goes."""


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """What a player's rounds had come to at a place, or between two of them."""

    rounds: int = 0
    won: int = 0
    lost: int = 0
    wagered_cents: int = 0
    net_cents: int = 0
    decisions: int = 0
    by_book: int = 0
    at: datetime | None = None

    @property
    def even(self) -> int:
        """Rounds that were neither won nor lost."""
        return self.rounds - self.won - self.lost

    @property
    def accuracy(self) -> float | None:
        """Per cent of the decisions that were basic strategy's; None without a decision."""
        return 100 * self.by_book / self.decisions if self.decisions else None

    @property
    def bet_cents(self) -> int:
        """What a round was wagered on, on average."""
        return round(self.wagered_cents / self.rounds) if self.rounds else 0

    @property
    def net_per_hundred(self) -> float | None:
        """What came of a hundred chips that were wagered."""
        return 100 * self.net_cents / self.wagered_cents if self.wagered_cents else None

    def since(self, earlier: Sums) -> Sums:
        """What came between an earlier place and this one."""
        names = [name for name in self.__struct_fields__ if name != "at"]
        return Sums(at=self.at, **{name: getattr(self, name) - getattr(earlier, name) for name in names})


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """Some rounds in a row: `first` to `last` as they are counted."""

    first: int
    last: int
    sums: Sums


class Point(msgspec.Struct, frozen=True):
    """The bankroll behind a round."""

    nth: int
    at: datetime
    cents: int


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a player's hands ended so, of all that they have played."""

    name: str
    hands: int
    share: float
    """Per cent of all hands."""


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """A period in sums, in parts, and as the bankroll went."""

    sums: Sums
    stretches: Sequence[Stretch]
    points: Sequence[Point]


def statistics_of(player_key: int, days: int | None, now: datetime | None = None) -> Statistics:
    """The player's rounds of the last so many days, or all of them. It costs the same however many they are."""
    rows = PlayedRound.objects.filter(player=player_key).order_by()
    last = rows.order_by("-nth").values_list("nth", flat=True).first() or 0
    begun = 0
    if days is not None:
        since = (now or timezone.now()) - timedelta(days=days)
        before = rows.filter(ended_at__lt=since).order_by("-ended_at", "-pk").values_list("nth", flat=True).first()
        begun = before or 0
    places = _places(begun, last)
    sums = {0: Sums()} | {row.nth: _sums(row) for row in rows.filter(nth__in=places)}
    ends = places[:: POINTS if len(places) > STRETCHES + 1 else 1]
    if ends[-1] != last:
        ends = [*ends, last]
    stretches = [Stretch(first=start + 1, last=end, sums=sums[end].since(sums[start])) for start, end in pairwise(ends)]
    points = _bankroll(player_key, [sums[place] for place in places])
    return Statistics(sums=sums[last].since(sums[begun]), stretches=stretches, points=points)


def hand_results(player_key: int) -> list[Result]:
    """How all of the player's hands ended, the most frequent first."""
    own = Hand.objects.filter(player=player_key).order_by().values("result")
    rows = list(own.annotate(hands=Count("pk")).order_by("-hands", "result"))
    hands = sum(row["hands"] for row in rows)
    return [Result(name=row["result"], hands=row["hands"], share=100 * row["hands"] / hands) for row in rows]


def _places(begun: int, last: int) -> list[int]:
    """Where to look: from the round before the first to the last, evenly, each once."""
    parts = STRETCHES * POINTS
    return sorted({begun + (last - begun) * part // parts for part in range(parts + 1)})


def _sums(row: PlayedRound) -> Sums:
    return Sums(
        rounds=row.nth,
        won=row.total_won,
        lost=row.total_lost,
        wagered_cents=row.total_wagered_cents,
        net_cents=row.total_net_cents,
        decisions=row.total_decisions,
        by_book=row.total_by_book,
        at=row.ended_at,
    )


def _bankroll(player_key: int, sums: Sequence[Sums]) -> list[Point]:
    """All the player's chips behind each of these rounds: what the bank had issued by then, and what play had made."""
    wallet = Account.objects.filter(kind=Account.Kind.WALLET, player=player_key)
    issued = Transfer.objects.filter(target__in=wallet, reason=Transfer.Reason.GRANT).order_by("created_at")
    grants = list(issued.values("created_at").annotate(cents=Sum("amount_cents")).values_list("created_at", "cents"))
    points, granted_cents = [], 0
    for place in sums:
        if place.at is None:
            continue
        while grants and grants[0][0] <= place.at:
            granted_cents += grants.pop(0)[1]
        points.append(Point(place.rounds, place.at, granted_cents + place.net_cents))
    return points
