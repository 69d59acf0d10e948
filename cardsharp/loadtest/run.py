"""A run from beginning to end: everybody sits down, plays for a while, and is then held against everybody else."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence

import msgspec

from cardsharp.loadtest.bot import Bot, Habits
from cardsharp.loadtest.figures import Figures, Summary
from cardsharp.loadtest.watch import TableWatch

SETTLE_SECONDS = 45.0
"""How long the last events may take to everybody: two heartbeats heal whatever was lost on the way."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A table, and the tokens of those who play at it."""

    url: str
    table_id: str
    tokens: tuple[str, ...]
    is_new: bool = True


class CannotPlay(Exception):
    """The run could not begin."""


async def run(
    places: Sequence[Place], *, seconds: float, habits: Habits, seed: int, progress: Callable[[Summary], None]
) -> Summary:
    """What the bots at all the places saw in that time; `progress` gets every second by itself.

    Raises CannotPlay when they cannot all sit down.
    """
    figures = Figures()
    chances = random.Random(seed)  # noqa: S311 - habits are no secret
    bots = [
        Bot(place.url, token, watch, figures, habits, random.Random(chances.random()), is_new=place.is_new)  # noqa: S311
        for place in places
        for watch in [TableWatch(place.table_id, len(place.tokens), figures)]
        for token in place.tokens
    ]
    tasks = [asyncio.ensure_future(bot.run()) for bot in bots]
    try:
        await _sit_down(bots, tasks, figures)
        figures.begin()
        for bot in bots:
            await bot.start()
        await _show(seconds, figures, progress)
        summary = figures.summary()
        await _settle(bots, figures)
        return msgspec.structs.replace(summary, differences=tuple(figures.differences))
    finally:
        await asyncio.gather(*(bot.stop() for bot in bots))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _sit_down(bots: Sequence[Bot], tasks: Sequence[asyncio.Task[None]], figures: Figures) -> None:
    everybody = asyncio.ensure_future(_wait_for_all(bots))
    turned_away = asyncio.ensure_future(asyncio.wait(tasks))
    await asyncio.wait({everybody, turned_away}, timeout=10 + len(bots) / 20, return_when=asyncio.FIRST_COMPLETED)
    turned_away.cancel()
    if everybody.done():
        return
    everybody.cancel()
    seated = sum(bot.seated.is_set() for bot in bots)
    raise CannotPlay(
        f"{seated} of {len(bots)} bots could sit down. Refusals: {dict(figures.refusals) or 'none'}. "
        f"Closes: {dict(figures.closes) or 'none'}."
    )


async def _wait_for_all(bots: Sequence[Bot]) -> None:
    for bot in bots:
        await bot.seated.wait()


async def _show(seconds: float, figures: Figures, progress: Callable[[Summary], None]) -> None:
    left = seconds
    while left > 0:
        await asyncio.sleep(min(1.0, left))
        left -= 1.0
        progress(figures.lap())


async def _settle(bots: Sequence[Bot], figures: Figures) -> None:
    """Everybody stops, gives up the seat, and must have seen everything in the end."""
    for bot in bots:
        bot.pause()
    for bot in bots:
        await bot.leave()
    try:
        async with asyncio.timeout(SETTLE_SECONDS):
            while not all(bot.is_quiet for bot in bots):  # noqa: ASYNC110 - it depends on all of them at once
                await asyncio.sleep(0.05)
    except TimeoutError:
        late = sum(not bot.is_quiet for bot in bots)
        figures.differ(f"{late} bots had not seen everything {SETTLE_SECONDS:.0f} seconds after the last action")
