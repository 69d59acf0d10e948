"""A player's rounds, newest first: which of them are wanted, and a page of them from any place on.

A page is found by the index at its first row, so the four-thousandth costs what the first does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db.models import Q, QuerySet

from games.models import Account, Hand, PlayedRound, Table
from games.shoes import number_of, shuffle_before

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_LATEST: Final = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND


class Place(NamedTuple):
    """A place among the rounds: that of one of them."""

    ended_at: datetime
    key: int

    @classmethod
    def of(cls, played: PlayedRound) -> Place:
        """The place of a round."""
        return cls(played.ended_at, played.pk)

    @classmethod
    def parse(cls, text: str) -> Place:
        """The place that a text names. Raises ValueError for one that names none."""
        at, _, key = text.partition("-")
        if not (at.isascii() and at.isdigit() and key.isascii() and key.isdigit() and len(text) <= 40):
            raise ValueError("a place is two numbers with a hyphen between them")
        if int(at) > _LATEST or int(key) >= 2**63:
            raise ValueError("no round is there")
        return cls(_EPOCH + int(at) * _MICROSECOND, int(key))

    def __str__(self) -> str:
        return f"{(self.ended_at - _EPOCH) // _MICROSECOND}-{self.key}"

    @property
    def older(self) -> Q:
        """The rounds behind it, as they are listed."""
        return Q(ended_at__lte=self.ended_at) & (Q(ended_at__lt=self.ended_at) | Q(pk__lt=self.key))

    @property
    def newer(self) -> Q:
        """The rounds before it."""
        return Q(ended_at__gte=self.ended_at) & (Q(ended_at__gt=self.ended_at) | Q(pk__gt=self.key))


class Page(NamedTuple):
    """Some rounds in a row, newest first, and the places from which the pages beside it go on."""

    rounds: list[PlayedRound]
    newer: Place | None
    older: Place | None


class Listed(NamedTuple):
    """A round in a list, with the player's own hands, its shoe's number where that is kept, and whether its table is
    still there for the player."""

    played: PlayedRound
    hands: list[Hand]
    shoe: int | None
    is_open_to_them: bool


def rounds_of(player_key: int, wanted: Q | None = None) -> QuerySet[PlayedRound]:
    """The rounds of a player that are wanted, newest first."""
    return PlayedRound.objects.filter(wanted or Q(), player=player_key).order_by("-ended_at", "-pk")


def page_of(
    rounds: QuerySet[PlayedRound], size: int, *, before: Place | None = None, after: Place | None = None
) -> Page:
    """The rounds next behind a place, or next before it; the newest without either."""
    if after is not None:
        rows = list(rounds.filter(after.newer).order_by("ended_at", "pk")[: size + 1])
        more = len(rows) > size
        rows = rows[:size][::-1]
        return Page(rows, Place.of(rows[0]) if more else None, Place.of(rows[-1]) if rows else None)
    rows = list((rounds if before is None else rounds.filter(before.older))[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, Place.of(rows[0]) if rows and before else None, Place.of(rows[-1]) if more else None)


def with_shoes(rounds: QuerySet[PlayedRound]) -> QuerySet[Any]:
    """The rounds with what a list says of them."""
    return rounds.select_related("round", "table").annotate(shuffle=shuffle_before("round__first_seq"))


def listed(rounds: Iterable[Any], player_key: int) -> list[Listed]:
    """The rounds as a list shows them."""
    rows = list(rounds)
    hands = hands_of(rows, player_key)
    tables = Table.objects.visible_to(player_key).filter(pk__in={row.table_id for row in rows})
    visible = set(tables.values_list("pk", flat=True))
    return [
        Listed(
            row, hands[row.round_id], None if row.shuffle is None else number_of(row.shuffle), row.table_id in visible
        )
        for row in rows
    ]


def hands_of(rounds: Iterable[PlayedRound], player_key: int) -> dict[int, list[Hand]]:
    """The player's hands in each of the rounds, by the round's key."""
    hands: dict[int, list[Hand]] = defaultdict(list)
    for hand in Hand.objects.filter(player=player_key, round__in=[row.round_id for row in rounds]).order_by(
        "seat", "pk"
    ):
        hands[hand.round_id].append(hand)
    return hands


def tables_of(player_key: int) -> list[Table]:
    """The tables at which the player has had chips, by name; their accounts know that without a look at the rounds."""
    own = Account.objects.filter(kind=Account.Kind.STACK, player=player_key).values("table")
    return list(Table.objects.filter(pk__in=own).only("name", "game").order_by("name", "pk"))
