"""Listens for WebSockets and hands each to a Connection; keeps the heartbeats; says goodbye at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Final

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.typing import Origin

from cardsharp.errors import CardSharpError
from cardsharp.events.handler import WebSocketEventHandler
from cardsharp.events.messages import MAX_FRAME_BYTES
from cardsharp.server.connection import Connection
from cardsharp.server.groups import LocalGroups
from cardsharp.server.visits import Tables

logger = logging.getLogger(__name__)

CLOSING_SECONDS: Final = 2.0
"""How long a client may take to answer a close, and all of them to read what was sent before it."""


class CannotListen(CardSharpError):
    """The address is not to be had."""


class WebSocketServer:
    """Listens while `async with` lasts; then every client is told `server_restart`. Port 0 takes any that is free.

    No page is served here, so a browser's page may connect only where `origins` names its origin, such as
    `https://example.org`; programs send none and are let in.
    """

    def __init__(
        self,
        handler: WebSocketEventHandler,
        groups: LocalGroups,
        tables: Tables,
        *,
        host: str = "localhost",
        port: int = 8765,
        origins: Sequence[str] = (),
    ) -> None:
        self.handler = handler
        self.host = host
        self.port = port
        self._groups = groups
        self._tables = tables
        self._origins = [None, *(Origin(origin) for origin in origins)]
        self._server: Server | None = None
        self._beating: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where clients connect to."""
        return f"ws://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    async def __aenter__(self) -> WebSocketServer:
        """Listens. Raises CannotListen."""
        options: dict[str, Any] = {
            "origins": self._origins,
            "compression": None,
            "max_size": MAX_FRAME_BYTES,
            "close_timeout": CLOSING_SECONDS,
            "logger": _library_logger(),
        }
        try:
            self._server = await serve(self._carry, self.host, self.port, **options)
        except OSError as error:
            raise CannotListen(f"Cannot listen on {self.host} port {self.port}: {error.strerror or error}.") from error
        self.port = next(iter(self._server.sockets)).getsockname()[1]
        self._beating = asyncio.create_task(self.handler.keep_beating(), name="heartbeats")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Lets nobody in any more, sends what is on its way, tells everybody, and waits until they have gone."""
        assert self._server is not None
        assert self._beating is not None
        self._server.close(close_connections=False)
        self._beating.cancel()
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                await self._groups.settle()
        except TimeoutError:
            logger.warning("Some clients could not be told the last news")
        await self.handler.shutdown()
        await self._server.wait_closed()

    async def _carry(self, socket: ServerConnection) -> None:
        assert socket.request is not None, "the handshake is done"
        visit = await self._tables.enter(socket.request.path.partition("?")[0])
        try:
            await Connection(socket, self._groups, self.handler.limits.unread_bytes).carry(self.handler, visit)
        finally:
            self._tables.leave(visit)


def _library_logger() -> logging.Logger:
    """The log of the library below, without a traceback for each visitor that speaks no WebSocket."""
    library = logging.getLogger(f"{__name__}.websockets")
    if not library.filters:
        library.addFilter(lambda record: record.getMessage() != "opening handshake failed")
    return library
