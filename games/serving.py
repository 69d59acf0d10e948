"""Daphne as the card room runs it: frames of the protocol's size, and a polite end.

Importing this installs Twisted's reactor over the asyncio loop, so only the serve command does.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from typing import Any

from channels.routing import get_default_application
from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol

from cardsharp.events.messages import CLOSE_CODES, MAX_FRAME_BYTES
from games.runtime import runtime

CLOSING_SECONDS = 1.0
"""How long close frames get to leave before the sockets are torn down."""
UNREAD_BYTES = 1_000_000
"""How much may wait for a client beyond a full buffer of the transport's before it is closed as too slow."""

logger = logging.getLogger(__name__)


class RoomSocket(WebSocketProtocol):
    """Daphne's socket, which may say more in a frame than a client may: a full lobby, or a long replay in a batch.

    It is the producer of its own transport, whose buffer would otherwise grow without end for a client that does not
    read: what is sent while the buffer is full is counted.
    """

    _unread: int | None = None
    """Bytes sent since the buffer was full; None while it is not."""

    def onOpen(self) -> None:  # noqa: N802 - Autobahn's name
        """The handshake is done: the transport has had the HTTP channel for its producer until now."""
        self.unregisterProducer()
        self.registerProducer(self, streaming=True)
        super().onOpen()

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        """The buffer is full; said again at every write until it is empty."""
        if self._unread is None:
            self._unread = 0

    def resumeProducing(self) -> None:  # noqa: N802
        """The client has read it all."""
        self._unread = None

    def stopProducing(self) -> None:  # noqa: N802
        """The connection is gone."""
        self._unread = None

    def serverSend(self, content: str, binary: bool = False) -> None:  # noqa: N802 - Daphne's name
        """Sends the frame. Autobahn would hold it to the limit of what is received."""
        self.maxMessagePayloadSize = 0
        try:
            super().serverSend(content, binary)
        finally:
            self.maxMessagePayloadSize = MAX_FRAME_BYTES
        if self._unread is not None:
            self._unread += len(content)
            if self._unread > UNREAD_BYTES:
                # A goodbye in words would only wait behind the rest.
                logger.info("%s does not read what it is sent", self.client_addr)
                self._unread = None
                self.serverClose(CLOSE_CODES["slow_consumer"])


class RoomServer(Server):
    """Listens on one address; on SIGTERM or SIGINT it stops, tells every client and finishes what it began."""

    def __init__(self, host: str, port: int, ready: Callable[[], None]) -> None:
        super().__init__(
            get_default_application(),
            endpoints=build_endpoint_description_strings(host=host, port=port),
            signal_handlers=False,
            # Called once the address is ours and the loop is about to run.
            ready_callable=lambda: asyncio.get_event_loop().call_soon(self._start),
            websocket_timeout=-1,
            websocket_max_message_size=MAX_FRAME_BYTES,
            websocket_max_frame_size=MAX_FRAME_BYTES,
            verbosity=0,
            server_name="CardSharp",
        )
        runtime()  # Made before anybody comes: what cannot be set up, an extension for instance, must not be served.
        self.failure: str | None = None
        """Why it could not listen, if it could not."""
        self._ready = ready
        self._ports: list[Any] = []
        self._leaving: asyncio.Task[None] | None = None

    def listen_success(self, port: Any) -> None:
        """The address is ours."""
        super().listen_success(port)
        self._ports.append(port)

    def listen_error(self, failure: Any) -> None:
        """The address cannot be had."""
        self.failure = failure.getErrorMessage()
        self.stop()

    def _start(self) -> None:
        # A client that sends too much is told so with 1009 instead of finding its connection cut. Left out here, a null
        # origin would be answered 400 by Autobahn and not 403 by our own gate.
        self.ws_factory.setProtocolOptions(failByDrop=False, allowNullOrigin=True)
        self.ws_factory.protocol = RoomSocket
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._leave_once)
        runtime().start()
        self._ready()

    def _leave_once(self) -> None:
        if self._leaving is None:
            self._leaving = asyncio.get_running_loop().create_task(self._leave())

    async def _leave(self) -> None:
        for port in self._ports:
            port.stopListening()
        await runtime().stop()
        await asyncio.sleep(CLOSING_SECONDS)
        self.stop()
