"""A server that does exactly what a test says, one script a connection, to see what the client makes of it.

What it says is as documented, like what a real server says: fields that a test leaves out come from recorded examples.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import websockets
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as listen

from cardsharp.wire import decode_json, encode_json
from tests.protocol.filling import filled
from tests.protocol.frames import frames

TABLE = "t1"


class Peer:
    """The server's side of one connection."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket

    async def read(self, type_: str) -> dict[str, Any]:
        """The client's next message, which must be of this type; heartbeats are passed over unless one is meant."""
        while (message := await self.read_any())["type"] != type_:
            assert message["type"] == "heartbeat", message
        return message

    async def read_any(self) -> dict[str, Any]:
        frame = await self.socket.recv()
        assert frames().has_shape(frame), f"no message of the protocol: {frame!r}"
        return dict(decode_json(frame))

    async def send(self, type_: str, data: dict[str, Any], reply_to: str | None = None) -> None:
        await self.say(envelope(type_, data, reply_to))

    async def say(self, content: dict[str, Any] | list[dict[str, Any]]) -> None:
        """Sends a message, or several in one frame, that the protocol's document allows."""
        frame = encode_json(content).decode()
        frames().check_server(frame)
        await self.socket.send(frame)

    async def event(self, event_type: str, seq: int, *, table_id: str = TABLE, **data: Any) -> None:
        body = {"event_type": event_type, "table_id": table_id, "round_id": "r1", "seq": seq, "data": data}
        await self.send("event", body)

    async def confirm(
        self, message: dict[str, Any], *names: str, table: str = TABLE, heartbeat_interval: float = 20
    ) -> None:
        """Answers with the session, subscribed to these names of the table."""
        session = {
            "client_id": "c1",
            "protocol": 1,
            "player": {"id": "pAda", "name": "Ada", "balance": 1000},
            "subscriptions": {table: list(names)} if names else {},
            "heartbeat_interval": heartbeat_interval,
            "server": "fake",
        }
        await self.send("connected", session, message["id"])

    async def welcome(self, heartbeat_interval: float = 20) -> dict[str, Any]:
        """The client's connect message, answered."""
        hello = await self.read("connect")
        await self.confirm(hello, heartbeat_interval=heartbeat_interval)
        return hello

    async def acknowledge(self, message: dict[str, Any], **data: Any) -> None:
        acknowledged = {"action": message["data"]["action"], **data}
        await self.send(
            "event", {"event_type": "ACTION_RECEIVED", "table_id": TABLE, "data": acknowledged}, message["id"]
        )

    async def refuse(self, message: dict[str, Any], code: str, text: str = "", **details: Any) -> None:
        await self.send("error", {"code": code, "message": text or f"It is {code}.", **details}, message["id"])

    async def end(self, reason: str, code: int, **more: Any) -> None:
        await self.send("disconnected", {"reason": reason, **more})
        await self.socket.close(code)

    def break_off(self) -> None:
        """Ends the connection as a killed process does."""
        self.socket.transport.abort()


Script = Callable[[Peer], Awaitable[None]]


def envelope(type_: str, data: dict[str, Any], reply_to: str | None = None) -> dict[str, Any]:
    answer = {} if reply_to is None else {"reply_to": reply_to}
    return filled({"type": type_, "timestamp": time.time(), "data": data} | answer)


@asynccontextmanager
async def listening(attend: Script, *, patience_seconds: float = 10) -> AsyncIterator[str]:
    """The URL of a server that attends to connections so. Its errors fail the test, as does too long a wait."""
    failures: list[Exception] = []

    async def handle(socket: ServerConnection) -> None:
        try:
            await attend(Peer(socket))
        except Exception as error:
            failures.append(error)
            raise

    async with asyncio.timeout(patience_seconds), listen(handle, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    if failures:
        raise failures[0]


@asynccontextmanager
async def serve(*scripts: Script) -> AsyncIterator[str]:
    """The URL of a server. Each connection runs the next script and then waits for the goodbye."""
    coming = iter(scripts)

    async def attend(peer: Peer) -> None:
        script = next(coming, None)
        assert script is not None, "a connection came that was not expected"
        await script(peer)
        with suppress(websockets.ConnectionClosed):
            goodbye = await peer.read("disconnect")
            await peer.send("disconnected", {"reason": "requested"}, goodbye["id"])
            await peer.socket.close()

    async with listening(attend) as url:
        yield url
    assert next(coming, None) is None, "fewer connections came than were expected"
