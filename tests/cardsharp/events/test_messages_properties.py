"""Whatever comes: a message or exactly one documented error, and never an exception."""

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from cardsharp.events.messages import CLIENT_MESSAGES, Frame, read
from tests.cardsharp.events.test_messages import VALID

READ_ERRORS = {"bad_json", "bad_message", "unknown_type"}

numbers = (
    st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([2**53 - 1, 2**53, 10**400])
)
names = st.sampled_from([*CLIENT_MESSAGES, "type", "id", "data", "event_types", "since", "seqs", "timestamp", "*"])
leaves = st.none() | st.booleans() | numbers | st.text(max_size=70) | names
json_values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names | st.text(), inner, max_size=5)
)
literals = st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,25})?", fullmatch=True)


def check(frame: str | bytes) -> Frame:
    """The frame is a message or one documented error."""
    read_as = read(frame)
    assert (read_as.message is None) != (read_as.error is None)
    assert read_as.error is None or read_as.error.code in READ_ERRORS
    return read_as


@given(st.text())
@example("\ud800")
@example("[" * 100_000)
@example('"\\ud800')
def test_any_text_is_a_message_or_one_error(text: str) -> None:
    check(text)


@given(st.text(alphabet='{}[]",:\\ud80 \n0123456789.eE+-truefalsn'))
def test_so_is_any_text_of_the_letters_of_json(text: str) -> None:
    check(text)


@given(st.binary())
def test_any_binary_message_is_a_bad_message(frame: bytes) -> None:
    error = check(frame).error
    assert error is not None
    assert error.code == "bad_message"


@given(json_values)
def test_so_is_any_json(value: Any) -> None:
    check(json.dumps(value))


@given(literals)
@example("1e999999999999999999")
@example("1e1000000000000000000")
def test_so_is_a_message_with_any_number_of_json_anywhere(literal: str) -> None:
    check(literal)
    check(f'{{"type": "connect", "more": {literal}}}')
    check(f'{{"type": "heartbeat", "timestamp": {literal}, "data": {{"seqs": {{"t1": {literal}}}}}}}')
    check(f'{{"type": "heartbeat", "data": {{"timestamp": {literal}}}}}')
    check(f'{{"type": "subscribe", "data": {{"event_types": "*", "since": {literal}}}}}')


@given(st.sampled_from([message for message, _ in VALID]), names, json_values, st.booleans())
def test_so_is_a_message_with_any_field_changed(message: dict[str, Any], name: str, value: Any, inside: bool) -> None:
    changed = {**message, "data": {**message.get("data", {}), name: value}} if inside else {**message, name: value}
    check(json.dumps(changed))


@given(st.sampled_from([json.dumps(message) for message, _ in VALID]), st.data())
def test_so_is_the_text_of_a_message_that_was_damaged(text: str, data: st.DataObject) -> None:
    at, until = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    check(text[:at] + data.draw(st.text(max_size=4)) + text[until:])


@given(json_values)
def test_an_id_is_answered_to_exactly_where_it_is_one(value: Any) -> None:
    valid = isinstance(value, str) and 1 <= len(value) <= 64
    assert read(json.dumps({"type": "connect", "id": value})).id == (value if valid else None)
