"""The threads in which tables are read and written, apart from Django's one shared database thread.

SQLite takes one writer at a time, so it gets one thread; PostgreSQL gets fewer than its pool has connections. While the
database is away nobody waits for it: one call a second tries it, and the others are refused at once.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache, partial
from threading import Barrier
from typing import Any, Final, ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from cardsharp import errors
from games.outages import RETRY_SECONDS, Outage

P = ParamSpec("P")
R = TypeVar("R")

logger = logging.getLogger(__name__)

GONE: Final = (OperationalError, InterfaceError)
"""What Django raises where the database cannot do its work now: it is away, going away, locked or full. SQLite raises
it for a missing table as well: see `is_away`."""

_BUSY: Final = {"55P03", "40P01", "40001"}
"""What PostgreSQL says where somebody else holds a row for too long: that concerns one table, and it does answer."""

outage = Outage("The database", "Actions and pages are refused until it does; sockets stay open.")


def is_away(error: BaseException) -> bool:
    """Whether the error says that the database cannot do its work now, and not that the statement makes no sense."""
    return isinstance(error, GONE) and getattr(error.__cause__, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR


def thread_count() -> int:
    """How many threads the database is worth."""
    return 1 if connection.vendor == "sqlite" else 8


@cache
def executor() -> ThreadPoolExecutor:
    """The process's database threads, started at their first use."""
    return ThreadPoolExecutor(
        max_workers=thread_count(), thread_name_prefix="tables", initializer=_keep_no_record_of_queries
    )


def _keep_no_record_of_queries() -> None:
    """With DEBUG, Django keeps the last 9,000 statements of each thread, whole states of tables and secrets in them.

    Whoever wants a record, as tests do, sets `force_debug_cursor`.
    """
    for each in connections.all():
        each.make_debug_cursor = partial(_make_cursor, each, each.make_debug_cursor)  # type: ignore[method-assign]


def _make_cursor(connection: BaseDatabaseWrapper, make_debug_cursor: Callable[[Any], Any], cursor: Any) -> Any:
    return make_debug_cursor(cursor) if connection.force_debug_cursor else connection.make_cursor(cursor)


async def in_database(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The function's result, computed in a database thread.

    Raises Unavailable where the database cannot do it now, and then nothing has changed.
    """
    if not outage.is_worth_a_try():
        raise errors.Unavailable(retry_after=RETRY_SECONDS)
    loop = asyncio.get_running_loop()
    try:
        result = await loop.run_in_executor(executor(), partial(copy_context().run, _run, function, *args, **kwargs))
    except GONE as error:
        if not is_away(error):
            raise
        if getattr(error.__cause__, "sqlstate", None) in _BUSY:
            logger.warning("The database was too busy: %s", " ".join(str(error).split()))
        else:
            outage.begins(error)
        raise errors.Unavailable(retry_after=RETRY_SECONDS) from error
    except errors.OutcomeUnknown as error:
        outage.begins(error.__cause__)
        raise
    except Exception:
        outage.ends()
        raise
    outage.ends()
    return result


def _run(function: Callable[..., R], /, *args: Any, **kwargs: Any) -> R:
    for each in connections.all(initialized_only=True):
        if each.errors_occurred and each.vendor == "sqlite":
            each.close()  # It calls itself usable whatever happens, and is opened for good.
        each.close_if_unusable_or_obsolete()
    return function(*args, **kwargs)


def check() -> None:
    """Raises OperationalError where the database cannot be reached, without waiting for a pool."""
    alone = connection.copy()
    alone.settings_dict["OPTIONS"].pop("pool", None)
    try:
        alone.ensure_connection()
    finally:
        alone.close()


def reason_for(error: OperationalError) -> str:
    """Why the database could not do something, in a line: a pool only says that it has waited in vain."""
    try:
        check()
    except OperationalError as reason:
        error = reason
    return " ".join(str(error).split())


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
