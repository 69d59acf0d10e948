"""The JSON Schema: it takes what the server takes, names everything once, and grows by what a server adds."""

from __future__ import annotations

import copy
import json
from enum import Enum
from typing import Annotated, Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsharp import errors
from cardsharp.chips import Cents
from cardsharp.events import messages as m
from cardsharp.events.clients import Client
from cardsharp.events.extensions import Extensions
from cardsharp.game import Actor
from cardsharp.games import GAMES
from cardsharp.protocol import words
from cardsharp.protocol.catalog import catalog
from cardsharp.protocol.examples import examples
from cardsharp.protocol.schema import definitions_of, json_schema, shapes_of
from cardsharp.protocol.shapes import Shapes
from cardsharp.wire import encode_json
from examples.high_card import HighCard
from tests.protocol.frames import Frames, frames

GAME = GAMES["blackjack"]
CLIENT_FRAMES = [frame for key, frame in examples().messages.items() if key.startswith("client.")]


def test_it_is_a_schema_of_its_dialect_and_always_the_same() -> None:
    jsonschema_rs.meta.validate(json_schema())
    assert json.dumps(json_schema()) == json.dumps(json_schema())


def test_every_definition_is_reached_from_the_frames() -> None:
    schema = json_schema()
    referred = {ref.removeprefix("#/$defs/") for ref in references(schema)}
    assert referred == schema["$defs"].keys()


def references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if "$ref" in part else []
        return own + [ref for value in part.values() for ref in references(value)]
    return [ref for value in part for ref in references(value)] if isinstance(part, list) else []


def test_everything_that_the_code_has_is_there() -> None:
    defined = definitions_of(catalog()).keys()
    assert {f"client.{name}" for name in m.CLIENT_MESSAGES if name != "action"} <= defined
    assert {f"client.action.{name}" for name in GAME.actions} <= defined
    assert {f"server.event.{name}" for name in GAME.event_types} <= defined
    codes = json_schema()["$defs"]["ErrorData"]["properties"]["code"]["enum"]
    assert set(codes) == set(errors.ERROR_CODES)
    assert set(json_schema()["$defs"]["DisconnectedData"]["properties"]["reason"]["enum"]) == set(m.CLOSE_CODES)


def test_every_sentence_is_of_something() -> None:
    protocol = catalog()
    shapes = shapes_of(protocol)
    used = collect(shapes)
    written = words.FIELDS.keys() | {name for game in protocol.games for name in game.field_words}
    assert written - used == {"timeout_seconds"}
    assert shapes.undescribed == []
    assert {name for game in protocol.games for name in game.values} <= set(shapes.used_values)


def collect(shapes: Shapes) -> set[str]:
    """The words that are used when every struct of the protocol is made a schema of."""
    definitions_of(catalog(), shapes)
    return shapes.used_words


# The schema and the server


@given(st.data())
def test_what_the_schema_takes_has_a_shape_that_the_server_takes(data: st.DataObject) -> None:
    frame = copy.deepcopy(data.draw(st.sampled_from(CLIENT_FRAMES)))
    for _ in range(data.draw(st.integers(1, 2))):
        change(frame, data)
    text = encode_json(frame).decode()
    if frames().has_shape(text):
        read = m.read(text)
        assert read.error is None, text
        if isinstance(read.message, m.Action):
            GAME.read_action(read.message.action, read.message.data, actor=Actor("", ""), at=0.0)


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.sampled_from([0.5, "", "x", "*", "x" * 64, "x" * 65, "\0", [], ["*"], ["PLAYER_BET"], {}, {"x": 1}, {"t": -1}]),
)


def change(frame: dict[str, Any], data: st.DataObject) -> None:
    """Takes something out of the frame, puts something else in its place, or adds something."""
    objects = [frame, *(part for part in (frame.get("data"),) if isinstance(part, dict))]
    objects += [part["data"] for part in objects[1:] if isinstance(part.get("data"), dict)]
    target = data.draw(st.sampled_from(objects))
    name = data.draw(
        st.sampled_from([*target, "id", "timestamp", "data", "seat", "amount", "since", "seqs", "table_id"])
    )
    if data.draw(st.booleans()):
        target[name] = data.draw(JUNK)
    else:
        target.pop(name, None)


@pytest.mark.parametrize(
    ("text", "has_shape"),
    [
        ('{"type": "connect"}', True),
        ('{"type": "connect", "data": null, "id": null}', True),
        ('{"type": "connect", "data": {"client_id": null, "unknown": 1}}', True),
        ('{"type": "connect", "data": []}', False),
        ('{"type": "heartbeat", "data": {"seqs": {"t": -1}}}', False),
        ('{"type": "subscribe", "data": {"event_types": []}}', False),
        ('{"type": "subscribe", "data": {"event_types": "*"}}', True),
        ('{"type": "subscribe", "data": {"event_types": "HAND_RESULT"}}', False),
        ('{"type": "subscribe", "data": {"event_types": ["HAND_RESULTS"]}}', False),
        ('{"type": "action", "data": {"action": "sit_in"}}', True),
        ('{"type": "action", "data": {"action": "place_bet"}}', False),
        ('{"type": "action", "data": {"action": "place_bet", "data": {"amount": 0}}}', False),
        ('{"type": "action", "data": {"action": "place_bet", "data": {"amount": 0.5}}}', True),
        ('{"type": "dance"}', False),
        ("[]", False),
    ],
)
def test_shapes_of_clients_messages(text: str, has_shape: bool) -> None:
    assert frames().has_shape(text) == has_shape


# The check that holds every frame of the suite


def test_the_check_finds_what_is_not_documented() -> None:
    dealt = examples().messages["server.event.CARD_DEALT"]
    check(dealt)
    check([dealt, dealt])
    for broken in (
        {**dealt, "reply_to": "m-1"},
        {**dealt, "data": {**dealt["data"], "data": {**dealt["data"]["data"], "hole_card": "A♠"}}},
        {**dealt, "data": {**dealt["data"], "data": {**dealt["data"]["data"], "card": "1♠"}}},
        {**dealt, "data": {key: value for key, value in dealt["data"].items() if key != "seq"}},
        {**dealt, "data": {**dealt["data"], "event_type": "CARD_DEALED"}},
        {"type": "error", "timestamp": 1.5, "data": {"code": "bad_json", "message": "No.", "limit": 3}},
        {"type": "error", "timestamp": 1.5, "data": {"code": "worse", "message": "No."}},
        {"type": "disconnected", "timestamp": 1.5, "data": {"reason": "whim"}},
    ):
        with pytest.raises(AssertionError):
            check(broken)


@pytest.mark.parametrize(("amount", "is_whole"), [("0.07", True), ("12.50", True), ("0.005", False)])
def test_the_check_finds_amounts_that_are_too_fine(amount: str, is_whole: bool) -> None:
    text = encode_json(examples().messages["server.event.PLAYER_BET"]).decode()
    text = text.replace('"amount":25', f'"amount":{amount}')
    assert amount in text
    if is_whole:
        frames().check_server(text)
    else:
        with pytest.raises(AssertionError, match="multiple"):
            frames().check_server(text)


def check(message: Any) -> None:
    frames().check_server(encode_json(message).decode())


def test_the_check_finds_where_schema_and_server_differ() -> None:
    refused = {"type": "error", "data": {"code": "bad_message"}}
    with pytest.raises(AssertionError, match="the schema takes"):
        frames().check_answer('{"type": "connect"}', refused)
    with pytest.raises(AssertionError, match="the server takes"):
        frames().check_answer('{"type": "dance"}', {"type": "connected"})
    frames().check_answer('{"type": "subscribe", "data": {"event_types": "*", "since": 1.0}}', refused)


# What programs add


class Mood(Enum):
    GOOD = "good"
    BAD = "bad"


class Chat(msgspec.Struct):
    """Something to say."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=200, description="What is said.")]
    mood: Mood | None = None
    tip: Cents = 0


class Said(msgspec.Struct):
    player_id: str
    phase: str
    tip: Cents
    at: tuple[int, str]
    chat: Chat


class TooLoud(errors.GameError):
    """The text is all in capitals."""

    code = "too_loud"


def added() -> Extensions:
    extensions = Extensions(actions=GAME.actions, event_types=GAME.event_types)
    extensions.error(TooLoud)
    extensions.event("SAID")(Said)

    @extensions.message("roll_call", Chat, answer=Said)
    async def roll_call(client: Client, chat: Chat) -> Said:
        """Asks who is there."""
        raise TooLoud

    @extensions.message("hush", Chat)
    async def hush(client: Client, chat: Chat) -> None:
        raise TooLoud

    @extensions.action("say", Chat)
    async def say(client: Client, table_id: str, chat: Chat) -> None:
        """Says something to the table."""
        raise TooLoud

    return extensions


CHAT = {"text": "x", "mood": "bad", "tip": 0}
SAID = {"player_id": "p", "phase": "of the moon", "tip": 0.07, "at": [1, "x"], "chat": CHAT}


def test_what_programs_add_is_in_the_document_like_everything_else() -> None:
    check = Frames(added())
    assert check.has_shape('{"type": "roll_call", "data": {"text": "?", "tip": 0.5}}')
    assert not check.has_shape('{"type": "roll_call", "data": {"text": ""}}')
    assert not check.has_shape('{"type": "roll_call"}')
    assert check.has_shape('{"type": "action", "data": {"action": "say", "data": {"text": "hi", "mood": "good"}}}')
    assert not check.has_shape('{"type": "action", "data": {"action": "say", "data": {"text": "hi", "mood": "so"}}}')
    assert check.has_shape('{"type": "subscribe", "data": {"event_types": ["SAID"]}}')
    event = {"event_type": "SAID", "table_id": None, "round_id": None, "data": {"timestamp": 1.5} | SAID}
    check.check_server(json.dumps({"type": "event", "timestamp": 1.5, "data": event}))
    check.check_server(json.dumps({"type": "roll_call", "timestamp": 1.5, "reply_to": "m", "data": SAID}))
    check.check_server('{"type": "hush", "timestamp": 1.5, "reply_to": "m", "data": {}}')
    check.check_server('{"type": "error", "timestamp": 1.5, "data": {"code": "too_loud", "message": "Hush.", "db": 3}}')
    for broken in (
        {"type": "event", "timestamp": 1.5, "data": {**event, "seq": 3}},
        {"type": "event", "timestamp": 1.5, "data": {**event, "data": SAID}},
        {"type": "roll_call", "timestamp": 1.5, "data": {**SAID, "more": 1}},
        {"type": "hush", "timestamp": 1.5, "data": {"more": 1}},
    ):
        with pytest.raises(AssertionError):
            check.check_server(json.dumps(broken))
    protocol = catalog(added())
    assert "SAID" in protocol.event_types
    assert protocol.message("client.roll_call").words == "Asks who is there."
    assert [error.words for error in protocol.errors if not error.is_own] == ["The text is all in capitals."]
    jsonschema_rs.meta.validate(json_schema(protocol))


def test_structs_of_the_same_name_are_told_apart() -> None:
    class Connect(msgspec.Struct):
        volume: int

    extensions = Extensions(actions=(), event_types=())

    @extensions.message("call", Connect, answer=Connect)
    async def call(client: Client, data: Connect) -> Connect:
        return data

    check = Frames(extensions)
    assert check.has_shape('{"type": "connect", "data": {"token": "x"}}')
    assert check.has_shape('{"type": "call", "data": {"volume": 1}}')
    assert not check.has_shape('{"type": "call", "data": {"volume": "x"}}')


# A second game


def test_a_game_that_says_nothing_of_itself_is_named_and_its_messages_may_hold_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(GAMES, "high_card", HighCard())
    check = Frames()
    assert check.has_shape('{"type": "action", "data": {"action": "draw"}}')
    assert check.has_shape('{"type": "subscribe", "data": {"event_types": ["CARDS_DRAWN"]}}')
    envelope = {"table_id": "t", "round_id": None, "seq": 2}
    for name, data in (("CARDS_DRAWN", {"card": "A♠"}), ("PLAYER_JOINED", {"player_id": "p"})):
        event = {"event_type": name, **envelope, "data": data}
        check.check_server(json.dumps({"type": "event", "timestamp": 1.5, "data": event}))
    lobby = {"event_type": "LOBBY_STATE", "table_id": None, "round_id": None}
    rows = {"tables": [{"table_id": "t", "game": "high_card"}], "timestamp": 1.5}
    check.check_server(json.dumps({"type": "event", "timestamp": 1.5, "data": {**lobby, "data": rows}}))
    assert catalog().message("client.action.draw").words == "Of the game high_card."
    assert catalog().message("client.action.join_table").words.startswith("Takes a seat")
