"""What the engine needs of an adapter, and what an adapter may use of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from cardsharp.client.messages import ActionRequest
from cardsharp.client.policy import Answer
from cardsharp.events.ports import Receipt
from cardsharp.game import HappenedEvent
from cardsharp.memory_room import MemoryRoom


class TableHost(Protocol):
    """The engine as an adapter sees it. `table_id` may be used before the table is open."""

    @property
    def room(self) -> MemoryRoom:
        """The room in which the table is; its `bus` tells what happens."""

    @property
    def table_id(self) -> str:
        """The table."""

    async def act(self, player_id: str, action: str, data: dict[str, Any]) -> Receipt:
        """Plays a player's action; when it returns, the adapter has been told what came of it. Raises GameError."""


class PlatformAdapter(Protocol):
    """A way from the table to whoever plays there. The engine goes on whatever it raises and however long it takes."""

    @property
    def player_names(self) -> Sequence[str]:
        """Who sits down when the game begins and nobody has been added: the players that the adapter answers for."""

    def attach(self, host: TableHost) -> None:
        """An engine has been made with this adapter."""

    async def initialize(self) -> None:
        """Gets ready. The engine calls it too; a second call does nothing."""

    async def notify(self, event: HappenedEvent) -> None:
        """Something has happened at the table. Events come in order, each once."""

    async def render_state(self, state: dict[str, Any]) -> None:
        """The table is so now: the `state` of TABLE_STATE."""

    async def request_action(self, request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        """What the player answers to the request, or None where that comes by another way, or not at all.

        It is cancelled when the request is over. This is a `cardsharp.client.Policy`, asked as over the wire.
        """

    async def shutdown(self) -> None:
        """The game is over. A second call does nothing."""
