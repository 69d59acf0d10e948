"""The room fails, as a database may: the client is told once, the session lives, and nothing is lost."""

import logging
from typing import Any

import pytest

from cardsharp import errors
from cardsharp.events.topics import ALL, TABLE_STATE
from tests.cardsharp.events.house import ADAS_TOKEN, BENS_TOKEN, House, code_of, events, kinds
from tests.cardsharp.events.room import ADA

SUBSCRIBE: dict[str, Any] = {"event_types": ["CARD_DEALT"], "since": 0}


@pytest.mark.parametrize(
    ("failing", "kind", "data"),
    [
        ("act", "action", {"action": "join_table"}),
        ("has_table", "action", {"action": "join_table"}),
        ("has_table", "subscribe", SUBSCRIBE),
        ("snapshot", "subscribe", SUBSCRIBE),
        ("log", "subscribe", SUBSCRIBE),
        ("player", "subscribe", SUBSCRIBE),
        ("snapshots", "subscribe", {"event_types": "*", "table_id": None}),
        ("newest", "heartbeat", {}),
    ],
)
async def test_a_failure_is_one_internal_error_and_the_session_lives(
    house: House, caplog: pytest.LogCaptureFixture, failing: str, kind: str, data: dict[str, Any]
) -> None:
    client = await house.visit(ADAS_TOKEN, "t1" if data.get("table_id", "t1") else None)
    house.room.failing = {failing}
    answer = await client.ask(kind, data, id="c-1")
    assert (code_of(answer), answer["reply_to"]) == ("internal_error", "c-1")
    assert failing not in answer["data"]["message"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    house.room.failing = set()
    assert kinds(await client.say(kind, data))[0] in ("connected", "heartbeat", "ACTION_RECEIVED")


# -- a room that will be able to again --------------------------------------------------------------------------------


def unable(name: str) -> Exception:
    return errors.Unavailable(retry_after=1.0)


@pytest.mark.parametrize(
    ("failing", "kind", "data"),
    [
        ("act", "action", {"action": "join_table"}),
        ("snapshot", "subscribe", SUBSCRIBE),
        ("player", "subscribe", SUBSCRIBE),
        ("snapshots", "subscribe", {"event_types": "*", "table_id": None}),
        ("player", "subscribe", {"event_types": "*", "table_id": None}),
        ("player", "unsubscribe", {"event_types": "*"}),
    ],
)
async def test_what_the_room_is_unable_to_do_now_has_not_been_done(
    house: House, caplog: pytest.LogCaptureFixture, failing: str, kind: str, data: dict[str, Any]
) -> None:
    """The client is told when to come again, and nobody writes down what the room has written down itself."""
    client = await house.visit(ADAS_TOKEN, "t1" if data.get("table_id", "t1") else None)
    await client.say("subscribe", {"event_types": ["ROUND_STARTED"], "table_id": "t1"})
    house.room.failing, house.room.failure = {failing}, unable
    before = members(house), client.session.describe().subscriptions
    answer = await client.ask(kind, data)
    assert (code_of(answer), answer["data"]["retry_after"]) == ("unavailable", 1.0)
    assert (members(house), client.session.describe().subscriptions) == before
    assert caplog.records == []
    house.room.failing = set()
    assert kinds(await client.say(kind, data))[0] in ("connected", "ACTION_RECEIVED")


def members(house: House) -> dict[str, int]:
    """How many sockets each group has."""
    return {group: len(sockets) for group, sockets in house.groups.members.items() if sockets}


async def test_heartbeats_go_on_where_the_newest_seqs_cannot_be_known(house: House) -> None:
    client = await house.visit(ADAS_TOKEN, "t1")
    await client.watch(ALL)
    house.room.failing, house.room.failure = {"newest", "snapshot", "log"}, unable
    assert (await client.ask("heartbeat"))["data"]["seqs"] == {}
    await house.beat()
    (beat,) = client.news()
    assert (beat["type"], beat["data"]["seqs"]) == ("heartbeat", {})


async def test_whose_action_may_have_been_stored_is_told_neither_yes_nor_no(house: House) -> None:
    client = await house.visit(ADAS_TOKEN, "t1")
    house.room.failing, house.room.failure = {"act"}, errors.OutcomeUnknown
    (goodbye,) = await client.say("action", {"action": "join_table"})
    assert (goodbye["type"], goodbye["data"]["reason"]) == ("disconnected", "server_restart")
    assert 0 < goodbye["data"]["retry_after"] < 5
    assert client.closed_with == [4012]


# -- at the door, and on the way ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failing", "credentials"),
    [("player_for_token", {"bearer": ADAS_TOKEN}), ("player_for_session", {"session": "of pAda"})],
)
async def test_a_failure_at_connect_leaves_the_client_to_connect_again(
    house: House, failing: str, credentials: dict[str, str]
) -> None:
    client = await house.enter(**credentials)
    house.room.failing = {failing}
    assert code_of(await client.ask("connect", {"client_id": "laptop"})) == "internal_error"
    assert code_of(await client.ask("heartbeat")) == "not_connected"
    house.room.failing = set()
    answer = await client.ask("connect", {"client_id": "laptop"})
    assert (answer["data"]["client_id"], answer["data"]["player"]["name"]) == ("laptop", "Ada")


async def test_a_token_is_looked_at_once_and_says_all_that_connected_needs(house: House) -> None:
    client = await house.enter()
    house.room.failing = {"player"}
    answer = await client.ask("connect", {"token": BENS_TOKEN})
    assert answer["data"]["player"] == {"id": "pBen", "name": "Ben", "balance": 500.5}


@pytest.mark.parametrize("failing", ["snapshot", "log", "player"])
@pytest.mark.parametrize("before", [[], ["ROUND_STARTED"], [ALL]])
async def test_a_subscription_that_failed_has_changed_nothing(house: House, failing: str, before: list[str]) -> None:
    client = await house.visit(ADAS_TOKEN, "t1")
    if before:
        await client.watch(*before)
    members = {group: list(sockets) for group, sockets in house.groups.members.items() if sockets}
    house.room.failing = {failing}
    assert code_of(await client.ask("subscribe", SUBSCRIBE)) == "internal_error"
    house.room.failing = set()
    assert {group: sockets for group, sockets in house.groups.members.items() if sockets} == members
    answer = await client.ask("unsubscribe", {"event_types": ["CARD_DEALT"]})
    assert answer["data"]["subscriptions"] == ({"t1": before} if before else {})


async def test_that_the_lobby_cannot_be_told_is_no_failure_of_the_subscription(house: House) -> None:
    client = await house.visit(ADAS_TOKEN, "t1")
    snapshot, calls = house.room.snapshot, []

    async def fail_at_the_second(table_id: str) -> Any:
        calls.append(table_id)
        house.room.failing = {"snapshot"} if len(calls) > 1 else set()
        return await snapshot(table_id)

    house.room.snapshot = fail_at_the_second  # type: ignore[method-assign]
    assert kinds(await client.watch(ALL)) == ["connected", TABLE_STATE]
    assert kinds(await client.say("unsubscribe", {"event_types": "*"})) == ["connected"]
    assert len(calls) == 3


async def test_a_socket_that_goes_while_the_room_fails_is_forgotten(house: House) -> None:
    client = await house.visit(ADAS_TOKEN, "t1")
    await client.watch(ALL)
    await house.room.open("t2")
    await client.say("subscribe", {"event_types": "*", "table_id": "t2"})
    house.room.failing = {"snapshot"}
    await client.lost()
    assert house.handler.clients() == []
    assert [house.audience.spectators(table_id, frozenset()) for table_id in ("t1", "t2")] == [0, 0]
    assert not any(house.groups.members.values())


@pytest.mark.parametrize("failing", ["log", "snapshot"])
async def test_events_that_cannot_be_healed_now_come_with_a_later_beat(house: House, failing: str) -> None:
    client = await house.visit()
    await client.watch(ALL)
    await house.room.act("t1", ADA, "join_table", {})
    house.groups.mail.clear()
    await house.room.act("t1", ADA, "place_bet", {"amount": 10})
    house.room.failing = {failing}
    await house.deliver()
    await house.beat()
    assert events(client.news()) == []
    assert client.closed_with == []
    house.room.failing = set()
    await house.beat()
    assert events(client.news()) == [(event.seq, event.event_type) for event in house.room.games["t1"].log[1:]]


async def test_a_table_that_fails_for_one_session_keeps_no_beat_from_the_others(house: House) -> None:
    failing, other = await house.visit(ADAS_TOKEN, "t1"), await house.visit()
    await failing.watch("SHUFFLE")
    house.room.failing = {"snapshot"}
    await house.beat()
    assert kinds(other.news()) == ["heartbeat"]


async def test_a_message_that_no_handler_knows_is_logged_and_harms_nobody(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    client = await house.visit()
    await house.handler.deliver(client.session, {"kind": "gossip"})
    assert "gossip" in caplog.text
    assert (await client.ask("heartbeat"))["type"] == "heartbeat"
