"""Tables that players make: how many each may have, when an empty one closes, and when its maker may close it.

The house's tables are made by nobody, and nothing here concerns them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils.timesince import timesince

from cardsharp import errors
from games.models import Player, Table

EMPTY: Final = "empty"
"""The reason with which a table closes that nobody has sat at for too long."""
PRACTICE_TABLES: Final = 1
"""How many open tables to practise at a player may have."""
BY_ITS_MAKER: Final = "closed by its maker"
_NO_CARDS_IN_PLAY: Final = frozenset({"waiting", "betting", "settled", "closed"})


class TooManyTables(errors.CardSharpError):
    """The player has as many open tables of their own making as one may have."""

    def __init__(self, most: int) -> None:
        tables = "1 open table" if most == 1 else f"{most} open tables"
        super().__init__(f"You have made {tables}, and that is as many as a player may have: close one first.")


def limit() -> int:
    """How many open tables of their own making a player may have."""
    count: int = settings.CARDSHARP_TABLES_PER_PLAYER
    return count


def empty_time() -> str:
    """For how long nobody must have sat at a player's table before it closes, in words."""
    start = datetime.fromtimestamp(0, UTC)
    return timesince(start, start + timedelta(seconds=settings.CARDSHARP_EMPTY_TABLE_SECONDS))


def open_tables_of(player: Player) -> QuerySet[Table]:
    """The open tables that the player has made, oldest first, without their states; the one to practise at is apart."""
    tables = Table.objects.filter(made_by=player, is_open=True, is_practice=False)
    return tables.only("table_id", "name", "created_at")


def hold_maker(player_id: int, *, is_practice: bool) -> None:
    """Makes sure that the player may open one more table, until the transaction ends. Raises TooManyTables."""
    # Two processes that open tables for one player wait here for each other; SQLite's writers wait anyway.
    Player.objects.select_for_update(no_key=True).filter(pk=player_id).values_list("pk").first()
    most = PRACTICE_TABLES if is_practice else limit()
    if Table.objects.filter(made_by=player_id, is_open=True, is_practice=is_practice).count() >= most:
        raise TooManyTables(most)


def closing_time(
    made_by: int | None,
    before: float | None,
    *,
    is_practice: bool,
    is_open: bool,
    players: Collection[str],
    at: float,
) -> float | None:
    """When a table closes unless somebody sits down, in UNIX seconds: None for the house's, and where somebody sits.

    `before` is the closing time that the table had until now; it stands for as long as the table stays empty. A
    practice table waits for its player without a clock; it closes when nothing has been done there for as long.
    """
    if made_by is None or not is_open or (players and not is_practice):
        return None
    empty_seconds: float = settings.CARDSHARP_EMPTY_TABLE_SECONDS
    return at + empty_seconds if before is None or is_practice else before


def check_close(made_by: int | None, player: Player, *, players: Collection[str], phase: str) -> None:
    """Raises GameError unless the player made the table, nobody else sits there, and no cards are in play."""
    if made_by != player.pk:
        raise errors.Forbidden("Only who made a table may close it.")
    if set(players) - {player.public_id}:
        raise errors.IllegalAction("Others sit at this table; it can be closed when they have left.")
    # Closing gives open bets back: a hand that is about to lose would be a hand that never was.
    if phase not in _NO_CARDS_IN_PLAY:
        raise errors.WrongPhase("Finish the round first; the table can be closed after it.")


def earliest(*times: float | None) -> float | None:
    """The first of the moments, or None where there is none."""
    return min((time for time in times if time is not None), default=None)
