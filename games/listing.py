"""What the lobby can search tables by, as columns of their rows, and the searches of its filters.

The columns follow from the table's lobby row; the store writes them along with the state.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import F, Q

from cardsharp.chips import to_cents
from games.models.tables import Pace, TableQuerySet

TABLES_A_PAGE: Final = 24
LOW_BELOW_CENTS: Final = 10_00
HIGH_FROM_CENTS: Final = 50_00
"""Stakes by the smallest bet: low ones are below the first, high ones begin at the second."""
_QUICK_SECONDS: Final = 12
_SLOW_SECONDS: Final = 40
_TIMES: Final = re.compile(r"T[\d-]+/[\d-]+/(\d+|-)")

STAKES: Final = {
    "low": Q(min_bet_cents__lt=LOW_BELOW_CENTS),
    "middle": Q(min_bet_cents__gte=LOW_BELOW_CENTS, min_bet_cents__lt=HIGH_FROM_CENTS),
    "high": Q(min_bet_cents__gte=HIGH_FROM_CENTS),
}
DECKS: Final = {
    "1": Q(placard__contains=" 1D "),
    "2": Q(placard__contains=" 2D "),
    "more": ~Q(placard__contains=" 1D ") & ~Q(placard__contains=" 2D "),
}
SOFT_17: Final = {"stands": Q(placard__contains=" S17 "), "hits": Q(placard__contains=" H17 ")}
SURRENDER: Final = {
    "any": Q(placard__contains=" LS ") | Q(placard__contains=" ES "),
    "none": Q(placard__contains=" NS "),
}


def columns_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a table that begins with this lobby row. A game that says less is found by less."""
    rules = str(row.get("rules", ""))
    amounts = ("min_bet", "min_buy_in", "default_buy_in")
    return {
        "placard": f" {rules} " if rules else "",
        "pace": pace_of(rules),
        "seat_count": row.get("seat_count", 0),
        "seats_taken": seats_taken(row),
        **{f"{name}_cents": to_cents(row.get(name, 0)) for name in amounts},
    }


def seats_taken(row: Mapping[str, Any]) -> int:
    """The one column that changes with the state; all of them where the house lets nobody sit down and play now."""
    takes_nobody = row.get("open_to", "everybody") != "everybody" or row.get("paused") is not None
    count: int = row.get("seat_count" if takes_nobody else "seats_taken", 0)
    return count


def pace_of(placard: str) -> Pace:
    """How long a table of these rules gives its players to decide.

    >>> [str(pace_of(placard)) for placard in ("6D S17", "6D S17 · T10/8/8", "6D · T90/60/90", "6D · UNTIMED")]
    ['steady', 'quick', 'slow', 'untimed']
    """
    words = placard.split()
    times = next((match[1] for word in words if (match := _TIMES.fullmatch(word))), None)
    if "UNTIMED" in words or times == "-":
        return Pace.UNTIMED
    if times is None:
        return Pace.STEADY
    seconds = int(times)
    return Pace.QUICK if seconds <= _QUICK_SECONDS else Pace.SLOW if seconds >= _SLOW_SECONDS else Pace.STEADY


def found(tables: TableQuerySet, wanted: Mapping[str, Any]) -> TableQuerySet:
    """The tables that the filters let through; `wanted` is what a `LobbyFilter` has read."""
    for name, searches in (("stakes", STAKES), ("decks", DECKS), ("soft17", SOFT_17), ("surrender", SURRENDER)):
        if choice := wanted.get(name):
            tables = tables.filter(searches[choice])
    if pace := wanted.get("pace"):
        tables = tables.filter(pace=pace)
    if wanted.get("open"):
        tables = tables.filter(seats_taken__lt=F("seat_count"))
    return tables
