"""What operators and their machines ask a process, apart from the site: whether it lives, is ready, and what it does.

These are answered before Django sees them: they need no host name, no session, and no database to say that it is away.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cardsharp.errors import Unavailable
from cardsharp.wire import encode_json
from games import database, metrics
from games.database import in_database
from games.runtime import runtime

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class Answer(NamedTuple):
    """What is said, in what form, and how it went."""

    body: bytes
    content_type: str = "application/json"
    status: HTTPStatus = HTTPStatus.OK


async def alive(headers: dict[bytes, bytes]) -> Answer:
    """The process runs, and its loop gets round to answering."""
    return Answer(b'{"status":"ok"}')


async def ready(headers: dict[bytes, bytes]) -> Answer:
    """Whether clients should be sent here: not while it leaves, nor without a database that fits the code.

    Redis may be away: play goes on without it.
    """
    process = runtime()
    redis = process.redis_outage
    said = {
        "database": await _database(),
        "redis": "unused" if redis is None else "away" if redis.is_on else "ok",
        "leaving": process.is_leaving,
    }
    is_ready = said["database"] == "ok" and not process.is_leaving
    return Answer(encode_json(said), status=HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE)


async def _database() -> str:
    try:
        return "ok" if await in_database(_is_migrated) else "migrations are missing"
    except Unavailable:
        return "away"


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


async def told(headers: dict[bytes, bytes]) -> Answer:
    """The metrics, for who has the token of CARDSHARP_METRICS_TOKEN; without that setting there is no such page."""
    wanted = settings.CARDSHARP_METRICS_TOKEN
    if not wanted:
        return Answer(b"Not found", "text/plain", HTTPStatus.NOT_FOUND)
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"bearer" or not secrets.compare_digest(token.strip(), wanted.encode()):
        return Answer(b"A bearer token is needed", "text/plain", HTTPStatus.UNAUTHORIZED)
    process = runtime()
    outages = {"database": database.outage} | ({"redis": process.redis_outage} if process.redis_outage else {})
    page = await metrics.exposition(process.handler.counts(), outages, process.dropped)
    return Answer(page, metrics.CONTENT_TYPE)


ENDPOINTS: Final = {"/healthz": alive, "/readyz": ready, "/metrics": told}


class Operations:
    """Answers these addresses, and leaves every other one to the site."""

    def __init__(self, site: App) -> None:
        self._site = site

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        endpoint = ENDPOINTS.get(scope["path"])
        if endpoint is None:
            await self._site(scope, receive, send)
            return
        if scope["method"] in ("GET", "HEAD"):
            answer = await endpoint(dict(scope["headers"]))
        else:
            answer = Answer(b"Only GET and HEAD", "text/plain", HTTPStatus.METHOD_NOT_ALLOWED)
        headers = [
            (b"content-type", answer.content_type.encode()),
            (b"content-length", str(len(answer.body)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        if answer.status is HTTPStatus.UNAUTHORIZED:
            headers.append((b"www-authenticate", b"Bearer"))
        if answer.status is HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append((b"allow", b"GET, HEAD"))
        await send({"type": "http.response.start", "status": answer.status.value, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})
