"""Seating house players for company, and sending them away: for a table's host and for staff.

What they do once they sit is `games.house_players`; the sweeper of whichever process comes first does it.
"""

from __future__ import annotations

from typing import Any, Final

from cardsharp import errors
from cardsharp.blackjack.table import Table as Blackjack
from cardsharp.game import Actor
from games import accounts, house_players
from games.database import in_database
from games.models import Player
from games.store import Loaded
from games.tables import Tables

NAMES: Final = ("Ines", "Milo", "Greta", "Bruno", "Selma", "Oskar", "Thea")


async def seat_one(tables: Tables, table_id: str, host: Player | None = None) -> str:
    """Seats a house player and returns its name. `host` is who asks as the table's maker, None stands for staff.

    Raises Forbidden where the table is not the host's or is for practice, TableFull for the last free seat, and
    IllegalAction where nobody sits whom to keep company.
    """
    pool = await in_database(_pool)
    at, seated = tables.now(), []

    def command(loaded: Loaded) -> Any:
        _check_host(loaded, host)
        state = loaded.state
        if loaded.is_practice or not isinstance(state, Blackjack):
            raise errors.Forbidden("House players do not sit at this table.")
        if not loaded.game.is_open(state):
            raise errors.TableClosed
        if not any(not seat.is_house and not seat.leaving for seat in state.seats):
            raise errors.IllegalAction("Take a seat first: house players keep company, and do not play alone.")
        if len(state.seats) + 1 >= state.rules.seat_count:
            raise errors.TableFull("A house player does not take the last free seat.")
        present = loaded.game.players(state)
        free = [player for player in pool if player.public_id not in present]
        # Another one first at each table.
        chosen = free[sum(map(ord, table_id)) % len(free)]
        seated.append(chosen.username)
        actor = Actor(chosen.public_id, chosen.username, is_house=True)
        return loaded.game.read_action("join_table", {}, actor=actor, at=at)

    await tables.submit_seen(table_id, command)
    return seated[-1]


async def send_away(tables: Tables, table_id: str, host: Player | None = None) -> int:
    """Makes every house player leave the table, with cards in play after the round; how many that are.

    Raises Forbidden where the table is not the host's.
    """
    gone: set[int] = set()

    def command(loaded: Loaded) -> Any:
        _check_host(loaded, host)
        seats = loaded.state.seats if isinstance(loaded.state, Blackjack) else ()
        for seat in seats:
            if seat.is_house and seat.number not in gone and not seat.leaving:
                gone.add(seat.number)
                deed = house_players.leaving(seat)
                return loaded.game.read_action(deed.action, deed.data, actor=deed.actor, at=tables.now())
        raise errors.NotSeated("No house player sits here.")

    try:
        while True:
            await tables.submit_seen(table_id, command)
    except (errors.NotSeated, errors.TableClosed):
        return len(gone)


def _check_host(loaded: Loaded, host: Player | None) -> None:
    if host is not None and loaded.made_by != host.pk:
        raise errors.Forbidden("Only who made a table may ask house players to it.")


def _pool() -> list[Player]:
    """The house's players, made at the first use: one more than can sit at a table beside somebody."""
    players = list(Player.objects.filter(is_house=True).order_by("pk"))
    return players + [_make(name) for name in NAMES[len(players) :]]


def _make(name: str) -> Player:
    for attempt in range(1, 100):
        try:
            return accounts.create_house_player(name if attempt == 1 else f"{name} {attempt}")
        except accounts.NameTaken:
            continue  # by somebody who was here first
    raise errors.InternalError(f"There is no name left for {name}.")
