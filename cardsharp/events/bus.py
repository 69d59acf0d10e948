"""The event bus: publishes what happened to whoever listens in this process.

Handlers run one after the other, higher priority first, sync ones called and async ones awaited. One that raises or
hangs is logged and harms nobody else. Publications under one key, such as a table's id, are delivered in their order.
"""

from __future__ import annotations

import asyncio
import inspect
import itertools
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

logger = logging.getLogger(__name__)

ALL: Final = "*"
Handler = Callable[[str, Any], Awaitable[None] | None]
"""What listens: it is given the name of the event and the event."""


@dataclass(frozen=True, eq=False, slots=True)
class Subscription:
    """A handler's place on the bus until it is cancelled."""

    bus: EventBus
    name: str
    handler: Handler
    priority: int
    once: bool
    number: int

    def cancel(self) -> None:
        """Listens no longer, from the next handler on; a second time it does nothing."""
        self.bus._forget(self)  # noqa: SLF001 - a subscription is the bus's own handle


class _Turn:
    """The delivery of something under a key; handlers and the tasks that they start carry it in their context."""

    __slots__ = ("over",)

    def __init__(self) -> None:
        self.over = False


_turns: ContextVar[tuple[_Turn, ...]] = ContextVar("turns", default=())


class EventBus:
    """Publishes events by name; as many buses as you like, one per process for the site."""

    def __init__(self, *, handler_seconds: float = 60.0) -> None:
        """An async handler that takes longer than `handler_seconds` is cancelled, so that none holds up a table."""
        self._handler_seconds = handler_seconds
        self._subscriptions: dict[str, list[Subscription]] = {}
        self._numbers = itertools.count()
        self._last: dict[str, asyncio.Future[None]] = {}
        """For each key that is busy, the end of the last publication in its queue."""
        self._from_within: set[asyncio.Task[None]] = set()

    def subscribe(self, name: str, handler: Handler, *, priority: int = 0, once: bool = False) -> Subscription:
        """Listens to the events of a name, or to all with `*`. Higher priorities come first, equal ones in order."""
        subscription = Subscription(self, name, handler, priority, once, next(self._numbers))
        self._subscriptions.setdefault(name, []).append(subscription)
        return subscription

    def _forget(self, subscription: Subscription) -> None:
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
        await self.publish_all(((name, event),), key=key)

    async def publish_all(self, events: Iterable[tuple[str, Any]], *, key: str | None = None) -> None:
        """Delivers several events, by name, with nothing of the same key between them.

        It returns when they have been heard, with one exception: called from within a handler while the key is busy,
        it leaves them in the queue and returns at once. Whoever waited there might be what the queue waits for.
        """
        if key is None:
            for name, event in events:
                await self._deliver(name, event)
            return
        before = self._last.get(key)
        end = self._last[key] = asyncio.get_running_loop().create_future()
        delivery = self._in_turn(key, events, before, end)
        if before is not None and any(not turn.over for turn in _turns.get()):
            task = asyncio.create_task(delivery)
            self._from_within.add(task)
            task.add_done_callback(self._from_within.discard)
            return
        await delivery

    async def drain(self) -> None:
        """Waits until everything has been heard that handlers had left in the queue."""
        while self._from_within:
            await asyncio.wait(self._from_within)

    async def _in_turn(
        self,
        key: str,
        events: Iterable[tuple[str, Any]],
        before: asyncio.Future[None] | None,
        end: asyncio.Future[None],
    ) -> None:
        turn = _Turn()
        try:
            if before is not None:
                await asyncio.wait((before,))
            outer = _turns.set((*(t for t in _turns.get() if not t.over), turn))
            try:
                for name, event in events:
                    await self._deliver(name, event)
            finally:
                _turns.reset(outer)
        finally:
            turn.over = True
            if before is None or before.done():
                self._leave(key, end)
            else:
                # Cancelled while it waited: whoever comes behind it still waits for who was before it.
                before.add_done_callback(lambda _: self._leave(key, end))

    def _leave(self, key: str, end: asyncio.Future[None]) -> None:
        if self._last.get(key) is end:
            del self._last[key]
        end.set_result(None)

    async def _deliver(self, name: str, event: Any) -> None:
        listening = [*self._subscriptions.get(name, ()), *self._subscriptions.get(ALL, ())]
        for subscription in sorted(listening, key=lambda s: (-s.priority, s.number)):
            if subscription not in self._subscriptions.get(subscription.name, ()):
                continue  # It was taken away while an earlier handler ran.
            if subscription.once:
                subscription.cancel()
            try:
                result = subscription.handler(name, event)
                if inspect.isawaitable(result):
                    async with asyncio.timeout(self._handler_seconds):
                        await result
            except Exception:
                logger.exception("A handler of %s failed", name)
