"""Clients that listen and play through faults, and what must hold of what they were told."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from tests.faults.players import GONE
from tests.servers import Account, Server
from tests.wire_client import WireClient, connected, opened

PATIENCE_SECONDS = 60
"""How long to wait for what must come, on a slow machine."""
RICH: dict[str, Any] = {"max_buy_in_cents": 100_000_00, "default_buy_in_cents": 100_000_00}


class Play:
    """The play at a table, until its players have done so much, or are told to stop."""

    def __init__(self, table: str, seed: str, *, actions: int | None = None, think_seconds: float = 0) -> None:
        self.table = table
        self.done = 0
        """How many answers have been accepted."""
        self.latencies: list[tuple[float, float]] = []
        """When each answer was sent first, and how long it took to be accepted."""
        self.ended_at = 0.0
        self._left = actions
        self._under_way = 0
        self._think_seconds = think_seconds
        self._random = random.Random(seed)
        self._news = asyncio.Event()

    def stop(self) -> None:
        """Nobody answers any more."""
        self._left = 0

    async def think(self) -> None:
        await asyncio.sleep(self._random.uniform(0.5, 1.5) * self._think_seconds)

    def answer_for(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """An answer to the request, or None where enough has been done."""
        if self._left == 0:
            return None
        if self._left is not None:
            self._left -= 1
        self._under_way += 1
        data = {"request_id": request["request_id"], "seat": request["seat"]}
        if "BET" in request["valid_actions"]:
            return {"action": "place_bet", "data": {"amount": self._random.randint(10, 20), **data}}
        moves = [move for move in request["valid_actions"] if move not in ("SURRENDER", "EVEN_MONEY")]
        return {"action": "player_action", "data": {"action": self._random.choice(moves), **data}}

    def accepted(self, sent_at: float) -> None:
        now = time.monotonic()
        self.latencies.append((sent_at, now - sent_at))
        self.done += 1
        self._under_way -= 1
        self.ended_at = now
        self._news.set()

    async def more(self, actions: int) -> None:
        """Waits until so many more have been accepted."""
        wanted = self.done + actions
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.done < wanted:
                await self._next()

    async def end(self) -> None:
        """Waits until nothing is left to do."""
        while self._left != 0 or self._under_way:
            await self._next()

    async def _next(self) -> None:
        self._news.clear()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._news.wait()


class Client:
    """Listens to some events of a table and, as a player, answers what it is asked; comes back where it is cut off."""

    def __init__(self, server: Server, play: Play, names: Sequence[str], player: Account | None = None) -> None:
        self.server, self.play, self.names, self.player = server, play, names, player
        self.seen: list[dict[str, Any]] = []
        self.state_seq = 0
        self.asked: Counter[tuple[int, str]] = Counter()
        """How often each request came, on each connection."""
        self.connections = 0
        self.unavailable = 0
        """How often the server was unable to do something."""
        self.seen_at_beat: dict[int, int] = {}
        """How many events had been seen when the first heartbeat of the server's own told of a seq."""
        self.converged_at = 0.0
        self._answers: dict[str, tuple[float, dict[str, Any]]] = {}
        """What has not been accepted yet, by its request, and when it was sent first."""
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Listens for ever."""
        while True:
            try:
                async with opened(self.server.url) as client:
                    self.connections += 1
                    await self._attend(client)
            except* GONE:
                await asyncio.sleep(0.1)

    async def _attend(self, client: WireClient) -> None:
        await self._ask(client, "connect", {"token": self.player.token} if self.player else {})
        since = self.seen[-1]["seq"] if self.seen else 0
        table = self.play.table
        await self._ask(client, "subscribe", {"event_types": self.names, "table_id": table, "since": since})
        if self.player and self.connections == 1:
            await self._ask(client, "action", {"action": "join_table", "table_id": table})
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._beat(client))
            for request in list(self._answers):
                tasks.create_task(self._send_answer(client, request))
            while True:
                self._hear(client, await client.next(), tasks)

    async def _ask(self, client: WireClient, kind: str, data: dict[str, Any]) -> None:
        answer = await client.ask(kind, data)
        while answer["type"] == "error":
            await asyncio.sleep(self._retry_after(answer))
            answer = await client.ask(kind, data)

    def _retry_after(self, error: dict[str, Any]) -> float:
        assert error["data"]["code"] == "unavailable", error
        self.unavailable += 1
        self._news.set()
        return float(error["data"]["retry_after"])

    async def _beat(self, client: WireClient) -> None:
        while True:
            await asyncio.sleep(1)
            await client.send("heartbeat", id="beat")

    def _hear(self, client: WireClient, message: dict[str, Any], tasks: asyncio.TaskGroup) -> None:
        data = message["data"]
        match message["type"]:
            case "heartbeat" if "reply_to" not in message and self.play.table in data["seqs"]:
                self.seen_at_beat.setdefault(data["seqs"][self.play.table], len(self.seen))
            case "action_request":
                request = data["request_id"]
                self.asked[self.connections, request] += 1
                if request not in self._answers and (answer := self.play.answer_for(data)):
                    self._answers[request] = (0.0, answer)
                    tasks.create_task(self._send_answer(client, request))
            case "error":
                tasks.create_task(self._send_answer(client, message["reply_to"], self._retry_after(message)))
            case "event" if data["event_type"] == "ACTION_RECEIVED":
                sent_at, _ = self._answers.pop(data["data"]["request_id"])
                self.play.accepted(sent_at)
            case "event" if data["event_type"] == "TABLE_STATE":
                self.state_seq = data["seq"]
            case "event":
                self.seen.append(data)
                self.converged_at = time.monotonic()
            case other:
                assert other == "heartbeat", message
        self._news.set()

    async def _send_answer(self, client: WireClient, request: str, wait: float = 0) -> None:
        await asyncio.sleep(wait)
        if not wait:
            await self.play.think()
        sent_at, answer = self._answers[request]
        self._answers[request] = (sent_at or time.monotonic(), answer)
        await client.send("action", {**answer, "table_id": self.play.table}, id=request)

    async def beat_at(self, seq: int) -> int:
        """How many events had been seen when a heartbeat first told of the seq."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while seq not in self.seen_at_beat:
                await self._next()
        return self.seen_at_beat[seq]

    async def told_unavailable(self, times: int) -> None:
        """Waits until the server has been unable to do something so many times more."""
        wanted = self.unavailable + times
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.unavailable < wanted:
                await self._next()

    async def has_all_of(self, log: Sequence[dict[str, Any]]) -> None:
        """Waits for the last event of its types, and holds what was seen to the log: in order, and each once."""
        expected = self.expected(log)
        wants_state = {"*", "TABLE_STATE"} & set(self.names)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.seen) < len(expected) or (wants_state and self.state_seq < len(log)):
                await self._next()
        self.is_as(log)

    def expected(self, log: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """What of the log is for this client."""
        assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
        return [event for event in log if {"*", event["event_type"]} & set(self.names)]

    def is_as(self, log: Sequence[dict[str, Any]]) -> None:
        """What it has seen is the log, as far as that is for it."""
        assert self.seen == self.expected(log)
        if {"*", "TABLE_STATE"} & set(self.names):
            assert self.state_seq == len(log)
        assert bool(self.asked) == (self.player is not None)
        assert set(self.asked.values()) <= {1}, "nothing is asked twice on one socket"

    async def _next(self) -> None:
        self._news.clear()
        await self._news.wait()


@asynccontextmanager
async def running(clients: Sequence[Client]) -> AsyncIterator[None]:
    """The clients run until the end; what one of them finds wrong is raised at once."""
    async with asyncio.TaskGroup() as tasks:
        attending = [tasks.create_task(client.run()) for client in clients]
        yield
        for task in attending:
            task.cancel()


async def log_of(server: Server, table: str) -> list[dict[str, Any]]:
    """The whole log of a table."""
    async with connected(server.url) as viewer:
        await viewer.ask("subscribe", {"event_types": "*", "table_id": table, "since": 0})
        await viewer.until(lambda message: message["type"] == "heartbeat")
        return viewer.events
