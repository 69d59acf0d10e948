"""The host's own database threads: each has a connection, and all of them are closed in the end."""

import asyncio
import threading
from typing import Any

import pytest
from django.db import connection, connections
from pytest_django import Settings

from games import database
from games.database import in_database
from games.models import Table

THREADS = 4


@pytest.fixture
def several_threads(database_threads: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many threads on every database; those that ran before are gone."""
    database.close()
    monkeypatch.setattr(database, "thread_count", lambda: THREADS)


async def connections_in_use() -> set[Any]:
    """The connection of each thread, after all of them have read something at the same moment."""
    together = threading.Barrier(THREADS)

    def read() -> Any:
        together.wait()
        Table.objects.exists()
        return connections["default"]

    return set(await asyncio.gather(*(in_database(read) for _ in range(THREADS))))


async def test_closing_leaves_no_thread_its_connection(several_threads: None):
    """A thread that is idle must not do the closing of one that is slow to wake."""
    for _ in range(20):
        used = await connections_in_use()
        assert len(used) == THREADS
        assert all(each.connection is not None for each in used)
        await asyncio.to_thread(database.close)
        assert [each.connection for each in used] == [None] * THREADS


async def test_closed_threads_are_begun_anew_when_they_are_needed(several_threads: None):
    before = await connections_in_use()
    await asyncio.to_thread(database.close)
    assert not before & await connections_in_use()


async def test_a_connection_that_broke_is_replaced(database_threads: None):
    def break_it() -> None:
        connection.ensure_connection()
        connection.connection.close()
        connection.errors_occurred = True

    assert not await in_database(Table.objects.exists)
    await in_database(break_it)
    assert not await in_database(Table.objects.exists)


async def test_what_a_function_raises_comes_to_who_asked(database_threads: None):
    with pytest.raises(Table.DoesNotExist):
        await in_database(Table.objects.get, pk="nowhere")


async def test_no_record_is_kept_of_statements_that_hold_states_and_secrets(
    several_threads: None, settings: Settings
) -> None:
    settings.DEBUG = True

    def read() -> str:
        connections["default"].queries_log.clear()
        list(Table.objects.filter(shoe_secret=b"a secret"))
        return str(connections["default"].queries_log)

    assert await in_database(read) == "deque([], maxlen=9000)"
