"""A socket is cut at every event of a game and resumes: its transcript is that of a client that was never cut.

A player with two seats plays; others watch, as that player and as spectators, everything and chosen types. Of each kind
one client is never cut, and several are, each of them at other events, so that together they are cut at every one.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Collection, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from tests.faults.conftest import Amount, Figure
from tests.servers import UNTIMED, Account, serving
from tests.wire_client import PATIENCE_SECONDS, WireClient, connected

RICH: dict[str, Any] = {"max_buy_in_cents": 100_000_00, "default_buy_in_cents": 10_000_00, "seats_per_player": 2}
CHOSEN = ("CARD_DEALT", "PLAYER_ACTION", "HAND_SPLIT", "BANKROLL_UPDATED", "ROUND_ENDED")
CUTTERS = 5
"""Clients of a kind that are cut: one at its 1st, 6th … event, another one at its 2nd, 7th …"""

_ENVELOPE_TIMESTAMP = re.compile(r'^(\{"type":"[a-z_]+",)"timestamp":[^,]+,')
_OF_THE_MOMENT = re.compile(r'"timestamp":[^,}]+|"spectators":\d+')


def timeless(frame: str) -> str:
    """A frame without the time at which it was sent."""
    return _ENVELOPE_TIMESTAMP.sub(r"\1", frame)


def lasting(frame: str) -> str:
    """A snapshot or a request without its time, and without who looks on."""
    return _OF_THE_MOMENT.sub("", frame)


class Watcher:
    """A client of one kind: its transcript of the log, and the snapshots and requests that it was sent."""

    def __init__(self, url: str, table: str, names: Sequence[str], account: Account | None, place: int | None) -> None:
        self.url, self.table, self.names, self.account = url, table, list(names), account
        self.log: list[tuple[int, str]] = []
        self.states: dict[int, str] = {}
        self.requests: dict[str, str] = {}
        self.cuts: list[int] = []
        self._place = place
        self._has_heard = asyncio.Event()

    @property
    def seq(self) -> int:
        """The newest that it has heard of."""
        return self.log[-1][0] if self.log else 0

    async def watch(self) -> None:
        """Watches for ever; wherever it is cut, it comes back and resumes."""
        while True:
            async with connected(self.url, self.account) as client:
                await client.ask("subscribe", {"event_types": self.names, "table_id": self.table, "since": self.seq})
                while not self._hear(await client.next(), client.frames[-1]):
                    pass
                client.socket.transport.abort()

    async def has_heard(self, burst: Sequence[dict[str, Any]], requests: Collection[str]) -> None:
        """Returns when it has been sent the events of its types, and, as the player, the requests."""
        seq = max((event["seq"] for event in burst if self.wants(event)), default=0)
        asked = set(requests) if self.account else set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.seq < seq or not asked <= self.requests.keys():
                self._has_heard.clear()
                await self._has_heard.wait()

    def wants(self, event: dict[str, Any]) -> bool:
        return "*" in self.names or event["event_type"] in self.names

    def _hear(self, message: dict[str, Any], frame: str) -> bool:
        """Writes the message down; whether it is now to be cut."""
        self._has_heard.set()
        data = message["data"]
        if message["type"] == "action_request":
            assert self.requests.setdefault(data["request_id"], lasting(frame)) == lasting(frame)
        elif message["type"] == "event" and data["event_type"] == "TABLE_STATE":
            self.states[data["seq"]] = lasting(frame)
        elif message["type"] == "event":
            self.log.append((data["seq"], timeless(frame)))
            if len(self.log) % CUTTERS == self._place:
                self.cuts.append(data["seq"])
                return True
        else:
            assert message["type"] == "heartbeat", message
        return False


class Player:
    """Plays both seats, one answer after the other, and says what each brought."""

    def __init__(self, client: WireClient, table: str, seed: int) -> None:
        self._client, self._table = client, table
        self._random = random.Random(seed)
        self._open: dict[str, dict[str, Any]] = {}
        self._told = 0
        self.rounds = 0

    async def join(self) -> tuple[list[dict[str, Any]], list[str]]:
        for _ in range(2):
            await self._client.accepted("join_table", self._table)
        return await self._burst(0)

    async def answer(self) -> tuple[list[dict[str, Any]], list[str]]:
        """Answers the oldest request; the events until the table asks again, and what it asks then."""
        request = self._open.pop(next(iter(self._open)))
        moves = [move for move in request["valid_actions"] if move not in ("SIT_OUT", "SURRENDER", "EVEN_MONEY")]
        move = self._random.choice(moves)
        action, data = ("place_bet", {"amount": 10}) if move == "BET" else ("player_action", {"action": move})
        seq = await self._client.accepted(action, self._table, request_id=request["request_id"], **data)
        return await self._burst(seq)

    async def _burst(self, until: int) -> tuple[list[dict[str, Any]], list[str]]:
        events: list[dict[str, Any]] = []
        while not self._open or self._told < until:
            message = await self._client.next()
            if message["type"] == "action_request":
                self._open[message["data"]["request_id"]] = message["data"]
            elif message["type"] == "event" and message["data"]["event_type"] != "TABLE_STATE":
                events.append(message["data"])
                self._told = message["data"]["seq"]
        self.rounds += sum(event["event_type"] == "ROUND_ENDED" for event in events)
        return events, list(self._open)


async def test_cut_at_every_event_the_transcript_is_whole(tmp_path: Path, amount: Amount, figure: Figure):
    rounds = amount(2, 30)
    tables = [("Cut", UNTIMED | RICH)]
    # Nobody who watches says anything, and no heartbeat may heal what a subscription has lost.
    limits = '{"messages_per_second": 100000, "player_messages_per_second": 100000}'
    settings: dict[str, Any] = {"CARDSHARP_HEARTBEAT_SECONDS": "3600", "CARDSHARP_LIMITS": limits}
    with serving(tmp_path, tables, players=1, chips=1_000_000, **settings) as server:
        [table], [ada] = server.tables, server.players
        kinds = [
            [Watcher(server.url, table, names, account, place) for place in (None, *range(CUTTERS))]
            for account in (ada, None)
            for names in (["*"], CHOSEN)
        ]
        async with connected(server.url, ada) as client:
            log = await client.replay(table)
            player = Player(client, table, seed=7)
            log = [message["data"] for message in log] + await watched(player, [*chain(*kinds)], rounds)
        for uncut, *cut in kinds:
            assert [seq for seq, _ in uncut.log] == [event["seq"] for event in log if uncut.wants(event)]
            assert sorted(seq for watcher in cut for seq in watcher.cuts) == [seq for seq, _ in uncut.log]
            for watcher in cut:
                assert watcher.log == uncut.log
                assert watcher.requests == uncut.requests
                assert watcher.states.items() <= uncut.states.items()
            await resumed_at_every_seq(uncut)
        cuts = sum(len(watcher.cuts) for watcher in chain(*kinds))
        figure(
            f"{cuts} sockets cut, at each of the {len(log)} events of {player.rounds} rounds, as a player and as a "
            "spectator, with `*` and with chosen types; then resumed since each of them",
            "every transcript whole, byte for byte",
        )


async def watched(player: Player, watchers: Sequence[Watcher], rounds: int) -> list[dict[str, Any]]:
    """Plays so many rounds; everybody has heard of each answer before the next one. What happened."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(watcher.watch()) for watcher in watchers]
        log: list[dict[str, Any]] = []
        burst, requests = await player.join()
        while True:
            log += burst
            for watcher in watchers:
                await watcher.has_heard(burst, requests)
            if player.rounds >= rounds:
                break
            burst, requests = await player.answer()
        for task in tasks:
            task.cancel()
    return log


async def resumed_at_every_seq(uncut: Watcher) -> None:
    """A new socket that subscribes since any seq is sent what the client that was never cut was sent after it."""
    token = {"token": uncut.account.token} if uncut.account else {}
    async with connect(uncut.url, compression=None, ping_interval=None, max_size=None) as socket:
        await said(socket, "connect", {"batch": True, **token})
        for since in range(uncut.log[-1][0] + 1):
            await said(socket, "unsubscribe", {"event_types": "*", "table_id": uncut.table})
            names = {"event_types": uncut.names, "table_id": uncut.table, "since": since}
            replayed = [timeless(frame) for frame in await said(socket, "subscribe", names, '{"type":"heartbeat"')]
            events = [frame for frame in replayed if frame.startswith('{"type":"event"')]
            assert events == [frame for seq, frame in uncut.log if seq > since]


async def said(
    socket: ClientConnection, kind: str, data: dict[str, Any], end: str = '{"type":"connected"'
) -> list[str]:
    """What comes after a message, up to what begins so."""
    await socket.send(json.dumps({"type": kind, "data": data}))
    frames: list[str] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not any(frame.startswith(end) for frame in frames):
            text = str(await socket.recv())
            batch = msgspec.json.decode(text, type=list[msgspec.Raw]) if text.startswith("[") else [text.encode()]
            frames += [bytes(raw).decode() for raw in batch]
            assert not any(frame.startswith('{"type":"error"') for frame in frames), frames
    return frames
