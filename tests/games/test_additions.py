"""What the site adds to the protocol is in docs/protocol.md, with every field and every word."""

import re
from pathlib import Path
from typing import Any, get_args

import msgspec

from games import advice, reactions
from games.runtime import runtime

PAGE = (Path(__file__).parents[2] / "docs/protocol.md").read_text()
SECTION = PAGE[PAGE.index("## What a site adds") : PAGE.index("## Errors")]
P = {"player_id", "player_name", "seat"}


def fields(struct: Any) -> set[str]:
    return {f.name if f.required else f"{f.name}?" for f in msgspec.structs.fields(struct)}


def in_code(text: str) -> set[str]:
    return set(re.findall("`([^`]+)`", text))


def test_the_document_has_every_addition_with_its_fields():
    told = {}
    for row in re.findall(r"^\| (message|action) `(\w+)` \| (.*) \| (.*) \|$", SECTION, re.MULTILINE):
        kind, name, data, comes = row
        answered = in_code(comes) | (P if "P," in comes else set())
        told[kind, name] = (in_code(data), answered)
    added = runtime().handler.extensions
    reacted = added.events["PLAYER_REACTED"].data
    assert told == {
        ("message", name): (fields(message.data), fields(message.answer)) for name, message in added.messages.items()
    } | {
        ("action", name): (fields(action.data), fields(reacted) | {"PLAYER_REACTED"})
        for name, action in added.actions.items()
    }
    assert set(added.events) == {"PLAYER_REACTED"}


def test_the_document_has_every_reaction_the_limit_and_what_a_decision_has():
    assert set(get_args(reactions.Reaction)) | fields(advice.Decision) <= in_code(SECTION)
    assert (reactions.BURST, 1 / reactions.A_SECOND) == (3, 2)
    assert "Three may come at once, then one in two seconds" in SECTION
