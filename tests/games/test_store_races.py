"""Several processes at one table at the same time: no event is lost, none happens twice, and the log has no hole."""

from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from cardsharp import errors
from games import accounts, ledger
from games.models import Answer, LoggedEvent, Player, Table
from games.store import AnswerKey, Store, Stored
from tests.games.durable import (
    NOON,
    asked,
    assert_all_is_kept,
    at_once,
    call_time,
    close_table,
    new_store,
    open_table,
    play,
)

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSES = 4


@pytest.fixture
def players() -> list[Player]:
    return [accounts.create_bot(f"Player {number}", chips_cents=1_000_00) for number in range(PROCESSES)]


def test_every_action_of_a_race_is_in_the_log_once(store: Store, players: list[Player]):
    table_id = open_table(store)

    def go(player: Player) -> list[Stored]:
        mine = new_store()
        stored = [play(mine, table_id, player, "join_table", buy_in=100)]
        for number in range(10):
            seed = f"{player.username} {number}"
            stored.append(play(mine, table_id, player, "set_client_seed", client_seed=seed))
            stored.append(play(mine, table_id, player, "add_chips", amount=1))
        return stored

    raced = at_once(*[partial(go, player) for player in players])
    assert not [result for result in raced if isinstance(result, Exception)]
    events = [event for each in raced for stored in each if stored.commit for event in stored.commit.events]
    assert sorted(event.seq for event in events) == list(range(2, Table.objects.get().seq + 1))
    seeds = LoggedEvent.objects.filter(event_type="CLIENT_SEED_SET")
    assert seeds.count() == 10 * PROCESSES
    assert set(store.load(table_id).game.chips_of(store.load(table_id).state).values()) == {110_00}
    assert_all_is_kept(table_id)


def test_each_commit_of_a_race_begins_where_another_ended(store: Store, players: list[Player]):
    table_id = open_table(store)
    stores = [new_store() for _ in players]

    def go(mine: Store, player: Player) -> list[Stored]:
        what: list[tuple[str, dict[str, Any]]] = [("join_table", {}), *[("sit_out", {}), ("sit_in", {})] * 6]
        return [play(mine, table_id, player, action, **data) for action, data in what]

    raced = at_once(*[partial(go, mine, player) for mine, player in zip(stores, players, strict=True)])
    assert not [result for result in raced if isinstance(result, Exception)]
    commits = sorted((s.commit for each in raced for s in each if s.commit), key=lambda commit: commit.after.seq)
    for commit, following in pairwise(commits):
        assert following.before == commit.after
    for each in stores:
        assert each.load(table_id).snapshot == commits[-1].after


def test_one_seat_is_taken_by_one_player(store: Store, players: list[Player]):
    table_id = open_table(store, seat_count=1)
    raced = at_once(*[partial(play, new_store(), table_id, player, "join_table") for player in players])
    refused = [type(result) for result in raced if isinstance(result, Exception)]
    assert refused == [errors.TableFull] * (PROCESSES - 1)
    assert sorted(ledger.balance_of(player.pk) for player in players) == [500_00] + [1_000_00] * 3
    assert_all_is_kept(table_id)


def test_one_wallet_is_not_spent_at_several_tables_at_once(store: Store, ada: Player):
    tables = [open_table(store, str(number), default_buy_in_cents=400_00) for number in range(PROCESSES)]
    raced = at_once(*[partial(play, new_store(), table_id, ada, "join_table") for table_id in tables])
    refused = [type(result) for result in raced if isinstance(result, Exception)]
    assert refused == [errors.InsufficientChips] * 2
    assert ledger.balance_of(ada.pk) == 200_00
    for table_id in tables:
        assert_all_is_kept(table_id)


def test_an_answer_that_arrives_everywhere_at_once_counts_once(store: Store, deciding: str, ada: Player):
    answer = AnswerKey(ada.pk, asked(store, deciding), "stand")
    stand: dict[str, Any] = {"action": "STAND", "request_id": answer.request_id}
    raced = at_once(
        *[partial(play, new_store(), deciding, ada, "player_action", answer=answer, **stand) for _ in range(PROCESSES)]
    )
    assert not [result for result in raced if isinstance(result, Exception)]
    assert [stored.commit is not None for stored in raced].count(True) == 1
    assert {stored.seq for stored in raced} == {Table.objects.get().seq} == {Answer.objects.get().seq}
    assert LoggedEvent.objects.filter(event_type="PLAYER_ACTION").count() == 1
    assert_all_is_kept(deciding)


def test_a_deadline_is_called_once(store: Store, deciding: str):
    raced = at_once(*[partial(call_time, new_store(), deciding, NOON + 25) for _ in range(PROCESSES)])
    refused = [type(result) for result in raced if isinstance(result, Exception)]
    assert refused == [errors.WrongPhase] * (PROCESSES - 1)
    assert LoggedEvent.objects.filter(event_type="PLAYER_TIMEOUT").count() == 1
    assert_all_is_kept(deciding)


def test_tables_that_close_at_once_do_not_wait_for_each_other(store: Store, ada: Player, bob: Player):
    """Ada and Bob sit at both, in another order at each: what a close gives back touches both wallets."""
    for _ in range(10):
        tables = [open_table(store, name) for name in ("One", "Two")]
        for table_id, guests in zip(tables, ((ada, bob), (bob, ada)), strict=True):
            for guest in guests:
                play(store, table_id, guest, "join_table", buy_in=100)
        raced = at_once(*[partial(close_table, new_store(), table_id) for table_id in tables])
        assert not [result for result in raced if isinstance(result, Exception)]
        assert [ledger.balance_of(player.pk) for player in (ada, bob)] == [1_000_00, 1_000_00]


def test_a_race_for_one_table_is_not_lost_for_ever(store: Store, ada: Player):
    """Each of eight processes gets through with all that it has to say, however often the others were faster."""
    table_id = open_table(store)
    play(store, table_id, ada, "join_table")

    def go(number: int) -> None:
        mine = new_store()
        for count in range(20):
            play(mine, table_id, ada, "set_client_seed", client_seed=f"{number} {count}")

    assert at_once(*[partial(go, number) for number in range(8)]) == [None] * 8
    assert LoggedEvent.objects.filter(event_type="CLIENT_SEED_SET").count() == 160
    assert_all_is_kept(table_id)


def test_a_table_that_is_forgotten_meanwhile_is_still_found(store: Store):
    """After a conflict a thread takes a table out of the cache while another reads the open ones."""
    tables = [open_table(store, name) for name in ("One", "Two")]

    def forget(table_id: str, seated: object) -> int:
        if table_id == tables[1]:
            reader._cache.pop(tables[0], None)
        return 0

    reader = Store(forget)
    reader.load(tables[0])
    assert [loaded.snapshot.row["name"] for loaded in reader.load_lobby()] == ["One", "Two"]
