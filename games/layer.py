"""The room's channel layer: messages go straight to this process's own sockets, and over Redis to other processes.

Its interface is that of any Channels layer. The log heals what a full queue, or a Redis that is away, has lost.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec
from channels.layers import BaseChannelLayer
from channels_redis.utils import _wrap_close, decode_hosts

from games.outages import Outage
from games.relay import Relay


class RoomLayer(BaseChannelLayer):
    """Groups of sockets. What is sent is handed to each member as it is, so nobody may change it.

    `hosts` is a Redis or nothing; while it is away this process's members miss nothing, and nobody waits. `capacity` is
    how many messages may wait for one member; more are dropped and counted.
    """

    extensions: ClassVar = ["groups", "flush"]

    def __init__(self, hosts: Sequence[Any] = (), prefix: str = "cardsharp", capacity: int = 1_000) -> None:
        super().__init__(capacity=capacity)
        self._hosts = decode_hosts(list(hosts)) if hosts else []
        self._prefix = prefix
        self._queues: dict[str, asyncio.Queue[dict[str, Any]]] = {}
        self._members: dict[str, set[str]] = {}
        self._groups_of: dict[str, set[str]] = {}
        self._layers: dict[asyncio.AbstractEventLoop, Relay] = {}
        """The way to Redis of each event loop."""
        self.dropped = 0
        """How many messages have found a member's queue full."""
        self.outage = (
            Outage("Redis", "What other processes do is read from the database until it does.") if hosts else None
        )

    # -- channels ---------------------------------------------------------------------------------------------------

    async def new_channel(self, prefix: str = "specific.") -> str:
        """A name under which this process, and no other, receives."""
        channel = f"{self._prefix}.{prefix}{secrets.token_hex(16)}"
        self._queues[channel] = asyncio.Queue(self.capacity)
        return channel

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        """Sends the message to a channel of this process."""
        self._put(channel, message)

    async def receive(self, channel: str) -> dict[str, Any]:
        """The next message. Who is cancelled here receives no more: the channel leaves its groups."""
        queue = self._queues.setdefault(channel, asyncio.Queue(self.capacity))
        try:
            return await queue.get()
        except asyncio.CancelledError:
            self._queues.pop(channel, None)
            for group in list(self._groups_of.get(channel, ())):
                await self.group_discard(group, channel)
            raise

    # -- groups -----------------------------------------------------------------------------------------------------

    async def group_add(self, group: str, channel: str) -> None:
        """The channel gets what is sent to the group from when this returns."""
        self._members.setdefault(group, set()).add(channel)
        self._groups_of.setdefault(channel, set()).add(group)
        if (relay := self._relay()) is not None:
            await relay.subscribe(self._name_of(group))

    async def group_discard(self, group: str, channel: str) -> None:
        """The channel gets it no longer."""
        groups, members = self._groups_of.get(channel, set()), self._members.get(group, set())
        groups.discard(group)
        members.discard(channel)
        if not groups:
            self._groups_of.pop(channel, None)
        if not members and self._members.pop(group, None) is not None and (relay := self._relay()) is not None:
            await relay.unsubscribe(self._name_of(group))

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Sends the message to every member of the group, here and in other processes."""
        self._deliver(group, message)
        if (relay := self._relay()) is not None:
            await relay.publish(self._name_of(group), msgspec.msgpack.encode(message))

    async def flush(self) -> None:
        """Forgets every channel and group, and lets go of Redis; what is used afterwards begins anew."""
        self._queues.clear()
        self._members.clear()
        self._groups_of.clear()
        if relay := self._layers.get(asyncio.get_running_loop()):
            await relay.flush()

    # -- the ways ---------------------------------------------------------------------------------------------------

    def _deliver(self, group: str, message: dict[str, Any]) -> None:
        for channel in self._members.get(group, ()):
            self._put(channel, message)

    def _put(self, channel: str, message: dict[str, Any]) -> None:
        queue = self._queues.get(channel)
        if queue is None:
            return
        if queue.full():
            self.dropped += 1
        else:
            queue.put_nowait(message)

    def _name_of(self, group: str) -> str:
        return f"{self._prefix}__group__{group}"

    def _relay(self) -> Relay | None:
        if self.outage is None:
            return None
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = Relay(self._hosts[0], self._hear, self.outage)
            _wrap_close(self, loop)
        return self._layers[loop]

    def _hear(self, name: str, data: bytes) -> None:
        self._deliver(name.removeprefix(self._name_of("")), msgspec.msgpack.decode(data))
