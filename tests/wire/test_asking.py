"""What a seat is asked, when it is asked again, and when it is asked for nothing."""

from __future__ import annotations

from typing import Any

from tests.wire.conftest import Room
from tests.wire.test_subscriptions import names_of, subscribe
from tests.wire_client import WireClient, connected


async def ask_again(client: WireClient, table: str, **more: Any) -> list[dict[str, Any]]:
    """Everything that comes after a subscription to all of the table, without events of the log."""
    come = await subscribe(client, "*", table, **more)
    return [m for m in come if m["type"] != "event" or m["data"]["event_type"] == "TABLE_STATE"]


async def test_an_open_request_is_asked_again_after_the_state_or_the_end_of_a_replay(room: Room):
    table, ada = room.table(), room.player()
    async with connected(room.url, ada, subscribe=table) as player:
        await player.accepted("join_table", table)
        await player.accepted("place_bet", table, amount=10)
        first, move = [await player.request() for _ in range(2)]
        async with connected(room.url, ada, client_id="again") as again:
            replayed, shown = await ask_again(again, table, since=0), await ask_again(again, table)
            assert names_of(replayed) == ["heartbeat", "action_request"]
            assert names_of(shown) == ["TABLE_STATE", "action_request"]
            assert "reply_to" not in replayed[0]
            assert replayed[1]["data"] == shown[1]["data"] == move
            assert move["request_id"] != first["request_id"]
            seqs = [event["seq"] for event in again.events]
            assert seqs == list(range(1, len(seqs) + 1))


async def test_a_bet_that_is_placed_is_not_asked_for_again_though_its_request_stays_open(room: Room):
    table, ada = room.table(), room.player()
    async with connected(room.url, ada, subscribe=table) as player, connected(room.url, room.player()) as other:
        await player.accepted("join_table", table)
        await other.accepted("join_table", table)
        request = await player.request()
        await player.accepted("place_bet", table, amount=10, request_id=request["request_id"])
        await player.settle()
        assert names_of(await ask_again(player, table)) == ["TABLE_STATE"]
        await player.accepted("place_bet", table, amount=20, request_id=request["request_id"])


async def test_the_cards_come_before_the_request(room: Room):
    table = room.table()
    async with connected(room.url, room.player(), subscribe=table) as player:
        await player.accepted("join_table", table)
        await player.accepted("place_bet", table, amount=10)
        await player.settle()
        *_, state, request = player.messages[:-1]
        assert (state["data"]["seq"], request["type"]) == (player.events[-1]["seq"], "action_request")
        shown = state["data"]["data"]["state"]
        [hand] = [h for seat in shown["seats"] for h in seat["hands"] if h["hand_id"] == request["data"]["hand_id"]]
        assert (len(hand["cards"]), shown["dealer"]["cards"][1]) == (2, None)
        assert not {"cards", "dealer", "hand"} & request["data"].keys()


async def test_a_seat_below_the_smallest_bet_sits_out_and_is_asked_for_nothing(room: Room):
    table = room.table()
    async with connected(room.url, room.player(), subscribe=table) as player:
        await player.accepted("join_table", table, buy_in=100)
        await player.accepted("place_bet", table, amount=100)
        for _ in range(3):
            await player.accepted("player_action", table, action="HIT")
        came = names_of(await player.settle())
        assert came[came.index("ROUND_ENDED") :] == ["ROUND_ENDED", "PLAYER_SAT_OUT", "TABLE_STATE"]
        assert await player.refused("sit_in", table) == "insufficient_chips"
        await player.accepted("add_chips", table, amount=10)
        assert "action_request" not in names_of(await player.settle())
        await player.accepted("sit_in", table)
        assert (await player.request())["valid_actions"] == ["BET", "SIT_OUT"]


async def test_who_sits_out_in_mid_round_plays_on_and_is_asked_again_when_sitting_in(room: Room):
    table = room.table()
    async with connected(room.url, room.player(), subscribe=table) as player:
        await player.accepted("join_table", table)
        await player.accepted("place_bet", table, amount=10)
        await player.accepted("sit_out", table)
        await player.accepted("player_action", table, action="STAND")
        await player.settle()
        assert names_of(player.messages).count("action_request") == 2
        await player.accepted("sit_in", table)
        assert (await player.request())["valid_actions"] == ["BET", "SIT_OUT"]


async def test_finished_hands_lie_there_until_betting_opens_and_the_seats_bet_is_0(room: Room):
    table = room.table("paused")
    async with connected(room.url, room.player(), subscribe=table) as player:
        await player.accepted("join_table", table, buy_in=100)
        await player.accepted("place_bet", table, amount=10)
        await player.accepted("player_action", table, action="STAND")
        *_, last = await player.settle()
        state = last["data"]["data"]["state"]
        [seat] = state["seats"]
        [hand] = seat["hands"]
        assert (state["phase"], state["round_id"], state["turn"]) == ("settled", None, None)
        assert (seat["bet"], seat["stack"], hand["bet"], hand["result"]) == (0, 90, 10, "lose")
        assert len(state["dealer"]["cards"]) > 1
        await player.accepted("add_chips", table, amount=1)


async def test_chips_are_added_by_the_hundredth_up_to_the_largest_buy_in(room: Room):
    table = room.table()
    async with connected(room.url, room.player()) as player:
        await player.accepted("join_table", table, buy_in=4_999)
        await player.accepted("add_chips", table, amount=0.01)
        answer = await player.act("add_chips", table, amount=1)
        assert (answer["code"], float(answer["max_amount"])) == ("invalid_amount", 0.99)
        await player.accepted("add_chips", table, amount=answer["max_amount"])
        wallet = await player.ask("unsubscribe", {"event_types": ["TABLE_OPENED"]})
        assert wallet["data"]["player"]["balance"] == 5_000
        await player.accepted("place_bet", table, amount=10)
        assert await player.refused("add_chips", table, amount=1) == "wrong_phase"
