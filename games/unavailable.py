"""What visitors are told while the database is away: a page that says so, and sockets that may come back."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from cardsharp.errors import Unavailable
from cardsharp.events.answers import DisconnectedData
from cardsharp.events.messages import CLOSE_CODES, encode
from games.database import GONE, outage

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

PAGE_RETRY_SECONDS = 5
SOCKET_RETRY_SECONDS = 5.0


class UnavailablePages:
    """Answers 503 where a page needs the database and it is away; at most one page a second tries to reach it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request) if outage.is_worth_a_try() else _page()

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for what a view could not do; None leaves other failures to Django."""
        if isinstance(exception, GONE):
            outage.begins(exception)
        elif not isinstance(exception, Unavailable):
            return None
        return _page()


def _page() -> HttpResponse:
    # Without the request: what base.html shows of its user would ask the database.
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(PAGE_RETRY_SECONDS)})


class UnavailableSockets:
    """Tells a socket to come back whose cookie cannot be looked up now; one without needs no database to be let in."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        has_cookie = b"cookie" in dict(scope["headers"])
        if has_cookie and not outage.is_worth_a_try():
            await _send_away(send)
            return
        is_open = False

        async def send_on(message: dict[str, Any]) -> None:
            nonlocal is_open
            is_open = True
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except GONE as error:
            if is_open:
                raise
            outage.begins(error)
            await _send_away(send)


async def _send_away(send: Any) -> None:
    retry_after = round(1 + secrets.randbelow(1000) / 1000 * SOCKET_RETRY_SECONDS, 3)
    goodbye = DisconnectedData(reason="server_restart", retry_after=retry_after)
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": encode("disconnected", goodbye, at=time.time())})
    await send({"type": "websocket.close", "code": CLOSE_CODES["server_restart"]})
