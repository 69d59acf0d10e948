"""One client of the standalone server: a thin transport between its socket and the WebSocketEventHandler."""

from __future__ import annotations

import asyncio
import logging

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.exceptions import ConnectionClosed

from cardsharp.events.handler import WebSocketEventHandler
from cardsharp.events.messages import CLOSE_CODES
from cardsharp.events.ports import Credentials
from cardsharp.events.session import Session
from cardsharp.server.groups import Inbox, LocalGroups
from cardsharp.server.visits import Visit

logger = logging.getLogger(__name__)


class Connection:
    """Carries one client's frames to the handler and the handler's texts back. It decides nothing.

    Nothing here waits for the client to read: one that does not read must not hold up the others.
    """

    def __init__(self, socket: ServerConnection, groups: LocalGroups, unread_bytes: int) -> None:
        self._socket = socket
        self._unread_bytes = unread_bytes
        self._groups = groups
        self._inbox = Inbox()
        self._closing: asyncio.Task[None] | None = None

    async def carry(self, handler: WebSocketEventHandler, visit: Visit) -> None:
        """Carries until the socket is gone."""
        visit.session = session = await handler.open(self, self._credentials(), visit.default_table)
        delivering = asyncio.create_task(self._deliver(handler, session))
        try:
            async for frame in self._socket:
                await handler.receive(session, frame)
        except ConnectionClosed:
            logger.debug("A socket broke: %s", self._socket.remote_address)
        finally:
            sent = self._socket.protocol.close_sent
            await handler.lost(session, sent.code if sent else None)
            delivering.cancel()
            self._inbox.drop()
            if self._closing is not None:
                await self._closing

    # -- Transport --------------------------------------------------------------------------------------------------

    @property
    def is_full(self) -> bool:
        """Whether the client has much left to read."""
        return self._socket.paused

    async def drain(self) -> None:
        """Returns when it is not full, or gone."""
        try:
            await self._socket.drain()
        except OSError as error:
            logger.debug("A socket broke while it was full: %s", error)

    async def send(self, text: str) -> None:
        """Sends one text frame; on a socket that is closed or about to be it is dropped."""
        if self._closing is not None:
            return
        broadcast([self._socket], text)
        if self._socket.transport.get_write_buffer_size() > self._unread_bytes:
            # A goodbye in words would only wait behind the rest.
            logger.info("%s does not read what it is sent", self._socket.remote_address)
            await self.close(CLOSE_CODES["slow_consumer"])

    async def close(self, code: int) -> None:
        """Closes the socket with the code, and does not wait for the client's answer to that."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._socket.close(code))

    async def join(self, group: str) -> None:
        """Gets every later message to the group."""
        self._groups.join(group, self._inbox)

    async def leave(self, group: str) -> None:
        """Gets them no longer."""
        self._groups.leave(group, self._inbox)

    # -- within -----------------------------------------------------------------------------------------------------

    async def _deliver(self, handler: WebSocketEventHandler, session: Session) -> None:
        while True:
            message = await self._inbox.get()
            try:
                await handler.deliver(session, message)
            finally:
                self._inbox.task_done()

    def _credentials(self) -> Credentials:
        request = self._socket.request
        assert request is not None, "the handshake is done"
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        # Of a socket that is gone already, nobody can say any more where it came from.
        address = (self._socket.remote_address or [""])[0]
        return Credentials(bearer=token.strip() if scheme.lower() == "bearer" else None, address=address)
