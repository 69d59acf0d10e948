"""What the handler needs of the world: a room of tables behind it, and a socket and groups before it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from cardsharp.game import HappenedEvent, PlayerRequest

COMMITTED = "COMMITTED"
"""The bus's name for a `Commit`."""


class PlayerInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A player as a session knows them. `credential` names what let them in, so that it can be taken back."""

    player_id: str
    name: str
    balance_cents: int
    may_act: bool = True
    credential: str = ""


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What came with the socket itself: an `Authorization: Bearer` token, or the session that its cookie names.

    `address` is where the client connects from; connections without one are not limited by address.
    """

    bearer: str | None = None
    session: str | None = None
    address: str = ""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A table as it is now."""

    seq: int
    round_id: str | None
    view: dict[str, Any]
    row: dict[str, Any]
    players: frozenset[str]
    requests: Sequence[PlayerRequest]
    is_private: bool = False
    """Whether the lobby must not hear of it."""


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """What one command did to a table, durable now. `before` is None for the command that opened the table."""

    table_id: str
    events: tuple[HappenedEvent, ...]
    before: Snapshot | None
    after: Snapshot
    previous: Mapping[str, int]
    """The seq of the last earlier event of each type; 0 for none. Where a type is not named, sockets that want it along
    with others look into the log."""


class LoggedLine(msgspec.Struct, frozen=True):
    """An event out of the log; `data` is its JSON text."""

    seq: int
    event_type: str
    round_id: str | None
    data: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The acknowledgement of an accepted action."""

    action: str
    request_id: str | None
    seq: int


class Room(Protocol):
    """The host of the tables. Every method may raise a GameError, which the client is told."""

    event_types: frozenset[str]
    actions: frozenset[str]

    async def player_for_token(self, token: str) -> PlayerInfo | None:
        """Who a token belongs to, or None where it is bad."""

    async def player_for_session(self, session: str) -> PlayerInfo | None:
        """Who is logged in by a session, or None where nobody is, or not any more."""

    async def player(self, player_id: str) -> PlayerInfo | None:
        """The player with today's balance, or None where they are gone."""

    async def has_table(self, table_id: str, player_id: str | None) -> bool:
        """Whether there is such a table for the player; None is a spectator."""

    async def snapshots(self) -> Sequence[Snapshot]:
        """Every open table that the lobby shows, in its order."""

    async def snapshot(self, table_id: str) -> Snapshot:
        """The table. Raises UnknownTable."""

    async def newest(self, table_ids: Collection[str]) -> Mapping[str, int]:
        """The newest seq of each of the tables."""

    async def log(self, table_id: str, *, after: int, limit: int) -> Sequence[LoggedLine]:
        """Events of the table's log after a seq, oldest first; where the next one is not kept, any or none."""

    def check_shape(self, action: str, data: dict[str, Any]) -> None:
        """Raises BadMessage where the data is not what the action takes; unknown actions are left for `act`."""

    async def act(self, table_id: str, player: PlayerInfo, action: str, data: dict[str, Any]) -> Receipt:
        """Plays an action; its events are durable when this returns."""


class Transport(Protocol):
    """One client's socket and its membership in groups. It is told what to send and decides nothing."""

    @property
    def is_full(self) -> bool:
        """Whether so much waits to be read by the client that what can wait should."""

    async def drain(self) -> None:
        """Returns when it is not full, or gone."""

    async def send(self, text: str) -> None:
        """Sends one text frame, and does not wait for the client."""

    async def close(self, code: int) -> None:
        """Closes the socket with the code."""

    async def join(self, group: str) -> None:
        """Gets every later message to the group."""

    async def leave(self, group: str) -> None:
        """Gets them no longer."""


class Groups(Protocol):
    """The way to every member of a group, in whatever process."""

    async def send(self, group: str, message: dict[str, Any]) -> None:
        """Sends the message to each member of the group."""
