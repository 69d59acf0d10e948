"""Whatever a client sends: one documented error, nothing changed, and the socket goes on."""

import json
from contextlib import asynccontextmanager

import pytest

from tests.wire.conftest import Room
from tests.wire_client import WireClient, connected, opened

NOT_JSON = {
    "empty": "",
    "blank": "  ",
    "half": '{"type": "heartbeat"',
    "NaN": '{"type": "heartbeat", "data": {"timestamp": NaN}}',
    "Infinity": '{"type": "heartbeat", "data": {"timestamp": -Infinity}}',
    "two values": '{"type": "heartbeat"} {}',
    "a comment": '{"type": "heartbeat"} // hello',
    "single quotes": "{'type': 'heartbeat'}",
    "a lone surrogate": '{"type": "heartbeat", "id": "\\ud800"}',
    "33 levels": '{"type": "heartbeat", "more": ' + "[" * 32 + "]" * 32 + "}",
    "thousands of levels": "[" * 16_000,
}
NOT_MESSAGES = {
    "a list": "[]",
    "a batch": '[{"type": "heartbeat"}]',
    "a string": '"heartbeat"',
    "a number": "17",
    "null": "null",
    "no type": "{}",
    "a null type": '{"type": null}',
    "a number as type": '{"type": 1}',
    "a list as type": '{"type": ["heartbeat"]}',
    "a list as data": '{"type": "heartbeat", "data": []}',
    "a string as data": '{"type": "heartbeat", "data": "{}"}',
    "a boolean as timestamp": '{"type": "heartbeat", "timestamp": true}',
    "a string as timestamp": '{"type": "heartbeat", "timestamp": "1"}',
    "an integer of 2^53": '{"type": "heartbeat", "timestamp": 9007199254740992}',
}
WRONG = {
    "text": ["1", "true", "[]", "{}"],
    "name": ["1", "true", "[]", "{}", '""', json.dumps("x" * 65)],
    "flag": ["1", '"true"', "[]", "{}"],
    "number": ['"1"', "true", "[]", "{}", "9007199254740992", "-9007199254740992"],
    "seq": ['"1"', "true", "[]", "{}", "-1", "1.5", "9007199254740992"],
    "names": ["1", "true", "{}", "[]", '""', '"SHUFFLE"', "[1]", '["SHUFFLE", null]', '[["SHUFFLE"]]'],
    "object": ["1", "true", "[]", '"{}"'],
    "seqs": ["1", "[]", '{"t": "1"}', '{"t": -1}', '{"t": 1.5}', '{"t": true}'],
    "amount": ['"10"', "true", "[10]", "{}", "9007199254740992"],
}
FIELDS = [
    ("connect", "client_id", "name", ""),
    ("connect", "token", "text", ""),
    ("connect", "batch", "flag", ""),
    ("subscribe", "event_types", "names", ""),
    ("subscribe", "table_id", "text", '"event_types": "*"'),
    ("subscribe", "since", "seq", '"event_types": "*"'),
    ("unsubscribe", "event_types", "names", ""),
    ("unsubscribe", "table_id", "text", '"event_types": "*"'),
    ("action", "action", "text", ""),
    ("action", "table_id", "text", '"action": "sit_in"'),
    ("action", "data", "object", '"action": "sit_in"'),
    ("heartbeat", "timestamp", "number", ""),
    ("heartbeat", "seqs", "seqs", ""),
]
ACTION_FIELDS = [
    *((action, "request_id", "name") for action in ("join_table", "place_bet", "player_action", "sit_out", "sit_in")),
    *((action, "seat", "number") for action in ("join_table", "leave_table", "place_bet", "player_action")),
    ("join_table", "buy_in", "amount"),
    ("join_table", "client_seed", "name"),
    ("add_chips", "amount", "amount"),
    ("place_bet", "amount", "amount"),
    ("player_action", "action", "text"),
    ("player_action", "amount", "amount"),
    ("set_client_seed", "client_seed", "name"),
]
MISSING = [
    '{"type": "subscribe"}',
    '{"type": "subscribe", "data": {"event_types": null}}',
    '{"type": "unsubscribe"}',
    '{"type": "action"}',
    '{"type": "action", "data": {"action": "place_bet"}}',
    '{"type": "action", "data": {"action": "place_bet", "data": {"amount": null}}}',
    '{"type": "action", "data": {"action": "add_chips", "data": {}}}',
    '{"type": "action", "data": {"action": "player_action"}}',
    '{"type": "action", "data": {"action": "set_client_seed", "data": {}}}',
]


@asynccontextmanager
async def untouched(room: Room):
    """A client seated at a table that waits for its bet; nothing there may have changed at the end."""
    ada, table = room.player(), room.table()
    async with connected(room.server.table_url(table), ada, subscribe=table) as client:
        await client.accepted("join_table", buy_in=500)
        await client.settle()
        before = await standing(client)
        yield client
        assert await client.settle() == []
        assert await standing(client) == before


async def standing(client: WireClient) -> dict:
    """All there is to see of the table and of the own wallet."""
    answer = (await client.ask("subscribe", {"event_types": "*"}))["data"]
    state = await client.event("TABLE_STATE")
    await client.settle()
    state["data"].pop("timestamp")
    return {"player": answer["player"], "state": state}


async def refused(client: WireClient, frame: str | bytes, code: str) -> None:
    answer = await client.answer_to(frame)
    assert answer["type"] == "error", answer
    assert answer["data"]["code"] == code, (frame, answer)
    assert answer["data"]["message"]
    assert "Traceback" not in client.frames[-1]
    assert (await client.ask("heartbeat"))["type"] == "heartbeat"


async def test_what_is_no_json(room: Room):
    async with untouched(room) as client:
        for frame in NOT_JSON.values():
            await refused(client, frame, "bad_json")


async def test_what_is_no_message(room: Room):
    async with untouched(room) as client:
        for frame in (*NOT_MESSAGES.values(), *MISSING):
            await refused(client, frame, "bad_message")


async def test_what_is_binary(room: Room):
    async with untouched(room) as client:
        for frame in (b"", b'{"type": "heartbeat"}', b"\x00\xff", "{}".encode("utf-16")):
            await refused(client, frame, "bad_message")


async def test_an_unknown_type(room: Room):
    async with untouched(room) as client:
        for kind in ("", "Heartbeat", "event", "connected", "games.consumers", "\u0000"):
            await refused(client, json.dumps({"type": kind}), "unknown_type")


async def test_32_levels_are_fine_and_so_is_the_longest_message(room: Room):
    async with untouched(room) as client:
        deep = '{"type": "heartbeat", "more": ' + "[" * 31 + "]" * 31 + "}"
        assert (await client.answer_to(deep))["type"] == "heartbeat"
        brackets = '{"type": "heartbeat", "more": "' + "[{" * 100 + '"}'
        assert (await client.answer_to(brackets))["type"] == "heartbeat"
        longest = '{"type": "heartbeat"}'.ljust(16_384)
        assert (await client.answer_to(longest))["type"] == "heartbeat"
        await client.socket.send(part for part in ('{"type": ', '"heart', 'beat"}'))
        assert (await client.next())["type"] == "heartbeat"


@pytest.mark.parametrize("parts", [["x" * 16_385], ["x" * 10_000, "x" * 10_000], ["ü" * 8_193], [b"x" * 16_385]])
async def test_a_longer_message_closes_the_socket(room: Room, parts: list):
    async with connected(room.url) as client:
        await client.socket.send(iter(parts) if len(parts) > 1 else parts[0])
        assert await client.closed() == 1009


@pytest.mark.parametrize(("kind", "name", "shape", "rest"), FIELDS, ids=lambda value: str(value)[:20])
async def test_a_field_of_the_wrong_type(room: Room, kind: str, name: str, shape: str, rest: str):
    if kind == "connect":
        async with opened(room.url) as client:
            for value in WRONG[shape]:
                await client.socket.send(f'{{"type": "connect", "data": {{"{name}": {value}}}}}')
                assert (await client.next())["data"]["code"] == "bad_message"
            assert (await client.ask("connect"))["type"] == "connected"
        return
    async with untouched(room) as client:
        for value in WRONG[shape]:
            fields = ", ".join(filter(None, (rest, f'"{name}": {value}')))
            await refused(client, f'{{"type": "{kind}", "data": {{{fields}}}}}', "bad_message")


@pytest.mark.parametrize(("action", "name", "shape"), ACTION_FIELDS, ids=str)
async def test_an_actions_field_of_the_wrong_type(room: Room, action: str, name: str, shape: str):
    others = {"place_bet": '"amount": 10, ', "player_action": '"action": "HIT", '}.get(action, "")
    async with untouched(room) as client:
        for value in WRONG[shape]:
            data = f'{{{"" if name in others else others}"{name}": {value}}}'
            frame = f'{{"type": "action", "data": {{"action": "{action}", "data": {data}}}}}'
            await refused(client, frame, "bad_message")


NO_AMOUNTS = ["0", "-10", "-0.01", "0.001", "10.001", "1e-9", "1e999", "-1e999", "1e300", "1e17", "9007199254740991"]


@pytest.mark.parametrize("action", ["join_table", "add_chips", "place_bet"])
async def test_a_number_that_is_no_amount(room: Room, action: str):
    amounts = NO_AMOUNTS + {"place_bet": ["9", "9.99", "10.5", "501"], "add_chips": ["4501"], "join_table": []}[action]
    name = "buy_in" if action == "join_table" else "amount"
    async with untouched(room) as client, connected(client_url(room, client), room.player()) as other:
        asking = other if action == "join_table" else client
        for amount in amounts:
            frame = f'{{"type": "action", "data": {{"action": "{action}", "data": {{"{name}": {amount}}}}}}}'
            await refused(asking, frame, "invalid_amount")


def client_url(room: Room, client: WireClient) -> str:
    """The address at which the client is connected."""
    assert client.socket.request
    return f"ws://{room.server.address}{client.socket.request.path}"


@pytest.mark.parametrize("amount", ["10", "10.0", "10.00", "1e1", "1000e-2"])
async def test_one_amount_may_be_written_in_many_ways(room: Room, amount: str):
    async with connected(room.server.table_url(room.table()), room.player()) as client:
        await client.accepted("join_table")
        await client.socket.send(
            f'{{"type": "action", "data": {{"action": "place_bet", "data": {{"amount": {amount}}}}}}}'
        )
        assert (await client.next())["data"]["event_type"] == "ACTION_RECEIVED"


async def test_text_that_is_no_utf_8_closes_the_socket(room: Room):
    async with connected(room.url) as client:
        await client.socket.send(b'{"type": "\xff"}', text=True)
        assert await client.closed() == 1007
