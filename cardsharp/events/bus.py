"""The event bus: publishes what happened to whoever listens in this process.

Handlers run one after the other, higher priority first, sync ones called and async ones awaited. One that raises is
logged and harms nobody else. Publications under one key, such as a table's id, are delivered in their order.
"""

from __future__ import annotations

import asyncio
import inspect
import itertools
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple
from weakref import WeakValueDictionary

logger = logging.getLogger(__name__)

ALL: Final = "*"
Handler = Callable[[str, Any], Awaitable[None] | None]
"""What listens: it is given the name of the event and the event."""


class Subscription(NamedTuple):
    """A handler's place on the bus; `EventBus.unsubscribe` takes it."""

    name: str
    handler: Handler
    priority: int
    once: bool
    number: int


class EventBus:
    """Publishes events by name; as many buses as you like, one per process for the site."""

    def __init__(self) -> None:
        self._subscriptions: dict[str, list[Subscription]] = {}
        self._numbers = itertools.count()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def subscribe(self, name: str, handler: Handler, *, priority: int = 0, once: bool = False) -> Subscription:
        """Listens to the events of a name, or to all with `*`. Higher priorities come first, equal ones in order."""
        subscription = Subscription(name, handler, priority, once, next(self._numbers))
        self._subscriptions.setdefault(name, []).append(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Listens no longer; a second time it does nothing."""
        listening = self._subscriptions.get(subscription.name, [])
        if subscription in listening:
            listening.remove(subscription)
        if not listening:
            self._subscriptions.pop(subscription.name, None)

    def has_listeners(self, name: str) -> bool:
        """Whether anybody would hear an event of that name."""
        return name in self._subscriptions or ALL in self._subscriptions

    async def publish(self, name: str, event: Any, *, key: str | None = None) -> None:
        """Delivers the event to every handler of its name and of `*`, after the earlier ones of the same key."""
        if key is None:
            await self._deliver(name, event)
            return
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            await self._deliver(name, event)

    async def _deliver(self, name: str, event: Any) -> None:
        listening = [*self._subscriptions.get(name, ()), *self._subscriptions.get(ALL, ())]
        for subscription in sorted(listening, key=lambda s: (-s.priority, s.number)):
            if subscription not in self._subscriptions.get(subscription.name, ()):
                continue  # It was taken away while an earlier handler ran.
            if subscription.once:
                self.unsubscribe(subscription)
            try:
                result = subscription.handler(name, event)
                if inspect.isawaitable(result):
                    await result
            except Exception:
                logger.exception("A handler of %s failed", name)
