"""The recorded examples: one of every message, as documented, and recorded anew they are the same messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cardsharp.blackjack.commands import MOVES
from cardsharp.blackjack.legal import BET_ACTIONS
from cardsharp.blackjack.rules import Rules
from cardsharp.protocol.catalog import catalog
from cardsharp.protocol.examples import Examples, examples, pretty
from cardsharp.wire import decode_json, encode_json
from tests.protocol.frames import frames
from tests.protocol.kinds import key_of
from tests.protocol.recording import record

KEYS = [message.key for message in catalog().messages]


@pytest.mark.parametrize("key", KEYS)
def test_every_message_has_an_example_and_it_is_one_of_it(key: str) -> None:
    sender = key.partition(".")[0]
    found = examples().of(key)
    assert found
    for _, message in found:
        assert key_of(sender, message) == key
        check(sender, message)


def test_there_are_examples_of_nothing_else() -> None:
    assert {name.partition(": ")[0] for name in examples().messages} == set(KEYS)


def test_there_is_an_example_of_everything_that_a_request_may_ask() -> None:
    asked = {title: frame["data"]["valid_actions"] for title, frame in examples().of("server.action_request")}
    assert asked == {
        "a bet": ["BET", "SIT_OUT"],
        "insurance": ["INSURANCE", "DECLINE_INSURANCE"],
        "insurance or even money": ["INSURANCE", "DECLINE_INSURANCE", "EVEN_MONEY"],
        "early surrender": ["SURRENDER", "DECLINE_SURRENDER"],
        "a move": ["HIT", "STAND", "DOUBLE", "SPLIT", "SURRENDER"],
    }
    assert {move for moves in asked.values() for move in moves} == {*BET_ACTIONS, *MOVES}


def test_a_tables_name_says_nothing_untrue_of_its_rules() -> None:
    rows = [row for row in parts(list(examples().messages.values())) if "rules" in row and "name" in row]
    assert rows
    for row in rows:
        assert ("ingle deck" in row["name"]) <= row["rules"].startswith("1D "), row["name"]
        assert ("Classic" in row["name"]) <= (row["rules"] == str(Rules())), row["name"]


def parts(value: Any) -> list[dict[str, Any]]:
    """The objects that are in it, however deep."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = [value] if isinstance(value, dict) else []
    return own + [found for part in inner for found in parts(part)]


def check(sender: str, message: dict[str, Any]) -> None:
    text = encode_json(message).decode()
    if sender == "client":
        assert frames().has_shape(text)
    else:
        frames().check_server(text)


def test_the_session_is_whole() -> None:
    lines = examples().session
    for line in lines:
        check(line.sender, line.frame)
    assert (lines[0].sender, lines[0].frame["type"]) == ("client", "connect")
    assert (lines[-1].sender, lines[-1].frame["type"]) == ("server", "disconnected")
    in_the_log = [line.frame["data"] for line in lines if "seq" in line.frame.get("data", {})]
    seqs = [data["seq"] for data in in_the_log if data["event_type"] != "TABLE_STATE"]
    assert seqs == sorted(set(seqs))
    assert "cs_…" in encode_json(lines[0].frame).decode()


def test_no_secret_is_in_it() -> None:
    for message in (*examples().messages.values(), *(line.frame for line in examples().session)):
        assert not [
            word for word in encode_json(message).decode().split('"') if word.startswith("cs_") and word != "cs_…"
        ]


def test_recorded_anew_it_is_the_same(tmp_path: Path) -> None:
    anew = record(tmp_path)
    assert fields_of(anew) == fields_of(examples())
    assert [key_of(line.sender, line.frame) for line in anew.session] == [
        key_of(line.sender, line.frame) for line in examples().session
    ]


def fields_of(recorded: Examples) -> dict[str, set[str]]:
    return {key: set(paths(message)) for key, message in recorded.messages.items()}


def paths(value: Any, path: str = "") -> list[str]:
    if isinstance(value, dict):
        # Tables' ids are names there, and other ones each time.
        inner = [] if path.endswith((".seqs", ".subscriptions")) else value.items()
        return [path, *(found for name, part in inner for found in paths(part, f"{path}.{name}"))]
    return [path]


@pytest.mark.parametrize("value", [{}, [], {"a": [1, 2, {"b": "ä" * 90}]}, [["x" * 60, "y" * 60]], "♠", {"n": None}])
def test_pretty_json_is_the_same_json_in_lines_that_are_not_long(value: Any) -> None:
    text = pretty(value)
    assert decode_json(text) == value
    assert all(len(line) <= 110 for line in text.splitlines())
