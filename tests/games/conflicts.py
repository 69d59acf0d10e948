"""Two transactions at one table at the same time, which only PostgreSQL lets happen: `test_on_postgres` runs these."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connections, transaction

from cardsharp.game import Actor, Game
from games.models import LoggedEvent, Player, Table
from games.store import Store
from tests.games.durable import NOON, assert_all_is_kept, play

pytestmark = pytest.mark.django_db(transaction=True)


def in_another_thread(deed: Callable[[], Any]) -> Any:
    """What the deed returns, done now on a connection of its own."""

    def run() -> Any:
        try:
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def test_whoever_was_slower_decides_anew(store: Store, elsewhere: Store, table_id: str, ada: Player, bob: Player):
    """Ada's command has been decided on a table without Bob when Bob takes the first free seat."""
    decided_on: list[int] = []

    def join(game: Game) -> Any:
        decided_on.append(Table.objects.get().seq)
        if len(decided_on) == 1:
            in_another_thread(lambda: play(elsewhere, table_id, bob, "join_table"))
        return game.read_action("join_table", {}, actor=Actor(ada.public_id, ada.username), at=NOON)

    stored = store.submit(table_id, join)
    assert decided_on == [1, 4]
    assert stored.commit is not None
    assert stored.commit.before is not None
    assert stored.commit.before.players == {bob.public_id}
    assert [event.seq for event in stored.commit.events] == [5]
    joined = LoggedEvent.objects.filter(event_type="PLAYER_JOINED").values_list("seq", flat=True)
    assert list(joined) == [2, 5]
    assert_all_is_kept(table_id)


def test_whoever_was_slower_once_is_not_so_again(
    store: Store, elsewhere: Store, table_id: str, ada: Player, bob: Player
):
    """The second time the row is held, and others have to wait for it."""
    tries = 0

    def take_the_row() -> None:
        with transaction.atomic():
            Table.objects.select_for_update(nowait=True).get(pk=table_id)

    def join(game: Game) -> Any:
        nonlocal tries
        tries += 1
        if tries == 1:
            in_another_thread(lambda: play(elsewhere, table_id, bob, "join_table"))
        else:
            with pytest.raises(OperationalError, match="could not obtain lock"):
                in_another_thread(take_the_row)
        return game.read_action("join_table", {}, actor=Actor(ada.public_id, ada.username), at=NOON)

    store.submit(table_id, join)
    assert tries == 2
    in_another_thread(take_the_row)
    assert_all_is_kept(table_id)
