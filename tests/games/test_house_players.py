"""House players: who may seat them, what they do and when, in whichever process, and that they are only company."""

import asyncio
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from cardsharp import errors
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.strategy import advise
from cardsharp.events.audience import Audience
from cardsharp.events.bus import EventBus
from cardsharp.events.ports import PlayerInfo
from games import accounts, house_players
from games.company import seat_one, send_away
from games.database import in_database
from games.models import Account, LoggedEvent, Player, Table
from games.practice import sit_down
from games.tables import Tables
from games.verification import verify
from tests.games.admin.room import ledger_sum
from tests.games.durable import Clock

pytestmark = pytest.mark.usefixtures("database_threads")

PATIENT = {"bet_seconds": None, "insurance_seconds": None, "act_seconds": None, "pause_seconds": 0}
SIXTEEN_EACH = "10♠ 10♦ 9♥ 6♠ 6♦ 8♣ 4♠ 3♦ 2♣ 2♥ 2♠"
"""Sixteen for either player against a nine."""


@pytest.fixture
def elsewhere(clock: Clock) -> Tables:
    """The tables of another process."""
    return Tables(EventBus(), Audience(), clock)


async def open_for(tables: Tables, *players: Player, made_by: Player | None = None, **rules: Any) -> str:
    """A table at which they sit."""
    key = made_by.pk if made_by else None
    table_id = await tables.open("blackjack", "Ours", Rules(**(PATIENT | rules)), key)
    for player in players:
        await act(tables, table_id, player, "join_table")
    return table_id


async def act(tables: Tables, table_id: str, player: Player, what: str, **data: Any) -> None:
    info = PlayerInfo(player_id=player.public_id, name=player.username, balance_cents=0)
    await tables.act(table_id, info, what, data)


async def seats(tables: Tables, table_id: str, *, house: bool = True) -> list[dict[str, Any]]:
    return [seat for seat in (await tables.snapshot(table_id)).view["seats"] if seat["is_house"] is house]


async def house_time(tables: Tables, table_id: str) -> float | None:
    return (await tables.load(table_id)).house_acts_at


async def next_deed(tables: Tables, table_id: str, clock: Clock) -> house_players.Deed | None:
    """What the house's player does next, done."""
    loaded = await tables.load(table_id)
    if loaded.house_acts_at is None:
        return None
    clock.now = loaded.house_acts_at
    deed = house_players.next_deed(loaded.state)
    await tables.call_time(table_id)
    return deed


async def let_them(tables: Tables, table_id: str, clock: Clock) -> list[str]:
    """What the house's players do until they wait for somebody."""
    done = []
    while (deed := await next_deed(tables, table_id, clock)) is not None:
        done.append(deed.action)
        assert len(done) < 30
    return done


async def assert_all_is_well() -> None:
    assert await in_database(verify) == []
    assert await in_database(ledger_sum) == 0


def events(table_id: str, event_type: str) -> int:
    return LoggedEvent.objects.filter(table=table_id, event_type=event_type).count()


def joined() -> list[str]:
    return list(LoggedEvent.objects.filter(event_type="PLAYER_JOINED").order_by("seq").values_list("data", flat=True))


def chips_of_the_house() -> dict[str, int]:
    return dict(Account.objects.filter(player__is_house=True).values_list("kind", "balance_cents"))


# -- seating ----------------------------------------------------------------------------------------------------------


async def test_the_host_seats_one_who_is_plainly_marked(tables: Tables, ada: Player):
    table_id = await open_for(tables, ada, made_by=ada)
    name = await seat_one(tables, table_id, ada)
    (seat,) = await seats(tables, table_id)
    assert (seat["player_name"], seat["seat"], seat["stack"], seat["is_house"]) == (name, 2, 500, True)
    (other,) = await seats(tables, table_id, house=False)
    assert other["player_name"] == "Ada"
    assert ['"is_house":true' in text for text in await in_database(joined)] == [False, True]
    assert await seat_one(tables, table_id, ada) != name


async def test_the_chips_are_the_houses_own_and_go_back_there(tables: Tables, ada: Player, clock: Clock):
    table_id = await open_for(tables, ada, made_by=ada)
    await seat_one(tables, table_id)
    assert await in_database(chips_of_the_house) == {"reserve": -500_00, "stack": 500_00}
    await assert_all_is_well()
    assert await send_away(tables, table_id, ada) == 1
    assert await in_database(chips_of_the_house) == {"reserve": 0, "stack": 0}
    await assert_all_is_well()


async def test_nobody_but_the_host_and_staff_may(tables: Tables, ada: Player, bob: Player):
    table_id = await open_for(tables, ada, bob, made_by=ada)
    with pytest.raises(errors.Forbidden):
        await seat_one(tables, table_id, bob)
    await seat_one(tables, table_id)
    with pytest.raises(errors.Forbidden):
        await send_away(tables, table_id, bob)
    assert len(await seats(tables, table_id)) == 1
    await tables.close(table_id, "test")
    with pytest.raises(errors.TableClosed):
        await seat_one(tables, table_id)


async def test_they_never_take_the_last_free_seat(tables: Tables, ada: Player):
    table_id = await open_for(tables, ada, made_by=ada, seat_count=3)
    await seat_one(tables, table_id, ada)
    with pytest.raises(errors.TableFull, match="last free seat"):
        await seat_one(tables, table_id, ada)
    assert len(await seats(tables, table_id)) == 1


async def test_they_do_not_sit_where_nobody_is_or_where_somebody_practises(tables: Tables, ada: Player):
    with pytest.raises(errors.IllegalAction, match="Take a seat first"):
        await seat_one(tables, await open_for(tables, made_by=ada), ada)
    with pytest.raises(errors.Forbidden):
        await seat_one(tables, await sit_down(tables, ada, Rules(seats_per_player=3)), ada)


# -- playing ----------------------------------------------------------------------------------------------------------


async def test_one_plays_basic_strategy_at_a_human_pace(tables: Tables, ada: Player, clock: Clock, settings: Settings):
    settings.CARDSHARP_STACKED_SHOE = SIXTEEN_EACH
    table_id = await open_for(tables, ada, made_by=ada, surrender="none")
    await seat_one(tables, table_id, ada)
    began = clock.now
    bet = await next_deed(tables, table_id, clock)
    assert bet is not None
    assert (bet.action, bet.data["amount"]) == ("place_bet", 30)
    assert 0.4 < clock.now - began < 2.5
    assert await house_time(tables, table_id) is None
    await act(tables, table_id, ada, "place_bet", amount=10)
    assert await house_time(tables, table_id) is None, "it is Ada's turn"
    await act(tables, table_id, ada, "player_action", action="STAND")
    asked = clock.now
    assert (await tables.due())[0] == []
    with pytest.raises(errors.WrongPhase):
        await tables.call_time(table_id)
    book = advise((await tables.load(table_id)).state, 2)
    deed = await next_deed(tables, table_id, clock)
    assert deed is not None
    assert (deed.action, deed.data["action"], book) == ("player_action", "HIT", "HIT")
    assert 0.9 < clock.now - asked < 2.5
    assert "player_action" in ["player_action", *await let_them(tables, table_id, clock)]
    assert await in_database(events, table_id, "ROUND_ENDED") == 1
    await assert_all_is_well()


async def test_at_a_quick_table_it_acts_before_the_time_is_up(tables: Tables, ada: Player, clock: Clock):
    table_id = await open_for(tables, ada, made_by=ada, bet_seconds=1)
    await seat_one(tables, table_id, ada)
    deadline = (await tables.snapshot(table_id)).view["deadline"]
    moment = await house_time(tables, table_id)
    assert moment is not None
    assert clock.now < moment < deadline


async def test_what_others_do_does_not_put_it_off(tables: Tables, ada: Player, clock: Clock):
    table_id = await open_for(tables, ada, made_by=ada)
    await seat_one(tables, table_id, ada)
    moment = await house_time(tables, table_id)
    for amount in (10, 20, 30):
        clock.now += 0.1
        await act(tables, table_id, ada, "place_bet", amount=amount)
        assert await house_time(tables, table_id) == moment


async def test_of_two_processes_one_acts_and_the_other_is_harmlessly_late(
    tables: Tables, elsewhere: Tables, ada: Player, clock: Clock
):
    table_id = await open_for(tables, ada, made_by=ada)
    await seat_one(tables, table_id, ada)
    clock.now = await house_time(tables, table_id) or 0
    done = await asyncio.gather(tables.call_time(table_id), elsewhere.call_time(table_id), return_exceptions=True)
    assert [type(result) for result in done if result is not None] == [errors.WrongPhase]
    assert await in_database(events, table_id, "PLAYER_BET") == 1
    await assert_all_is_well()


async def test_a_new_process_goes_on_where_the_last_one_ended(
    tables: Tables, elsewhere: Tables, ada: Player, clock: Clock
):
    table_id = await open_for(tables, ada, made_by=ada)
    await seat_one(tables, table_id, ada)
    clock.now = (await house_time(tables, table_id) or 0) + 100
    due, _ = await elsewhere.due()
    assert due == [table_id]
    await elsewhere.call_time(table_id)
    assert await in_database(events, table_id, "PLAYER_BET") == 1


async def test_who_can_do_nothing_else_gives_up_the_seat(
    tables: Tables, ada: Player, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(house_players, "_bet", lambda table, seat: 1)
    table_id = await open_for(tables, ada, made_by=ada)
    await seat_one(tables, table_id, ada)
    await next_deed(tables, table_id, clock)
    assert await seats(tables, table_id) == []
    assert "cannot place_bet" in caplog.text
    await assert_all_is_well()


# -- company and no more ----------------------------------------------------------------------------------------------


async def test_they_leave_a_table_where_nobody_is_left_and_do_not_keep_it_open(
    tables: Tables, ada: Player, clock: Clock
):
    table_id = await open_for(tables, ada, made_by=ada)
    for _ in range(2):
        await seat_one(tables, table_id, ada)
    await act(tables, table_id, ada, "leave_table")
    assert (await tables.load(table_id)).closes_at is not None
    assert set(await let_them(tables, table_id, clock)) == {"leave_table"}
    assert (await tables.snapshot(table_id)).view["phase"] == "waiting"
    clock.now += 3_600
    await tables.call_time(table_id)
    assert (await tables.snapshot(table_id)).view["phase"] == "closed"
    await assert_all_is_well()


async def test_one_makes_room_when_the_table_is_full(tables: Tables, ada: Player, bob: Player, clock: Clock):
    table_id = await open_for(tables, ada, made_by=ada, seat_count=3)
    await seat_one(tables, table_id, ada)
    await act(tables, table_id, bob, "join_table")
    deed = await next_deed(tables, table_id, clock)
    assert deed is not None
    assert deed.action == "leave_table"
    assert await seats(tables, table_id) == []


async def test_they_wait_with_somebody_who_sits_out_and_come_back_with_them(tables: Tables, ada: Player, clock: Clock):
    table_id = await open_for(tables, ada, made_by=ada)
    await seat_one(tables, table_id, ada)
    await act(tables, table_id, ada, "sit_out")
    assert await let_them(tables, table_id, clock) == ["sit_out"]
    rounds = await in_database(events, table_id, "ROUND_STARTED")
    await act(tables, table_id, ada, "sit_in")
    assert await let_them(tables, table_id, clock) == ["sit_in", "place_bet"]
    assert await in_database(events, table_id, "ROUND_STARTED") == rounds + 1


async def test_one_who_has_lost_everything_brings_new_chips(
    tables: Tables, ada: Player, clock: Clock, settings: Settings
):
    settings.CARDSHARP_STACKED_SHOE = "10♠ 10♦ 10♥ 6♠ 7♦ 10♣"
    smallest = {"min_bet_cents": 100_00, "max_bet_cents": 100_00, "default_buy_in_cents": 100_00}
    table_id = await open_for(tables, ada, made_by=ada, surrender="none", **smallest)
    await seat_one(tables, table_id, ada)
    await act(tables, table_id, ada, "add_chips", amount=100)
    await act(tables, table_id, ada, "place_bet", amount=100)
    await let_them(tables, table_id, clock)
    await act(tables, table_id, ada, "player_action", action="STAND")
    assert await let_them(tables, table_id, clock) == ["player_action", "add_chips", "sit_in", "place_bet"]
    assert (await in_database(chips_of_the_house))["reserve"] == -200_00
    await assert_all_is_well()


async def test_the_host_can_close_the_table_although_they_sit_there(tables: Tables, ada: Player):
    table_id = await open_for(tables, ada, made_by=ada)
    await seat_one(tables, table_id, ada)
    await tables.close_own(table_id, ada)
    await assert_all_is_well()


def test_nobody_can_be_one(transactional_db: None):
    robot = accounts.create_house_player("Ines")
    accounts.set_banned(robot, banned=False)
    robot.refresh_from_db()
    assert (robot.is_active, robot.is_house, robot.has_usable_password()) == (False, True, False)
    with pytest.raises(CommandError, match="not allowed in"):
        call_command("bot_token", "Ines", existing=True)
    assert accounts.token_for(accounts.issue_token(robot, "stolen", "play")) is None


async def test_a_deed_that_was_forgotten_and_a_reserve_of_a_person_are_found(tables: Tables, ada: Player):
    table_id = await open_for(tables, ada, made_by=ada)
    await seat_one(tables, table_id, ada)
    await in_database(Table.objects.filter(pk=table_id).update, house_acts_at=None, deadline_at=None)
    assert "house_acts_at is None" in (await in_database(verify))[0]
    await in_database(Account.objects.create, kind="reserve", player=ada)
    assert "is of a player who is none of the house's" in (await in_database(verify))[-1]
