"""A channel layer that drops, doubles and delays what it carries; the settings beside it put it over the site's own."""

from __future__ import annotations

import asyncio
import logging
import os
import random
from collections import Counter
from contextlib import suppress
from typing import Any

from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

SHARE = 0.3
"""Of all messages, so many are dropped, as many come twice, and as many come late, behind what was sent after them."""
OF_THE_REST = SHARE / (1 - SHARE)
LATE_SECONDS = 0.3


class LossyLayer:
    """Another layer, whose messages meet chance on their last way, to each consumer for itself."""

    def __init__(self, inner: str, config: dict[str, Any], seed: str) -> None:
        self._inner = import_string(inner)(**config)
        self._random = random.Random(f"{seed} {os.getpid()}")
        self._arrived: dict[str, asyncio.Queue[Any]] = {}
        self._pumps: dict[str, asyncio.Task[None]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def receive(self, channel: str) -> Any:
        """The next message that has got through. A consumer that ends cancels this, and is told of its losses."""
        if channel not in self._pumps:
            self._arrived[channel] = asyncio.Queue()
            self._pumps[channel] = asyncio.create_task(self._pump(channel, self._arrived[channel]))
        try:
            return await self._arrived[channel].get()
        except asyncio.CancelledError:
            # At the end of a consumer several wait, and each is cancelled.
            pump = self._pumps.pop(channel, None)
            if pump is not None:
                pump.cancel()
                with suppress(asyncio.CancelledError):
                    await pump
            raise

    async def _pump(self, channel: str, arrived: asyncio.Queue[Any]) -> None:
        seen: Counter[str] = Counter()
        loop = asyncio.get_running_loop()
        try:
            while True:
                message = await self._inner.receive(channel)
                seen["carried"] += 1
                if self._random.random() < SHARE:
                    seen["dropped"] += 1
                    continue
                if self._random.random() < OF_THE_REST:
                    seen["doubled"] += 1
                    arrived.put_nowait(message)
                if self._random.random() < OF_THE_REST:
                    seen["delayed"] += 1
                    loop.call_later(self._random.uniform(0, LATE_SECONDS), arrived.put_nowait, message)
                else:
                    arrived.put_nowait(message)
        finally:
            logger.info("LOSSES %s", " ".join(f"{name}={count}" for name, count in seen.items()))
