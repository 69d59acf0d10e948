"""docs/protocol.md and the code say the same: every name on either side is on the other, in the right table."""

from __future__ import annotations

import ast
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from pytest_django import Settings

from cardsharp import errors
from cardsharp.blackjack import events as e
from cardsharp.blackjack import view
from cardsharp.blackjack.actions import ACTIONS, ActionData
from cardsharp.blackjack.commands import MOVES
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.table import Phase
from cardsharp.client import link, player
from cardsharp.events import messages as m
from cardsharp.events.audience import Audience
from cardsharp.events.bus import EventBus
from cardsharp.events.handler import MISSED_HEARTBEATS, WebSocketEventHandler
from cardsharp.events.limits import Limits
from cardsharp.events.ports import Credentials
from cardsharp.games import GAMES
from cardsharp.protocol.catalog import catalog
from games import accounts, database
from games.models import Token
from games.store import Store
from games.tables import Tables

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/protocol.md").read_text()

P = ("player_id", "player_name", "seat")
LETTERS = {"P": P, "H": (*P, "hand_id"), "L": view.TableFacts.__struct_fields__}
"""What the capital letters in the page's tables stand for."""


# The page


def rows_under(*header: str) -> list[list[str]]:
    """The rows of every table with that header. One without a first cell goes on with the row above."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines()]
    starts = [number + 2 for number, cells in enumerate(lines) if cells == list(header)]
    assert starts, f"no table has the header {header}"
    rows: list[list[str]] = []
    for start in starts:
        for cells in lines[start:]:
            if len(cells) != len(header):
                break
            if cells[0]:
                rows.append(cells)
            else:
                rows[-1] = [f"{above} {cell}".strip() for above, cell in zip(rows[-1], cells, strict=True)]
    return rows


def in_code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def fields_under(*header: str) -> dict[str, set[str]]:
    """The first column, and the fields in the second; those that may be missing end in a question mark."""
    found = {}
    for name, cell, *_ in rows_under(*header):
        letters = re.findall(r"\b[PHL]\b", re.sub("`[^`]+`", "", cell))
        found[name.strip("`")] = {*in_code(cell), *(field for letter in letters for field in LETTERS[letter])}
    return found


def examples(side: str) -> list[str]:
    found = re.findall(rf"^```json {side}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found


# The code


def fields_of(struct: type[msgspec.Struct], *, marked: bool = False) -> set[str]:
    """The names of a struct's fields; with a question mark behind what may be left out, if they are to be marked."""
    fields = msgspec.structs.fields(struct)
    return {f"{field.name}?" if marked and not field.required else field.name for field in fields}


def test_client_messages() -> None:
    in_the_code = {kind: fields_of(struct, marked=True) for kind, struct in m.CLIENT_MESSAGES.items()}
    assert fields_under("type", "data", "direct answer") == in_the_code


def test_actions_and_moves() -> None:
    every = fields_of(ActionData, marked=True)
    in_the_code = {name: fields_of(struct, marked=True) - every for name, struct in ACTIONS.items()}
    assert fields_under("action", "data") == {"every": every, **in_the_code}
    assert tuple(fields_under("move", "what it does")) == MOVES


def test_events() -> None:
    in_the_log = {
        name: fields_of(struct, marked=struct.__struct_config__.omit_defaults) - {"timestamp"}
        for name, struct in e.EVENTS.items()
    }
    beside_the_log = {
        "TABLE_STATE": {"state", "resync?"},
        "LOBBY_STATE": {"tables"},
        "TABLE_CHANGED": fields_of(view.LobbyRow),
        "ACTION_RECEIVED": {"action", "request_id", "seq"},
    }
    assert fields_under("event type", "data") == in_the_log | beside_the_log


def test_parts_of_events_and_states() -> None:
    structs: dict[str, type[msgspec.Struct]] = {
        "L": view.TableFacts,
        "lobby row": view.LobbyRow,
        "players": view.PlayerView,
        "results": e.SeatResult,
        "client_seeds": e.SeedEntry,
        "rule_set": Rules,
        "state": view.TableView,
        "shoe": view.ShoeView,
        "seats": view.SeatView,
        "hands": view.HandView,
        "dealer": view.DealerView,
        "turn": view.TurnView,
    }
    assert fields_under("part", "its fields") == {name: fields_of(struct) for name, struct in structs.items()}
    assert tuple(fields_under("phase", "what happens")) == get_args(Phase)


def test_errors_and_what_they_carry() -> None:
    in_the_code = {code: set(error.detail_names) for code, error in errors.ERROR_CODES.items()}
    raised: dict[str, set[str]] = {code: set() for code in errors.ERROR_CODES}
    for code, detail in details_in_the_sources():
        raised[code].add(detail)
    assert raised == in_the_code
    on_the_page = rows_under("code", "when", "more data")
    assert {code.strip("`"): set(in_code(details)) for code, _, details in on_the_page} == in_the_code


def details_in_the_sources() -> Iterator[tuple[str, str]]:
    """Every detail that the sources give to an error: `errors.RateLimited(retry_after=…)`."""
    codes = {f"errors.{error.__name__}": code for code, error in errors.ERROR_CODES.items()}
    for path in (*(ROOT / "cardsharp").rglob("*.py"), *(ROOT / "games").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and (code := codes.get(ast.unparse(node.func))):
                yield from ((code, str(keyword.arg)) for keyword in node.keywords)


def test_close_codes() -> None:
    rows = rows_under("code", "reason", "when", "what to do")
    assert {reason.strip("`"): int(code) for code, reason, *_ in rows} == m.CLOSE_CODES


def test_the_sentences_are_those_of_the_sites_page() -> None:
    """What both pages say in one line, they say in the same words."""
    protocol = catalog()
    (description,) = protocol.games
    assert column("code", "when", "more data") == {error.code: error.words for error in protocol.errors}
    assert column("move", "what it does") == description.moves
    assert column("phase", "what happens") == description.phases
    assert column("limit", "default", "what it is", of=2) == {limit.name: limit.words for limit in protocol.limits}
    closes = rows_under("code", "reason", "when", "what to do")
    assert [(int(code), reason.strip("`"), when, todo) for code, reason, when, todo in closes] == [
        (close.code, close.reason, close.words, close.what_to_do) for close in protocol.closes
    ]


def test_the_own_client_does_what_the_page_advises() -> None:
    assert {close.reason for close in catalog().closes if close.what_to_do.startswith("final")} == link._FINAL_REASONS
    refusals = PAGE[PAGE.index("## What to do about a refusal") : PAGE.index("## Limits")]
    too_late = in_code(refusals[: refusals.index("- `rate_limited`")])
    assert {code for code in too_late if code in errors.ERROR_CODES} == player._TOO_LATE
    assert set(in_code(refusals)) - {"request_id", "retry_after", "join_table"} <= errors.ERROR_CODES.keys()


def column(*header: str, of: int = 1) -> dict[str, str]:
    return {row[0].strip("`"): row[of] for row in rows_under(*header)}


def test_both_pages_name_the_same_things() -> None:
    keys = {message.key for message in catalog().messages}
    both_sides = [*rows_under("type", "data", "direct answer"), *rows_under("type", "data")]
    names = {name.strip("`") for name, *_ in both_sides}
    assert names == {message.kind for message in catalog().messages}
    assert {f"client.action.{name}" for name in fields_under("action", "data") if name != "every"} <= keys
    assert {f"server.event.{name}" for name in fields_under("event type", "data")} <= keys


def test_limits() -> None:
    (heartbeat,) = re.findall(
        r'"CARDSHARP_HEARTBEAT_SECONDS", "(\d+)"', (ROOT / "cardsharp_site/settings.py").read_text()
    )
    in_the_code = msgspec.structs.asdict(Limits()) | {
        "MAX_FRAME_BYTES": m.MAX_FRAME_BYTES,
        "MAX_DEPTH": m.MAX_DEPTH,
        "CARDSHARP_HEARTBEAT_SECONDS": int(heartbeat),
        "MISSED_HEARTBEATS": MISSED_HEARTBEATS,
    }
    rows = rows_under("limit", "default", "what it is")
    assert {name.strip("`"): int(default) for name, default, _ in rows} == in_the_code


# The examples


@pytest.mark.parametrize("text", examples("client"))
def test_examples_of_clients_can_be_read(text: str) -> None:
    frame = m.read(text)
    assert frame.error is None
    if isinstance(frame.message, m.Action):
        msgspec.convert(frame.message.data, ACTIONS[frame.message.action], dec_hook=lambda kind, value: kind(value))


def test_examples_of_the_server_and_its_real_messages_have_the_fields_of_the_tables(session: list[Any]) -> None:
    messages = [json.loads(text) for text in examples("server")]
    kinds = fields_under("type", "data")
    event_types = fields_under("event type", "data")
    assert len(re.findall("^```json", PAGE, re.MULTILINE)) == len(examples("client")) + len(messages)
    for message in messages + session:
        assert message.keys() - {"reply_to"} == {"type", "timestamp", "data"}
        data = message["data"]
        if message["type"] != "error":
            check(data, kinds[message["type"]])
        if message["type"] == "event":
            check(data["data"], event_types[data["event_type"]] | {"timestamp"})
    seen: dict[str, set[str]] = {message["type"]: set() for message in session}
    for message in session:
        seen[message["type"]] |= message["data"].keys()
    del kinds["error"]
    assert {kind: seen[kind] for kind in kinds} == {kind: {f.strip("?") for f in of} for kind, of in kinds.items()}
    assert seen["error"] == {"code", "message"}


def check(data: dict[str, Any], fields: set[str]) -> None:
    """The data have these fields, and no others; those with a question mark may be missing."""
    assert {field for field in fields if "?" not in field} <= data.keys() <= {field.strip("?") for field in fields}


# A session with the real handler and the real tables, whose socket is a list


class Wire:
    """A socket, and the groups that it is in: what is sent to them waits until somebody delivers it."""

    is_full = False

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.news: list[dict[str, Any]] = []
        self._groups: set[str] = set()

    async def send(self, text: str) -> None:
        self.messages.append(json.loads(text))

    async def drain(self) -> None:
        pass

    async def close(self, code: int) -> None:
        assert code in m.CLOSE_CODES.values()

    async def join(self, group: str) -> None:
        self._groups.add(group)

    async def leave(self, group: str) -> None:
        self._groups.discard(group)


class WireGroups:
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def send(self, group: str, message: dict[str, Any]) -> None:
        if group in self._wire._groups:
            self._wire.news.append(message)


@pytest.fixture
async def session(transactional_db: None, settings: Settings) -> list[Any]:
    """Every message of a session with one round, insurance and an error in it, and of one that is shut down."""
    settings.CARDSHARP_STACKED_SHOE = "9♠ A♥ 8♠ 9♥"
    table_id, token = await database.in_database(prepare)
    wire, bus, audience = Wire(), EventBus(), Audience()
    room = WebSocketEventHandler(room=Tables(bus, audience), bus=bus, groups=WireGroups(wire), audience=audience)
    open_session = await room.open(wire, Credentials())

    async def say(kind: str, **data: Any) -> None:
        await room.receive(open_session, json.dumps({"type": kind, "data": data}))
        while wire.news:
            await room.deliver(open_session, wire.news.pop(0))

    async def act(name: str, **data: Any) -> None:
        await say("action", action=name, table_id=table_id, data=data)

    await say("connect", token=token)
    await say("subscribe", event_types="*")
    await say("subscribe", event_types="*", table_id=table_id, since=99)
    await act("join_table")
    await act("place_bet", amount=10)
    await act("player_action", action="DECLINE_INSURANCE")
    await act("player_action", action="STAND")
    await say("heartbeat")
    await say("connect")
    await room.shutdown()
    database.close()
    return wire.messages


def prepare() -> tuple[str, str]:
    """A table, and a token of a player with chips."""
    player = accounts.create_bot("Robo", chips_cents=1_000_00)
    table = Store(lambda table_id, seated: 0).open(GAMES["blackjack"], "Classic", Rules(), time.time())
    return table.table_id, accounts.issue_token(player, "test", Token.Scope.PLAY)
