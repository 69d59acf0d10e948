"""Deleting an account: nothing of the person stays, and not a chip or a round is lost.

The row stays as "Former player N", for rounds and transfers name it. Seats are left by the rules of their tables; what
they bring comes to the wallet, and from there to the bank. The last of it may have to wait for a round to end, and is
done by `games.housekeeping`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cardsharp import errors
from cardsharp.games import GAMES
from games import accounts, ledger
from games.database import in_database
from games.models import Checkpoint, Invitation, LoggedEvent, Member, Player, Table
from games.tables import Tables

logger = logging.getLogger(__name__)

_AT_A_TIME: Final = 500


def depart(player: Player) -> None:
    """Deletes the account in one transaction; `finish` is to follow."""
    with transaction.atomic():
        now = timezone.now()
        Member.objects.filter(player=player, removed_at=None).update(removed_at=now)
        Invitation.objects.filter(made_by=player, revoked_at=None).update(revoked_at=now)
        accounts.erase(player)


async def finish(tables: Tables, player: Player) -> bool:
    """Gives up the seats, and does the last where none is held any more; whether all is done now."""
    for table_id in await in_database(_tables_with, player):
        try:
            await tables.stand_up(table_id, player)
        except errors.GameError:
            logger.exception(
                "Former player %s could not leave table %s; the next hour brings another try", player.pk, table_id
            )
    return await in_database(_forget, player)


def unfinished() -> list[Player]:
    """The deleted accounts of which something is still to be done."""
    return list(Player.objects.filter(deleted_at__isnull=False, forgotten_at=None))


def _tables_with(player: Player) -> list[str]:
    """The open tables where the player sits."""
    tables = Table.objects.filter(is_open=True, accounts__player=player).only("table_id", "game", "state")
    return [
        table.pk
        for table in tables
        if player.public_id in GAMES[table.game].players(GAMES[table.game].load(table.state))
    ]


def _forget(player: Player) -> bool:
    """Brings the wallet to the bank, and the name out of the logs where no seat is held."""
    with transaction.atomic():
        ledger.return_wallet(player.pk)
        if _tables_with(player):
            return False
        _rename_in_logs(player)
        Player.objects.filter(pk=player.pk).update(forgotten_at=timezone.now())
        return True


def _rename_in_logs(player: Player) -> None:
    """What is logged says the new name, in the place of whatever names the player had."""
    named = re.compile(rf'("player_id":"{player.public_id}","player_name":)"(?:[^"\\]|\\.)*"')

    def renamed(text: str) -> str:
        return named.sub(rf'\1"{player.username}"', text)

    tables = Table.objects.filter(accounts__player=player).values("pk")
    mention = f'"{player.public_id}"'
    for events in _batches(LoggedEvent.objects.filter(table__in=tables, data__contains=mention).order_by("pk")):
        for event in events:
            event.data = renamed(event.data)
        LoggedEvent.objects.bulk_update(events, ["data"])
    for checkpoint in Checkpoint.objects.filter(table__in=tables, state__contains=mention):
        Checkpoint.objects.filter(pk=checkpoint.pk).update(state=renamed(checkpoint.state))


def _batches(events: QuerySet[LoggedEvent]) -> Iterator[list[LoggedEvent]]:
    last = 0
    while batch := list(events.filter(pk__gt=last)[:_AT_A_TIME]):
        yield batch
        last = batch[-1].pk
