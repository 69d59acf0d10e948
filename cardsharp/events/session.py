"""One client's session: who it is, what it is subscribed to, when it was last heard of, and its limits."""

from __future__ import annotations

import asyncio
import secrets

from cardsharp.events.clients import Client
from cardsharp.events.feed import Feed
from cardsharp.events.limits import Bucket, Limits, Window, network_of
from cardsharp.events.ports import Credentials, PlayerInfo, Transport
from cardsharp.events.topics import LOBBY, groups_of


class Session:
    """The state that the handler keeps of one socket. Only the handler changes it, under `lock`."""

    def __init__(
        self, transport: Transport, credentials: Credentials, default_table: str | None, limits: Limits, now: float
    ) -> None:
        self.key = secrets.token_hex(8)
        self.transport = transport
        self.credentials = credentials
        self.default_table = default_table
        self.network = network_of(credentials.address)
        self.lock = asyncio.Lock()
        self.client_id: str | None = None
        """The client's name; None until it has connected."""
        self.player: PlayerInfo | None = None
        self.counted_for: str | None = None
        """The player whose limits it counts against."""
        self.batch = False
        self.closed = False
        self.connected_at = now
        self.last_heard_at = now
        self.last_beat_at = now
        self.bucket = Bucket(limits.messages_per_second, limits.burst, now)
        self.too_fast = Window(limits.window, limits.rate_limited_before_close)
        self.refusals = Window(limits.window, limits.refusals_before_close)
        self.lobby: set[str] = set()
        self.feeds: dict[str, Feed] = {}
        self.seen: dict[str, int] = {}
        """What the client's heartbeats say it has seen of each table."""
        self.catching_up: asyncio.Task[None] | None = None
        """What sends the feeds the rest of what they lack, while the client reads."""
        self.messages_in = 0
        self.messages_out = 0
        self.refused = 0
        self._groups: set[str] = set()

    @property
    def is_connected(self) -> bool:
        """Whether the client has sent its connect message."""
        return self.client_id is not None

    @property
    def player_id(self) -> str | None:
        """The player's id; None for a spectator, and before it has connected."""
        return None if self.player is None else self.player.player_id

    @property
    def subscriptions(self) -> dict[str, list[str]]:
        """Table id, or `lobby`, to the sorted names subscribed to."""
        named = {LOBBY: self.lobby, **{table_id: feed.names for table_id, feed in self.feeds.items()}}
        return {place: sorted(names) for place, names in named.items() if names}

    def describe(self) -> Client:
        """The client as it is now."""
        return Client(
            key=self.key,
            client_id=self.client_id,
            player_id=self.player_id,
            player_name=self.player.name if self.player else None,
            subscriptions={place: tuple(names) for place, names in self.subscriptions.items()},
            address=self.credentials.address,
            connected_at=self.connected_at,
            last_heard_at=self.last_heard_at,
            messages_in=self.messages_in,
            messages_out=self.messages_out,
            refusals=self.refused,
        )

    def names(self, place: str) -> frozenset[str]:
        """The names subscribed to at a table, or in the lobby."""
        if place == LOBBY:
            return frozenset(self.lobby)
        return frozenset(self.feeds[place].names) if place in self.feeds else frozenset()

    async def join(self, group: str) -> None:
        """Joins a group of its own, such as the player's."""
        self._groups.add(group)
        await self.transport.join(group)

    async def follow(self, place: str, before: frozenset[str], after: frozenset[str]) -> None:
        """Joins and leaves groups as a subscription changes from some names to others."""
        old, new = groups_of(place, before), groups_of(place, after)
        for group in new - old:
            await self.join(group)
        for group in old - new:
            self._groups.discard(group)
            await self.transport.leave(group)

    async def join_anew(self) -> None:
        """Joins again the groups that it is in."""
        for group in list(self._groups):
            if group in self._groups:
                await self.transport.join(group)

    async def leave_all(self) -> None:
        """Leaves every group."""
        for group in self._groups:
            await self.transport.leave(group)
        self._groups.clear()

    async def send(self, *texts: str) -> None:
        """Sends the messages in order: one a frame, or together where the client takes batches."""
        if self.closed or not texts:
            return
        self.messages_out += len(texts)
        if self.batch and len(texts) > 1:
            await self.transport.send(f"[{','.join(texts)}]")
            return
        for text in texts:
            await self.transport.send(text)
