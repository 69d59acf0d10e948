"""The shoes of a table as its log has them: what was public about each, and nothing that is not.

Only what a shoe's own stretch of the log holds is read, by the index over a table's event types.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from django.db.models import OuterRef, QuerySet, Subquery

from cardsharp.dealt_shoe import DealtShoe
from cardsharp.shoe_file import EVENT_TYPES, TableEvent, read_events
from games.models import Checkpoint, LoggedEvent, Table

MOST_SHOES: Final = 10**9
"""No table has more; a larger number in an address is of no shoe, and of none that a database could count to."""

_FIRST_SEQ: Final = 1
"""Every log begins with TABLE_OPENED."""


class ShoeLine(msgspec.Struct, frozen=True):
    """A shoe in the list of its table; `cards_dealt` is None while it is not finished."""

    number: int
    shuffled_at: float
    commitment: str
    cards_dealt: int | None


def dealt_shoe(table: Table, number: int) -> DealtShoe | None:
    """The shoe of that number, with the cards that left it so far; None where there is none yet, or none any more."""
    first = shuffles(table).order_by("seq").first()
    if first is None or number > MOST_SHOES or (place := number - number_of(first.data)) < 0:
        return None
    seqs = list(shuffles(table).order_by("seq").values_list("seq", flat=True)[max(0, place - 1) : place + 2])
    own = 0 if place == 0 else 1
    if len(seqs) <= own:
        return None
    log = LoggedEvent.objects.filter(table=table)
    promise = _events(log.filter(seq=seqs[0])) if own else [TableEvent("TABLE_OPENED", _first_promise(table))]
    dealing = log.filter(event_type__in=EVENT_TYPES, seq__gte=seqs[own]).order_by("seq")
    if len(seqs) > own + 1:
        dealing = dealing.filter(seq__lt=seqs[own + 1])
    read = read_events([*promise, *_events(dealing)], table_id=table.pk, table_name=table.name)
    return next(shoe for shoe in read if shoe.shoe_id == f"s{number}")


def shuffles(table: Table) -> QuerySet[LoggedEvent]:
    """The event that begins each of the table's shoes, the newest first."""
    return LoggedEvent.objects.filter(table=table, event_type="SHUFFLE").order_by("-seq")


def shoe_lines(table: Table, begun: Sequence[LoggedEvent]) -> list[ShoeLine]:
    """A line for each of some neighbouring shoes that these events began."""
    if not begun:
        return []
    ends = LoggedEvent.objects.filter(
        table=table, event_type="SHOE_REVEALED", seq__gt=min(event.seq for event in begun)
    ).order_by("seq")[: len(begun)]
    dealt = {data["shoe_id"]: data["cards_dealt"] for data in map(_data, ends)}
    return [
        ShoeLine(number_of(row.data), data["timestamp"], data["commitment"], dealt.get(data["shoe_id"]))
        for row, data in ((row, _data(row)) for row in begun)
    ]


def next_commitment(table: Table) -> str:
    """What is committed to for the shoe after the newest."""
    newest = shuffles(table).first()
    promise = _data(newest) if newest else _first_promise(table)
    commitment: str = promise["next_commitment"]
    return commitment


def shuffle_before(seq: str) -> Subquery:
    """The data of the shuffle before the event whose seq is in that column, for rows with a table."""
    before = LoggedEvent.objects.filter(table=OuterRef("table"), event_type="SHUFFLE", seq__lt=OuterRef(seq))
    return Subquery(before.order_by("-seq").values("data")[:1])


def number_of(shuffle: str) -> int:
    """The number of the shoe that a shuffle, of which this is the data, began."""
    return int(msgspec.json.decode(shuffle)["shoe_id"].removeprefix("s"))


def _first_promise(table: Table) -> dict[str, Any]:
    """The data of the event that published the commitment of the first shoe that is kept."""
    trimmed = Checkpoint.objects.filter(table=table).values_list("promise", flat=True).first()
    opened = LoggedEvent.objects.filter(table=table, seq=_FIRST_SEQ).values_list("data", flat=True)
    promise: dict[str, Any] = msgspec.json.decode(trimmed or opened.get())
    return promise


def _events(rows: Iterable[LoggedEvent]) -> list[TableEvent]:
    return [TableEvent(row.event_type, _data(row), row.round_id) for row in rows]


def _data(row: LoggedEvent) -> dict[str, Any]:
    data: dict[str, Any] = msgspec.json.decode(row.data)
    return data
