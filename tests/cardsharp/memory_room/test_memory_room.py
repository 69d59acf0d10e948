"""The in-memory host: chips are conserved, answers take effect once, time is called, and nothing grows for ever."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsharp import errors
from cardsharp.blackjack.rules import Rules
from cardsharp.cards import parse_cards
from cardsharp.events.bus import EventBus
from cardsharp.events.messages import Connect
from cardsharp.events.ports import COMMITTED, Commit, PlayerInfo
from cardsharp.memory_room import MemoryRoom, players, room, table
from cardsharp.memory_room.timekeeper import Timekeeper
from cardsharp.shoe import StackedShoes

UNTIMED = Rules(bet_seconds=None, act_seconds=None, insurance_seconds=None, pause_seconds=0)


def chips_everywhere(room_: MemoryRoom) -> int:
    at_tables = sum(sum(room_.game.chips_of(table_.state).values()) for table_ in room_.tables.values())
    return room_.players.wallets_cents + at_tables + room_.players.house_cents


async def balance(room_: MemoryRoom, player: PlayerInfo) -> int:
    now = await room_.player(player.player_id)
    assert now is not None
    return now.balance_cents


def seq(room_: MemoryRoom, table_id: str) -> int:
    return room_.table(table_id).seq


@pytest.fixture
async def memory() -> AsyncIterator[MemoryRoom]:
    async with MemoryRoom(EventBus()) as memory:
        yield memory


async def test_what_is_bought_in_comes_from_the_wallet_and_goes_back_to_it(memory: MemoryRoom):
    ada = memory.add_player("Ada", Decimal("500.50"))
    table_id = await memory.open("One", UNTIMED)
    await memory.act(table_id, ada, "join_table", {"buy_in": 200})
    assert await balance(memory, ada) == 300_50
    await memory.act(table_id, ada, "add_chips", {"amount": Decimal("50.25")})
    assert await balance(memory, ada) == 250_25
    await memory.act(table_id, ada, "leave_table", {})
    assert await balance(memory, ada) == 500_50


async def test_a_wallet_that_does_not_cover_a_buy_in_refuses_it_and_nothing_changes(memory: MemoryRoom):
    ada = memory.add_player("Ada", 150)
    table_id = await memory.open("One", UNTIMED)
    before = memory.table(table_id).state
    with pytest.raises(errors.InsufficientChips) as refusal:
        await memory.act(table_id, ada, "join_table", {"buy_in": 200})
    assert refusal.value.details == {"balance": 150}
    assert memory.table(table_id).state is before


async def test_one_wallet_is_not_spent_at_two_tables(memory: MemoryRoom):
    ada = memory.add_player("Ada", 500)
    one, two = await memory.open("One", UNTIMED), await memory.open("Two", UNTIMED)
    joins = [memory.act(table_id, ada, "join_table", {"buy_in": 400}) for table_id in (one, two)]
    results = await asyncio.gather(*joins, return_exceptions=True)
    assert [isinstance(result, errors.InsufficientChips) for result in results] == [False, True]
    assert chips_everywhere(memory) == memory.players.issued_cents == 500_00


@given(st.lists(st.integers(0, 1000), max_size=60))
def test_chips_are_conserved_whatever_is_played(choices: list[int]):
    async def play() -> None:
        memory = MemoryRoom(EventBus(), guest_chips=700)
        table_id = await memory.open("One", UNTIMED)
        guests = [await memory.guest(Connect(client_id=name)) for name in ("a", "b", "c")]
        actions = [("join_table", {}), ("leave_table", {}), ("place_bet", {"amount": 10}), ("sit_in", {})]
        for choice in choices:
            moves = memory.game.requests(memory.table(table_id).state)
            ways = actions + [("player_action", {"action": move}) for r in moves for move in r.data["valid_actions"]]
            guest = guests[choice % 3]
            with suppress(errors.GameError):
                await memory.act(table_id, guest, *ways[choice % len(ways)])
            assert chips_everywhere(memory) == memory.players.issued_cents == 2100_00
        await memory.close_all()
        assert memory.players.wallets_cents + memory.players.house_cents == 2100_00

    asyncio.run(play())


async def test_the_repetition_of_an_answer_gets_the_first_receipt_and_does_nothing(memory: MemoryRoom):
    ada = memory.add_player("Ada", 1000)
    shoes = StackedShoes(parse_cards("2♠ 10♥ 3♦ 7♦ 4♠ 5♠"))
    table_id = await memory.open("One", UNTIMED, shoes=shoes)
    await memory.act(table_id, ada, "join_table", {})
    await memory.act(table_id, ada, "place_bet", {"amount": 10})
    (request,) = (await memory.snapshot(table_id)).requests
    hit = {"action": "HIT", "request_id": request.request_id}
    first = await memory.act(table_id, ada, "player_action", hit)
    assert (first.action, first.request_id, first.seq) == ("HIT", request.request_id, seq(memory, table_id))
    await memory.act(table_id, ada, "player_action", {"action": "HIT"})
    assert await memory.act(table_id, ada, "player_action", hit) == first
    assert seq(memory, table_id) > first.seq
    with pytest.raises(errors.StaleRequest):
        await memory.act(table_id, ada, "player_action", {**hit, "action": "STAND"})


async def test_who_the_room_does_not_know_does_not_act(memory: MemoryRoom):
    table_id = await memory.open("One", UNTIMED)
    stranger = PlayerInfo(player_id="p99", name="Eve", balance_cents=10_000_00)
    with pytest.raises(errors.NotAuthenticated):
        await memory.act(table_id, stranger, "join_table", {})
    with pytest.raises(errors.UnknownTable):
        await memory.act("nowhere", stranger, "join_table", {})


async def test_commits_come_in_their_order_and_name_what_came_before(memory: MemoryRoom):
    commits: list[Commit] = []

    async def listen(name: str, commit: Commit) -> None:
        await asyncio.sleep(0)
        commits.append(commit)

    memory.bus.subscribe(COMMITTED, listen)
    table_id = await memory.open("One", UNTIMED)
    guests = [memory.add_player(name, 1000) for name in "abc"]
    await asyncio.gather(*(memory.act(table_id, guest, "join_table", {}) for guest in guests))
    events = [event for commit in commits for event in commit.events]
    assert [event.seq for event in events] == list(range(1, seq(memory, table_id) + 1))
    newest = dict.fromkeys(memory.event_types, 0)
    for commit in commits:
        assert commit.previous == newest
        newest |= {event.event_type: event.seq for event in commit.events}
    assert [commit.before is None for commit in commits] == [True, False, False, False]


async def test_what_was_decided_is_published_though_nobody_waits_for_it(memory: MemoryRoom):
    commits: list[Commit] = []
    gate, reached = asyncio.Event(), asyncio.Event()

    async def listen(name: str, commit: Commit) -> None:
        reached.set()
        await gate.wait()
        commits.append(commit)

    table_id = await memory.open("One", UNTIMED)
    memory.bus.subscribe(COMMITTED, listen)
    joining = asyncio.create_task(memory.act(table_id, memory.add_player("Ada", 1000), "join_table", {}))
    await reached.wait()
    joining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await joining
    gate.set()
    await memory.act(table_id, memory.add_player("Ben", 1000), "join_table", {})
    assert [commit.events[0].event_type for commit in commits] == ["PLAYER_JOINED", "PLAYER_JOINED"]


async def test_time_is_called_when_it_has_come():
    happened = asyncio.Event()
    bus = EventBus()

    def listen(name: str, commit: Commit) -> None:
        if any(event.event_type == "PLAYER_TIMEOUT" for event in commit.events):
            happened.set()

    async with MemoryRoom(bus) as memory:
        table_id = await memory.open("One", Rules(bet_seconds=1))
        bus.subscribe(COMMITTED, listen)
        await memory.act(table_id, memory.add_player("Ada", 1000), "join_table", {})
        async with asyncio.timeout(10):
            await happened.wait()


async def test_a_table_whose_time_cannot_be_called_does_not_stop_the_others(caplog: pytest.LogCaptureFixture):
    deadlines = {"broken": 1.0, "sound": 2.0}
    called = asyncio.Event()

    def call_time(table_id: str) -> None:
        if table_id == "broken":
            raise RuntimeError("a fault in the room")
        del deadlines[table_id]
        called.set()

    keeping = asyncio.create_task(Timekeeper(lambda: deadlines.copy(), call_time, lambda: 3.0).run())
    async with asyncio.timeout(10):
        await called.wait()
    keeping.cancel()
    assert "Time could not be called at table broken" in caplog.text


async def test_a_guest_stays_the_same_under_its_name():
    memory = MemoryRoom(EventBus(), guest_chips=1000)
    first, other = await memory.guest(Connect(client_id="c-1")), await memory.guest(Connect(client_id="c-2"))
    assert first.balance_cents == 1000_00
    assert await memory.guest(Connect(client_id="c-1")) == first
    assert other != first


async def test_old_guests_without_a_seat_are_forgotten(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(players, "MOST_GUESTS", 3)
    memory = MemoryRoom(EventBus(), guest_chips=1000)
    table_id = await memory.open("One", UNTIMED)
    seated = await memory.guest(Connect(client_id="c-0"))
    await memory.act(table_id, seated, "join_table", {})
    first = [await memory.guest(Connect(client_id="c-0")), await memory.guest(Connect(client_id="c-1"))]
    for number in range(2, 10):
        await memory.guest(Connect(client_id=f"c-{number}"))
    now = [await memory.guest(Connect(client_id="c-0")), await memory.guest(Connect(client_id="c-1"))]
    assert [a == b for a, b in zip(first, now, strict=True)] == [True, False]
    assert chips_everywhere(memory) == memory.players.issued_cents == 3 * 1000_00


async def test_a_long_log_is_trimmed_from_its_beginning():
    memory = MemoryRoom(EventBus(), guest_chips=1000, kept_events=10)
    table_id = await memory.open("One", UNTIMED)
    guest = await memory.guest(Connect(client_id="c-1"))
    for _ in range(30):
        await memory.act(table_id, guest, "join_table", {})
        await memory.act(table_id, guest, "leave_table", {})
    newest = seq(memory, table_id)
    lines = await memory.log(table_id, after=newest - 10, limit=500)
    assert [line.seq for line in lines] == list(range(newest - 9, newest + 1))
    assert len(await memory.log(table_id, after=0, limit=500)) <= 30
    assert [line.seq for line in await memory.log(table_id, after=newest - 5, limit=2)] == [
        newest - 4,
        newest - 3,
    ]


async def test_repetitions_are_known_among_the_latest_answers(memory: MemoryRoom, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(table, "KEPT_ANSWERS", 2)
    ada = memory.add_player("Ada", 1000)
    table_id = await memory.open("One", UNTIMED)
    await memory.act(table_id, ada, "join_table", {})
    (request,) = (await memory.snapshot(table_id)).requests
    for _ in range(5):
        await memory.act(table_id, ada, "sit_out", {"request_id": request.request_id})
        await memory.act(table_id, ada, "sit_in", {})
        (request,) = (await memory.snapshot(table_id)).requests
    assert len(memory.table(table_id).answers) == 2


async def test_closed_tables_are_forgotten_when_there_are_many(memory: MemoryRoom, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(room, "CLOSED_TABLES_KEPT", 2)
    opened = [await memory.open(f"Table {number}", UNTIMED) for number in range(6)]
    memory.audience.watch(opened[0], "socket", None)
    for table_id in opened[:5]:
        await memory.close(table_id)
    assert list(memory.tables) == [opened[0], *opened[3:]]
    assert [snapshot.row["table_id"] for snapshot in await memory.snapshots()] == [opened[5]]
    with pytest.raises(errors.TableClosed):
        await memory.act(opened[4], memory.add_player("Ada", 1000), "join_table", {})


async def test_two_players_cannot_share_a_token_nor_two_tables_an_id(memory: MemoryRoom):
    ada, ben = memory.add_player("Ada", 10), memory.add_player("Ben", 20)
    memory.add_token(ada.player_id, "play")
    memory.add_token(ada.player_id, "watch", may_act=False)
    playing, watching = await memory.player_for_token("play"), await memory.player_for_token("watch")
    assert playing is not None
    assert watching is not None
    assert (playing.player_id, playing.may_act, watching.may_act) == (ada.player_id, True, False)
    assert playing.credential != watching.credential
    assert await memory.player_for_token("ben") is None
    with pytest.raises(ValueError, match="token"):
        memory.add_token(ben.player_id, "play")
    await memory.open("One", UNTIMED, table_id="one")
    with pytest.raises(ValueError, match="one"):
        await memory.open("One", UNTIMED, table_id="one")


async def test_a_listener_that_hangs_does_not_stop_the_time_of_the_other_tables():
    async with MemoryRoom(EventBus()) as memory:
        one, two = await memory.open("One", Rules(bet_seconds=1)), await memory.open("Two", Rules(bet_seconds=1))
        for table_id in (one, two):
            await memory.act(table_id, memory.add_player("Ada", 1000), "join_table", {})
        hanging, reached = asyncio.Event(), {one: asyncio.Event(), two: asyncio.Event()}

        async def listen(name: str, commit: Commit) -> None:
            reached[commit.table_id].set()
            await hanging.wait()

        memory.bus.subscribe(COMMITTED, listen)
        async with asyncio.timeout(10):
            await reached[one].wait()
            await reached[two].wait()
        hanging.set()
