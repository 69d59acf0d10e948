"""The door to the tables: what it publishes and when, what it acknowledges, and what it refuses."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from cardsharp import errors
from cardsharp.blackjack.rules import Rules
from cardsharp.events.bus import EventBus
from cardsharp.events.commits import TableEvent
from cardsharp.events.ports import COMMITTED, Commit, PlayerInfo
from games import accounts
from games.database import in_database
from games.models import Player, Table, Token
from games.tables import Tables
from tests.games.admin.room import written
from tests.games.durable import NOON, Clock, assert_all_is_kept

pytestmark = pytest.mark.usefixtures("database_threads")


@pytest.fixture
def heard(bus: EventBus) -> list[Commit]:
    """Every commit that is published, in its order."""
    commits: list[Commit] = []
    bus.subscribe(COMMITTED, lambda name, commit: commits.append(commit))
    return commits


@pytest.fixture
def as_ada(ada: Player) -> PlayerInfo:
    return info(ada)


@pytest.fixture
def as_bob(bob: Player) -> PlayerInfo:
    return info(bob)


def info(player: Player) -> PlayerInfo:
    return PlayerInfo(player_id=player.public_id, name=player.username, balance_cents=0)


def seqs(commits: list[Commit]) -> list[int]:
    return [event.seq for commit in commits for event in commit.events]


def stored_seq(table_id: str) -> int:
    """The table's seq as a connection of its own sees it."""
    try:
        return Table.objects.get(pk=table_id).seq
    finally:
        connections.close_all()


async def test_an_action_is_durable_when_it_is_published(
    tables: Tables, bus: EventBus, table_id: str, as_ada: PlayerInfo
):
    """A process that hears of a commit may read it at once, on whatever connection."""
    read: list[tuple[int, int]] = []

    async def look(name: str, commit: Commit) -> None:
        read.append((commit.after.seq, await asyncio.to_thread(stored_seq, table_id)))

    bus.subscribe(COMMITTED, look)
    receipt = await tables.act(table_id, as_ada, "join_table", {})
    assert read == [(receipt.seq, receipt.seq)]


async def test_actions_at_the_same_time_are_published_in_the_order_of_the_log(
    tables: Tables, heard: list[Commit], table_id: str, as_ada: PlayerInfo
):
    await tables.act(table_id, as_ada, "join_table", {})
    seeds = [{"client_seed": str(number)} for number in range(20)]
    receipts = await asyncio.gather(*(tables.act(table_id, as_ada, "set_client_seed", seed) for seed in seeds))
    assert sorted(receipt.seq for receipt in receipts) == list(range(5, 25))
    assert seqs(heard) == list(range(2, 25))
    told = {event.seq: event.data["client_seed"] for commit in heard[1:] for event in commit.events}
    assert [told[receipt.seq] for receipt in receipts] == [seed["client_seed"] for seed in seeds]


async def test_news_wait_for_the_news_before_them(
    tables: Tables, bus: EventBus, table_id: str, as_ada: PlayerInfo, as_bob: PlayerInfo
):
    """A handler that is slow with the first commit is not overtaken by the second; another table does not wait."""
    begun, go_on = asyncio.Event(), asyncio.Event()
    order: list[tuple[str, int]] = []

    async def slow(name: str, commit: Commit) -> None:
        if commit.after.seq == 4 and commit.table_id == table_id:
            begun.set()
            await go_on.wait()
        order.append((commit.table_id, commit.after.seq))

    bus.subscribe(COMMITTED, slow)
    other = await tables.open("blackjack", "Other", Rules())
    first = asyncio.create_task(tables.act(table_id, as_ada, "join_table", {}))
    await begun.wait()
    second = asyncio.create_task(tables.act(table_id, as_bob, "join_table", {}))
    await tables.act(other, as_bob, "join_table", {})
    go_on.set()
    await asyncio.gather(first, second)
    assert order == [(other, 1), (other, 4), (table_id, 4), (table_id, 5)]


async def test_a_caller_that_goes_away_stops_neither_the_action_nor_its_news(
    tables: Tables, bus: EventBus, table_id: str, as_ada: PlayerInfo
):
    begun, go_on = asyncio.Event(), asyncio.Event()
    published: list[int] = []

    async def slow(name: str, commit: Commit) -> None:
        begun.set()
        await go_on.wait()
        published.append(commit.after.seq)

    bus.subscribe(COMMITTED, slow)
    caller = asyncio.create_task(tables.act(table_id, as_ada, "join_table", {}))
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    drained = asyncio.create_task(tables.drain())
    go_on.set()
    await drained
    assert published == [4]
    await tables.drain()


async def test_a_listener_that_fails_does_not_undo_what_was_done(
    tables: Tables, bus: EventBus, table_id: str, as_ada: PlayerInfo, caplog: pytest.LogCaptureFixture
):
    def fail(name: str, commit: Commit) -> None:
        raise LookupError("no such listener")

    bus.subscribe(COMMITTED, fail)
    receipt = await tables.act(table_id, as_ada, "join_table", {})
    assert (await tables.snapshot(table_id)).seq == receipt.seq
    assert "no such listener" in caplog.text


async def test_the_receipt_names_the_action_or_move_and_its_last_event(
    tables: Tables, heard: list[Commit], deciding: str, as_ada: PlayerInfo
):
    request_id = (await tables.snapshot(deciding)).requests[0].request_id
    stand = {"action": "STAND", "request_id": request_id}
    receipt = await tables.act(deciding, as_ada, "player_action", stand)
    assert (receipt.action, receipt.request_id, receipt.seq) == ("STAND", request_id, heard[0].after.seq)
    receipt = await tables.act(deciding, as_ada, "set_client_seed", {"client_seed": "clover"})
    assert (receipt.action, receipt.request_id, receipt.seq) == ("set_client_seed", None, heard[1].after.seq)
    receipt = await tables.act(deciding, as_ada, "set_client_seed", {"client_seed": "clover"})
    assert receipt.seq == heard[1].after.seq
    assert len(heard) == 2


async def test_a_repeated_answer_gets_its_receipt_again_and_makes_no_news(
    tables: Tables, heard: list[Commit], deciding: str, as_ada: PlayerInfo
):
    """Fields that are null are left out, so they make no other data of it."""
    request_id = (await tables.snapshot(deciding)).requests[0].request_id
    stand = {"action": "STAND", "request_id": request_id}
    receipt = await tables.act(deciding, as_ada, "player_action", stand)
    await tables.act(deciding, as_ada, "set_client_seed", {"client_seed": "clover"})
    for again in (stand, dict(reversed(stand.items())), {**stand, "amount": None, "seat": None}):
        assert await tables.act(deciding, as_ada, "player_action", again) == receipt
    assert len(heard) == 2
    for other in ({**stand, "action": "HIT"}, {**stand, "seat": 1}):
        with pytest.raises(errors.StaleRequest):
            await tables.act(deciding, as_ada, "player_action", other)


@pytest.mark.parametrize(
    ("action", "data", "error"),
    [
        ("dance", {}, errors.UnknownAction),
        ("place_bet", {}, errors.BadMessage),
        ("place_bet", {"amount": "10"}, errors.BadMessage),
        ("place_bet", {"amount": True}, errors.BadMessage),
        ("player_action", {"action": "STAND", "request_id": 7}, errors.BadMessage),
        ("player_action", {"action": "STAND", "request_id": "r0"}, errors.StaleRequest),
        ("join_table", {}, errors.AlreadySeated),
        ("place_bet", {"amount": 10}, errors.WrongPhase),
    ],
)
async def test_a_refusal_is_neither_stored_nor_published(
    tables: Tables,
    heard: list[Commit],
    deciding: str,
    as_ada: PlayerInfo,
    action: str,
    data: dict[str, Any],
    error: type[errors.GameError],
):
    before = await in_database(written)
    with pytest.raises(error):
        await tables.act(deciding, as_ada, action, data)
    assert heard == []
    assert await in_database(written) == before


async def test_the_shape_of_an_action_is_known_before_anything_else(tables: Tables):
    with pytest.raises(errors.BadMessage):
        tables.check_shape("place_bet", {"amount": []})
    tables.check_shape("place_bet", {"amount": 10})
    tables.check_shape("dance", {"amount": []})


async def test_there_is_nothing_at_a_table_that_is_none(tables: Tables, as_ada: PlayerInfo):
    deeds: list[Callable[[], Any]] = [
        lambda: tables.act("nowhere", as_ada, "join_table", {}),
        lambda: tables.snapshot("nowhere"),
        lambda: tables.call_time("nowhere"),
        lambda: tables.close("nowhere", "x"),
    ]
    for deed in deeds:
        with pytest.raises(errors.UnknownTable):
            await deed()
    assert not await tables.has_table("nowhere", None)
    assert await tables.newest(["nowhere"]) == {}


async def test_time_is_called_when_it_has_come_and_not_before(
    tables: Tables, heard: list[Commit], clock: Clock, deciding: str
):
    clock.now = NOON + 24.999
    assert await tables.due() == ([], NOON + 25)
    with pytest.raises(errors.WrongPhase):
        await tables.call_time(deciding)
    clock.now = NOON + 25
    assert await tables.due() == ([deciding], None)
    await tables.call_time(deciding)
    assert heard[0].events[0].event_type == "PLAYER_TIMEOUT"
    with pytest.raises(errors.WrongPhase):
        await tables.call_time(deciding)


async def test_closing_a_table_gives_every_chip_back_and_says_so(
    tables: Tables, heard: list[Commit], deciding: str, as_ada: PlayerInfo
):
    await tables.close(deciding, "fire drill")
    events = {event.event_type: event.data for event in heard[0].events}
    assert events["TABLE_CLOSED"]["reason"] == "fire drill"
    player = await tables.player(as_ada.player_id)
    assert player is not None
    assert player.balance_cents == 1_000_00
    assert await tables.snapshots() == []
    assert (await tables.snapshot(deciding)).view["phase"] == "closed"
    with pytest.raises(errors.TableClosed):
        await tables.close(deciding, "again")
    with pytest.raises(errors.TableClosed):
        await tables.act(deciding, as_ada, "join_table", {})
    await in_database(assert_all_is_kept, deciding)


async def test_opening_a_table_is_news(tables: Tables, heard: list[Commit]):
    table_id = await tables.open("blackjack", "Corner", Rules())
    assert [(commit.table_id, commit.before) for commit in heard] == [(table_id, None)]
    assert await tables.has_table(table_id, None)
    assert [snapshot.row["table_id"] for snapshot in await tables.snapshots()] == [table_id]
    assert [line.event_type for line in await tables.log(table_id, after=0, limit=9)] == ["TABLE_OPENED"]
    assert await tables.newest([table_id]) == {table_id: 1}
    with pytest.raises(errors.InvalidRules):
        await tables.open("blackjack", "Corner", Rules(decks=9))
    assert len(heard) == 1
    assert await in_database(Table.objects.count) == 1


async def test_players_are_known_by_their_id_and_their_tokens(tables: Tables, ada: Player):
    play_token = await in_database(accounts.issue_token, ada, "bot", "play")
    watch_token = await in_database(accounts.issue_token, ada, "screen", "watch")
    who = await tables.player_for_token(play_token)
    assert who is not None
    assert (who.player_id, who.name, who.balance_cents, who.may_act) == (ada.public_id, "Ada", 1_000_00, True)
    watcher = await tables.player_for_token(watch_token)
    assert watcher is not None
    assert not watcher.may_act
    tokens = await in_database(lambda: list(Token.objects.order_by("pk").values_list("pk", flat=True)))
    assert [who.credential, watcher.credential] == [f"token:{pk};" for pk in tokens]
    assert await tables.player_for_token("cs_guess") is None
    assert await tables.player("p0") is None
    await in_database(Player.objects.filter(pk=ada.pk).update, is_active=False)
    assert await tables.player(ada.public_id) is None
    assert await tables.player_for_token(play_token) is None


async def test_who_hears_of_a_commit_may_play_at_that_table(
    tables: Tables, bus: EventBus, heard: list[Commit], table_id: str, as_ada: PlayerInfo, as_bob: PlayerInfo
):
    async def follow(name: str, event: TableEvent) -> None:
        if event.data["player_id"] == as_ada.player_id:
            await tables.act(event.table_id, as_bob, "join_table", {})

    bus.subscribe("PLAYER_JOINED", follow)
    await tables.act(table_id, as_ada, "join_table", {})
    await tables.drain()
    joined = [event for commit in heard for event in commit.events if event.event_type == "PLAYER_JOINED"]
    assert [event.data["player_id"] for event in joined] == [as_ada.player_id, as_bob.player_id]
    assert seqs(heard) == list(range(2, 2 + len(seqs(heard))))
