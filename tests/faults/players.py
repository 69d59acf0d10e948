"""Players that never give up: they reconnect, resume where they were, and repeat what was not acknowledged."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import websockets

from tests.servers import Account, Server
from tests.wire_client import WireClient, connected

GONE = (OSError, websockets.ConnectionClosed, websockets.InvalidHandshake)


class Stubborn:
    """Plays a table over any number of broken connections, and writes down what it was told.

    It knows the addresses of all servers, as if one stood for them all, and goes to the next when one is gone.
    """

    def __init__(self, servers: Sequence[Server], player: Account, table: str, thinks: float) -> None:
        self.player, self.table = player, table
        self.seen: list[dict[str, Any]] = []
        """Every event that has come; the first one has the seq 1."""
        self.accepted: dict[tuple[str, str], int] = {}
        """The seq of the acknowledgement of each action, by its request id and name."""
        self.absences: list[float] = []
        """For how many seconds it was cut off each time, until it had heard all that it had missed."""
        self._servers = deque(servers)
        self._thinks = thinks
        self._random = random.Random(player.name)
        self._actions: deque[tuple[str, dict[str, Any]]] = deque()
        """What is still to be acknowledged; the first was sent."""
        self._has_joined = False
        self._is_resting = False
        self._is_back = False
        self._gone_at: float | None = None
        self._heard = asyncio.Event()

    @property
    def is_idle(self) -> bool:
        """Whether everything that was begun has been acknowledged."""
        return not self._actions

    @property
    def is_back(self) -> bool:
        """Whether it is connected and has heard all that it had missed."""
        return self._is_back

    def rest(self) -> None:
        """Begins nothing any more, but goes on listening."""
        self._is_resting = True

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits until that is so, looking again whenever something has come."""
        while not holds():
            self._heard.clear()
            await self._heard.wait()

    async def play(self) -> None:
        """Plays for ever."""
        while True:
            wait = self._random.uniform(0.05, 0.15)
            with suppress(*GONE):
                async with connected(self._servers[0].url, self.player) as client:
                    wait = await self._play(client)
            if self._is_back:
                self._is_back, self._gone_at = False, time.monotonic()
            self._servers.rotate(-1)
            await asyncio.sleep(wait)

    async def _play(self, client: WireClient) -> float:
        """Plays until the server says goodbye; the seconds after which it wants to be asked again."""
        await client.send("subscribe", {"event_types": "*", "table_id": self.table, "since": len(self.seen)})
        if not self._has_joined:
            await client.send("action", {"action": "join_table", "table_id": self.table})
        if self._actions:
            await self._send(client)
        while True:
            message = await client.next()
            if message["type"] == "disconnected":
                return float(message["data"].get("retry_after", 0))
            await self._hear(client, message)
            self._heard.set()

    async def _hear(self, client: WireClient, message: dict[str, Any]) -> None:
        data = message["data"]
        if message["type"] == "action_request":
            if not self._actions and not self._is_resting and not self._has_answered(data["request_id"]):
                self._actions += self._choose(data)
                await self._send(client)
        elif message["type"] == "heartbeat":
            self._is_back = True  # the first one ends the replay
            if self._gone_at is not None:
                self.absences.append(time.monotonic() - self._gone_at)
                self._gone_at = None
        elif message["type"] == "error":
            assert data["code"] == "already_seated", data  # the acknowledgement was lost
            self._has_joined = True
        elif message["type"] == "event" and data["event_type"] == "ACTION_RECEIVED":
            await self._acknowledged(client, data["data"])
        elif message["type"] == "event" and data["event_type"] != "TABLE_STATE":
            assert data["seq"] == len(self.seen) + 1, "an event was left out or came twice"
            self.seen.append(data)

    def _has_answered(self, request: str) -> bool:
        return any((request, name) in self.accepted for name in ANSWERS)

    async def _send(self, client: WireClient) -> None:
        await asyncio.sleep(self._random.uniform(0, 2 * self._thinks))
        action, data = self._actions[0]
        await client.send("action", {"action": action, "data": data, "table_id": self.table})

    async def _acknowledged(self, client: WireClient, receipt: dict[str, Any]) -> None:
        request, name = receipt["request_id"], receipt["action"]
        if request is None:
            self._has_joined = True
            return
        assert self.accepted.setdefault((request, name), receipt["seq"]) == receipt["seq"]
        if self._actions and (request, name) == _key(*self._actions[0]):
            self._actions.popleft()
            if self._actions:
                await self._send(client)

    def _choose(self, request: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        """What to do about the request: now and then two other things first, which leave it open."""
        valid, own = request["valid_actions"], {"request_id": request["request_id"]}
        if "BET" not in valid:
            moves = [move for move in valid if move not in ("SURRENDER", "EVEN_MONEY")]
            return [("player_action", {"action": self._random.choice(moves), **own})]
        actions: list[tuple[str, dict[str, Any]]] = [("place_bet", {"amount": self._random.randint(10, 12), **own})]
        if self._random.random() < 0.2:
            actions.insert(0, ("set_client_seed", {"client_seed": f"{self._random.random()}", **own}))
        if self._random.random() < 0.2:
            actions.insert(0, ("add_chips", {"amount": 1, **own}))
        return actions


ANSWERS = ("place_bet", "HIT", "STAND", "DOUBLE", "SPLIT", "INSURANCE", "DECLINE_INSURANCE", "DECLINE_SURRENDER")
"""What a request is closed with, by the names in acknowledgements; a bet's stays open, but nothing is awaited."""


def _key(action: str, data: dict[str, Any]) -> tuple[str, str]:
    return data["request_id"], data["action"] if action == "player_action" else action


@asynccontextmanager
async def playing(players: Sequence[Stubborn]) -> AsyncIterator[None]:
    """The players play until the end; what one of them finds wrong is raised as soon as it is found."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(player.play()) for player in players]
        yield
        for task in tasks:
            task.cancel()
