"""The threads in which tables are read and written, apart from Django's one shared database thread.

SQLite takes one writer at a time, so it gets one thread; PostgreSQL gets as many as its pool has connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from threading import Barrier
from typing import Any, ParamSpec, TypeVar

from django.db import connection, connections

P = ParamSpec("P")
R = TypeVar("R")


def thread_count() -> int:
    """How many threads the database is worth."""
    return 1 if connection.vendor == "sqlite" else 8


@cache
def executor() -> ThreadPoolExecutor:
    """The process's database threads, started at their first use."""
    return ThreadPoolExecutor(max_workers=thread_count(), thread_name_prefix="tables")


async def in_database(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The function's result, computed in a database thread."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(executor(), partial(_run, function, *args, **kwargs))


def _run(function: Callable[..., R], /, *args: Any, **kwargs: Any) -> R:
    for each in connections.all(initialized_only=True):
        each.close_if_unusable_or_obsolete()
    return function(*args, **kwargs)


def close() -> None:
    """Ends the threads and closes their connections; the next use starts new ones."""
    pool = executor()
    executor.cache_clear()
    count = thread_count()
    # Each task waits for the others, so that no thread takes two of them and leaves another's connection open.
    together = Barrier(count)

    def close_own() -> None:
        together.wait()
        connections.close_all()

    for future in [pool.submit(close_own) for _ in range(count)]:
        future.result()
    pool.shutdown()
