"""Makes a handler hold all that it hears and says to the protocol's document: CARDSHARP_EXTENSIONS names `setup`.

What does not fit is logged as an error, and a server that has logged one fails its test; in the tests' own process
`tests/conftest.py` collects it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from cardsharp.events import messages as m
from cardsharp.events.handler import WebSocketEventHandler
from cardsharp.events.ports import Credentials, Transport
from cardsharp.events.session import Session
from cardsharp.wire import decode_json
from tests.protocol.frames import Frames, frames_with

logger = logging.getLogger(__name__)

Report = Callable[[AssertionError], object]


class Watched:
    """A transport that looks at what it carries."""

    def __init__(self, transport: Transport, checked: Frames, report: Report) -> None:
        self._transport = transport
        self._checked = checked
        self._report = report
        self._heard: dict[str, str | bytes] = {}

    def hear(self, frame: str | bytes) -> None:
        """A client's frame; with an id, its answer says what the server thinks of it."""
        if (id_ := m.read(frame).id) is not None:
            self._heard[id_] = frame

    async def send(self, text: str) -> None:
        try:
            self._checked.check_server(text)
            content = decode_json(text)
            for message in content if isinstance(content, list) else [content]:
                self._check_answer(message)
        except AssertionError as error:
            self._report(error)
        await self._transport.send(text)

    def _check_answer(self, message: dict[str, Any]) -> None:
        if (frame := self._heard.pop(message.get("reply_to", ""), None)) is not None:
            self._checked.check_answer(frame, message)

    async def close(self, code: int) -> None:
        await self._transport.close(code)

    @property
    def is_full(self) -> bool:
        return self._transport.is_full

    async def drain(self) -> None:
        await self._transport.drain()

    async def join(self, group: str) -> None:
        await self._transport.join(group)

    async def leave(self, group: str) -> None:
        await self._transport.leave(group)


class Watcher:
    """Stands between the consumer and the handler."""

    def __init__(self, handler: WebSocketEventHandler, report: Report) -> None:
        self._handler = handler
        self._report = report
        self._open, self._receive = handler.open, handler.receive

    async def open(self, transport: Transport, credentials: Credentials, default_table: str | None = None) -> Session:
        watched = Watched(transport, frames_with(self._handler.extensions), self._report)
        return await self._open(watched, credentials, default_table)

    async def receive(self, session: Session, frame: str | bytes) -> None:
        assert isinstance(session.transport, Watched)
        session.transport.hear(frame)
        await self._receive(session, frame)


def log(error: AssertionError) -> None:
    logger.error("What the server says is not as documented", exc_info=error)


def setup(handler: WebSocketEventHandler, report: Report = log) -> None:
    watcher = Watcher(handler, report)
    handler.open = watcher.open  # type: ignore[method-assign]
    handler.receive = watcher.receive  # type: ignore[method-assign]
