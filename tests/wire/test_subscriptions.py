"""What a socket is sent: live events, replays and snapshots, the lobby, and what the table awaits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers import Account
from tests.wire.conftest import Room
from tests.wire.test_events import ROW
from tests.wire_client import WireClient, connected


async def subscribe(client: WireClient, names: Any, table: str | None = None, **more: Any) -> list[dict[str, Any]]:
    """What comes after the answer, as far as it is there."""
    answer = await client.ask("subscribe", {"event_types": names, "table_id": table, **more})
    assert answer["type"] == "connected", answer
    return await client.settle()


async def round_of(client: WireClient, table: str) -> None:
    """Plays a round at a table where the client sits."""
    await client.accepted("place_bet", table, amount=10)
    answers = {"PLAYER_DECISION_NEEDED": "STAND", "INSURANCE_OFFERED": "DECLINE_INSURANCE", "ROUND_ENDED": None}
    while action := answers[(await client.event(*answers))["event_type"]]:
        await client.accepted("player_action", table, action=action)


def names_of(messages: list[dict[str, Any]]) -> list[str]:
    return [m["data"]["event_type"] if m["type"] == "event" else m["type"] for m in messages]


async def seated(client: WireClient, table: str) -> None:
    await subscribe(client, "*", table)
    await client.accepted("join_table", table)


async def test_a_subscription_begins_with_the_table_as_it_is(room: Room):
    ada, table = room.player(), room.table()
    async with connected(room.url, ada) as player, connected(room.url) as viewer:
        await seated(player, table)
        [snapshot] = await subscribe(viewer, ["CARD_DEALT"], table)
        state = snapshot["data"]["data"]["state"]
        assert snapshot["data"]["event_type"] == "TABLE_STATE"
        assert snapshot["data"]["seq"] == 4
        assert "resync" not in snapshot["data"]["data"]
        assert state["phase"] == "betting"
        assert [seat["player_id"] for seat in state["seats"]] == [ada.id]
        assert set(state) == ROW | {"round_id", "round_number", "deadline", "shoe", "seats", "dealer", "turn"}
        assert set(state["shoe"]) == {"shoe_id", "commitment", "next_commitment", "cards_remaining"}


async def test_only_the_names_subscribed_to_come_and_states_only_where_asked_for(room: Room):
    table = room.table()
    async with (
        connected(room.url, room.player()) as player,
        connected(room.url) as typed,
        connected(room.url) as states,
    ):
        await seated(player, table)
        await subscribe(typed, ["PLAYER_BET", "ROUND_ENDED", "HAND_RESULT"], table)
        await subscribe(states, ["TABLE_STATE"], table)
        for _ in range(3):
            await round_of(player, table)
        await player.settle()
        names = names_of(await typed.settle())
        assert names == ["PLAYER_BET", "HAND_RESULT", "ROUND_ENDED"] * 3
        wanted = [e for e in player.events if e["event_type"] in ("PLAYER_BET", "ROUND_ENDED", "HAND_RESULT")]
        assert typed.events == wanted[: len(typed.events)]
        seen = await states.settle()
        assert set(names_of(seen)) == {"TABLE_STATE"}
        seqs = [message["data"]["seq"] for message in seen]
        assert seqs == sorted(set(seqs))
        assert seqs[-1] == player.events[-1]["seq"]


async def test_since_replays_the_log_once_then_says_where_it_is_then_goes_on(room: Room):
    table = room.table()
    async with connected(room.url, room.player()) as player, connected(room.url) as late:
        await seated(player, table)
        await round_of(player, table)
        await player.settle()
        replay = await subscribe(late, "*", table, since=3)
        newest = player.events[-1]["seq"]
        assert [m["data"]["seq"] for m in replay[:-1]] == list(range(4, newest + 1))
        assert replay[-1]["type"] == "heartbeat"
        assert replay[-1]["data"]["seqs"] == {table: newest}
        await round_of(player, table)
        await player.settle()
        live = await late.settle()
        assert [m["data"]["seq"] for m in live if m["data"]["event_type"] != "TABLE_STATE"] == list(
            range(newest + 1, player.events[-1]["seq"] + 1)
        )
        assert late.events == player.events[2:]


async def test_since_with_names_replays_those_only(room: Room):
    table = room.table()
    async with connected(room.url, room.player()) as player, connected(room.url) as late:
        await seated(player, table)
        await round_of(player, table)
        replay = await subscribe(late, ["PLAYER_JOINED", "SHUFFLE", "ROUND_ENDED"], table, since=0)
        assert names_of(replay) == ["PLAYER_JOINED", "SHUFFLE", "ROUND_ENDED", "heartbeat"]
        replay = await subscribe(late, ["PLAYER_BET"], table, since=0)
        assert names_of(replay) == ["PLAYER_BET", "heartbeat"]


@pytest.mark.parametrize("since", [5, 10_000, 2**53 - 1])
async def test_since_beyond_the_newest_is_answered_with_the_state(room: Room, since: int):
    table = room.table()
    async with connected(room.url, room.player()) as player, connected(room.url) as late:
        await seated(player, table)
        [snapshot] = await subscribe(late, "*", table, since=since)
        assert snapshot["data"]["event_type"] == "TABLE_STATE"
        assert snapshot["data"]["data"]["resync"] is True
        await player.accepted("place_bet", table, amount=10)
        await late.event("PLAYER_BET")


async def test_a_long_replay_comes_whole_and_may_come_in_one_frame(room: Room):
    table = room.table()
    async with connected(room.url, room.player()) as player, connected(room.url, batch=True) as late:
        await seated(player, table)
        for _ in range(12):
            await round_of(player, table)
        await player.settle()
        await subscribe(late, "*", table, since=0)
        assert late.events[1:] == player.events
        assert max(len(frame.encode()) for frame in late.frames) > 16_384


async def test_names_can_be_added_and_taken_away(room: Room):
    table = room.table()

    async def subscriptions(kind: str, names: Any) -> list[str]:
        answer = await client.ask(kind, {"event_types": names, "table_id": table})
        return answer["data"]["subscriptions"].get(table, [])

    async with connected(room.url) as client:
        assert await subscriptions("subscribe", ["SHUFFLE", "SHUFFLE"]) == ["SHUFFLE"]
        assert await subscriptions("subscribe", ["CARD_DEALT"]) == ["CARD_DEALT", "SHUFFLE"]
        assert await subscriptions("unsubscribe", ["SHUFFLE", "PLAYER_BET"]) == ["CARD_DEALT"]
        assert await subscriptions("subscribe", ["*"]) == ["*", "CARD_DEALT"]
        assert await subscriptions("unsubscribe", ["SHUFFLE"]) == ["*", "CARD_DEALT"]
        assert await subscriptions("unsubscribe", "*") == []
        assert await subscriptions("unsubscribe", "*") == []


async def test_nothing_comes_after_unsubscribing(room: Room):
    table = room.table()
    async with connected(room.url, room.player()) as player, connected(room.url) as viewer:
        await seated(player, table)
        await subscribe(viewer, "*", table)
        await viewer.ask("unsubscribe", {"event_types": "*", "table_id": table})
        await round_of(player, table)
        assert await viewer.settle() == []


async def test_a_request_comes_after_what_led_to_it_and_on_every_socket_of_the_player(room: Room):
    ada, table = room.player(), room.table()

    async def told(client: WireClient) -> list[str]:
        names = names_of(await client.settle())
        return names[names.index("action_request") - 1 :][:2]

    async with (
        connected(room.url, ada, client_id="phone") as phone,
        connected(room.url, ada, client_id="laptop") as laptop,
        connected(room.url, ada, client_id="elsewhere") as elsewhere,
        connected(room.url, room.player(), subscribe=table) as other,
    ):
        await subscribe(laptop, ["ROUND_STARTED", "PLAYER_DECISION_NEEDED"], table)
        await subscribe(elsewhere, "*", room.table())
        await seated(phone, table)
        assert await told(phone) == ["TABLE_STATE", "action_request"]
        assert await told(laptop) == ["ROUND_STARTED", "action_request"]
        await phone.accepted("place_bet", table, amount=10)
        assert (await told(phone))[1] == "action_request"
        assert await told(laptop) == ["PLAYER_DECISION_NEEDED", "action_request"]
        assert "action_request" not in names_of(await other.settle() + await elsewhere.settle())
        [_, request] = await subscribe(laptop, ["SHUFFLE"], table)
        assert request["type"] == "action_request"
        assert request["data"]["valid_actions"] == ["HIT", "STAND", "DOUBLE", "SPLIT", "SURRENDER"]


async def test_a_client_that_only_answers_requests_can_play(room: Room):
    table = room.table()
    async with connected(room.url, room.player()) as client:
        await subscribe(client, ["ROUND_ENDED"], table)
        await client.accepted("join_table", table)
        ended = 0
        while ended < 5:
            message = await client.until(lambda m: m["type"] == "action_request" or "reply_to" not in m)
            if message["type"] == "event":
                ended += 1
                continue
            request = message["data"]
            data = {"request_id": request["request_id"]}
            if "BET" in request["valid_actions"]:
                await client.accepted("place_bet", table, amount=request["min_bet"], **data)
            else:
                action = "STAND" if "STAND" in request["valid_actions"] else "DECLINE_INSURANCE"
                await client.accepted("player_action", table, action=action, **data)


async def test_the_lobby_tells_every_table_and_then_what_changes(room: Room):
    table, ada = room.table(), room.player()
    async with connected(room.url) as lobby, connected(room.url, ada) as player:
        [state] = await subscribe(lobby, "*")
        rows = {row["table_id"]: row for row in state["data"]["data"]["tables"]}
        assert set(rows[table]) == ROW | {"players"}
        assert rows[table]["seats_taken"] == 0
        assert len(rows) > 100
        await player.accepted("join_table", table)
        await player.accepted("place_bet", table, amount=10)
        row = await changed(lobby, table, lambda row: row["phase"] == "playing")
        assert (row["seats_taken"], row["spectators"]) == (1, 0)
        await subscribe(player, "*", table)
        async with connected(room.url, subscribe=table):
            row = await changed(lobby, table, lambda row: row["spectators"] == 1)
        row = await changed(lobby, table, lambda row: row["spectators"] == 0)
        assert set(row) - {"timestamp"} == ROW | {"players"}
        await lobby.ask("unsubscribe", {"event_types": "*"})
        await player.accepted("leave_table", table)
        assert await lobby.settle() == []


async def changed(lobby: WireClient, table: str, wanted: Any) -> dict[str, Any]:
    """The first row of the table that is wanted."""
    while True:
        event = await lobby.event("TABLE_CHANGED")
        assert "seq" not in event
        if event["table_id"] == table and wanted(event["data"]):
            return event["data"]


async def test_two_tables_know_nothing_of_each_other(room: Room):
    ada, bert = room.player(), room.player()
    here, there = room.table(), room.table()

    def traces(player: Account, table: str) -> list[str]:
        return [player.token, f'"{player.id}"', f'"{player.name}"', table]

    async with (
        connected(room.server.table_url(here), ada, subscribe=here) as first,
        connected(room.server.table_url(there), bert, subscribe=there) as second,
        connected(room.url, subscribe=here) as viewer,
    ):
        await first.accepted("join_table")
        await second.accepted("join_table")
        for _ in range(4):
            await round_of(first, here)
            await round_of(second, there)
        for client in (first, second, viewer):
            await client.settle()
        for client, other, table in ((first, bert, there), (viewer, bert, there), (second, ada, here)):
            told = "".join(client.frames)
            assert [trace for trace in traces(other, table) if trace in told] == []
        assert {event["table_id"] for event in first.events} == {here}
        assert {event["table_id"] for event in second.events} == {there}
        # The cards that one table has seen say nothing of the other's: the shoes are their own.
        commitments = [
            next(e["data"]["commitment"] for e in client.events if e["event_type"] == "SHUFFLE")
            for client in (first, second)
        ]
        assert commitments[0] != commitments[1]
        assert await second.refused("player_action", here, action="HIT") == "not_seated"
