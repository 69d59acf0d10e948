"""The recorded examples: one of every message, as documented, and recorded anew they are the same messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cardsharp.protocol.catalog import catalog
from cardsharp.protocol.examples import Examples, examples, pretty
from cardsharp.wire import decode_json, encode_json
from tests.protocol.frames import frames
from tests.protocol.kinds import key_of
from tests.protocol.recording import record

KEYS = [message.key for message in catalog().messages]


def test_there_is_one_of_every_message() -> None:
    assert set(examples().messages) == set(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_it_is_what_it_is_an_example_of(key: str) -> None:
    message, sender = examples().messages[key], key.partition(".")[0]
    assert key_of(sender, message) == key
    check(sender, message)


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
