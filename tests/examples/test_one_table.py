"""Four example clients and a person in a browser play at one table, and all of them are told the same, in one order."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from cardsharp.client import Room, connect
from tests.browser.viewer import DESKTOP, Viewer, chromium
from tests.servers import ROOT, UNTIMED, Account, Server, serving

RULES = UNTIMED | {"default_buy_in_cents": 4_000_00, "max_buy_in_cents": 10_000_00}
MOVES = [f"[data-move={move}]:enabled" for move in ("STAND", "DECLINE_INSURANCE", "DECLINE_SURRENDER")]
BET = "[data-part=bet] button.primary"
REBET = "[data-part=rebet]"
[SIX_STEPS, *_] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/clients.md").read_text(), re.DOTALL)


class Table:
    """The server's one table; each client leaves a file of the frames that it was sent."""

    def __init__(self, server: Server, directory: Path, rounds: int) -> None:
        self.server = server
        self.rounds = str(rounds)
        self._directory = directory
        self._players = iter(server.players)

    @property
    def url(self) -> str:
        return self.server.table_url(self.server.tables[0])

    def player(self) -> Account:
        return next(self._players)

    def log(self, name: str) -> Path:
        return self._directory / f"{name}.jsonl"

    def output(self, name: str) -> Path:
        """What the client prints; of the six steps, that is its frames."""
        return self.log(name) if name == "six steps" else self.log(name).with_suffix(".out")

    def transcript(self, name: str) -> list[dict[str, Any]]:
        return transcript(self.log(name).read_text().splitlines())

    def terminal_client(self) -> tuple[str, ...]:
        options = ("--auto", "--rounds", self.rounds, "--log", str(self.log("terminal")))
        example = ("examples/websocket_client.py", "--url", self.url, "--token", self.player().token)
        return (sys.executable, *example, *options)

    def counting_bot(self) -> tuple[str, ...]:
        options = ("--rounds", self.rounds, "--log", str(self.log("bot")))
        return (sys.executable, "examples/bot.py", "--url", self.url, "--token", self.player().token, *options)

    def node_bot(self, node: str) -> tuple[str, ...]:
        options = ("--rounds", self.rounds, "--log", str(self.log("node")))
        start = (node, "--experimental-websocket", "--no-warnings", "examples/node_bot.mjs")
        return (*start, self.url, "--token", self.player().token, *options)

    def six_steps(self) -> tuple[str, ...]:
        """The program of docs/clients.md, which prints what it is sent."""
        return (sys.executable, "-c", SIX_STEPS, self.url, self.player().token, self.rounds)


@asynccontextmanager
async def running(command: tuple[str, ...], output: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program that prints into that file; its errors may be read, and it is not left alone."""
    with output.open("w") as file:
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=file, stderr=asyncio.subprocess.PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


class Person:
    """Who plays by clicking what the page offers; `frames` are those that the page was sent."""

    def __init__(self, viewer: Viewer, account: Account) -> None:
        self.viewer = viewer
        self.page: Page = viewer.page
        self.frames: list[str] = []
        self._account = account
        self._bets: set[str] = set()
        self._results: set[str] = set()
        """The rounds in which the person has bet, and those of them that are over."""
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._hear))

    def _hear(self, frame: str | bytes) -> None:
        self.frames.append(str(frame))
        for event in transcript([str(frame)]):
            if event["event_type"] == "PLAYER_BET" and event["data"]["player_id"] == self._account.id:
                self._bets.add(event["round_id"])
            if event["event_type"] == "ROUND_ENDED" and event["round_id"] in self._bets:
                self._results.add(event["round_id"])

    async def sit_down(self, table: Table) -> None:
        name, _, value = self._account.cookie.partition("=")
        await self.page.context.add_cookies([{"name": name, "value": value, "url": f"http://{table.server.address}"}])
        await self.viewer.sit_down(table.server, table.server.tables[0], 3)

    async def play(self, rounds: int) -> None:
        """Plays until so many rounds are over."""
        while len(self._results) < rounds:
            if await self.is_to_move():
                await self.click(MOVES)
            elif len(self._bets) < rounds:
                await self.bet()

    async def play_until_a_move(self) -> None:
        """Bets until a hand is to be played."""
        while not await self.is_to_move():
            await self.bet()

    async def is_to_move(self) -> bool:
        """Whether it is a move that the page asks for, and no bet, as soon as it asks for either."""
        offers = [*MOVES, REBET if self._bets else BET]
        await self.page.locator(", ".join(f"{offer}:visible" for offer in offers)).first.wait_for()
        return await self.page.locator(", ".join(MOVES)).count() > 0

    async def bet(self) -> None:
        await self.click([REBET if self._bets else BET])

    async def click(self, buttons: Sequence[str]) -> None:
        """Clicks the first of these that can be seen.

        It may be the one that was clicked before, of which the page has not heard yet: that repeats the answer to the
        same request, which changes nothing.
        """
        await self.page.evaluate(
            "(names) => [...document.querySelectorAll(names)].find((button) => button.checkVisibility())?.click()",
            ", ".join(buttons),
        )

    async def leave(self) -> None:
        await self.viewer.press("Leave the table")
        await expect(self.page.locator("[data-seat][data-own]")).to_have_count(0)


def transcript(frames: Iterable[str]) -> list[dict[str, Any]]:
    """The events of the log in these frames, in the order in which they came: seq, event type, round and data."""
    contents = [json.loads(frame) for frame in frames if frame.strip()]
    messages = [message for content in contents for message in (content if isinstance(content, list) else [content])]
    events = [message["data"] for message in messages if message["type"] == "event"]
    return [event for event in events if "seq" in event and event["event_type"] != "TABLE_STATE"]


def assert_same_order(transcripts: dict[str, list[dict[str, Any]]], log: list[dict[str, Any]], rounds: int) -> None:
    """Each transcript is the log from where it begins to where it ends, and holds all the rounds."""
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
    for name, events in transcripts.items():
        first, last = events[0]["seq"], events[-1]["seq"]
        assert [event["seq"] for event in events] == list(range(first, last + 1)), name
        assert events == log[first - 1 : last], name
        played = [event for event in events if event["event_type"] == "ROUND_ENDED" and event["data"]["results"]]
        assert len(played) == rounds, name
        assert all(len(event["data"]["results"]) >= len(transcripts) for event in played), name


async def ended_well(clients: dict[str, asyncio.subprocess.Process], *, complaining: bool = False) -> None:
    for name, client in clients.items():
        _, errors = await client.communicate()
        assert client.returncode == 0, (name, errors.decode())
        assert complaining or errors.decode() == "", name


@asynccontextmanager
async def evening(
    chromium_path: str, server: Server, table: Table, commands: dict[str, tuple[str, ...]]
) -> AsyncIterator[tuple[Person, dict[str, asyncio.subprocess.Process]]]:
    """A person and these clients, seated; no cards come before the person has bet."""
    async with chromium(chromium_path) as browser, AsyncExitStack() as stack:
        person = Person(await Viewer.open(browser, DESKTOP, server.directory), table.player())
        await person.sit_down(table)
        clients = {
            name: await stack.enter_async_context(running(command, table.output(name)))
            for name, command in commands.items()
        }
        await expect(person.page.locator("[data-taken]")).to_have_count(1 + len(clients))
        yield person, clients


@asynccontextmanager
async def watched(table: Table) -> AsyncIterator[None]:
    """A spectator keeps the table's whole log as the file of that name, from its first event to its newest one."""

    async def read(room: Room) -> None:
        async for _ in room:
            pass

    with table.log("spectator").open("w") as log:
        async with connect(table.url, log=log) as room:
            await room.subscribe(since=0)
            reading = asyncio.create_task(read(room))
            yield
            await room.look(table.server.tables[0])
        await reading


@pytest.mark.slow
async def test_two_hundred_rounds_are_told_alike(chromium_path: str, node_path: str, tmp_path: Path):
    rounds = 200
    with serving(tmp_path, [("One", RULES)], players=5) as server:
        table = Table(server, tmp_path, rounds)
        commands = {
            "terminal": table.terminal_client(),
            "bot": table.counting_bot(),
            "node": table.node_bot(node_path),
            "six steps": table.six_steps(),
        }
        async with watched(table), evening(chromium_path, server, table, commands) as (person, clients):
            await person.play(rounds)
            await ended_well(clients)
            await person.leave()
            assert person.viewer.complaints == []
    transcripts = {name: table.transcript(name) for name in ("terminal", "bot", "node", "six steps")}
    transcripts["person"] = transcript(person.frames)
    assert_same_order(transcripts, table.transcript("spectator"), rounds)


@pytest.mark.slow
async def test_a_server_that_vanishes_in_mid_round_is_taken_up_by_every_client(
    chromium_path: str, node_path: str, tmp_path: Path
):
    rounds, kills = 12, 3
    with serving(tmp_path, [("One", RULES)], players=4) as server:
        table = Table(server, tmp_path, rounds)
        commands = {
            "terminal": table.terminal_client(),
            "bot": table.counting_bot(),
            "node": table.node_bot(node_path),
        }
        async with watched(table), evening(chromium_path, server, table, commands) as (person, clients):
            status = person.page.locator(".live")
            for _ in range(kills):
                await person.play_until_a_move()
                server.kill()
                await expect(status).to_have_attribute("data-status", "reconnecting")
                await asyncio.to_thread(server.start)
                await expect(status).to_have_attribute("data-status", "live")
                await person.click(MOVES)
            await person.play(rounds)
            await ended_well(clients, complaining=True)
            await person.leave()
    transcripts = {name: table.transcript(name) for name in commands}
    transcripts["person"] = transcript(person.frames)
    assert_same_order(transcripts, table.transcript("spectator"), rounds)
