"""One table of real blackjack behind a minimal server, which can break connections off at the worst moments."""

import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any

import websockets

from cardsharp.blackjack.game import Blackjack
from cardsharp.blackjack.rules import Rules
from cardsharp.cards import Card
from cardsharp.errors import GameError
from cardsharp.game import Actor, HappenedEvent
from cardsharp.shoe import StackedShoes
from tests.cardsharp.client.fake_server import TABLE, Peer, listening

GAME = Blackjack()
ADA = Actor("pAda", "Ada")


class Dealer:
    """The table and Ada, its one player. `break_off_at` counts the actions, from 1, that break the connection.

    On odd counts the connection breaks before the action is done, on even ones after it and before the answer.
    """

    def __init__(self, rules: Rules, cards: Sequence[Card] = (), *, break_off_at: Sequence[int] = ()) -> None:
        self.log: list[HappenedEvent] = []
        self.actions = 0
        self._shoes = StackedShoes(cards, b"a secret of thirty-two bytes.....")
        self._break_off_at = break_off_at
        self._peers: set[Peer] = set()
        self._accepted: dict[str, dict[str, Any]] = {}
        self._state = GAME.new()
        self._do(GAME.open_command(table_id=TABLE, name="Table", rules=rules, at=time.time()))

    def count(self, event_type: str) -> int:
        return sum(event.event_type == event_type for event in self.log)

    def _do(self, command: Any) -> Sequence[HappenedEvent]:
        outcome = GAME.step(self._state, command, self._shoes)
        self._state = outcome.state
        self.log += outcome.events
        return outcome.events

    def open(self, *, patience_seconds: float = 10) -> AbstractAsyncContextManager[str]:
        """The URL of the table."""
        return listening(self._attend, patience_seconds=patience_seconds)

    async def _attend(self, peer: Peer) -> None:
        with suppress(websockets.ConnectionClosed):
            await peer.welcome()
            while True:
                message = await peer.read_any()
                await getattr(self, f"_{message['type']}")(peer, message)
        self._peers.discard(peer)

    async def _heartbeat(self, peer: Peer, message: dict[str, Any]) -> None:
        now = {"server_time": time.time(), "client_timestamp": None, "seqs": {TABLE: GAME.seq(self._state)}}
        await peer.send("heartbeat", now, message["id"])

    async def _disconnect(self, peer: Peer, message: dict[str, Any]) -> None:
        await peer.send("disconnected", {"reason": "requested"}, message["id"])
        await peer.socket.close()

    async def _subscribe(self, peer: Peer, message: dict[str, Any]) -> None:
        await peer.confirm(message, "*")
        since = message["data"].get("since")
        if since is None:
            await self._show(peer)
        else:
            await self._tell(peer, self.log[since:])
            await self._ask(peer)
        self._peers.add(peer)

    async def _action(self, peer: Peer, message: dict[str, Any]) -> None:
        self.actions += 1
        breaks = self.actions in self._break_off_at
        if breaks and self.actions % 2:
            return peer.break_off()
        action, data = message["data"]["action"], message["data"]["data"]
        if data.get("request_id") in self._accepted:
            assert data == self._accepted[data["request_id"]], "a repetition says the same"
            return await peer.acknowledge(message, seq=GAME.seq(self._state))
        try:
            events = self._do(GAME.read_action(action, data, actor=ADA, at=time.time()))
        except GameError as error:
            return await peer.refuse(message, error.code, error.message)
        if data.get("request_id") is not None:
            self._accepted[data["request_id"]] = data
        if breaks:
            return peer.break_off()
        await peer.acknowledge(message, seq=GAME.seq(self._state))
        for subscriber in self._peers:
            with suppress(websockets.ConnectionClosed):
                await self._tell(subscriber, events)
                await self._show(subscriber)
        return None

    async def _tell(self, peer: Peer, events: Sequence[HappenedEvent]) -> None:
        for event in events:
            await peer.event(event.event_type, event.seq, **event.data)

    async def _show(self, peer: Peer) -> None:
        """Requests come before the snapshot here, the order that is harder on a client."""
        await self._ask(peer)
        await peer.event("TABLE_STATE", GAME.seq(self._state), state=GAME.view(self._state, 0), timestamp=time.time())

    async def _ask(self, peer: Peer) -> None:
        for request in GAME.requests(self._state):
            if not request.answered:
                await peer.send("action_request", request.data)
