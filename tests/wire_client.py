"""A WebSocket client that keeps every frame it gets, for tests of what a server says and does not say."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal

import websockets
from websockets.asyncio.client import ClientConnection, connect

from cardsharp.wire import decode_json, encode_json
from tests.protocol.frames import Frames, frames
from tests.servers import Account

PATIENCE_SECONDS = 20

Test = Callable[[dict[str, Any]], bool]


class WireClient:
    """One socket. Messages are read in order; `frames` has every one that has come, as text.

    `transcript` has both sides: who sent what, in the order in which this side sent and read it. Every frame is held to
    the protocol's document; what is to be broken beyond that is sent raw, by `answer_to` or the `socket`.
    """

    def __init__(self, socket: ClientConnection, checked: Frames | None = None) -> None:
        self.socket = socket
        self._checked = checked or frames()
        self._asked: dict[Any, str] = {}
        self.frames: list[str] = []
        self.transcript: list[tuple[Literal["client", "server"], dict[str, Any]]] = []
        self._waiting: list[dict[str, Any]] = []
        self._ids = (f"m-{number}" for number in itertools.count(1))

    async def send(self, kind: str, data: dict[str, Any] | None = None, **envelope: Any) -> None:
        message: dict[str, Any] = {"type": kind, **envelope}
        if data is not None:
            message["data"] = data
        self.transcript.append(("client", message))
        text = encode_json(message).decode()
        if "id" in envelope:
            self._asked[envelope["id"]] = text
        else:
            assert self._checked.has_shape(text), f"only what has an id may be refused: {text}"
        await self.socket.send(text)

    async def ask(self, kind: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
        """The direct answer to a message; what comes before it waits to be read."""
        id_ = next(self._ids)
        await self.send(kind, data, id=id_)
        return await self.until(lambda message: message.get("reply_to") == id_)

    async def act(self, action: str, table_id: str | None = None, /, **data: Any) -> dict[str, Any]:
        """The direct answer to an action: the acknowledgement's or the error's data."""
        fields: dict[str, Any] = {"action": action, "data": data}
        if table_id is not None:
            fields["table_id"] = table_id
        answer = await self.ask("action", fields)
        assert answer["type"] in ("event", "error"), answer
        return answer["data"]

    async def accepted(self, action: str, table_id: str | None = None, /, **data: Any) -> int:
        """The seq of an action's acknowledgement."""
        answer = await self.act(action, table_id, **data)
        assert answer.get("event_type") == "ACTION_RECEIVED", answer
        return answer["data"]["seq"]

    async def refused(self, action: str, table_id: str | None = None, /, **data: Any) -> str:
        """The code of an action's refusal."""
        answer = await self.act(action, table_id, **data)
        assert "code" in answer, answer
        return answer["code"]

    async def answer_to(self, frame: str | bytes) -> dict[str, Any]:
        """The next message after a raw frame."""
        await self.socket.send(frame)
        return await self.next()

    async def next(self) -> dict[str, Any]:
        """The next message, in the order in which they came."""
        return await self.until(lambda message: True)

    async def until(self, wanted: Test) -> dict[str, Any]:
        """The first message that is wanted; the others stay to be read."""
        for place, message in enumerate(self._waiting):
            if wanted(message):
                return self._waiting.pop(place)
        while True:
            come = await self._read()
            for place, message in enumerate(come):
                if wanted(message):
                    self._waiting += come[:place] + come[place + 1 :]
                    return message
            self._waiting += come

    async def event(self, *event_types: str) -> dict[str, Any]:
        """The first event of one of the types: its whole data, `seq` and all."""
        message = await self.until(lambda m: m["type"] == "event" and m["data"]["event_type"] in event_types)
        return message["data"]

    async def request(self) -> dict[str, Any]:
        """The data of the next action_request."""
        return (await self.until(lambda m: m["type"] == "action_request"))["data"]

    async def replay(self, table: str, since: int = 0, names: Any = "*") -> list[dict[str, Any]]:
        """What a subscription to the table since a seq brings, without the heartbeat or the snapshot at its end."""
        await self.ask("subscribe", {"event_types": names, "table_id": table, "since": since})
        come = []
        while not _ends_replay(message := await self.next()):
            come.append(message)
        return come

    async def settle(self) -> list[dict[str, Any]]:
        """Everything that the server had to say up to now; nothing waits any more."""
        await self.ask("heartbeat")
        come, self._waiting = self._waiting, []
        return come

    async def closed(self) -> int:
        """The code with which the server closes the socket; 1006 when it is cut."""
        try:
            while True:
                self._waiting += await self._read()
        except websockets.ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else 1006

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Every message that has come."""
        return [message for frame in self.frames for message in _messages(frame)]

    @property
    def events(self) -> list[dict[str, Any]]:
        """The data of every event that has come and has a seq of its own in the log."""
        events = [message["data"] for message in self.messages if message["type"] == "event"]
        return [event for event in events if "seq" in event and event["event_type"] != "TABLE_STATE"]

    async def _read(self) -> list[dict[str, Any]]:
        async with asyncio.timeout(PATIENCE_SECONDS):
            frame = await self.socket.recv()
        assert isinstance(frame, str)
        self.frames.append(frame)
        self._checked.check_server(frame)
        come = _messages(frame)
        for message in come:
            if sent := self._asked.pop(message.get("reply_to", ""), None):
                self._checked.check_answer(sent, message)
        self.transcript += (("server", message) for message in come)
        return come


def _ends_replay(message: dict[str, Any]) -> bool:
    if message["type"] == "heartbeat":
        return "reply_to" not in message
    return message["type"] == "event" and "resync" in message["data"]["data"]


def _messages(frame: str) -> list[dict[str, Any]]:
    """What is in a frame: one message, or a batch of them."""
    content = decode_json(frame)
    return content if isinstance(content, list) else [content]


@asynccontextmanager
async def opened(url: str, *, checked: Frames | None = None, **options: Any) -> AsyncIterator[WireClient]:
    """A socket on which nothing has been said. `checked` knows the server's own messages, where it has some."""
    async with connect(url, compression=None, ping_interval=None, proxy=None, **options) as socket:
        yield WireClient(socket, checked)


@asynccontextmanager
async def connected(
    url: str,
    player: Account | None = None,
    *,
    subscribe: str | None = None,
    checked: Frames | None = None,
    **data: Any,
) -> AsyncIterator[WireClient]:
    """A client that has introduced itself, and is subscribed to everything of a table if one is named."""
    async with opened(url, checked=checked) as client:
        answer = await client.ask("connect", {"token": player.token, **data} if player else data)
        assert answer["type"] == "connected", answer
        if subscribe is not None:
            await client.ask("subscribe", {"event_types": "*", "table_id": subscribe})
            await client.event("TABLE_STATE")
        yield client
