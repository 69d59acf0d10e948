"""Acting at a table: what is accepted and told to whom, and every refusal, over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from cardsharp.errors import ERROR_CODES
from tests.servers import serving
from tests.wire.conftest import Room
from tests.wire_client import WireClient, connected, opened

ASKED_ONLY_ELSEWHERE = {
    "bad_json": "test_bad_input",
    "bad_message": "test_bad_input",
    "unknown_type": "test_bad_input",
    "rate_limited": "test_limits",
    "too_many_subscriptions": "test_limits",
    "internal_error": "test_an_error_of_the_servers_own_is_told_and_harms_nothing",
    "unavailable": "tests/faults/test_outages.py",
    "table_paused": "tests/games/admin/test_orders.py",
    "not_admitted": "tests/games/admin/test_orders.py",
}


class Scene:
    """A table with players, and what there is to see of it before and after a refusal."""

    def __init__(self, room: Room, stack: AsyncExitStack) -> None:
        self.room = room
        self.table = ""
        self._stack = stack

    async def player(self, **options: Any) -> WireClient:
        return await self._stack.enter_async_context(connected(self.room.url, self.room.player(), **options))

    async def spectator(self) -> WireClient:
        return await self._stack.enter_async_context(connected(self.room.url))

    async def stranger(self) -> WireClient:
        return await self._stack.enter_async_context(opened(self.room.url))

    async def seated(self, count: int = 1, kind: str = "untimed") -> list[WireClient]:
        """So many players at a table that waits for their bets."""
        self.table = self.room.table(kind)
        players = [await self.player(subscribe=self.table) for _ in range(count)]
        for player in players:
            await player.accepted("join_table", self.table, buy_in=500)
        return players

    async def playing(self, count: int = 1) -> list[WireClient]:
        """So many players, each with a bet of 100, and the first one's turn."""
        players = await self.seated(count)
        for player in players:
            await player.accepted("place_bet", self.table, amount=100)
        return players


@asynccontextmanager
async def scene(room: Room) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        yield Scene(room, stack)


async def data_of(answer: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    return (await answer)["data"]


async def not_connected(s: Scene) -> dict[str, Any]:
    s.table = s.room.table()
    return await (await s.stranger()).act("join_table", s.table)


async def already_connected(s: Scene) -> dict[str, Any]:
    s.table = s.room.table()
    return await data_of((await s.player()).ask("connect", {}))


async def not_authenticated(s: Scene) -> dict[str, Any]:
    s.table = s.room.table()
    return await (await s.spectator()).act("join_table", s.table)


async def forbidden(s: Scene) -> dict[str, Any]:
    s.table = s.room.table()
    watcher = await s.stranger()
    await watcher.ask("connect", {"token": s.room.player().watcher})
    assert (await watcher.ask("subscribe", {"event_types": "*", "table_id": s.table}))["type"] == "connected"
    return await watcher.act("join_table", s.table)


async def unknown_table(s: Scene) -> dict[str, Any]:
    s.table = s.room.table()
    player = await s.player()
    assert await player.refused("join_table") == "unknown_table"
    for message in ("subscribe", "unsubscribe"):
        answer = await player.ask(message, {"event_types": "*", "table_id": "nowhere"})
        assert answer["data"]["code"] == "unknown_table"
    assert await player.refused("join_table", "\0") == "unknown_table"
    return await player.act("join_table", "x" * 5_000)


async def unknown_event_type(s: Scene) -> dict[str, Any]:
    s.table = s.room.table()
    player = await s.player()
    answer = await player.ask("subscribe", {"event_types": ["SHUFFLE", "shuffle"], "table_id": s.table})
    assert (await player.ask("unsubscribe", {"event_types": "*"}))["data"]["subscriptions"] == {}
    return answer["data"]


async def unknown_action(s: Scene) -> dict[str, Any]:
    [player] = await s.seated()
    return await player.act("hit", s.table)


async def not_seated(s: Scene) -> dict[str, Any]:
    await s.seated()
    other = await s.player()
    assert await other.refused("place_bet", s.table, amount=10, seat=1) == "not_seated"
    return await other.act("place_bet", s.table, amount=10)


async def already_seated(s: Scene) -> dict[str, Any]:
    [player] = await s.seated()
    return await player.act("join_table", s.table, seat=2)


async def seat_taken(s: Scene) -> dict[str, Any]:
    await s.seated()
    return await (await s.player()).act("join_table", s.table, seat=1)


async def table_full(s: Scene) -> dict[str, Any]:
    await s.seated(2, "two seats")
    return await (await s.player()).act("join_table", s.table)


async def table_closed(s: Scene) -> dict[str, Any]:
    [player] = await s.seated()
    await asyncio.to_thread(s.room.server.close_table, s.table)
    return await player.act("place_bet", s.table, amount=10)


async def not_your_turn(s: Scene) -> dict[str, Any]:
    _, second = await s.playing(2)
    return await second.act("player_action", s.table, action="STAND")


async def wrong_phase(s: Scene) -> dict[str, Any]:
    first, second = await s.playing(2)
    for data in ({"amount": 10}, {"amount": 10, "seat": 2}):
        assert await second.refused("place_bet", s.table, **data) == "wrong_phase"
    return await first.act("add_chips", s.table, amount=10)


async def illegal_action(s: Scene) -> dict[str, Any]:
    first, _ = await s.playing(2)
    for action in ("INSURANCE", "EVEN_MONEY", "DECLINE_INSURANCE", "hit", "", "BET"):
        assert await first.refused("player_action", s.table, action=action) == "illegal_action"
    for seat in (0, -1, 6, 2**53 - 1):
        assert await first.refused("player_action", s.table, action="HIT", seat=seat) == "illegal_action"
    answer = await first.act("player_action", s.table, action="SPLIT")
    assert answer["valid_actions"] == ["HIT", "STAND", "DOUBLE", "SURRENDER"]
    return answer


async def stale_request(s: Scene) -> dict[str, Any]:
    [player] = await s.seated()
    request = await player.request()
    await player.accepted("place_bet", s.table, amount=10, request_id=request["request_id"])
    turn = await player.request()
    for data in ({"amount": 20, "request_id": request["request_id"]}, {"amount": 20, "request_id": "q999-9"}):
        assert await player.refused("place_bet", s.table, **data) == "stale_request"
    assert turn["request_id"] != request["request_id"]
    return await player.act("player_action", s.table, action="STAND", request_id=request["request_id"])


async def invalid_amount(s: Scene) -> dict[str, Any]:
    [player] = await s.seated()
    answer = await player.act("place_bet", s.table, amount=501)
    assert (answer["min_bet"], answer["max_bet"]) == (10, 500)
    return answer


async def insufficient_chips(s: Scene) -> dict[str, Any]:
    player, _ = await s.seated(2, kind="long limits")
    refusals = [
        await (await s.player()).act("join_table", s.table, buy_in=10_001),
        await player.act("add_chips", s.table, amount=9_501),
    ]
    await player.accepted("place_bet", s.table, amount=100)
    refusals.append(await player.act("place_bet", s.table, amount=501))
    assert {answer["code"] for answer in refusals} == {"insufficient_chips"}
    assert [answer["balance"] for answer in refusals] == [10_000, 9_500, 500]
    return refusals[-1]


REFUSALS: dict[str, Callable[[Scene], Awaitable[dict[str, Any]]]] = {
    case.__name__: case
    for case in (
        *(not_connected, already_connected, not_authenticated, forbidden, unknown_table, unknown_event_type),
        *(unknown_action, not_seated, already_seated, seat_taken, table_full, table_closed, not_your_turn, wrong_phase),
        *(illegal_action, stale_request, invalid_amount, insufficient_chips),
    )
}


def test_every_error_code_is_provoked():
    assert {*REFUSALS, *ASKED_ONLY_ELSEWHERE} == set(ERROR_CODES)


@pytest.mark.parametrize("code", REFUSALS)
async def test_a_refusal_has_its_code_and_changes_nothing(room: Room, code: str):
    async with scene(room) as s, connected(room.url) as watcher:
        answer = await REFUSALS[code](s)
        assert answer["code"] == code
        assert answer["message"].endswith(".")
        # The scene's last message was the refused one: a watcher sees the table as it was left before it.
        await watcher.ask("subscribe", {"event_types": "*", "table_id": s.table, "since": 0})
        log = await watcher.settle()
        seqs = [message["data"]["seq"] for message in log if message["type"] == "event"]
        assert seqs == list(range(1, len(seqs) + 1))
        assert log[-1]["data"]["seqs"] == {s.table: len(seqs)}


async def test_an_error_of_the_servers_own_is_told_and_harms_nothing(tmp_path):
    def execute(statement: str) -> None:
        server.shell(f'from django.db import connection; connection.cursor().execute("{statement}")')

    complaints = ("message failed", "Traceback", "games_answer", "IntegrityError", "had a conflict 20 times")
    with serving(tmp_path, [("One", {})], players=1, expected_complaints=complaints) as server:
        [table] = server.tables
        async with connected(server.table_url(table), server.players[0], subscribe=table) as client:
            await client.accepted("join_table")
            request = await client.request()
            await client.settle()
            broken = "SELECT RAISE(ABORT, 'games_answer is broken');"
            execute(f"CREATE TRIGGER broken BEFORE INSERT ON games_answer BEGIN {broken} END")
            answer = await client.act("place_bet", amount=10, request_id=request["request_id"])
            assert answer == {"code": "internal_error", "message": answer["message"]}
            assert "games_answer" not in answer["message"]
            assert await client.settle() == []
            execute("DROP TRIGGER broken")
            await client.accepted("place_bet", amount=10, request_id=request["request_id"])


async def test_an_acknowledgement_says_what_was_done_and_comes_after_it_is_durable(room: Room):
    async with scene(room) as s:
        [player] = await s.seated()
        request = await player.request()
        answer = await player.act("place_bet", s.table, amount=10, request_id=request["request_id"])
        assert answer["event_type"] == "ACTION_RECEIVED"
        assert (answer["table_id"], answer["round_id"], "seq" in answer) == (s.table, None, False)
        done = answer["data"]
        assert (done["action"], done["request_id"]) == ("place_bet", request["request_id"])
        await player.settle()
        assert done["seq"] == player.events[-1]["seq"]
        answer = await player.act("player_action", s.table, action="STAND")
        assert (answer["data"]["action"], answer["data"]["request_id"]) == ("STAND", None)


async def test_an_action_that_changes_nothing_is_acknowledged_with_the_newest_seq(room: Room):
    async with scene(room) as s:
        [player] = await s.seated()
        seq = await player.accepted("place_bet", s.table, amount=10, seat=1)
        await player.settle()
        newest = player.events[-1]["seq"]
        assert seq == newest
        assert await player.accepted("sit_in", s.table) == newest


async def test_chips_come_from_the_wallet_and_go_back_to_it(room: Room):
    async def balance(client: WireClient) -> Any:
        return (await client.ask("unsubscribe", {"event_types": "*"}))["data"]["player"]["balance"]

    async with scene(room) as s:
        [player] = await s.seated()
        assert await balance(player) == 9_500
        await player.accepted("add_chips", s.table, amount=99)
        assert await balance(player) == 9_401
        await player.accepted("place_bet", s.table, amount=100)
        assert await balance(player) == 9_401
        await player.accepted("player_action", s.table, action="SURRENDER")
        await player.accepted("leave_table", s.table)
        assert await balance(player) == 9_950


async def test_another_amount_replaces_a_bet_while_betting_is_open(room: Room):
    async with scene(room) as s:
        first, second = await s.seated(2)
        await first.accepted("place_bet", s.table, amount=100)
        await first.accepted("place_bet", s.table, amount=20)
        await second.settle()
        bets = [(e["data"]["amount"], e["data"]["balance"]) for e in second.events if e["event_type"] == "PLAYER_BET"]
        assert bets == [(100, 400), (20, 480)]


async def test_sitting_out_lets_the_others_play_and_sitting_in_asks_again(room: Room):
    async with scene(room) as s:
        first, second = await s.seated(2)
        await second.accepted("sit_out", s.table)
        await first.accepted("place_bet", s.table, amount=10)
        await first.event("PLAYER_DECISION_NEEDED")
        await second.accepted("sit_in", s.table)
        await second.settle()
        await first.accepted("player_action", s.table, action="STAND")
        request = await second.request()
        assert request["valid_actions"] == ["BET", "SIT_OUT"]


async def test_a_client_seed_counts_in_the_next_shuffle(room: Room):
    async with scene(room) as s:
        s.table = room.table()
        player = await s.player(subscribe=s.table)
        await player.accepted("join_table", s.table, client_seed="clover")
        shuffle = (await player.event("SHUFFLE"))["data"]
        assert [seed["seed"] for seed in shuffle["client_seeds"]] == ["clover"]
        await player.accepted("set_client_seed", s.table, client_seed="horseshoe")
