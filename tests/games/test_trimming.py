"""Logs that are kept in part: what is left still folds, is checked and shown, and nothing else is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cardsharp.dealt_shoe import check
from cardsharp.games import GAMES
from cardsharp.shoe_file import read_shoes
from games import trimming
from games.models import Checkpoint, LoggedEvent, Player, Round, Table
from games.shoes import dealt_shoe, next_commitment, shuffles
from games.store import Store
from games.verification import verify
from tests.games.durable import NOON, call_time, new_store, open_table, play

pytestmark = pytest.mark.django_db

STEP = 10
LONGEST = 25
"""No command of these rounds has so many events."""


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trimming, "STEP", STEP)


def play_on(store: Store, table_id: str, player: Player, until: Callable[[Any], bool]) -> None:
    """Bets, stands and declines until the table is as wanted, each a moment after the other."""
    while not until(state := store.load(table_id).state):
        at = NOON + GAMES["blackjack"].seq(state) / 1000
        if state.phase == "betting":
            play(store, table_id, player, "place_bet", amount=10, at=at)
        elif state.phase == "insurance":
            play(store, table_id, player, "player_action", action="DECLINE_INSURANCE", at=at)
        elif state.phase == "playing":
            play(store, table_id, player, "player_action", action="STAND", at=at)
        else:
            call_time(store, table_id, state.next_deadline)


@pytest.fixture
def long_log(store: Store, ada: Player) -> str:
    """A table of short shoes, in the middle of a round with its fifth."""
    table_id = open_table(store, decks=1, penetration_percent=30, pause_seconds=0)
    play(store, table_id, ada, "join_table", buy_in=500)
    play_on(store, table_id, ada, lambda state: state.shoe.number == 5 and state.phase == "playing")
    return table_id


def trim(table_id: str, kept: int) -> int:
    """Trims as far as it goes; how many events went."""
    before = LoggedEvent.objects.count()
    while trimming.trim(table_id, kept):
        pass
    return before - LoggedEvent.objects.count()


def seqs_of(table_id: str) -> list[int]:
    return list(LoggedEvent.objects.filter(table=table_id).order_by("seq").values_list("seq", flat=True))


@pytest.mark.parametrize("kept", [0, 1, 25, 60])
def test_the_newest_events_are_kept_and_they_still_fold_to_the_table(long_log: str, kept: int):
    newest = seqs_of(long_log)[-1]
    gone = trim(long_log, kept)
    assert 0 < gone <= newest - kept < gone + STEP + LONGEST
    assert seqs_of(long_log) == list(range(gone + 1, newest + 1))
    assert verify() == []


def test_play_goes_on_at_a_trimmed_table(long_log: str, store: Store, ada: Player):
    trim(long_log, 0)
    play_on(store, long_log, ada, lambda state: state.shoe.number == 6 and state.phase == "playing")
    assert verify() == []
    other = new_store()
    play_on(other, long_log, ada, lambda state: state.shoe.number == 7)
    assert verify() == []


def test_a_log_that_is_not_too_long_is_left_alone(long_log: str):
    newest = seqs_of(long_log)[-1]
    assert trimming.overlong(newest - STEP) == [long_log]
    assert trimming.overlong(newest - STEP + 1) == []
    assert not trimming.trim(long_log, newest - STEP + 1)
    assert seqs_of(long_log) == list(range(1, newest + 1))
    trim(long_log, STEP)
    assert trimming.overlong(STEP + LONGEST) == []


DAMAGES: dict[str, tuple[Callable[[], object], str]] = {
    "the first event that is kept": (lambda: LoggedEvent.objects.order_by("seq")[0].delete(), "is missing in the log"),
    "the state of the checkpoint": (
        lambda: Checkpoint.objects.update(state=Table.objects.values_list("state", flat=True).get()),
        "the checkpoint says",
    ),
    "its seq": (lambda: Checkpoint.objects.update(seq=STEP), "the checkpoint says"),
    "the checkpoint": (lambda: Checkpoint.objects.all().delete(), "event 1 is missing in the log"),
    "a round that is kept": (lambda: Round.objects.order_by("-number")[0].delete(), "the history lacks round"),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_verify_sees_what_is_wrong_with_a_trimmed_log(long_log: str, what: str):
    damage, said = DAMAGES[what]
    trim(long_log, 60)
    damage()
    assert any(said in sentence for sentence in verify()), verify()


def test_whoever_trims_later_than_another_process_changes_nothing(long_log: str, monkeypatch: pytest.MonkeyPatch):
    read = trimming.events_of

    def read_and_be_overtaken(*args: Any, **options: Any) -> Any:
        events = list(read(*args, **options))
        monkeypatch.undo()
        monkeypatch.setattr(trimming, "STEP", STEP)
        assert trimming.trim(long_log, 0)
        return events

    monkeypatch.setattr(trimming, "events_of", read_and_be_overtaken)
    assert not trimming.trim(long_log, 0)
    assert seqs_of(long_log)[0] == Checkpoint.objects.get().seq + 1 > STEP
    assert verify() == []


def test_the_shoes_that_are_kept_are_shown_and_check(long_log: str, client: Client):
    table = Table.objects.get(pk=long_log)
    whole = {number: dealt_shoe(table, number) for number in range(1, 6)}
    coming = next_commitment(table)
    begun = list(shuffles(table).order_by("seq").values_list("seq", flat=True))
    trim(long_log, seqs_of(long_log)[-1] - begun[2] + 1)
    first = seqs_of(long_log)[0]
    kept = [number for number in range(1, 7) if dealt_shoe(table, number) is not None]
    assert kept == [number for number, seq in enumerate(begun, start=1) if seq >= first]
    assert {3, 4, 5} <= {*kept} < {1, 2, 3, 4, 5}
    for number in kept:
        shoe, before = dealt_shoe(table, number), whole[number]
        assert shoe == before
        assert shoe is not None
        assert shoe.promised == shoe.commitment
        assert client.get(reverse("shoe", args=[long_log, number])).status_code == 200
        for read in read_shoes(client.get(reverse("shoe_file", args=[long_log, number])).content):
            assert read.server_seed is None or not check(read).faults
    assert client.get(reverse("shoe", args=[long_log, 1])).status_code == 404
    assert next_commitment(table) == coming
    assert client.get(reverse("shoes", args=[long_log])).status_code == 200


def test_the_history_keeps_its_rounds_and_links_to_the_shoes_that_are_left(long_log: str, client: Client, ada: Player):
    client.force_login(ada)
    before = client.get(reverse("history")).content.decode()
    trim(long_log, 40)
    after = client.get(reverse("history")).content.decode()
    assert before.count('<li class="round">') == after.count('<li class="round">') > 5
    assert before.count('class="round-shoe"') > after.count('class="round-shoe"')


def test_looking_for_long_logs_is_one_query_and_reads_no_state(long_log: str):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        trimming.overlong(0)
    assert len(queries) == 1
    assert "state" not in queries[0]["sql"]
