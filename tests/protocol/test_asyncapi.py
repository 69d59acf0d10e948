"""The AsyncAPI document: AsyncAPI's own parser takes it, it names everything, and it says the same each time."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import yaml

from cardsharp import errors
from cardsharp.events import messages as m
from cardsharp.protocol.asyncapi import as_yaml, asyncapi
from cardsharp.protocol.catalog import catalog
from cardsharp.protocol.examples import examples
from tests.protocol.test_schema import added

WARNING = 1
"""The parser's severities are 0 for an error, 1 for a warning, and more for what is said by the way."""


def document(**changes: Any) -> dict[str, Any]:
    made = asyncapi(catalog(changes.pop("extensions", None)), examples(), host="cards.example", is_secure=True)
    return {**made, **changes}


def said_of(text: str, command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def complaints(text: str, command: list[str]) -> list[dict[str, Any]]:
    return [found for found in said_of(text, command)["diagnostics"] if found["severity"] <= WARNING]


def test_asyncapis_own_parser_takes_it(asyncapi_check: list[str]) -> None:
    text = as_yaml(document())
    assert complaints(text, asyncapi_check) == []
    assert set(said_of(text, asyncapi_check)["messages"]) == {message.key for message in catalog().messages}


def test_asyncapis_own_parser_takes_what_programs_add(asyncapi_check: list[str]) -> None:
    assert complaints(as_yaml(document(extensions=added())), asyncapi_check) == []


def test_the_parser_finds_what_is_wrong(asyncapi_check: list[str]) -> None:
    assert complaints(as_yaml(document(channels={})), asyncapi_check)
    wrong = document()
    wrong["components"]["messages"]["client.connect"]["payload"] = {"$ref": "#/components/schemas/client.greet"}
    assert complaints(as_yaml(wrong), asyncapi_check)


def test_the_yaml_is_the_document_without_shorthand() -> None:
    text = as_yaml(document())
    assert yaml.safe_load(text) == document()
    assert text == as_yaml(document())
    assert not [line for line in text.splitlines() if " &id" in line or " *id" in line]


def test_messages_codes_and_limits_are_all_there() -> None:
    made = document()
    keys = {message.key for message in catalog().messages}
    assert made["components"]["messages"].keys() == keys
    for channel in made["channels"].values():
        assert channel["messages"].keys() == keys
    assert all(message["examples"] for message in made["components"]["messages"].values())
    assert made["x-error-codes"].keys() == errors.ERROR_CODES.keys()
    assert {close["reason"]: close["code"] for close in made["x-close-codes"]} == m.CLOSE_CODES
    assert {limit.name for limit in catalog().limits} == made["x-limits"].keys()


def test_every_message_of_a_client_can_be_sent_and_every_one_of_the_server_comes_somehow() -> None:
    made = document()
    for channel in made["channels"]:
        mine = [op for key, op in made["operations"].items() if key.startswith(f"{channel}.")]
        received = {key_of(ref) for op in mine if op["action"] == "receive" for ref in op["messages"]}
        sent = {key_of(ref) for op in mine for ref in op.get("reply", {}).get("messages", ())}
        sent |= {key_of(ref) for op in mine if op["action"] == "send" for ref in op["messages"]}
        keys = {message.key for message in catalog().messages}
        assert received == {key for key in keys if key.startswith("client.")}
        assert sent == {key for key in keys if key.startswith("server.")}


def key_of(reference: dict[str, str]) -> str:
    return reference["$ref"].rpartition("/")[2]


def test_the_server_is_where_the_document_came_from() -> None:
    assert document()["servers"]["site"] | {"host": "cards.example", "protocol": "wss"} == document()["servers"]["site"]
