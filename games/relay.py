"""One Redis's publish and subscribe, kept up while the Redis comes and goes. Nobody who uses it waits for a Redis that
is away: what is published waits here, and names are subscribed to again when it is back. What others publish meanwhile
is lost; the outage tells of that gap.
"""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from channels_redis.utils import create_pool
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from games.outages import RETRY_SECONDS, Outage

logger = logging.getLogger(__name__)

ANSWER_SECONDS: Final = 2.0
"""How long a Redis may take to answer before it counts as away."""
PING_SECONDS: Final = 5.0
"""How often a connection that only listens makes sure that somebody talks there."""
WAITING_MESSAGES: Final = 10_000
"""How many messages wait for a Redis that is away; beyond that the oldest are dropped."""
BATCH: Final = 500
_OWN_BYTES: Final = 8
_AWAY: Final = (RedisError, OSError, TimeoutError)


class Relay:
    """What channels_redis calls a shard: `publish`, `subscribe`, `unsubscribe` and `flush`."""

    def __init__(self, host: dict[str, Any], hear: Callable[[str, bytes], None], outage: Outage) -> None:
        """`hear` is told of every message that another relay has published under a name subscribed to."""
        self._host = {
            "protocol": 2,
            "socket_connect_timeout": ANSWER_SECONDS,
            "socket_timeout": ANSWER_SECONDS,
            "retry": Retry(NoBackoff(), 0),
            **host,
        }
        self._hear = hear
        self._outage = outage
        self._own = secrets.token_bytes(_OWN_BYTES)
        """Goes before what is published here: it comes back to this relay, too, which drops it."""
        self._names: dict[str, asyncio.Event] = {}
        """What is subscribed to, and whether Redis has confirmed it."""
        self._waiting: deque[tuple[str, bytes]] = deque(maxlen=WAITING_MESSAGES)
        self._published = asyncio.Event()
        self._listening: Any = None
        """The connection that hears, while there is one."""
        self._task: asyncio.Task[None] | None = None

    async def publish(self, name: str, message: bytes) -> None:
        """Sends the message to every other relay that has subscribed to the name, as soon as that can be done."""
        self._waiting.append((name, self._own + message))
        self._published.set()
        self._begin()

    async def subscribe(self, name: str) -> None:
        """Hears the name from when this returns; while Redis is away, from when it is back."""
        if name not in self._names:
            self._names[name] = asyncio.Event()
            self._begin()
            await self._tell("SUBSCRIBE", name)
        if not self._outage.is_on:
            with suppress(TimeoutError):
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._names[name].wait()

    async def unsubscribe(self, name: str) -> None:
        """Hears the name no longer."""
        if self._names.pop(name, None) is not None:
            await self._tell("UNSUBSCRIBE", name)

    async def flush(self) -> None:
        """Forgets everything, once what waits has been sent. What is used afterwards begins anew."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None
        if self._waiting and not self._outage.is_on:
            pool = self._pool()
            with suppress(*_AWAY):
                await self._send(Redis(connection_pool=pool))
            await pool.disconnect()
        self._waiting.clear()
        self._names.clear()

    def _begin(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="relay")

    def _pool(self) -> ConnectionPool:
        pool: ConnectionPool = create_pool(self._host)
        return pool

    async def _tell(self, command: str, *names: str) -> None:
        """Sends a command on the connection that hears. Where that is broken, whoever reads it will notice."""
        if self._listening is not None:
            with suppress(*_AWAY):
                await self._listening.send_command(command, *names)

    # -- the connections ----------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            try:
                await self._serve()
            except* _AWAY as group:
                self._outage.begins(_reason(group))
            except* Exception:
                logger.exception("The relay to Redis failed and begins anew")
                self._outage.begins("see the log")
            await asyncio.sleep(RETRY_SECONDS)

    async def _serve(self) -> None:
        """Listens and sends until the Redis goes away."""
        pool = self._pool()
        try:
            self._listening = await pool.get_connection()  # type: ignore[no-untyped-call]
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen())
                tasks.create_task(self._ping())
                tasks.create_task(self._keep_sending(Redis(connection_pool=pool)))
        finally:
            self._listening = None
            for confirmed in self._names.values():
                confirmed.set()  # Who waits for it has waited in vain.
            with suppress(*_AWAY):
                await pool.disconnect()

    async def _ping(self) -> None:
        """Subscribes to what was asked for before, then makes the Redis say something every few seconds."""
        if self._names:
            await self._listening.send_command("SUBSCRIBE", *self._names)
        while True:
            await self._listening.send_command("PING")
            await asyncio.sleep(PING_SECONDS)

    async def _listen(self) -> None:
        while True:
            async with asyncio.timeout(PING_SECONDS + ANSWER_SECONDS):
                reply = await self._listening.read_response(timeout=math.inf)
            match reply:
                case [b"message", bytes(name), bytes(data)]:
                    if not data.startswith(self._own):
                        self._hear(name.decode(), data[_OWN_BYTES:])
                case [b"subscribe", bytes(name), _]:
                    if confirmed := self._names.get(name.decode()):
                        confirmed.set()
                case [b"pong", _] | b"PONG":
                    # It answers in order: everything from before the connection is subscribed to again.
                    self._outage.ends()

    async def _keep_sending(self, redis: Redis) -> None:
        while True:
            self._published.clear()
            await self._send(redis)
            await self._published.wait()

    async def _send(self, redis: Redis) -> None:
        """Publishes what waits, in its order. What may have been lost on the way is published again."""
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            try:
                pipeline = redis.pipeline(transaction=False)
                for name, message in batch:
                    pipeline.publish(name, message)
                await pipeline.execute()
            except BaseException:
                room = WAITING_MESSAGES - len(self._waiting)
                self._waiting.extendleft(reversed(batch[max(0, len(batch) - room) :]))
                raise


def _reason(error: BaseException) -> BaseException:
    """The first plain error of a group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
