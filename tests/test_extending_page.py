"""docs/extending.md says what is there, and its examples run: each by itself, with what it promises."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cardsharp.events.clients import CLIENT_EVENTS
from cardsharp.events.commits import TableEvent
from cardsharp.events.handler import WebSocketEventHandler
from cardsharp.events.limits import Limits
from cardsharp.events.ports import COMMITTED, Commit
from cardsharp.events.topics import ALL
from cardsharp.games import GAMES
from examples.high_card import HighCard
from tests.cardsharp.events.house import ADAS_TOKEN, BENS_TOKEN, House, code_of, kinds
from tests.cardsharp.events.room import ADA, BEN

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/extending.md").read_text()
EXAMPLES: dict[str, str] = dict(re.findall(r"^```python (\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
MESSAGES = [json.loads(text) for text in re.findall(r"^```json \w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)]


def run(name: str) -> dict[str, Any]:
    """The names that an example defines."""
    names: dict[str, Any] = {"__name__": f"extending_{name}"}
    exec(compile(EXAMPLES[name], f"docs/extending.md, {name}", "exec"), names)
    return names


@pytest.fixture
async def house() -> House:
    made = House()
    await made.room.open("t1")
    return made


def test_every_example_is_run_here() -> None:
    tested = {"listening", "authentication", "games", "monitoring", "messages", "scale"}
    assert EXAMPLES.keys() == tested
    assert len(re.findall("^```", PAGE, re.MULTILINE)) == 2 * (len(tested) + len(MESSAGES) + 1)


def test_the_page_names_everything_that_the_bus_tells_and_all_that_is_in_it() -> None:
    rows = re.findall(r"^\| (`[A-Z_]+`|an event type of a game|) *\| (.*?) \|$", PAGE, re.MULTILINE)
    told: dict[str, str] = {}
    last = ""
    for name, cell in rows:
        last = name.strip("`") or last
        told[last] = f"{told.get(last, '')} {cell}"
    expected: dict[str, Any] = {COMMITTED: Commit, "an event type of a game": TableEvent, **CLIENT_EVENTS}
    assert told.keys() == expected.keys()
    described: set[str] = set()
    for name, struct in expected.items():
        kind, *fields = re.findall(r"`(\w+)`", told[name])
        assert kind == struct.__name__
        assert tuple(fields) == (struct.__struct_fields__ if kind not in described else ())
        described.add(kind)


def test_the_page_names_every_door_of_the_handler_and_its_limit() -> None:
    doors = ["message", "action", "event", "error", "emit", "send_to", "broadcast", "clients", "sign_out", "deliver"]
    for door in (*doors, "authenticate", "extensions", "bus"):
        assert door in {*vars(House().handler), *dir(WebSocketEventHandler)}
        assert re.search(rf"\b{door}\b", PAGE)
    assert f"`custom_seconds` ({Limits().custom_seconds:g}," in PAGE


async def test_listening(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    run("listening")["setup"](house.handler)
    await house.room.act("t1", BEN, "join_table", {})
    await house.room.act("t1", ADA, "join_table", {})
    assert capsys.readouterr().out == "Ben sits down at t1\nAda sits down at t1\n"
    assert not house.bus.has_listeners("PLAYER_JOINED")


async def test_authentication(house: House) -> None:
    run("authentication")["setup"](house.handler)
    robot, ben, wrong = await house.enter(bearer="key_of_a_robot"), await house.enter(), await house.enter()
    assert (await robot.ask("connect"))["data"]["player"]["name"] == "Ada"
    assert (await ben.ask("connect", {"token": BENS_TOKEN}))["data"]["player"]["name"] == "Ben"
    assert (await wrong.ask("connect", {"token": "key_of_nobody"}))["data"]["reason"] == "bad_token"
    assert (await (await house.visit()).ask("heartbeat"))["type"] == "heartbeat"
    await house.handler.sign_out("pAda", "key:")
    await house.deliver()
    assert robot.closed_with == [4401]


def test_games(monkeypatch: pytest.MonkeyPatch) -> None:
    before = HighCard()
    monkeypatch.setitem(GAMES, "high_card", before)  # so that the test takes it away again
    run("games")
    assert GAMES["high_card"].name == "high_card"
    assert GAMES["high_card"] is not before


async def test_monitoring(house: House) -> None:
    names = run("monitoring")
    names["setup"](house.handler)
    ada = await house.visit(ADAS_TOKEN, "t1")
    await house.visit()
    await ada.act("join_table")
    await ada.ask("dance")
    while not names["hands"]:
        await house.room.go_on("t1")
    report = names["report"](house.handler)
    assert (report["sockets"], report["players"], report["refusals"]) == (2, 1, {"unknown_type": 1})
    assert sum(report["hands"].values()) == 1


async def test_messages_of_your_own(house: House) -> None:
    run("messages")["setup"](house.handler)
    ada, watcher = await house.visit(ADAS_TOKEN, "t1"), await house.visit()
    await watcher.watch(ALL)
    watcher.news()
    said, answer, heard = MESSAGES
    messages = await ada.say_raw(json.dumps(said))
    assert [json.loads(json.dumps(message)) for message in messages] == [heard, answer]
    assert code_of(await watcher.ask("chat", {"text": "hello"})) == "muted"
    assert code_of(await ada.ask("chat", {"text": ""})) == "bad_message"
    assert (await ada.act("react", face=":)"))["data"]["event_type"] == "ACTION_RECEIVED"
    await house.deliver()
    assert kinds(watcher.news()) == ["REACTION"]


async def test_scale() -> None:
    here, there = House(), House()

    async def publish(group: str, content: bytes) -> None:
        for process in (here, there):
            await process.groups.send(group, msgspec.json.decode(content))

    groups = run("scale")["BrokerGroups"](publish)
    handlers = [
        WebSocketEventHandler(room=here.room, bus=process.bus, groups=groups, clock=process.clock)
        for process in (here, there)
    ]
    here.handler, there.handler = handlers
    await here.room.open("t1")
    watcher = await there.visit()
    await watcher.watch("PLAYER_JOINED")
    watcher.news()
    await here.room.act("t1", ADA, "join_table", {})
    await there.deliver()
    assert kinds(watcher.news()) == ["PLAYER_JOINED"]
