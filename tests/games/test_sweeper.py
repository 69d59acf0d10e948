"""The sweeper: time is called where a deadline has passed, once, whoever looks and whenever it passed."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from django.db import OperationalError
from pytest_django import Settings

from cardsharp.events.audience import Audience
from cardsharp.events.bus import EventBus
from cardsharp.events.ports import COMMITTED, Commit, PlayerInfo
from games import sweeper as sweeping
from games.database import in_database
from games.models import LoggedEvent, Player, Table
from games.store import Store
from games.sweeper import POLL_SECONDS, RETRY_SECONDS, Sweeper
from games.tables import Tables
from tests.games.admin.room import fold
from tests.games.durable import NOON, Clock, assert_all_is_kept, open_table, play

pytestmark = pytest.mark.usefixtures("database_threads")


@pytest.fixture
def sweeper(tables: Tables, bus: EventBus) -> Sweeper:
    return Sweeper(tables, bus)


@pytest.fixture
def rival(clock: Clock) -> Sweeper:
    """The sweeper of another process."""
    bus = EventBus()
    return Sweeper(Tables(bus, Audience(), clock), bus)


@pytest.fixture
def betting(store: Store, table_id: str, ada: Player) -> str:
    play(store, table_id, ada, "join_table")
    return table_id


async def types_of(table_id: str, after: int = 0) -> list[str]:
    lines = LoggedEvent.objects.filter(table=table_id, seq__gt=after).order_by("seq")
    return await in_database(lambda: list(lines.values_list("event_type", flat=True)))


async def phase_of(tables: Tables, table_id: str) -> str:
    return (await tables.snapshot(table_id)).view["phase"]


async def test_a_deadline_that_has_passed_is_called_and_no_other(
    sweeper: Sweeper, tables: Tables, clock: Clock, store: Store, ada: Player
):
    def betting_at_two_tables() -> list[str]:
        ids = [open_table(store, name, bet_seconds=seconds) for name, seconds in (("Soon", 10), ("Later", 10_000))]
        for table_id in ids:
            play(store, table_id, ada, "join_table", buy_in=100)
        return ids

    soon, later = await in_database(betting_at_two_tables)
    clock.now = NOON + 9.999
    await sweeper.sweep()
    assert [await phase_of(tables, table_id) for table_id in (soon, later)] == ["betting", "betting"]
    clock.now = NOON + 10
    await sweeper.sweep()
    assert [await phase_of(tables, table_id) for table_id in (soon, later)] == ["waiting", "betting"]
    for table_id in (soon, later):
        await in_database(assert_all_is_kept, table_id)


async def test_who_does_not_bet_in_time_sits_out(sweeper: Sweeper, tables: Tables, clock: Clock, betting: str):
    clock.now = NOON + 20
    await sweeper.sweep()
    assert await types_of(betting, 4) == ["PLAYER_TIMEOUT", "PLAYER_SAT_OUT", "ROUND_ENDED"]
    assert (await tables.snapshot(betting)).view["seats"][0]["status"] == "sitting_out"
    clock.now = NOON + 20 + 600
    await sweeper.sweep()
    assert (await types_of(betting, 7))[0] == "PLAYER_LEFT"


async def test_who_does_not_decide_in_time_stands(sweeper: Sweeper, tables: Tables, clock: Clock, deciding: str):
    before = (await tables.snapshot(deciding)).seq
    clock.now = NOON + 25
    await sweeper.sweep()
    assert (await types_of(deciding, before))[:2] == ["PLAYER_TIMEOUT", "PLAYER_ACTION"]
    assert await phase_of(tables, deciding) == "betting"
    assert (await tables.snapshot(deciding)).view["seats"][0]["status"] == "active"


@pytest.mark.parametrize(("policy", "status"), [("stand", "active"), ("sit_out", "sitting_out")])
async def test_the_table_says_whether_who_was_away_goes_on_playing(
    sweeper: Sweeper,
    tables: Tables,
    clock: Clock,
    store: Store,
    ada: Player,
    settings: Settings,
    policy: str,
    status: str,
):
    settings.CARDSHARP_STACKED_SHOE = "Q♠ 10♥ K♠ 9♦"

    def deal() -> str:
        table_id = open_table(store, on_timeout=policy)
        play(store, table_id, ada, "join_table")
        play(store, table_id, ada, "place_bet", amount=10)
        return table_id

    table_id = await in_database(deal)
    clock.now = NOON + 25
    await sweeper.sweep()
    seat = (await tables.snapshot(table_id)).view["seats"][0]
    assert (seat["status"], seat["stack"]) == (status, 510)


async def test_who_does_not_answer_to_insurance_has_none(
    sweeper: Sweeper, tables: Tables, clock: Clock, store: Store, ada: Player, settings: Settings
):
    settings.CARDSHARP_STACKED_SHOE = "Q♠ A♥ K♠ 9♦"

    def deal() -> str:
        table_id = open_table(store)
        play(store, table_id, ada, "join_table")
        play(store, table_id, ada, "place_bet", amount=10)
        return table_id

    table_id = await in_database(deal)
    assert await phase_of(tables, table_id) == "insurance"
    before = (await tables.snapshot(table_id)).seq
    clock.now = NOON + 12
    await sweeper.sweep()
    assert await types_of(table_id, before) == ["PLAYER_TIMEOUT", "INSURANCE_DECISION", "PLAYER_DECISION_NEEDED"]
    assert await phase_of(tables, table_id) == "playing"


async def test_a_table_whose_time_fails_does_not_stop_the_others(
    tables: Tables, bus: EventBus, clock: Clock, store: Store, bob: Player, caplog: pytest.LogCaptureFixture
):
    """The broken table was due first and stays so: it is tried again with the next look, and not at once."""
    clock.now = time.time()

    def betting_at_two_tables() -> list[str]:
        ids = [open_table(store, name) for name in ("Broken", "Whole")]
        for table_id, seconds in zip(ids, (30, 25), strict=True):
            play(store, table_id, bob, "join_table", at=clock.now - seconds)
        Table.objects.filter(pk=ids[0]).update(state="{", seq=1_000)
        return ids

    broken, whole = await in_database(betting_at_two_tables)
    sweeper = Sweeper(tables, bus)
    await sweeper.sweep()
    assert await phase_of(tables, whole) == "waiting"
    assert f"Time could not be called at table {broken}" in caplog.text
    assert await tables.due() == ([broken], pytest.approx(clock.now + 600))
    assert await sweeper.sweep() == RETRY_SECONDS


async def test_two_processes_call_a_deadline_once(sweeper: Sweeper, rival: Sweeper, clock: Clock, deciding: str):
    clock.now = NOON + 25
    await asyncio.gather(sweeper.sweep(), rival.sweep())
    assert (await types_of(deciding)).count("PLAYER_TIMEOUT") == 1
    await in_database(assert_all_is_kept, deciding)


async def test_deadlines_that_passed_while_no_server_ran_are_called_at_its_start(
    sweeper: Sweeper, tables: Tables, clock: Clock, deciding: str
):
    """A day later: the turn is played, then the betting that nobody answers is closed, then the seat is given up."""
    clock.now = NOON + 86_400
    await sweeper.sweep()
    assert await phase_of(tables, deciding) == "betting"
    clock.now += 20
    await sweeper.sweep()
    assert await phase_of(tables, deciding) == "waiting"
    clock.now += 600
    await sweeper.sweep()
    assert (await tables.snapshot(deciding)).players == frozenset()
    assert await tables.due() == ([], None)
    assert await in_database(lambda: fold(Table.objects.get()) == Table.objects.get().state)


async def test_it_looks_again_when_the_next_deadline_comes(sweeper: Sweeper, clock: Clock, betting: str):
    def set_deadline(seconds: float) -> None:
        Table.objects.filter(pk=betting).update(deadline_at=time.time() + seconds)

    clock.now = time.time()
    await in_database(set_deadline, 0.5)
    assert 0 < await sweeper.sweep() <= 0.5
    await in_database(set_deadline, 1_000)
    assert await sweeper.sweep() == POLL_SECONDS
    await in_database(Table.objects.update, deadline_at=None)
    assert await sweeper.sweep() == POLL_SECONDS


class Watched(Sweeper):
    """A sweeper that says when it has looked."""

    def __init__(self, tables: Tables, bus: EventBus) -> None:
        super().__init__(tables, bus)
        self.has_looked = asyncio.Event()

    async def sweep(self) -> float:
        wait = await super().sweep()
        self.has_looked.set()
        return wait


@asynccontextmanager
async def running(sweeper: Sweeper, *, poll_seconds: float = 3_600.0) -> AsyncIterator[None]:
    """The sweeper at work, which looks once an hour unless it has a reason; what is awaited of it comes at once."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(sweeping, "POLL_SECONDS", poll_seconds)
        monkeypatch.setattr(sweeping, "RETRY_SECONDS", poll_seconds)
        task = asyncio.create_task(sweeper.run())
        async with asyncio.timeout(10):
            yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def timed_out(bus: EventBus) -> asyncio.Event:
    """Set once somebody's time is over."""
    happened = asyncio.Event()

    def listen(name: str, commit: Commit) -> None:
        if commit.events[0].event_type == "PLAYER_TIMEOUT":
            happened.set()

    bus.subscribe(COMMITTED, listen)
    return happened


async def test_it_is_woken_by_the_commit_that_sets_a_deadline(
    tables: Tables, bus: EventBus, clock: Clock, timed_out: asyncio.Event, table_id: str, ada: Player
):
    def pass_time(name: str, commit: Commit) -> None:
        clock.now = NOON + 20

    bus.subscribe(COMMITTED, pass_time, priority=1)
    sweeper = Watched(tables, bus)
    who = PlayerInfo(player_id=ada.public_id, name=ada.username, balance_cents=0)
    async with running(sweeper):
        await sweeper.has_looked.wait()
        assert not timed_out.is_set()
        await tables.act(table_id, who, "join_table", {})
        await timed_out.wait()


async def test_it_wakes_by_itself_when_a_deadline_comes(
    bus: EventBus, timed_out: asyncio.Event, store: Store, table_id: str, ada: Player
):
    sweeper = Watched(Tables(bus, Audience()), bus)
    await in_database(partial(play, store, table_id, ada, "join_table", at=time.time() - 19.5))
    async with running(sweeper):
        await sweeper.has_looked.wait()
        assert not timed_out.is_set()
        await timed_out.wait()


async def test_a_database_that_is_away_for_a_moment_does_not_end_it(
    bus: EventBus, clock: Clock, timed_out: asyncio.Event, betting: str, caplog: pytest.LogCaptureFixture
):
    class AwayAtFirst(Tables):
        tries = 0

        async def due(self, limit: int = 100) -> tuple[list[str], float | None]:
            self.tries += 1
            if self.tries == 1:
                raise OperationalError("the database is away")
            return await super().due(limit)

    sweeper = Sweeper(AwayAtFirst(bus, Audience(), clock), bus)
    clock.now = NOON + 20
    async with running(sweeper, poll_seconds=0.01):
        await timed_out.wait()
    assert "the database is away" in caplog.text
