"""One socket, from its opening to its end: frames become messages, and the end becomes an error that says what to do.

Nothing here knows what was said before on another socket.
"""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any, Final, TextIO

import msgspec
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket

from cardsharp.client.errors import ClientError, Closed, Unreachable
from cardsharp.client.messages import Message, read_frame
from cardsharp.wire import encode_json

OWN_FAULT_WAIT_SECONDS: Final = 15.0
"""How long to stay away after a close that this client has earned: too many errors, too slow, too fast."""

_OWN_FAULT_CODES: Final = {4400, 4413, 4429}
_FINAL_CODES: Final = {4401: "signed_out", 4409: "replaced"}
_FINAL_REASONS: Final = {"requested", "bad_token", *_FINAL_CODES.values()}
_MAX_RECEIVED_BYTES: Final = 2**24
_MAX_SENT_BYTES: Final = 2**14


class Link:
    """An open socket that speaks the protocol."""

    def __init__(self, socket: ClientConnection, log: TextIO | None = None) -> None:
        self._socket = socket
        self._log = log
        self._farewell: dict[str, Any] = {}

    async def send(self, frame: bytes) -> None:
        """Sends what `write_frame` made. A broken socket is for `receive` to tell of."""
        with suppress(websockets.ConnectionClosed):
            await self._socket.send(frame, text=True)

    async def receive(self) -> list[Message]:
        """The messages of the next frame. Raises Unreachable when the socket broke, and Closed when it ended for good.

        Raises a plain ClientError when the server does not speak the protocol.
        """
        try:
            frame = await self._socket.recv()
            if self._log is not None and isinstance(frame, str):
                self._log.write(frame.replace("\n", " ") + "\n")
            messages = read_frame(frame)
        except websockets.ConnectionClosed as error:
            raise self._ending() from error
        except msgspec.DecodeError as error:
            raise ClientError(f"The server does not speak this protocol: {error}.") from error
        for message in messages:
            if message.type == "disconnected":
                self._farewell = message.data
        return messages

    async def close(self) -> None:
        """Closes the socket, if it is not closed yet."""
        await self._socket.close()

    def _ending(self) -> ClientError:
        code = self._socket.close_code or 1006
        reason = self._farewell.get("reason") or _FINAL_CODES.get(code) or f"close code {code}"
        if reason in _FINAL_REASONS:
            return Closed(reason)
        retry_after = self._farewell.get("retry_after")
        if retry_after is None and code in _OWN_FAULT_CODES:
            retry_after = OWN_FAULT_WAIT_SECONDS
        return Unreachable(f"The connection broke ({reason})", None if retry_after is None else float(retry_after))


def write_frame(type_: str, id_: str, data: dict[str, Any]) -> bytes:
    """The text of a client message; fields that are None are left out.

    Raises ValueError for what a server could not answer with the id: a message too long, or with a number that is none.
    """
    _check_numbers(data)
    given = {name: value for name, value in data.items() if value is not None}
    frame = encode_json({"type": type_, "id": id_, "data": given})
    if len(frame) > _MAX_SENT_BYTES:
        raise ValueError(f"a message has {_MAX_SENT_BYTES} bytes at most")
    return frame


def _check_numbers(data: dict[str, Any]) -> None:
    for name, value in data.items():
        if isinstance(value, dict):
            _check_numbers(value)
        elif isinstance(value, Decimal) and not value.is_finite():
            raise ValueError(f"{name} is no number: {value}")


async def open_link(url: str, log: TextIO | None = None) -> Link:
    """A link to the server at the URL; every frame that comes is written to the log, one a line. Raises Unreachable."""
    try:
        return Link(await open_socket(url, max_size=_MAX_RECEIVED_BYTES, compression=None), log)
    except (OSError, websockets.WebSocketException) as error:
        raise Unreachable(f"{url} cannot be reached: {error}") from error
