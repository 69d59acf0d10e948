"""What sending an action again does that answers no request, as docs/protocol.md has it."""

from __future__ import annotations

from typing import Any

from tests.wire.conftest import Room
from tests.wire_client import WireClient, connected


def count(client: WireClient, event_type: str) -> int:
    return [event["event_type"] for event in client.events].count(event_type)


async def seat_of(client: WireClient, table: str) -> dict[str, Any]:
    """The client's first seat as a new snapshot shows it."""
    await client.settle()
    await client.ask("subscribe", {"event_types": "*", "table_id": table})
    return (await client.event("TABLE_STATE"))["data"]["state"]["seats"][0]


async def test_joining(room: Room):
    table, several = room.table(), room.table("two each")
    async with connected(room.url, room.player()) as player:
        await player.accepted("join_table", table)
        assert await player.refused("join_table", table) == "already_seated"
        assert await player.refused("join_table", table, request_id="q1-1") == "already_seated"
        await player.accepted("join_table", several, seat=2)
        assert await player.refused("join_table", several, seat=2) == "seat_taken"
        await player.accepted("join_table", several)
        assert await player.refused("join_table", several) == "already_seated"


async def test_leaving(room: Room):
    table, several = room.table(), room.table("two each")
    async with connected(room.url, room.player()) as player, connected(room.url, room.player()) as other:
        for client in (player, other):
            await client.accepted("join_table", table)
        for client in (player, other):
            await client.accepted("place_bet", table, amount=10)
        await player.accepted("leave_table", table)
        await player.accepted("leave_table", table)
        await other.accepted("player_action", table, action="STAND")
        assert await player.refused("leave_table", table) == "not_seated"
        for _ in range(2):
            await player.accepted("join_table", several)
        await player.accepted("leave_table", several, seat=1)
        assert await player.refused("leave_table", several, seat=1) == "not_seated"
        await player.accepted("leave_table", several)


async def test_sitting_out_and_in_and_choosing_a_seed_change_nothing_more(room: Room):
    table = room.table()
    async with connected(room.url, room.player(), subscribe=table) as player:
        await player.accepted("join_table", table)
        for action, data, event in (
            ("set_client_seed", {"client_seed": "luck"}, "CLIENT_SEED_SET"),
            ("sit_out", {}, "PLAYER_SAT_OUT"),
            ("sit_in", {}, "PLAYER_SAT_IN"),
        ):
            first = await player.accepted(action, table, **data)
            assert await player.accepted(action, table, **data) == first
            await player.settle()
            assert count(player, event) == 1


async def test_adding_chips_adds_as_much_again(room: Room):
    table = room.table()
    async with connected(room.url, room.player(), subscribe=table) as player:
        await player.accepted("join_table", table, buy_in=200)
        for _ in range(2):
            await player.accepted("add_chips", table, amount=50)
        assert (await seat_of(player, table))["stack"] == 300


async def test_what_carries_the_id_of_an_open_request_counts_once_and_leaves_it_open(room: Room):
    table = room.table()
    async with connected(room.url, room.player(), subscribe=table) as player:
        await player.accepted("join_table", table, buy_in=200)
        asked = {"request_id": (await player.request())["request_id"]}
        for action, data in (("add_chips", {"amount": 50}), ("set_client_seed", {"client_seed": "luck"})):
            first = await player.accepted(action, table, **data, **asked)
            assert await player.accepted(action, table, **data, **asked) == first
        assert (await seat_of(player, table))["stack"] == 250
        await player.accepted("place_bet", table, amount=10, **asked)
        assert await player.refused("add_chips", table, amount=10, **asked) == "stale_request"


async def test_betting_without_a_request_places_the_same_bet(room: Room):
    table = room.table()
    async with (
        connected(room.url, room.player(), subscribe=table) as player,
        connected(room.url, room.player()) as other,
    ):
        for client in (player, other):
            await client.accepted("join_table", table, buy_in=200)
        for _ in range(2):
            await player.accepted("place_bet", table, amount=10)
        seat = await seat_of(player, table)
        assert (count(player, "PLAYER_BET"), seat["bet"], seat["stack"]) == (2, 10, 190)
        await other.accepted("place_bet", table, amount=10)
        assert await player.refused("place_bet", table, amount=10) == "wrong_phase"
