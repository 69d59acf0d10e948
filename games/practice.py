"""Practice tables: one a player, for that player alone, without a clock, with chips that are worth nothing.

They are played by the same rules, at the same host, as every other table; only the chips come from nowhere.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

import msgspec

from cardsharp import errors
from cardsharp.blackjack.rules import Rules
from cardsharp.events.ports import PlayerInfo
from games import making
from games.database import in_database
from games.models import Player, Table
from games.tables import Tables

NAME: Final = "Practice"
ANOTHER: Final = "another practice table"
"""The reason with which a practice table closes for one of other rules."""
_LONGEST_PAUSE_SECONDS: Final = 3


def rules_for_one(rules: Rules) -> Rules:
    """The rules as they are practised: nobody else has a seat, and nothing has to be done in time.

    >>> str(rules_for_one(Rules.parse("2D H17 · SEATS7 EACH2")))
    '2D H17 DAS LS 3:2 · SEATS2 EACH2 UNTIMED PAUSE3 AWAY-'
    """
    return msgspec.structs.replace(
        rules,
        seat_count=rules.seats_per_player,
        bet_seconds=None,
        insurance_seconds=None,
        act_seconds=None,
        away_seconds=None,
        pause_seconds=min(rules.pause_seconds, _LONGEST_PAUSE_SECONDS),
    ).checked()


async def sit_down(tables: Tables, player: Player, rules: Rules | None) -> str:
    """The id of the player's practice table, at which they sit now: the open one, or one that is made.

    Other rules than those of the open one close it; None takes whatever it has. Raises InvalidRules.
    """
    wanted = None if rules is None else rules_for_one(rules)
    table_id = await in_database(_open_table, player)
    if table_id and wanted and (await tables.snapshot(table_id)).view["rules"] != str(wanted):
        with suppress(errors.TableClosed):  # by itself, a moment ago
            await tables.close(table_id, ANOTHER)
        table_id = None
    if table_id is None:
        table_id = await _make(tables, player, wanted or rules_for_one(Rules()))
    if player.public_id not in (await tables.snapshot(table_id)).players:
        info = PlayerInfo(player_id=player.public_id, name=player.username, balance_cents=0)
        with suppress(errors.AlreadySeated, errors.TableFull):  # a second click was faster
            await tables.act(table_id, info, "join_table", {})
    return table_id


async def _make(tables: Tables, player: Player, rules: Rules) -> str:
    try:
        return await tables.open("blackjack", NAME, rules, player.pk, is_private=True, is_practice=True)
    except making.TooManyTables:
        # A second click was faster.
        made = await in_database(_open_table, player)
        if made is None:
            raise
        return made


def _open_table(player: Player) -> str | None:
    tables = Table.objects.filter(made_by=player, is_practice=True, is_open=True)
    return tables.values_list("pk", flat=True).first()
