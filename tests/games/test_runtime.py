"""The tasks of a serving process begin and end together."""

import asyncio

import pytest

from games.runtime import Runtime

pytestmark = pytest.mark.usefixtures("database_threads")


async def test_a_process_that_stops_calls_no_time_and_sends_no_heartbeat_any_more():
    process = Runtime()
    process.start()
    process.start()
    names = {task.get_coro().__qualname__ for task in asyncio.all_tasks() - {asyncio.current_task()}}  # type: ignore[union-attr]
    assert names == {
        "Doorkeeper.run",
        "Housekeeping.run",
        "Presence.run",
        "Runtime._mend",
        "Sweeper.run",
        "TokenUses.run",
        "Trimmer.run",
        "WebSocketEventHandler.keep_beating",
    }
    await process.stop(answer_seconds=1)
    assert asyncio.all_tasks() == {asyncio.current_task()}
