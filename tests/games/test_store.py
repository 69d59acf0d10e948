"""One action, one transaction: all of it is stored or nothing, and an answer that was accepted counts once."""

from typing import Any

import pytest

from cardsharp import errors
from cardsharp.blackjack.rules import Rules
from cardsharp.games import GAMES
from games import ledger
from games.models import Answer, Hand, LoggedEvent, Player, Round, Table, Transfer
from games.store import AnswerKey, Store
from tests.games.admin.room import fold, written
from tests.games.durable import NOON, asked, assert_all_is_kept, call_time, close_table, open_table, play

pytestmark = pytest.mark.django_db


def test_a_table_is_opened_with_the_first_event_of_its_log(store: Store):
    commit = store.open(GAMES["blackjack"], "Corner", Rules(decks=2), NOON)
    table = Table.objects.get()
    assert (table.table_id, table.name, table.game, table.seq) == (commit.table_id, "Corner", "blackjack", 1)
    assert (table.is_open, table.deadline_at) == (True, None)
    assert [event.event_type for event in commit.events] == ["TABLE_OPENED"]
    assert (commit.before, commit.previous, commit.after.seq) == (None, {}, 1)
    assert table.state == fold(table)
    assert store.load(table.pk).snapshot == commit.after


def test_every_table_has_a_secret_of_its_own(store: Store):
    open_table(store, "One")
    open_table(store, "Two")
    one, two = (bytes(table.shoe_secret) for table in Table.objects.all())
    assert len(one) == len(two) == 32
    assert one != two


def test_rules_that_cannot_be_played_open_nothing(store: Store):
    with pytest.raises(errors.InvalidRules):
        open_table(store, decks=9)
    assert not Table.objects.exists()


def test_a_table_whose_log_cannot_be_written_is_none(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(LoggedEvent.objects, "bulk_create", fail)
    with pytest.raises(DiskFull):
        open_table(store)
    assert not Table.objects.exists()


class DiskFull(Exception):
    """What a database may say at any line."""


def fail(*args: object, **kwargs: object) -> None:
    raise DiskFull


def test_an_action_writes_everything_that_it_caused(store: Store, deciding: str, ada: Player):
    stored = play(store, deciding, ada, "player_action", action="STAND", at=NOON + 3)
    assert stored.commit is not None
    assert [event.event_type for event in stored.commit.events][-1] == "ROUND_STARTED"
    table = Table.objects.get()
    assert (table.seq, table.deadline_at) == (stored.seq, NOON + 23)
    assert LoggedEvent.objects.filter(event_type="ROUND_ENDED").count() == 1
    assert Transfer.objects.get(reason="hand").amount_cents == 10_00
    assert (Round.objects.count(), Hand.objects.count()) == (1, 1)
    assert store.load(deciding).snapshot == stored.commit.after
    assert_all_is_kept(deciding)


@pytest.mark.parametrize(
    ("model", "method"),
    [
        (LoggedEvent, "bulk_create"),
        (Transfer, "create"),
        (Round, "create"),
        (Hand, "bulk_create"),
        (Answer, "create"),
    ],
)
def test_a_failure_at_any_line_leaves_everything_as_it_was(
    store: Store, deciding: str, ada: Player, model: type[Any], method: str
):
    answer = AnswerKey(ada.pk, asked(store, deciding), "digest")
    before, seen = written(), store.load(deciding)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(model.objects, method, fail)
        with pytest.raises(DiskFull):
            play(store, deciding, ada, "player_action", action="STAND", answer=answer)
    assert written() == before
    assert store.load(deciding) is seen
    assert seen.game.dump(seen.state) == Table.objects.get().state
    assert play(store, deciding, ada, "player_action", action="STAND", answer=answer).commit is not None
    assert_all_is_kept(deciding)


def test_a_row_in_the_way_leaves_everything_as_it_was(
    store: Store, deciding: str, ada: Player, caplog: pytest.LogCaptureFixture
):
    """The last row of the transaction cannot be written; the ones before it have been."""
    obstacle = Round.objects.create(
        table_id=deciding,
        number=1,
        first_seq=1,
        last_seq=2,
        ended_at="2026-01-01T00:00:00Z",
        dealer_value=0,
        house_net_cents=0,
    )
    before = written()
    with pytest.raises(errors.InternalError):
        play(store, deciding, ada, "player_action", action="STAND")
    assert "conflict" in caplog.text
    assert written() == before
    loaded = store.load(deciding)
    assert loaded.game.dump(loaded.state) == Table.objects.get().state
    obstacle.delete()
    play(store, deciding, ada, "player_action", action="STAND")
    assert_all_is_kept(deciding)


def test_a_buy_in_that_the_wallet_does_not_cover_takes_no_seat(store: Store, table_id: str, ada: Player):
    before, seen = written(), store.load(table_id)
    with pytest.raises(errors.InsufficientChips):
        play(store, table_id, ada, "join_table", buy_in=1_001)
    assert written() == before
    assert store.load(table_id) is seen
    play(store, table_id, ada, "join_table", buy_in=1_000)
    assert ledger.balance_of(ada.pk) == 0
    assert_all_is_kept(table_id)


@pytest.mark.parametrize(
    ("who", "action", "data", "error"),
    [
        ("bob", "leave_table", {}, errors.NotSeated),
        ("ada", "join_table", {}, errors.AlreadySeated),
        ("bob", "join_table", {"seat": 1}, errors.SeatTaken),
        ("bob", "join_table", {"buy_in": 1}, errors.InvalidAmount),
        ("bob", "join_table", {"buy_in": 1_001}, errors.InsufficientChips),
        ("ada", "place_bet", {"amount": 10}, errors.WrongPhase),
        ("ada", "place_bet", {"amount": "ten"}, errors.BadMessage),
        ("ada", "player_action", {"action": "INSURANCE"}, errors.IllegalAction),
        ("ada", "player_action", {"action": "STAND", "request_id": "r0"}, errors.StaleRequest),
        ("ada", "dance", {}, errors.UnknownAction),
    ],
)
def test_a_refused_action_changes_nothing(
    store: Store,
    deciding: str,
    ada: Player,
    bob: Player,
    who: str,
    action: str,
    data: dict[str, Any],
    error: type[errors.GameError],
):
    before, seen = written(), store.load(deciding)
    with pytest.raises(error):
        play(store, deciding, {"ada": ada, "bob": bob}[who], action, **data)
    assert written() == before
    assert store.load(deciding) is seen


def test_time_that_has_not_come_changes_nothing(store: Store, deciding: str):
    before = written()
    with pytest.raises(errors.WrongPhase):
        call_time(store, deciding, NOON + 24.999)
    assert written() == before


def test_a_table_that_is_none_takes_no_command(store: Store, ada: Player):
    with pytest.raises(errors.UnknownTable):
        play(store, "nowhere", ada, "join_table")


def test_a_closed_table_takes_no_command(store: Store, deciding: str, ada: Player):
    close_table(store, deciding)
    assert_all_is_kept(deciding)
    before = written()
    for deed in (lambda: play(store, deciding, ada, "join_table"), lambda: close_table(store, deciding)):
        with pytest.raises(errors.TableClosed):
            deed()
    assert written() == before


def test_a_command_that_changes_nothing_writes_no_event(store: Store, deciding: str, ada: Player):
    play(store, deciding, ada, "set_client_seed", client_seed="clover")
    before = written()
    again = play(store, deciding, ada, "set_client_seed", client_seed="clover")
    assert (again.commit, again.seq) == (None, Table.objects.get().seq)
    assert written() == before
