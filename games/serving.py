"""Daphne as the card room runs it: frames of the protocol's size, clients that are waited for, and a polite end.

Importing this installs Twisted's reactor over the asyncio loop, so only the serve command does.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from typing import Any

from channels.routing import get_default_application
from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server, twisted_loop
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import reactor

from cardsharp.events.messages import CLOSE_CODES, MAX_FRAME_BYTES
from games import database
from games.consumers import FLOW
from games.runtime import runtime

CLOSING_SECONDS = 2.0
"""How long a client may take to answer a close before its connection is cut."""

logger = logging.getLogger(__name__)


class RoomSocket(WebSocketProtocol):
    """Daphne's socket, which may say more in a frame than a client may: a full lobby, or a part of a replay in a batch.

    It is the producer of its own transport, whose buffer would otherwise grow without end for a client that does not
    read: what is sent while the buffer is full is counted, and the application may wait until it is empty.
    """

    _unread = 0
    """Bytes sent since the buffer was full."""

    def onConnect(self, request: Any) -> Any:  # noqa: N802 - Autobahn's name
        """A client asks for a socket."""
        self._empty = asyncio.Event()
        self._empty.set()
        return super().onConnect(request)

    def onOpen(self) -> None:  # noqa: N802
        """The handshake is done: the transport has had the HTTP channel for its producer until now."""
        self.unregisterProducer()
        self.registerProducer(self, streaming=True)
        super().onOpen()

    @property
    def is_full(self) -> bool:
        """Whether the buffer is full of what the client has not read."""
        return not self._empty.is_set()

    async def drain(self) -> None:
        """Returns when the client has read it all, or is gone."""
        await self._empty.wait()

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        """The buffer is full; said again at every write until it is empty."""
        self._empty.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        """The client has read it all."""
        self._unread = 0
        self._empty.set()

    def stopProducing(self) -> None:  # noqa: N802
        """The connection is gone."""
        self.resumeProducing()

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:  # noqa: N802, N803 - Autobahn's names
        """The socket is gone; what closed it is what this side said first, if it did, whatever the other answered."""
        super().onClose(wasClean, self.localCloseCode or code, reason)

    def serverSend(self, content: str, binary: bool = False) -> None:  # noqa: N802 - Daphne's name
        """Sends the frame. Autobahn would hold it to the limit of what is received."""
        self.maxMessagePayloadSize = 0
        try:
            super().serverSend(content, binary)
        finally:
            self.maxMessagePayloadSize = MAX_FRAME_BYTES
        if self.is_full:
            self._unread += len(content)
            if self._unread > runtime().handler.limits.unread_bytes:
                # A goodbye in words would only wait behind the rest.
                logger.info("%s does not read what it is sent", self.client_addr)
                self._unread = 0
                self.serverClose(CLOSE_CODES["slow_consumer"])


class RoomServer(Server):
    """Listens on one address; on SIGTERM or SIGINT it stops, tells every client and finishes what it began.

    That takes `leave_within` seconds at the most. What is still under way then is cut off, as by a power cut, and the
    process ends with 1. A second SIGINT does the same at once; a second SIGTERM changes nothing, since process managers
    send one to the process and one to its group.
    """

    def __init__(self, host: str, port: int, ready: Callable[[], None], leave_within: float) -> None:
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
        self._leave_within = leave_within
        self._ports: list[Any] = []
        self._leaving: asyncio.Task[None] | None = None

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Runs the application for a client; a WebSocket's may ask its socket whether the client reads."""
        if isinstance(protocol, RoomSocket):
            scope["extensions"] = {**scope.get("extensions", {}), FLOW: protocol}
        return super().create_application(protocol, scope)

    def run(self) -> None:
        """Serves until it is told to stop, also where that is before the loop runs."""
        twisted_loop.add_signal_handler(signal.SIGTERM, self._told_to_stop)
        twisted_loop.add_signal_handler(signal.SIGINT, self._interrupted)
        super().run()

    def listen_success(self, port: Any) -> None:
        """The address is ours."""
        super().listen_success(port)
        self._ports.append(port)

    def listen_error(self, failure: Any) -> None:
        """The address cannot be had."""
        self.failure = failure.getErrorMessage()
        self.stop()

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Passes on what the application says; a page that is answered while leaving is the last on its connection."""
        if self._leaving is not None and message["type"] == "http.response.start" and protocol.channel is not None:
            protocol.channel.persistent = False
            message = {**message, "headers": [*message.get("headers", ()), (b"Connection", b"close")]}
        await super().handle_reply(protocol, message)

    def _start(self) -> None:
        # A client that sends too much is told so with 1009 instead of finding its connection cut. Left out here, a null
        # origin would be answered 400 by Autobahn and not 403 by our own gate.
        self.ws_factory.setProtocolOptions(
            failByDrop=False, allowNullOrigin=True, closeHandshakeTimeout=CLOSING_SECONDS
        )
        self.ws_factory.protocol = RoomSocket
        runtime().start()
        self._ready()

    # -- leaving ----------------------------------------------------------------------------------------------------

    def _told_to_stop(self) -> None:
        if self._leaving is None:
            self._leaving = asyncio.get_running_loop().create_task(self._leave())

    def _interrupted(self) -> None:
        if self._leaving is not None:
            self._cut_off("interrupted once more")
        self._told_to_stop()

    async def _leave(self) -> None:
        logger.info("Told to stop; the clients are told to come back")
        for port in self._ports:
            port.stopListening()
        try:
            async with asyncio.timeout(self._leave_within):
                await runtime().stop(answer_seconds=self._leave_within / 2)
                await self._until_all_is_answered()
                # A thread that hangs would keep the process at the interpreter's own end, where nothing limits it.
                await asyncio.to_thread(database.close)
        except TimeoutError:
            self._cut_off(f"not done within {self._leave_within:g} seconds")
        except Exception:
            logger.exception("Leaving failed")
            self._cut_off("leaving failed")
        self.stop()

    async def _until_all_is_answered(self) -> None:
        """Waits until every socket is closed, every page is made, and everything that was said has been sent."""
        while running := [work for work in self._applications() if not work.done()]:
            await asyncio.wait(running)
        # Twisted tells nobody when the last buffer is empty.
        while reactor.getWriters():  # type: ignore[misc]  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    def _applications(self) -> list[asyncio.Future[None]]:
        """What serves a connection, for each that got as far as that."""
        return [each["application_instance"] for each in self.connections.values() if "application_instance" in each]

    def _cut_off(self, why: str) -> None:
        """Ends the process at once, threads that hang included."""
        logger.error("Left at once, %s: what was under way is cut off", why)
        logging.shutdown()
        os._exit(1)
