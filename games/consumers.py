"""The Channels consumer: a thin transport between a socket and the process's WebSocketEventHandler."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final, Protocol

from autobahn.exception import Disconnected
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer
from django.conf import settings

from cardsharp.events.ports import Credentials
from cardsharp.events.session import Session
from games import metrics
from games.addresses import client_address
from games.runtime import runtime

logger = logging.getLogger(__name__)

FLOW: Final = "cardsharp.flow"
"""The ASGI extension by which a server lets the consumer see whether the client reads."""


class Flow(Protocol):
    """What of a server's socket is under that name."""

    is_full: bool

    async def drain(self) -> None:
        """Returns when it is not full, or gone."""


class GameConsumer(AsyncJsonWebsocketConsumer):
    """Carries one client's frames to the handler and the handler's texts back. It decides nothing."""

    session: Session | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Runs the socket. What is sent after the client went is dropped: `disconnect` comes next and cleans up."""

        async def send_while_open(message: dict[str, Any]) -> None:
            try:
                await send(message)
            except (Disconnected, OSError) as error:
                logger.debug("A %s came too late for its socket: %s", message["type"], error)

        self.scope = scope
        self.base_send = send_while_open
        self.channel_layer = get_channel_layer(self.channel_layer_alias)
        self.channel_name = await self.channel_layer.new_channel()
        # The stock consumer starts a task for each message; this one has one for all that groups send.
        mail = asyncio.create_task(self._take_mail())
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            return
        finally:
            mail.cancel()
            await asyncio.wait([mail])

    async def _take_mail(self) -> None:
        while True:
            await self.dispatch(await self.channel_layer.receive(self.channel_name))

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Calls the method for the message, without the stock visit to Django's database thread on every frame."""
        match message["type"]:
            case "websocket.connect":
                await self.websocket_connect(message)
            case "websocket.receive":
                await self.websocket_receive(message)
            case "websocket.disconnect":
                await self.disconnect(message["code"])
                raise StopConsumer
            case "group.message" if self.session is not None:
                with metrics.deliver():
                    await runtime().handler.deliver(self.session, message["message"])

    async def connect(self) -> None:
        """Accepts every socket: refusals come as messages, which a browser can read."""
        await self.accept()
        default_table = self.scope["url_route"]["kwargs"].get("table_id")
        self.session = await runtime().handler.open(self, self._credentials(), default_table)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Hands the raw frame on; the handler reads it, so that every failure has its documented answer."""
        if self.session is not None:
            frame = text_data if text_data is not None else bytes_data or b""
            await runtime().handler.receive(self.session, frame)

    async def disconnect(self, code: int) -> None:
        """The socket is gone."""
        if self.session is not None:
            await runtime().handler.lost(self.session, code)

    async def send(self, text_data: str | None = None, bytes_data: bytes | None = None, close: Any = False) -> None:
        """Sends a ready text frame."""
        await super().send(text_data=text_data, bytes_data=bytes_data, close=close)

    @property
    def is_full(self) -> bool:
        """Whether the client has much left to read; under a server that does not say, sending itself waits for it."""
        return self._flow is not None and self._flow.is_full

    async def drain(self) -> None:
        """Returns when it is not full, or gone."""
        if self._flow is not None:
            await self._flow.drain()

    @property
    def _flow(self) -> Flow | None:
        flow: Flow | None = self.scope.get("extensions", {}).get(FLOW)
        return flow

    async def join(self, group: str) -> None:
        """Gets every later message to the group."""
        await self.channel_layer.group_add(group, self.channel_name)

    async def leave(self, group: str) -> None:
        """Gets them no longer."""
        await self.channel_layer.group_discard(group, self.channel_name)

    def _credentials(self) -> Credentials:
        headers = dict(self.scope["headers"])
        address = client_address((self.scope.get("client") or [""])[0], self.scope["headers"])
        scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        bearer = token.strip() if scheme.lower() == "bearer" else None
        cookies = self.scope.get("cookies", {}) if self.scope["same_origin"] else {}
        session = cookies.get(settings.SESSION_COOKIE_NAME) or None
        return Credentials(bearer=bearer, session=session, address=address)
