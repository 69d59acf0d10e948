"""One player on several seats over a real socket: a request for each, and answers that find their seat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.wire.conftest import Room
from tests.wire_client import WireClient, connected


@asynccontextmanager
async def on_two_seats(room: Room) -> AsyncIterator[tuple[WireClient, str]]:
    """A player who sits on seats 1 and 2, and the table."""
    table = room.table("two each")
    async with connected(room.url, room.player(), subscribe=table) as player:
        await player.accepted("join_table", table, buy_in=500)
        await player.accepted("join_table", table, buy_in=300)
        yield player, table


async def requests_by_seat(player: WireClient) -> dict[int, dict[str, Any]]:
    asked = [await player.request() for _ in range(2)]
    return {request["seat"]: request for request in asked}


async def bet_on_both(player: WireClient, table: str) -> None:
    requests = await requests_by_seat(player)
    for seat, amount in ((1, 10), (2, 20)):
        await player.accepted("place_bet", table, amount=amount, request_id=requests[seat]["request_id"])


def what(player: WireClient, event_type: str, *names: str) -> list[tuple[Any, ...]]:
    """These data of every event of a type that has come."""
    return [tuple(e["data"][name] for name in names) for e in player.events if e["event_type"] == event_type]


async def test_each_seat_has_its_stack_and_one_more_is_refused(room: Room):
    async with on_two_seats(room) as (player, table):
        assert await player.refused("join_table", table) == "already_seated"
        assert what(player, "PLAYER_JOINED", "seat", "stack") == [(1, 500), (2, 300)]


async def test_an_answer_without_a_seat_is_for_the_seat_of_its_request(room: Room):
    async with on_two_seats(room) as (player, table):
        requests = await requests_by_seat(player)
        assert [requests[seat]["valid_actions"] for seat in (1, 2)] == [["BET", "SIT_OUT"]] * 2
        second, first = requests[2]["request_id"], requests[1]["request_id"]
        await player.accepted("place_bet", table, amount=20, request_id=second)
        assert await player.refused("place_bet", table, amount=10, request_id=second, seat=1) == "stale_request"
        await player.accepted("place_bet", table, amount=10, request_id=first)
        await player.accepted("place_bet", table, amount=10, request_id=first)
        await player.settle()
        assert what(player, "PLAYER_BET", "seat", "amount", "balance") == [(2, 20, 280), (1, 10, 490)]


async def test_a_move_without_seat_and_request_is_for_the_hand_that_is_asked(room: Room):
    async with on_two_seats(room) as (player, table):
        await bet_on_both(player, table)
        for seat in (1, 2):
            request = await player.request()
            assert request["seat"] == seat
            assert await player.refused("player_action", table, action="STAND", seat=3 - seat) == "not_your_turn"
            await player.accepted("player_action", table, action="STAND")
        ended = await player.event("ROUND_ENDED")
        assert [(entry["seat"], entry["bet"]) for entry in ended["data"]["results"]] == [(1, 10), (2, 20)]


async def test_a_request_for_each_seat_comes_again_to_who_subscribes(room: Room):
    async with on_two_seats(room) as (player, table):
        before = await requests_by_seat(player)
        await player.ask("subscribe", {"event_types": "*", "table_id": table})
        again = await requests_by_seat(player)
        assert {seat: r["request_id"] for seat, r in before.items()} == {s: r["request_id"] for s, r in again.items()}


async def test_seats_sit_out_and_leave_one_by_one(room: Room):
    async with on_two_seats(room) as (player, table):
        await player.accepted("sit_out", table, seat=2)
        await player.accepted("leave_table", table, seat=1)
        await player.accepted("sit_in", table)
        await player.accepted("leave_table", table)
        assert await player.refused("leave_table", table) == "not_seated"
        assert what(player, "PLAYER_LEFT", "seat", "stack") == [(1, 500), (2, 300)]
        assert what(player, "PLAYER_SAT_IN", "seat") == [(2,)]
