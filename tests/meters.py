"""What a server tells of its own work, for tests that must know how much it did or did not do.

CARDSHARP_EXTENSIONS names `setup`: it adds the message `meters`. Asking it costs no query.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

from cardsharp.events.clients import Client
from cardsharp.events.extensions import Extensions
from cardsharp.events.handler import WebSocketEventHandler

SETUP = "tests.meters.setup"


class Question(msgspec.Struct):
    """Nothing is asked more exactly."""


class Meters(msgspec.Struct):
    """What has been done since the server began."""

    open: int
    """Sockets that are open now."""
    connections: int
    messages: dict[str, int]
    actions: dict[str, int]
    refusals: dict[str, int]
    closes: dict[str, int]
    limits: dict[str, int]
    heals: int
    queries: dict[str, int]
    """How often each statement was sent to the database."""


def setup(handler: WebSocketEventHandler) -> None:
    """Adds the message to a server with a database."""
    from django.db.backends.signals import connection_created

    queries: Counter[str] = Counter()

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        queries[sql] += 1
        return execute(sql, params, many, context)

    def watch(connection: Any, **kwargs: Any) -> None:
        if count not in connection.execute_wrappers:
            connection.execute_wrappers.append(count)

    connection_created.connect(watch, weak=False)
    setup_without_database(handler, queries)


def setup_without_database(handler: WebSocketEventHandler | Extensions, queries: Counter[str] | None = None) -> None:
    """Adds the message to any server."""

    @handler.message("meters", Question, answer=Meters)
    async def meters(client: Client, question: Question) -> Meters:
        """Reads the meters."""
        assert isinstance(handler, WebSocketEventHandler)
        counts = msgspec.structs.asdict(handler.counts())
        return Meters(open=len(handler.clients()), queries=dict(queries or {}), **counts)


def extensions() -> Extensions:
    """What is added."""
    made = Extensions(actions=(), event_types=())
    setup_without_database(made)
    return made
