"""Tables that players make: so many and no more, closed by their maker, or by the sweeper once they are empty."""

import asyncio
from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from cardsharp import errors
from cardsharp.blackjack.rules import Rules
from cardsharp.events.audience import Audience
from cardsharp.events.bus import EventBus
from cardsharp.events.ports import COMMITTED, Commit
from cardsharp.games import GAMES
from cardsharp.wire import decode_json
from games.database import in_database
from games.making import TooManyTables
from games.models import LoggedEvent, Player, Table
from games.store import Store
from games.sweeper import Sweeper
from games.tables import Tables
from games.verification import verify
from tests.games.durable import NOON, Clock, at_once, close_table, new_store, open_table, play

pytestmark = pytest.mark.usefixtures("database_threads")

HOUR = 3_600


def make(store: Store, maker: Player, at: float = NOON, **rules: Any) -> str:
    return store.open(GAMES["blackjack"], "Ours", Rules(**rules), at, maker.pk).table_id


def row_of(table_id: str) -> Table:
    return Table.objects.get(pk=table_id)


def reason_of(table_id: str) -> str:
    return decode_json(LoggedEvent.objects.get(table=table_id, event_type="TABLE_CLOSED").data)["reason"]


class Process:
    """A process of its own: a bus, a store and a sweeper, and nothing that it remembers from before."""

    def __init__(self, clock: Clock) -> None:
        self.bus = EventBus()
        self.tables = Tables(self.bus, Audience(), clock)
        self.sweeper = Sweeper(self.tables, self.bus)
        self.heard: list[Commit] = []
        self.bus.subscribe(COMMITTED, lambda name, commit: self.heard.append(commit))


@pytest.fixture
def process(clock: Clock) -> Process:
    return Process(clock)


# -- how many ---------------------------------------------------------------------------------------------------------


def test_a_player_has_three_open_tables_of_their_own_and_not_a_fourth(store: Store, ada: Player, bob: Player):
    made = [make(store, ada) for _ in range(3)]
    with pytest.raises(TooManyTables, match="made 3 open tables"):
        make(store, ada)
    assert Table.objects.count() == 3
    make(store, bob)
    close_table(store, made[0])
    make(store, ada)
    assert Table.objects.filter(made_by=ada, is_open=True).count() == 3


def test_how_many_is_a_setting(store: Store, ada: Player, settings: Settings):
    settings.CARDSHARP_TABLES_PER_PLAYER = 1
    make(store, ada)
    with pytest.raises(TooManyTables, match="made 1 open table,"):
        make(store, ada)


def test_the_house_has_as_many_as_it_likes(store: Store):
    for _ in range(5):
        open_table(store)
    assert Table.objects.filter(made_by=None, closes_at=None, deadline_at=None).count() == 5


def test_the_house_opens_its_tables_beside_those_of_players(store: Store, ada: Player):
    make(store, ada)
    for _ in range(2):
        call_command("open_tables", stdout=StringIO())
        assert Table.objects.filter(made_by=None).count() == 3


def test_processes_that_open_at_the_same_time_do_not_exceed_it(ada: Player):
    raced = at_once(*[partial(make, new_store(), ada) for _ in range(6)])
    assert sorted(type(result).__name__ for result in raced) == ["TooManyTables"] * 3 + ["str"] * 3
    assert Table.objects.count() == 3


# -- closed while empty -----------------------------------------------------------------------------------------------


async def test_a_table_that_nobody_has_sat_at_for_an_hour_is_closed(
    process: Process, store: Store, clock: Clock, ada: Player
):
    table_id = await in_database(make, store, ada)
    house = await in_database(open_table, store)
    clock.now = NOON + HOUR - 0.001
    await process.sweeper.sweep()
    assert process.heard == []
    clock.now = NOON + HOUR
    await process.sweeper.sweep()
    assert [(commit.table_id, [event.event_type for event in commit.events]) for commit in process.heard] == [
        (table_id, ["TABLE_CLOSED"])
    ]
    assert await in_database(reason_of, table_id) == "empty"
    row = await in_database(row_of, table_id)
    assert (row.is_open, row.closes_at, row.deadline_at) == (False, None, None)
    assert (await in_database(row_of, house)).is_open
    assert await in_database(verify) == []


async def test_the_hour_begins_when_the_last_player_leaves(process: Process, store: Store, clock: Clock, ada: Player):
    def sit_for_a_day() -> str:
        table_id = make(store, ada, bet_seconds=None)
        play(store, table_id, ada, "join_table", at=NOON + HOUR - 1)
        assert row_of(table_id).closes_at is None
        assert verify() == []
        return table_id

    table_id = await in_database(sit_for_a_day)
    clock.now = NOON + 86_400
    await process.sweeper.sweep()
    assert (await in_database(row_of, table_id)).is_open
    await in_database(partial(play, store, table_id, ada, "leave_table", at=clock.now))
    assert (await in_database(row_of, table_id)).deadline_at == clock.now + HOUR
    assert await in_database(verify) == []
    clock.now += HOUR - 1
    await process.sweeper.sweep()
    assert (await in_database(row_of, table_id)).is_open
    clock.now += 1
    await process.sweeper.sweep()
    assert not (await in_database(row_of, table_id)).is_open


async def test_racing_sweepers_close_it_once(process: Process, store: Store, clock: Clock, ada: Player):
    table_id = await in_database(make, store, ada)
    clock.now = NOON + HOUR
    rivals = [process, Process(clock), Process(clock)]
    await asyncio.gather(*(rival.sweeper.sweep() for rival in rivals))
    assert [commit.table_id for rival in rivals for commit in rival.heard] == [table_id]
    assert await in_database(reason_of, table_id) == "empty"


async def test_who_sits_down_before_the_sweeper_comes_keeps_the_table(
    process: Process, store: Store, clock: Clock, ada: Player
):
    """The sweeper has found the table due; then somebody takes a seat; then it calls time."""
    table_id = await in_database(make, store, ada)
    clock.now = NOON + HOUR
    assert await process.tables.due() == ([table_id], None)
    await in_database(partial(play, store, table_id, ada, "join_table", at=clock.now))
    with pytest.raises(errors.WrongPhase):
        await process.tables.call_time(table_id)
    assert (await in_database(row_of, table_id)).is_open


async def test_an_hour_that_passed_while_no_server_ran_has_passed(
    clock: Clock, store: Store, ada: Player, process: Process
):
    table_id = await in_database(make, store, ada)
    clock.now = NOON + 7 * 86_400
    restarted = Process(clock)
    await restarted.sweeper.sweep()
    assert [commit.table_id for commit in restarted.heard] == [table_id]
    assert not (await in_database(row_of, table_id)).is_open


async def test_the_sweeper_waits_for_that_moment_as_for_any_other(
    process: Process, store: Store, clock: Clock, ada: Player, settings: Settings
):
    settings.CARDSHARP_EMPTY_TABLE_SECONDS = 60.0
    await in_database(make, store, ada)
    assert await process.tables.due() == ([], NOON + 60)


# -- closed by its maker ----------------------------------------------------------------------------------------------


async def test_its_maker_closes_it_and_gets_every_chip_back(process: Process, store: Store, clock: Clock, ada: Player):
    def bet() -> str:
        table_id = make(store, ada, seat_count=2)
        play(store, table_id, ada, "join_table")
        return table_id

    table_id = await in_database(bet)
    await process.tables.close_own(table_id, ada)
    assert await in_database(reason_of, table_id) == "closed by its maker"
    info = await process.tables.player(ada.public_id)
    assert info is not None
    assert info.balance_cents == 1_000_00
    assert await in_database(verify) == []
    with pytest.raises(errors.TableClosed):
        await process.tables.close_own(table_id, ada)


async def test_nobody_else_closes_it(process: Process, store: Store, ada: Player, bob: Player):
    made, house = await in_database(make, store, ada), await in_database(open_table, store)
    for table_id, player in ((made, bob), (house, ada), (house, bob)):
        with pytest.raises(errors.Forbidden, match="who made a table"):
            await process.tables.close_own(table_id, player)
        assert (await in_database(row_of, table_id)).is_open


async def test_its_maker_does_not_close_it_over_others(process: Process, store: Store, ada: Player, bob: Player):
    table_id = await in_database(make, store, ada)
    await in_database(play, store, table_id, bob, "join_table")
    with pytest.raises(errors.IllegalAction, match="Others sit"):
        await process.tables.close_own(table_id, ada)
    await in_database(play, store, table_id, bob, "leave_table")
    await process.tables.close_own(table_id, ada)
    assert not (await in_database(row_of, table_id)).is_open


async def test_its_maker_does_not_close_it_on_a_losing_hand(
    process: Process, store: Store, ada: Player, settings: Settings
):
    settings.CARDSHARP_STACKED_SHOE = "10♠ 10♥ 6♠ 9♦"

    def deal() -> str:
        table_id = make(store, ada)
        play(store, table_id, ada, "join_table")
        play(store, table_id, ada, "place_bet", amount=10)
        return table_id

    table_id = await in_database(deal)
    with pytest.raises(errors.WrongPhase, match="Finish the round"):
        await process.tables.close_own(table_id, ada)
    await in_database(partial(play, store, table_id, ada, "player_action", action="STAND"))
    await process.tables.close_own(table_id, ada)
    info = await process.tables.player(ada.public_id)
    assert info is not None
    assert info.balance_cents == 990_00


# -- kept -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closes_at", [None, NOON])
def test_a_closing_time_that_does_not_fit_is_found(store: Store, ada: Player, closes_at: float | None):
    table_id = make(store, ada)
    if closes_at is not None:
        play(store, table_id, ada, "join_table")
    assert verify() == []
    Table.objects.update(closes_at=closes_at)
    assert any("closes_at is" in found for found in verify())
