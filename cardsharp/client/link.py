"""One socket, from its opening to its end: frames become messages, and the end becomes an error that says what to do.

Nothing here knows what was said before on another socket.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

import msgspec
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket

from cardsharp.client.errors import ClientError, Closed, Unreachable
from cardsharp.client.messages import Message, read_frame
from cardsharp.wire import encode_json

OWN_FAULT_WAIT_SECONDS: Final = 15.0
"""How long to stay away after a close that this client has earned: too many errors, too slow, too fast."""

_FINAL_CODES: Final = {4401: "signed_out", 4409: "replaced"}
_FINAL_REASONS: Final = {"requested", "bad_token", *_FINAL_CODES.values()}
_MAX_FRAME_BYTES: Final = 2**24


class Link:
    """An open socket that speaks the protocol."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._farewell: dict[str, Any] = {}

    async def send(self, type_: str, id_: str, data: dict[str, Any]) -> None:
        """Sends a message; fields that are None are left out. A broken socket is for `receive` to tell of."""
        message = {"type": type_, "id": id_, "data": {name: value for name, value in data.items() if value is not None}}
        with suppress(websockets.ConnectionClosed):
            await self._socket.send(encode_json(message), text=True)

    async def receive(self) -> list[Message]:
        """The messages of the next frame. Raises Closed when there is no coming back, and Unreachable when there is."""
        try:
            messages = read_frame(await self._socket.recv())
        except websockets.ConnectionClosed as error:
            raise self._ending() from error
        except msgspec.DecodeError as error:
            raise Closed(f"it does not speak this protocol ({error})") from error
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
        if retry_after is None and 4400 <= code < 4500:
            retry_after = OWN_FAULT_WAIT_SECONDS
        return Unreachable(f"connection lost: {reason}", None if retry_after is None else float(retry_after))


async def open_link(url: str) -> Link:
    """A link to the server at the URL. Raises Unreachable."""
    try:
        return Link(await open_socket(url, max_size=_MAX_FRAME_BYTES, compression=None))
    except (OSError, websockets.WebSocketException) as error:
        raise Unreachable(f"{url} cannot be reached: {error}") from error
