"""The handler's conversation: one answer a message, and what others hear of it."""

from typing import Any

import pytest

from cardsharp.events.clients import CLIENT_EVENTS, Client
from cardsharp.events.topics import ALL
from tests.cardsharp.events.house import ADAS_TOKEN, NOON, House, code_of

EVES_TOKEN = "token of Eve, who may only watch"


# -- one answer a message ---------------------------------------------------------------------------------------------


MESSAGES: list[tuple[str, dict[str, Any], str]] = [
    ("connect", {}, "already_connected"),
    ("dance", {}, "unknown_type"),
    ("heartbeat", {}, "heartbeat"),
    ("heartbeat", {"timestamp": "now"}, "bad_message"),
    ("subscribe", {"event_types": ["SHUFFLE"]}, "connected"),
    ("subscribe", {"event_types": ["DANCE"]}, "unknown_event_type"),
    ("unsubscribe", {"event_types": "*"}, "connected"),
    ("action", {"action": "dance"}, "unknown_action"),
    ("action", {"action": "place_bet"}, "bad_message"),
    ("action", {"action": "sit_out", "table_id": "t9"}, "unknown_table"),
    ("action", {"action": "join_table"}, "event"),
    ("action", {"action": "join_table"}, "already_seated"),
    ("disconnect", {}, "disconnected"),
]


async def test_every_message_gets_its_answer_in_order_and_to_its_id(house: House) -> None:
    client = await house.visit(ADAS_TOKEN, "t1")
    for number, (kind, data, expected) in enumerate(MESSAGES):
        answer, *more = await client.say(kind, data, id=f"c-{number}")
        assert (answer["data"]["code"] if answer["type"] == "error" else answer["type"]) == expected
        assert answer["reply_to"] == f"c-{number}"
        assert all("reply_to" not in message for message in more)


async def test_without_a_valid_id_no_answer_has_a_reply_to(house: House) -> None:
    client = await house.visit(ADAS_TOKEN, "t1")
    for kind, data, _ in MESSAGES[:-1]:
        for envelope in ({}, {"id": None}, {"id": ""}, {"id": "x" * 65}, {"id": 7}):
            answer, *_ = await client.say(kind, data, **envelope)
            assert "reply_to" not in answer


@pytest.mark.parametrize("frame", ["", "NaN", "[]", b"7", b'{"type": "heartbeat"}', '{"type": "heartbeat", "id": 7}'])
async def test_what_cannot_be_read_is_answered_too_and_the_socket_stays(house: House, frame: str | bytes) -> None:
    client = await house.visit()
    (answer,) = await client.say_raw(frame)
    assert code_of(answer) in ("bad_json", "bad_message")
    assert (await client.ask("heartbeat"))["type"] == "heartbeat"


# -- actions ----------------------------------------------------------------------------------------------------------


async def test_an_action_is_acknowledged_with_its_move_its_request_and_the_seq_of_what_it_caused(house: House) -> None:
    client = await house.visit(ADAS_TOKEN, "t1")
    joined = await client.act("join_table", seat=2)
    assert joined["data"] == {
        "event_type": "ACTION_RECEIVED",
        "table_id": "t1",
        "round_id": None,
        "data": {"action": "join_table", "request_id": None, "seq": house.room.games["t1"].seq, "timestamp": NOON},
    }
    await client.act("place_bet", amount=10)
    (request,) = house.room.awaited("t1")
    stood = await client.act("player_action", action="STAND", request_id=request.request_id)
    receipt = stood["data"]["data"]
    assert (receipt["action"], receipt["request_id"]) == ("STAND", request.request_id)
    assert receipt["seq"] == house.room.games["t1"].seq


@pytest.mark.parametrize(
    ("token", "table_id", "action", "data", "code"),
    [
        (None, "t9", "place_bet", {"amount": "x"}, "bad_message"),
        (None, "t9", "place_bet", {"amount": 10}, "unknown_table"),
        (None, None, "place_bet", {"amount": 10}, "unknown_table"),
        (None, "t1", "dance", {}, "not_authenticated"),
        (EVES_TOKEN, "t1", "dance", {}, "forbidden"),
        (ADAS_TOKEN, "t1", "dance", {}, "unknown_action"),
        (ADAS_TOKEN, "t1", "sit_out", {}, "not_seated"),
    ],
)
async def test_the_first_check_that_fails_gives_the_code(
    house: House, token: str | None, table_id: str | None, action: str, data: dict[str, Any], code: str
) -> None:
    before = house.room.games["t1"].seq
    client = await house.visit(token)
    assert code_of(await client.act(action, table_id, **data)) == code
    assert house.room.games["t1"].seq == before


# -- what others hear -------------------------------------------------------------------------------------------------


async def test_the_bus_tells_of_clients_as_they_come_act_are_refused_and_go(house: House) -> None:
    heard: list[tuple[str, Any]] = []
    house.bus.subscribe(ALL, lambda name, event: heard.append((name, event)) if name.startswith("CLIENT") else None)
    client = await house.visit(ADAS_TOKEN, "t1")
    await client.act("join_table", seat=2)
    await client.act("join_table")
    await client.ask("dance")
    await client.ask("heartbeat", {"timestamp": 7})
    await client.lost()
    await client.lost()
    acting = ["CLIENT_MESSAGE", "CLIENT_ACTION"]
    assert [name for name, _ in heard] == [
        *("CLIENT_OPENED", "CLIENT_CONNECTED", *acting, *acting, "CLIENT_REFUSED"),
        *("CLIENT_REFUSED", "CLIENT_MESSAGE", "CLIENT_CLOSED"),
    ]
    assert all(isinstance(event, CLIENT_EVENTS[name]) for name, event in heard)
    clients = [event if isinstance(event, Client) else event.client for _, event in heard]
    assert [client.player_name for client in clients] == [None, *["Ada"] * 9]
    action = heard[3][1]
    assert (action.table_id, action.action, action.data) == ("t1", "join_table", {"seat": 2})
    assert [event.code for name, event in heard if name == "CLIENT_REFUSED"] == ["already_seated", "unknown_type"]
    assert heard[8][1].type == "heartbeat"
    assert heard[8][1].data.timestamp == 7


async def test_no_token_comes_to_the_bus(house: House) -> None:
    heard: list[Any] = []
    house.bus.subscribe(ALL, lambda name, event: heard.append(event))
    client = await house.visit(ADAS_TOKEN)
    await client.ask("connect", {"token": ADAS_TOKEN})
    assert len(heard) == 3
    assert ADAS_TOKEN not in repr(heard)


async def test_a_listener_that_raises_is_not_the_clients_affair(house: House, caplog: pytest.LogCaptureFixture) -> None:
    async def fail(name: str, event: Any) -> None:
        raise ValueError("the listener's own affair")

    house.bus.subscribe("CLIENT_MESSAGE", fail)
    client = await house.visit()
    assert (await client.ask("heartbeat"))["type"] == "heartbeat"
    assert "CLIENT_MESSAGE" in caplog.text


async def test_the_handler_describes_its_clients_until_they_are_gone(house: House) -> None:
    client = await house.visit(ADAS_TOKEN, client_id="laptop")
    house.clock.now += 7
    await client.watch("SHUFFLE", "CARD_DEALT")
    await client.ask("dance")
    (described,) = house.handler.clients()
    assert described == Client(
        key=client.session.key,
        address="",
        client_id="laptop",
        player_id="pAda",
        player_name="Ada",
        subscriptions={"t1": ("CARD_DEALT", "SHUFFLE")},
        connected_at=NOON,
        last_heard_at=NOON + 7,
        messages_in=3,
        messages_out=4,
        refusals=1,
    )
    await client.ask("unsubscribe", {"event_types": "*", "table_id": "t1"})
    assert described.subscriptions == {"t1": ("CARD_DEALT", "SHUFFLE")}
    await client.lost()
    assert house.handler.clients() == []


async def test_who_is_gone_is_in_no_group_any_more(house: House) -> None:
    client = await house.visit(ADAS_TOKEN)
    await client.watch("SHUFFLE", "CARD_DEALT")
    await client.ask("unsubscribe", {"event_types": ["SHUFFLE"], "table_id": "t1"})
    await client.say("subscribe", {"event_types": "*"})
    await client.lost()
    assert not any(house.groups.members.values())
