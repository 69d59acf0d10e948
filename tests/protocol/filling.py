"""Whole messages out of the few fields that a test is about: what the schema requires comes from a recorded example."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import cardsharp.protocol
from cardsharp.protocol.catalog import catalog
from cardsharp.protocol.schema import json_schema
from tests.protocol.kinds import key_of

EXAMPLES = Path(cardsharp.protocol.__file__).parent / "examples.json"


@cache
def definitions() -> dict[str, Any]:
    return dict(json_schema(catalog())["$defs"])


@cache
def examples() -> dict[str, Any]:
    """An example of each message; of those that have several, one."""
    recorded = json.loads(EXAMPLES.read_text())["messages"]
    return {title.partition(":")[0]: example for title, example in recorded.items()}


def filled(message: dict[str, Any]) -> dict[str, Any]:
    """The server's message with every required field; an unknown one as it is."""
    key = key_of("server", message)
    if key not in examples():
        return message
    whole = _filled(definitions()[key], examples()[key], message)
    assert isinstance(whole, dict)
    return whole


def _filled(schema: dict[str, Any], example: Any, given: Any) -> Any:
    for part in schema.get("anyOf", ()):
        if part.get("type") != "null":
            return _filled(part, example, given)
    if "$ref" in schema:
        schema = definitions()[schema["$ref"].removeprefix("#/$defs/")]
    if isinstance(given, list) and "items" in schema:
        first = example[0] if example else None
        return [_filled(schema["items"], first, item) for item in given]
    if not isinstance(given, dict) or "properties" not in schema:
        return given
    known = example if isinstance(example, dict) else {}
    missing = {name: known[name] for name in schema.get("required", ()) if name not in given and name in known}
    fields = schema["properties"]
    return missing | {
        name: _filled(fields[name], known.get(name), value) if name in fields else value
        for name, value in given.items()
    }
