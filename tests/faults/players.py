"""Players that never give up: they reconnect, resume where they were, and repeat what was not acknowledged."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from typing import Any

import websockets

from tests.servers import Account, Server
from tests.wire_client import WireClient, connected

GONE = (OSError, websockets.ConnectionClosed, websockets.InvalidHandshake)


class Stubborn:
    """Plays a table quickly, over any number of broken connections, and writes down what it was told."""

    def __init__(self, server: Server, player: Account, table: str, seed: int) -> None:
        self.server, self.player, self.table = server, player, table
        self.seen: list[dict[str, Any]] = []
        """Every event that has come; the first one has the seq 1."""
        self.accepted: dict[str, int] = {}
        """The seq of the acknowledgement of each answer, by its request id."""
        self.connections = 0
        self._random = random.Random(seed)
        self._answer: tuple[str, dict[str, Any]] | None = None
        """What was sent and not acknowledged yet."""
        self._resting = False

    @property
    def is_idle(self) -> bool:
        """Whether everything that was sent has been acknowledged."""
        return self._answer is None

    def rest(self) -> None:
        """Asks nothing any more, but goes on listening."""
        self._resting = True

    async def play(self) -> None:
        """Plays for ever."""
        while True:
            with suppress(*GONE):
                async with connected(self.server.url, self.player) as client:
                    self.connections += 1
                    await self._play(client)
            await asyncio.sleep(0.02)

    async def _play(self, client: WireClient) -> None:
        subscription = {"event_types": "*", "table_id": self.table, "since": len(self.seen)}
        await client.send("subscribe", subscription)
        if not self.accepted and self._answer is None:
            await client.send("action", {"action": "join_table", "table_id": self.table})
        if self._answer is not None:
            await self._send(client)
        while True:
            await self._hear(client, await client.next())

    async def _hear(self, client: WireClient, message: dict[str, Any]) -> None:
        data = message["data"]
        if message["type"] == "action_request":
            if data["request_id"] not in self.accepted and self._answer is None and not self._resting:
                self._answer = self._choose(data)
                await self._send(client)
        elif message["type"] == "error":
            assert data["code"] == "already_seated", data  # its acknowledgement was lost
        elif message["type"] == "event" and data["event_type"] == "ACTION_RECEIVED":
            self._acknowledged(data["data"])
        elif message["type"] == "event" and data["event_type"] != "TABLE_STATE":
            assert data["seq"] == len(self.seen) + 1, "an event was left out or came twice"
            self.seen.append(data)

    async def _send(self, client: WireClient) -> None:
        assert self._answer
        await asyncio.sleep(self._random.uniform(0.02, 0.1))
        action, data = self._answer
        await client.send("action", {"action": action, "data": data, "table_id": self.table})

    def _acknowledged(self, receipt: dict[str, Any]) -> None:
        request = receipt["request_id"]
        if request is None:
            return
        assert self.accepted.setdefault(request, receipt["seq"]) == receipt["seq"]
        if self._answer is not None and self._answer[1]["request_id"] == request:
            self._answer = None

    def _choose(self, request: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        valid, data = request["valid_actions"], {"request_id": request["request_id"]}
        if "BET" in valid:
            return "place_bet", {"amount": self._random.randint(10, 12), **data}
        moves = [move for move in valid if move not in ("SURRENDER", "EVEN_MONEY")]
        return "player_action", {"action": self._random.choice(moves), **data}
