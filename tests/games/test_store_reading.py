"""Reading tables: the log in pages, what is newest and what is due, and a cache that the row's seq keeps honest."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cardsharp import errors
from cardsharp.wire import decode_json, encode_json
from games.models import LoggedEvent, Player, Table
from games.store import Store
from tests.games.durable import NOON, assert_all_is_kept, close_table, new_store, open_table, play

pytestmark = pytest.mark.django_db


def test_the_log_is_what_was_committed_in_pages_after_a_seq(store: Store, table_id: str, ada: Player):
    commit = play(store, table_id, ada, "join_table").commit
    assert commit is not None
    lines = store.log(table_id, 1, 100)
    assert [(line.seq, line.event_type, line.round_id) for line in lines] == [
        (event.seq, event.event_type, event.round_id) for event in commit.events
    ]
    for line, event in zip(lines, commit.events, strict=True):
        assert decode_json(line.data) == decode_json(encode_json(event.data))
    assert [line.event_type for line in lines] == ["PLAYER_JOINED", "SHUFFLE", "ROUND_STARTED"]
    assert [line.seq for line in store.log(table_id, 0, 2)] == [1, 2]
    assert [line.seq for line in store.log(table_id, 2, 2)] == [3, 4]
    assert store.log(table_id, 4, 2) == []
    assert store.log("nowhere", 0, 2) == []


def test_the_newest_seq_of_each_table(store: Store, table_id: str, ada: Player):
    other = open_table(store, "Other")
    play(store, table_id, ada, "join_table")
    assert store.newest([table_id, other, "nowhere"]) == {table_id: 4, other: 1}
    assert store.newest([]) == {}


def test_what_is_due_comes_oldest_first_with_the_next_deadline(store: Store, ada: Player):
    deadlines = {}
    for name, seconds in (("Late", 30), ("Early", 10), ("Middle", 20), ("Untimed", None)):
        table_id = open_table(store, name, bet_seconds=seconds)
        play(store, table_id, ada, "join_table", buy_in=100)
        deadlines[name] = table_id
    early, middle, late = deadlines["Early"], deadlines["Middle"], deadlines["Late"]
    assert store.due(NOON + 9.999, 10) == ([], NOON + 10)
    assert store.due(NOON + 10, 10) == ([early], NOON + 20)
    assert store.due(NOON + 25, 10) == ([early, middle], NOON + 30)
    assert store.due(NOON + 30, 10) == ([early, middle, late], None)
    assert store.due(NOON + 30, 2)[0] == [early, middle]


def test_a_table_that_waits_or_is_closed_is_never_due(store: Store, ada: Player):
    open_table(store, "Waiting")
    closed = open_table(store, "Closed")
    play(store, closed, ada, "join_table")
    assert store.due(NOON, 10) == ([], NOON + 20)
    close_table(store, closed)
    assert store.due(NOON + 1e9, 10) == ([], None)


def test_open_tables_come_in_the_order_in_which_they_were_opened(store: Store):
    ids = [open_table(store, name) for name in ("One", "Two", "Three")]
    close_table(store, ids[1])
    for each in (store, new_store()):
        assert [loaded.snapshot.row["name"] for loaded in each.load_lobby()] == ["One", "Three"]
    assert [store.exists(table_id, None) for table_id in (*ids, "nowhere")] == [True, True, True, False]


def test_a_table_that_is_none_cannot_be_loaded(store: Store):
    with pytest.raises(errors.UnknownTable):
        store.load("nowhere")
    assert not store.is_public("nowhere")


def test_a_state_that_has_not_changed_is_read_once(store: Store, table_id: str):
    seen = new_store()
    assert not seen.is_public(table_id)
    first = seen.load(table_id)
    assert seen.is_public(table_id)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert seen.load(table_id) is first
    assert len(queries) == 1
    assert '"state"' not in queries[0]["sql"]


def test_what_another_process_did_is_noticed(store: Store, elsewhere: Store, table_id: str, ada: Player, bob: Player):
    for each in (store, elsewhere):
        assert each.load(table_id).snapshot.players == frozenset()
    play(elsewhere, table_id, ada, "join_table")
    assert store.load(table_id) != elsewhere.load(table_id)
    assert store.load(table_id).snapshot == elsewhere.load(table_id).snapshot
    assert play(store, table_id, bob, "join_table").seq == 5
    assert elsewhere.load(table_id).snapshot.players == {ada.public_id, bob.public_id}
    with pytest.raises(errors.AlreadySeated):
        play(elsewhere, table_id, bob, "join_table")
    assert_all_is_kept(table_id)


def test_two_processes_that_take_turns_continue_each_other(store: Store, elsewhere: Store, table_id: str, ada: Player):
    """Each commit knows the last earlier event of its types, whichever process had it."""
    commits = [play(store, table_id, ada, "join_table").commit]
    for number in range(4):
        here, there = (store, elsewhere) if number % 2 else (elsewhere, store)
        commits.append(play(here, table_id, ada, "place_bet", amount=10).commit)
        commits.append(play(there, table_id, ada, "player_action", action="STAND").commit)
        assert_all_is_kept(table_id)
    seqs = [event.seq for commit in commits if commit for event in commit.events]
    assert seqs == list(range(2, Table.objects.get().seq + 1))
    for commit in commits:
        assert commit is not None
        assert commit.before is not None
        first = commit.events[0].seq
        assert (commit.before.seq, commit.after.seq) == (first - 1, commit.events[-1].seq)
        for event_type, previous in commit.previous.items():
            earlier = LoggedEvent.objects.filter(table=table_id, event_type=event_type, seq__lt=first)
            assert previous == max(earlier.values_list("seq", flat=True), default=0)


def test_a_snapshot_counts_todays_spectators(table_id: str):
    watching = {table_id: 3}
    store = Store(lambda table, seated: watching[table])
    loaded = store.load(table_id)
    watching[table_id] = 5
    assert loaded.snapshot.row["spectators"] == 3
    assert store.snapshot_of(store.load(table_id)).row["spectators"] == 5
    assert store.snapshot_of(loaded).view["spectators"] == 5


@pytest.mark.parametrize("table_id", ["nowhere", "", "\0", "x\0y"])
def test_there_is_no_table_of_another_name(table_id: str):
    assert not Store.exists(table_id, None)
