"""Calling what programs have registered: within its time, and whatever it does, with one documented outcome."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import TypeVar

import msgspec

from cardsharp import errors
from cardsharp.events.clients import Client
from cardsharp.events.extensions import Extensions
from cardsharp.wire import to_wire

logger = logging.getLogger(__name__)

R = TypeVar("R")


class TookTooLong(Exception):
    """A program's function has not come back within its time."""


class UndocumentedError(Exception):
    """A program's function has raised a GameError whose code nobody has registered."""


class Calls:
    """Calls programs' functions on behalf of clients. None can keep a client for longer than `seconds`."""

    def __init__(self, extensions: Extensions, seconds: float) -> None:
        self._extensions = extensions
        self._seconds = seconds
        self._running: set[asyncio.Task[object]] = set()

    async def within_time(self, name: str, work: Awaitable[R]) -> R:
        """What the function returns or raises.

        Raises TookTooLong after its time: it is cancelled then, and nobody waits for one that does not let itself be.
        """
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._done)
        try:
            await asyncio.wait((task,), timeout=self._seconds)
            if not task.done():
                raise TookTooLong(f"{name} has not come back within {self._seconds} seconds")
            try:
                return task.result()
            except errors.GameError as error:
                if not self._extensions.knows(error):
                    raise UndocumentedError(f"{name} raised {type(error).__name__}, which is not registered") from error
                raise
            except asyncio.CancelledError as cancelled:
                raise TookTooLong(f"{name} was cancelled from within") from cancelled
        finally:
            task.cancel()

    def _done(self, task: asyncio.Task[object]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # One that nobody waits for any more would be reported by asyncio as never looked at.

    async def act(self, name: str, client: Client, table_id: str, data: msgspec.Struct) -> None:
        """Has a program's own action done. Raises TypeError where its function returns something."""
        done: object = await self.within_time(name, self._extensions.actions[name].handle(client, table_id, data))
        if done is not None:
            raise TypeError(f"What handles {name} returned a {type(done).__name__}: actions return nothing")

    async def answer(self, name: str, client: Client, data: msgspec.Struct) -> dict[str, object]:
        """The data of the answer to a program's own message. Raises TypeError where it is not what was registered."""
        message = self._extensions.messages[name]
        answer = await self.within_time(name, message.handle(client, data))
        wanted = message.answer
        if wanted is None and answer is None:
            return {}
        if wanted is None or not isinstance(answer, wanted):
            expected = "None" if wanted is None else f"{wanted.__name__}"
            raise TypeError(f"What handles {name} returned a {type(answer).__name__} instead of {expected}")
        return to_wire(answer)
