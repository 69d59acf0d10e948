"""The in-memory host: any number of tables behind `cardsharp.events.ports.Room`, without a database.

A command is decided and taken in one step of the event loop, so nothing comes between; then it is published. What the
program's end takes away was only ever play chips.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any, Final

from cardsharp import errors
from cardsharp.chips import to_cents
from cardsharp.events.audience import Audience
from cardsharp.events.bus import EventBus
from cardsharp.events.commits import publish_commit
from cardsharp.events.messages import Connect
from cardsharp.events.ports import Commit, LoggedLine, PlayerInfo, Receipt, Snapshot
from cardsharp.events.receipts import receipt_for, repetition_of
from cardsharp.game import Actor, Game
from cardsharp.games import GAMES
from cardsharp.memory_room.players import Players
from cardsharp.memory_room.table import AnswerKey, MemoryTable
from cardsharp.memory_room.timekeeper import Timekeeper
from cardsharp.shoe import SecretShoes, ShoeSource

KEPT_EVENTS: Final = 10_000
CLOSED_TABLES_KEPT: Final = 100
"""Closed tables beyond these are forgotten, the oldest first, unless somebody watches them."""


class MemoryRoom:
    """Tables of one game. `async with` keeps their time; without it, deadlines wait for `call_time`.

    `guest` is for `cardsharp.events.admission.Guests`: a guest begins with `guest_chips` in the wallet and stays the
    same guest under the same client id, which is all that says who it is.
    """

    def __init__(
        self,
        bus: EventBus,
        *,
        audience: Audience | None = None,
        guest_chips: int | Decimal = 1_000,
        game: str = "blackjack",
        kept_events: int = KEPT_EVENTS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.bus = bus
        self.audience = audience or Audience()
        self.players = Players(to_cents(guest_chips))
        self.game: Game = GAMES[game]
        self.event_types = self.game.event_types
        self.actions = frozenset(self.game.actions)
        self.tables: dict[str, MemoryTable] = {}
        self._kept_events = kept_events
        self._clock = clock
        self._timekeeper = Timekeeper(self._deadlines, self._begin_due, clock)
        self._keeping_time: asyncio.Task[None] | None = None
        self._publishing: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> MemoryRoom:
        self._keeping_time = asyncio.create_task(self._timekeeper.run(), name="timekeeper")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._keeping_time is not None:
            self._keeping_time.cancel()
            await asyncio.wait([self._keeping_time])
            self._keeping_time = None
        while self._publishing:
            await asyncio.wait(self._publishing)
        await self.bus.drain()

    # -- tables -----------------------------------------------------------------------------------------------------

    async def open(self, name: str, rules: Any, *, table_id: str | None = None, shoes: ShoeSource | None = None) -> str:
        """Opens a table and returns its id. Raises InvalidRules, and there is none; ValueError for an id in use."""
        if table_id is None:
            table_id = secrets.token_urlsafe(6).replace("-", "x").replace("_", "y")
        if table_id in self.tables:
            raise ValueError(f"there is a table {table_id} already")
        table = MemoryTable(self.game, shoes or SecretShoes(secrets.token_bytes(32)), self._kept_events)
        command = self.game.open_command(table_id=table_id, name=name, rules=rules, at=self._clock())
        await self._do(table_id, table, command)
        return table_id

    async def close(self, table_id: str, reason: str = "closed") -> None:
        """Closes the table: every bet that is not lost yet comes back, and every stack goes to its wallet."""
        await self._do(table_id, self.table(table_id), self.game.close_command(reason=reason, at=self._clock()))

    async def close_all(self, reason: str = "closed") -> None:
        """Closes every open table."""
        for table_id, table in list(self.tables.items()):
            if self.game.is_open(table.state):
                await self.close(table_id, reason)

    async def call_time(self, table_id: str) -> None:
        """Does what is due at the table. Raises WrongPhase when nothing is."""
        await self._do(table_id, self.table(table_id), self.game.time_command(at=self._clock()))

    def table(self, table_id: str) -> MemoryTable:
        """The table of that id, open or closed. Raises UnknownTable."""
        if table_id not in self.tables:
            raise errors.UnknownTable
        return self.tables[table_id]

    def add_player(self, name: str, chips: int | Decimal) -> PlayerInfo:
        """A new player with so many chips in the wallet. Raises InvalidChips for what is no amount."""
        return self.players.add(name, to_cents(chips))

    def add_token(self, player_id: str, token: str, *, may_act: bool = True) -> None:
        """The token lets the player in, to act or only to watch. Raises ValueError for one that is taken."""
        self.players.add_token(player_id, token, may_act=may_act)

    async def guest(self, connect: Connect) -> PlayerInfo:
        """The guest of the connect message's client id, a new one at first."""
        return self.players.guest(connect.client_id or secrets.token_hex(8), self._seated())

    # -- Room -------------------------------------------------------------------------------------------------------

    async def player_for_token(self, token: str) -> PlayerInfo | None:
        """Who the token belongs to, or None where it is bad."""
        return self.players.by_token(token)

    async def player_for_session(self, session: str) -> PlayerInfo | None:
        """Nobody: there are no pages to log in on."""
        return None

    async def player(self, player_id: str) -> PlayerInfo | None:
        """The player with the chips of now, or None where there is none."""
        return self.players.get(player_id)

    async def has_table(self, table_id: str, player_id: str | None) -> bool:
        """Whether there is such a table, open or closed: everybody may see all of them."""
        return table_id in self.tables

    async def snapshots(self) -> Sequence[Snapshot]:
        """Every open table, oldest first."""
        return [self._snapshot(id_, table) for id_, table in self.tables.items() if self.game.is_open(table.state)]

    async def snapshot(self, table_id: str) -> Snapshot:
        """The table as it is now. Raises UnknownTable."""
        return self._snapshot(table_id, self.table(table_id))

    async def newest(self, table_ids: Collection[str]) -> Mapping[str, int]:
        """The newest seq of each of the tables."""
        return {table_id: self.tables[table_id].seq for table_id in table_ids if table_id in self.tables}

    async def log(self, table_id: str, *, after: int, limit: int) -> Sequence[LoggedLine]:
        """Kept events of the table's log after a seq."""
        return self.table(table_id).lines(after, limit)

    def check_shape(self, action: str, data: dict[str, Any]) -> None:
        """Raises BadMessage where the data is not what the action takes; unknown actions are left for `act`."""
        if action in self.game.actions:
            self.game.read_action(action, data, actor=Actor("", ""), at=0.0)

    async def act(self, table_id: str, player: PlayerInfo, action: str, data: dict[str, Any]) -> Receipt:
        """Plays a player's action, at most once for a request; it is published when this returns."""
        table = self.table(table_id)
        actor = Actor(player.player_id, player.name)
        command = self.game.read_action(action, data, actor=actor, at=self._clock())
        repetition = repetition_of(action, data)
        answer = None if repetition is None else (player.player_id, *repetition)
        if answer is not None and answer in table.answers:
            return receipt_for(action, data, table.answers[answer])
        if self.players.get(player.player_id) is None:
            raise errors.NotAuthenticated("This room does not know you; connect again.")
        return receipt_for(action, data, await self._do(table_id, table, command, answer))

    # -- within -----------------------------------------------------------------------------------------------------

    async def _do(self, table_id: str, table: MemoryTable, command: Any, answer: AnswerKey | None = None) -> int:
        """Decides, takes and publishes a command; the seq that the table has after it."""
        publishing = self._begin(table_id, table, command, answer)
        seq = table.seq
        if publishing is not None:
            await asyncio.shield(publishing)
        return seq

    def _begin(
        self, table_id: str, table: MemoryTable, command: Any, answer: AnswerKey | None = None
    ) -> asyncio.Task[None] | None:
        """Decides and takes a command; the task that publishes it, None where nothing has happened."""
        commit = self._take(table_id, table, command, answer)
        if commit is None:
            return None
        # A task of its own, begun at once: commits are published in their order, and whoever is cancelled while waiting
        # for that does not leave a commit unpublished.
        publishing = asyncio.create_task(publish_commit(self.bus, commit))
        self._publishing.add(publishing)
        publishing.add_done_callback(self._publishing.discard)
        return publishing

    def _begin_due(self, table_id: str) -> None:
        """Does what is due at the table, and does not wait until everybody has heard of it."""
        self._begin(table_id, self.table(table_id), self.game.time_command(at=self._clock()))

    def _take(self, table_id: str, table: MemoryTable, command: Any, answer: AnswerKey | None) -> Commit | None:
        outcome = self.game.step(table.state, command, table.shoes)
        before = self._snapshot(table_id, table) if table.log else None
        previous = {name: table.newest.get(name, 0) for name in self.event_types}
        self.players.settle(outcome.moves)
        table.take(outcome, answer)
        self.tables[table_id] = table
        if not outcome.events:
            return None
        if not self.game.is_open(table.state):
            self._forget_closed_tables()
        self._timekeeper.wake()
        after = self._snapshot(table_id, table)
        return Commit(table_id=table_id, events=outcome.events, before=before, after=after, previous=previous)

    def _snapshot(self, table_id: str, table: MemoryTable) -> Snapshot:
        game, state = self.game, table.state
        players = game.players(state)
        spectators = self.audience.spectators(table_id, players)
        return Snapshot(
            seq=table.seq,
            round_id=game.round_id(state),
            view=game.view(state, spectators),
            row=game.lobby_row(state, spectators),
            players=players,
            requests=game.requests(state),
        )

    def _deadlines(self) -> dict[str, float]:
        deadlines = ((table_id, self.game.deadline(table.state)) for table_id, table in self.tables.items())
        return {table_id: deadline for table_id, deadline in deadlines if deadline is not None}

    def _seated(self) -> set[str]:
        return {player_id for table in self.tables.values() for player_id in self.game.players(table.state)}

    def _forget_closed_tables(self) -> None:
        closed = [table_id for table_id, table in self.tables.items() if not self.game.is_open(table.state)]
        for table_id in closed[:-CLOSED_TABLES_KEPT]:
            if not self.audience.spectators(table_id, ()):
                del self.tables[table_id]
