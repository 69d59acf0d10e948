"""The channel layer of several processes: Redis brings the other processes' messages, and nothing here waits for it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer
from channels_redis.utils import _wrap_close, decode_hosts

from games.outages import Outage
from games.relay import Relay

logger = logging.getLogger(__name__)

CAPACITY: Final = 1_000
"""How many messages may wait for one consumer; more are dropped, and the log heals them."""


class RoomLayer(RedisPubSubChannelLayer):
    """A RedisPubSubChannelLayer that gives a message to the members in this process itself, and to the others by Redis.

    While Redis is away the process's own members miss nothing, sockets can be opened, and nobody waits.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dropped = 0
        """How many messages have found a member's queue full."""
        self.outage = Outage("Redis", "What other processes do is read from the database until it does.")

    def _get_layer(self) -> _LoopLayer:
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = _LoopLayer(*self._args, **self._kwargs, channel_layer=self)
            _wrap_close(self, loop)
        layer: _LoopLayer = self._layers[loop]
        return layer


class _LoopLayer(RedisPubSubLoopLayer):
    """The layer within one event loop."""

    def __init__(self, *args: Any, channel_layer: RoomLayer, **kwargs: Any) -> None:
        super().__init__(*args, channel_layer=channel_layer, **kwargs)
        hosts = decode_hosts(kwargs.get("hosts"))
        self._shards = [Relay(host, self._pass_on, channel_layer.outage) for host in hosts]

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        """Sends the message to the channel."""
        await self._send(channel, message)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Sends the message to every member of the group."""
        await self._send(self._get_group_channel_name(group), message)

    async def _send(self, name: str, message: dict[str, Any]) -> None:
        data = self.channel_layer.serialize(message)
        self._pass_on(name, data)
        await self._get_shard(name).publish(name, data)

    def _pass_on(self, name: str, data: bytes) -> None:
        """Puts the message into the queue of each member that this process has."""
        for channel in (name, *self.groups.get(name, ())):
            queue = self.channels.get(channel)
            if queue is None:
                continue
            if queue.qsize() < CAPACITY:
                queue.put_nowait(data)
            else:
                self.channel_layer.dropped += 1
