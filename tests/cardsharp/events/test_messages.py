"""What clients send: every frame is a message or one documented error."""

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from cardsharp import errors
from cardsharp.events import messages as m
from cardsharp.events.messages import read
from cardsharp.wire import decode_json

BEYOND = 2**53

VALID: list[tuple[dict[str, Any], m.ClientMessage]] = [
    ({"type": "connect"}, m.Connect()),
    (
        {"type": "connect", "data": {"client_id": "laptop", "token": "secret", "batch": True}},
        m.Connect(client_id="laptop", token="secret", batch=True),
    ),
    ({"type": "disconnect"}, m.Disconnect()),
    ({"type": "subscribe", "data": {"event_types": "*"}}, m.Subscribe(event_types="*")),
    (
        {"type": "subscribe", "data": {"event_types": ["SHUFFLE"], "table_id": "t1", "since": 0}},
        m.Subscribe(event_types=["SHUFFLE"], table_id="t1", since=0),
    ),
    (
        {"type": "unsubscribe", "data": {"event_types": ["*"], "table_id": "t1"}},
        m.Unsubscribe(event_types=["*"], table_id="t1"),
    ),
    ({"type": "action", "data": {"action": "sit_out"}}, m.Action(action="sit_out")),
    (
        {"type": "action", "data": {"action": "place_bet", "data": {"amount": 10}, "table_id": "t1"}},
        m.Action(action="place_bet", data={"amount": 10}, table_id="t1"),
    ),
    ({"type": "heartbeat"}, m.Heartbeat()),
    (
        {"type": "heartbeat", "data": {"timestamp": 5, "seqs": {"t1": 7, "t2": BEYOND - 1}}},
        m.Heartbeat(timestamp=m.Number(5), seqs={"t1": 7, "t2": BEYOND - 1}),
    ),
]

STRING, NUMBER, FRACTION, TRUE, LIST, OBJECT = "x", 7, 0.5, True, ["x"], {"x": 1}
EVERY_KIND = (STRING, NUMBER, FRACTION, TRUE, LIST, OBJECT)


def but(*kinds: Any) -> list[Any]:
    """A value of every kind of JSON but these, and null, which means left out."""
    return [kind for kind in EVERY_KIND if not any(kind is right for right in kinds)]


WRONG: dict[tuple[str, str], list[Any]] = {
    ("connect", "client_id"): [*but(STRING), "", "x" * 65],
    ("connect", "token"): but(STRING),
    ("connect", "batch"): [*but(TRUE), 0, 1, "true"],
    ("subscribe", "event_types"): [*but(LIST), [], None, "SHUFFLE", "", [7], [None], [["*"]], {"*": 1}],
    ("subscribe", "table_id"): but(STRING),
    ("subscribe", "since"): [*but(NUMBER), -1, "7", BEYOND, 10**30, 7.0],
    ("unsubscribe", "event_types"): [*but(LIST), [], None, "SHUFFLE", [7], [None]],
    ("unsubscribe", "table_id"): but(STRING),
    ("action", "action"): [*but(STRING), None],
    ("action", "data"): but(OBJECT),
    ("action", "table_id"): but(STRING),
    ("heartbeat", "timestamp"): [*but(NUMBER, FRACTION), BEYOND, -BEYOND, 10**30],
    ("heartbeat", "seqs"): [
        *but(OBJECT),
        {"t1": "7"},
        {"t1": True},
        {"t1": -1},
        {"t1": 0.5},
        {"t1": BEYOND},
        {"t1": []},
    ],
}
NEEDED: dict[str, dict[str, Any]] = {
    "subscribe": {"event_types": ["*"]},
    "unsubscribe": {"event_types": ["*"]},
    "action": {"action": "sit_out"},
}


def error_of(frame: str | bytes) -> str | None:
    error = read(frame).error
    return error.code if error else None


def nested(levels: int) -> str:
    """A connect message that is nested so deep."""
    return '{"type": "connect", "more": ' + "[" * (levels - 1) + "]" * (levels - 1) + "}"


# -- messages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("message", "read_as"), VALID, ids=lambda part: str(part)[:60])
def test_every_message_is_read(message: dict[str, Any], read_as: m.ClientMessage) -> None:
    assert read(json.dumps(message)) == (None, read_as, None)


@pytest.mark.parametrize(("message", "read_as"), VALID, ids=lambda part: str(part)[:60])
def test_unknown_fields_are_ignored_and_null_ones_left_out(message: dict[str, Any], read_as: m.ClientMessage) -> None:
    fields = type(read_as).__struct_fields__
    nulls = {name: None for name in fields if name not in message.get("data", {})}
    data = {**nulls, **message.get("data", {}), "colour": "red", "type": "disconnect"}
    strange = {"id": None, "timestamp": None, **message, "data": data, "colour": [1, {"a": 10**40}]}
    assert read(json.dumps(strange)) == (None, read_as, None)


def test_data_may_be_null() -> None:
    assert read('{"type": "connect", "data": null}').message == m.Connect()


@pytest.mark.parametrize("timestamp", ["1766400000", "1766400000.125", "-5", "0", "1e3", "1e999", str(BEYOND - 1)])
def test_the_timestamp_of_a_message_may_be_any_number(timestamp: str) -> None:
    assert read(f'{{"type": "connect", "timestamp": {timestamp}}}').message == m.Connect()


def test_amounts_in_actions_are_exact() -> None:
    message = read('{"type": "action", "data": {"action": "place_bet", "data": {"amount": 0.1}}}').message
    assert message == m.Action(action="place_bet", data={"amount": Decimal("0.1")})


@pytest.mark.parametrize("text", ["x", "x" * 64, "♠" * 64, "\0", " "])
def test_an_id_of_1_to_64_characters_is_answered_to(text: str) -> None:
    assert read(json.dumps({"type": "connect", "id": text})) == (text, m.Connect(), None)
    for refused in ({"type": "dance", "id": text}, {"id": text}, {"type": "subscribe", "id": text, "data": []}):
        frame = read(json.dumps(refused))
        assert frame.id == text
        assert frame.error is not None


@pytest.mark.parametrize("wrong", ["", "x" * 65, "♠" * 65, *but(STRING)])
def test_another_id_is_a_bad_message_without_anything_to_answer_to(wrong: Any) -> None:
    frame = read(json.dumps({"type": "connect", "id": wrong}))
    assert frame.id is None
    assert isinstance(frame.error, errors.BadMessage)


# -- what is no JSON ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "NaN",
        "Infinity",
        "-Infinity",
        '{"type": "heartbeat", "data": {"timestamp": NaN}}',
        '{"type": "connect", "id": "\\ud800"}',
        '{"type": "connect", "id": "\ud800"}',
        '{"type": "connect"',
        '{"type": "connect"}}',
        "{'type': 'connect'}",
        '{"type": "connect",}',
        '\ufeff{"type": "connect"}',
        '{"type": "connect"} {"type": "connect"}',
        "connect",
        "[" * 5_000,
        '{"a":' * 5_000,
        "1" * 5_000,
        "1e99999999999999999999",
        "-0e-99999999999999999999",
    ],
    ids=lambda text: ascii(text)[:40],
)
def test_text_that_is_no_json_is_bad_json(text: str) -> None:
    assert read(text)[:2] == (None, None)
    assert error_of(text) == "bad_json"


def test_32_levels_are_read_and_33_are_not() -> None:
    assert read(nested(32)).message == m.Connect()
    assert error_of(nested(33)) == "bad_json"
    assert error_of("[" * 33 + "]" * 33) == "bad_json"


@pytest.mark.parametrize("text", ["[" * 100, "{" * 100, '"' + "[" * 100, "\\" * 33 + "[" * 33])
def test_brackets_in_strings_are_no_levels(text: str) -> None:
    assert read(json.dumps({"type": "connect", "more": text})).message == m.Connect()


def test_brackets_side_by_side_are_no_levels() -> None:
    assert read(json.dumps({"type": "connect", "more": [[[]]] * 100})).message == m.Connect()


# -- what is no message ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["null", "true", "7", "0.5", '"connect"', "[]", '[{"type": "connect"}]'])
def test_json_that_is_no_object_is_a_bad_message(text: str) -> None:
    assert error_of(text) == "bad_message"


@pytest.mark.parametrize("frame", [b"", b"\x00", b'{"type": "connect"}', b"\xff"])
def test_a_binary_message_is_a_bad_message(frame: bytes) -> None:
    assert read(frame)[:2] == (None, None)
    assert error_of(frame) == "bad_message"


@pytest.mark.parametrize("wrong", [{}, {"data": {}}, {"type": None}, *({"type": kind} for kind in but(STRING))])
def test_a_type_that_is_missing_or_no_string_is_a_bad_message(wrong: dict[str, Any]) -> None:
    assert error_of(json.dumps(wrong)) == "bad_message"


@pytest.mark.parametrize("kind", ["", "dance", "CONNECT", "connected", "error", "event", "*", "connect "])
def test_a_type_that_no_client_message_has_is_unknown(kind: str) -> None:
    frame = read(json.dumps({"type": kind}))
    assert isinstance(frame.error, errors.UnknownType)
    assert frame.error.details == {"types": sorted(m.CLIENT_MESSAGES)}


@pytest.mark.parametrize("kind", m.CLIENT_MESSAGES)
@pytest.mark.parametrize("wrong", but(OBJECT))
def test_data_that_is_no_object_is_a_bad_message(kind: str, wrong: Any) -> None:
    assert error_of(json.dumps({"type": kind, "data": wrong})) == "bad_message"


@pytest.mark.parametrize("wrong", [*but(NUMBER, FRACTION), BEYOND, -BEYOND, 2**64, 10**30])
def test_a_timestamp_that_is_no_number_of_json_is_a_bad_message(wrong: Any) -> None:
    assert error_of(json.dumps({"type": "connect", "timestamp": wrong})) == "bad_message"


@pytest.mark.parametrize(
    ("kind", "field", "wrong"),
    [(kind, field, wrong) for (kind, field), values in WRONG.items() for wrong in values],
    ids=lambda part: str(part)[:30],
)
def test_a_field_of_the_wrong_type_is_a_bad_message(kind: str, field: str, wrong: Any) -> None:
    data = NEEDED.get(kind, {})
    assert error_of(json.dumps({"type": kind, "data": data})) is None
    assert error_of(json.dumps({"type": kind, "data": {**data, field: wrong}})) == "bad_message"


def test_every_field_of_every_message_is_in_that_table() -> None:
    fields = {(kind, field) for kind, struct in m.CLIENT_MESSAGES.items() for field in struct.__struct_fields__}
    assert fields == set(WRONG)


@pytest.mark.parametrize("kind", NEEDED)
def test_a_needed_field_that_is_missing_is_a_bad_message(kind: str) -> None:
    assert error_of(json.dumps({"type": kind})) == "bad_message"


# -- what the server sends ---------------------------------------------------------------------------------------------


def test_a_server_message_has_its_time_and_its_answer_only_to_an_id() -> None:
    assert decode_json(m.encode("connected", {}, at=1.5)) == {"type": "connected", "timestamp": 1.5, "data": {}}
    assert decode_json(m.encode("connected", {}, at=1.5, reply_to="c-1"))["reply_to"] == "c-1"


def test_an_event_carries_its_table_round_and_seq() -> None:
    text = m.encode_event(
        "SHUFFLE", msgspec.Raw(b'{"decks": 6}'), at=1.5, table_id="t1", round_id="r1", seq=7, reply_to="c-1"
    )
    assert decode_json(text) == {
        "type": "event",
        "reply_to": "c-1",
        "timestamp": Decimal("1.5"),
        "data": {"event_type": "SHUFFLE", "table_id": "t1", "round_id": "r1", "seq": 7, "data": {"decks": 6}},
    }
    assert "seq" not in decode_json(m.encode_event("LOBBY_STATE", {}, at=1.5))["data"]


def test_an_error_says_its_code_its_message_and_what_helps() -> None:
    text = m.encode_error(errors.RateLimited(retry_after=0.25), at=1.5)
    assert decode_json(text)["data"] == {
        "code": "rate_limited",
        "message": "Too many messages; slow down.",
        "retry_after": Decimal("0.25"),
    }
