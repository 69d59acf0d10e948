"""A connection to a card room that mends itself: answers, subscriptions, heartbeats, reconnection.

After a break the room connects again as the same client, subscribes again from the last event it has seen, and repeats
what may be repeated; what the server is unable to do for the moment is asked again. Whoever reads it sees every event
once. What a player does with all that is not decided here.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, TextIO, cast

from cardsharp.client.errors import ClientError, Closed, Interrupted, Refused, Unreachable
from cardsharp.client.link import Link, open_link, write_frame
from cardsharp.client.messages import Connected, Event, Message, TableState, refusal
from cardsharp.client.snapshots import Snapshots

logger = logging.getLogger(__name__)

LOBBY: Final = "lobby"
FIRST_WAIT_SECONDS: Final = 0.5
LONGEST_WAIT_SECONDS: Final = 8.0
GOODBYE_SECONDS: Final = 5.0
UNAVAILABLE: Final = "unavailable"
"""The code with which a server says that it is unable to do something for the moment, and that nothing has changed."""


class _Call:
    """A message that waits for its direct answer."""

    def __init__(self, frame: bytes, *, repeatable: bool) -> None:
        self.frame = frame
        self.repeatable = repeatable
        self.sent = False
        self.answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()


class Room:
    """An open connection: call its methods, and read it with `async for`, one reader at a time.

    Reading yields what the server says unasked, in order. It ends after `disconnect`, and raises Closed or Unreachable
    when the connection has ended otherwise. What is not read is kept without limit, so somebody must read.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None,
        client_id: str | None,
        table_id: str | None,
        retry_seconds: float,
        log: TextIO | None,
    ) -> None:
        self.url = url
        self.table_id = table_id
        """The table meant by calls that name none; with None the server's default, or the lobby."""
        self.session: Connected
        """How the server last described this session."""
        self.newest_seq: dict[str, int] = {}
        """The last event that has come from each table."""
        self._token = token
        self._client_id = client_id
        self._retry_seconds = retry_seconds
        self._log = log
        self._subscriptions: dict[str, tuple[str, ...]] = {}
        self._calls: dict[str, _Call] = {}
        self._next_id = 0
        self._inbox: asyncio.Queue[Message | None] = asyncio.Queue()
        self._snapshots = Snapshots()
        self._link: Link | None = None
        self._task: asyncio.Task[None] | None = None
        self._end: ClientError | None = None

    async def subscribe(
        self, event_types: Sequence[str] = "*", *, table_id: str | None = None, since: int | None = None
    ) -> Connected:
        """Adds names to the events that come, beginning after the event `since`, or with a snapshot without it.

        Raises Refused, or what ended the connection.
        """
        return await self._subscription("subscribe", event_types, table_id, since)

    async def unsubscribe(self, event_types: Sequence[str] = "*", *, table_id: str | None = None) -> Connected:
        """Removes names from the events that come. Raises Refused, or what ended the connection."""
        return await self._subscription("unsubscribe", event_types, table_id, None)

    async def look(self, table_id: str) -> TableState:
        """The table as it is now, with all its events subscribed; who reads the room gets the snapshot, too.

        Raises Refused, or what ended the connection.
        """
        await self.subscribe(table_id=table_id)
        return await self._snapshots.newest(table_id)

    async def act(self, action: str, /, *, table_id: str | None = None, **data: Any) -> Event:
        """The server's acknowledgement of an action with these data; amounts are int or Decimal, never float.

        With a `request_id` the action is repeated after a break of the connection; without one it raises Interrupted,
        if it had been sent. Raises Refused when nothing has changed, or what ended the connection; TypeError for a
        float, and ValueError for what could never be sent.
        """
        if any(isinstance(value, float) for value in data.values()):
            raise TypeError("amounts of chips are int or Decimal, never float")
        given = {name: value for name, value in data.items() if value is not None}
        fields = {"action": action, "data": given, "table_id": table_id or self.table_id}
        return cast("Event", await self._ask("action", fields, repeatable="request_id" in given))

    async def disconnect(self) -> None:
        """Says goodbye and closes the connection; a second time does nothing."""
        if self._link is not None:
            with suppress(ClientError, TimeoutError):  # the goodbye is a courtesy: the connection ends either way
                async with asyncio.timeout(GOODBYE_SECONDS):
                    await self._ask("disconnect", {}, repeatable=False)
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def __aiter__(self) -> Room:
        return self

    async def __anext__(self) -> Message:
        message = await self._inbox.get()
        if message is not None:
            return message
        self._inbox.put_nowait(None)
        if isinstance(self._end, Closed) and self._end.reason == "requested":
            raise StopAsyncIteration
        assert self._end is not None
        raise self._end

    async def __aenter__(self) -> Room:
        self._link = await self._open()
        self._task = asyncio.create_task(self._run(self._link), name=f"room at {self.url}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.disconnect()

    # What is asked, and what comes in.

    async def _subscription(
        self, type_: str, event_types: Sequence[str], table_id: str | None, since: int | None
    ) -> Connected:
        names = [event_types] if isinstance(event_types, str) else list(event_types)
        fields = {"event_types": names, "table_id": table_id or self.table_id, "since": since}
        return cast("Connected", await self._ask(type_, fields, repeatable=True))

    async def _ask(self, type_: str, data: dict[str, Any], *, repeatable: bool) -> Message:
        """The direct answer to a message, asked again while the server is unable to. Raises Refused for an error."""
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + self._retry_seconds
        while True:
            try:
                return await self._ask_once(type_, data, repeatable=repeatable)
            except Refused as refused:
                if refused.code != UNAVAILABLE or loop.time() > give_up_at:
                    raise
                wait = _retry_after(refused)
            await asyncio.sleep(wait)

    async def _ask_once(self, type_: str, data: dict[str, Any], *, repeatable: bool) -> Message:
        if self._end is not None:
            raise self._end
        id_ = self._new_id()
        call = self._calls[id_] = _Call(write_frame(type_, id_, data), repeatable=repeatable)
        try:
            if self._link is not None:
                await self._send(self._link, call)
            answer = await call.answer
        finally:
            del self._calls[id_]
        if answer.type == "error":
            raise refusal(answer)
        return answer

    def _new_id(self) -> str:
        self._next_id += 1
        return f"c-{self._next_id}"

    async def _send(self, link: Link, call: _Call) -> None:
        call.sent = True
        await link.send(call.frame)

    def _receive(self, message: Message) -> None:
        if message.reply_to is None:
            if isinstance(message, Event) and message.table_id is not None and message.seq is not None:
                self.newest_seq[message.table_id] = message.seq
                if isinstance(message, TableState):
                    self._snapshots.keep(message.table_id, message)
            elif isinstance(message, Connected) and self._link is not None:
                # Unasked, it says that a subscription has ended: that one is not to be taken up again.
                self.session = message
                self._subscriptions = message.subscriptions
            self._inbox.put_nowait(message)
            return
        if isinstance(message, Connected):
            self.session = message
            self._subscriptions = message.subscriptions
            self._snapshots.forget()
        # Nobody waits for the answer to a heartbeat, nor to a call that was cancelled.
        call = self._calls.get(message.reply_to)
        if call is not None and not call.answer.done():
            call.answer.set_result(message)

    # How the connection is kept, and made again.

    async def _run(self, link: Link) -> None:
        end: ClientError = Closed("internal_error")
        try:
            while True:
                try:
                    await self._serve(link)
                except Unreachable as error:
                    link = await self._reopen(error)
        except ClientError as error:
            end = error
        except asyncio.CancelledError:
            end = Closed("requested")
            raise
        finally:
            self._end = end
            for call in self._calls.values():
                if not call.answer.done():
                    call.answer.set_exception(end)
            self._inbox.put_nowait(None)
            self._snapshots.end(end)
            await link.close()

    async def _serve(self, link: Link) -> None:
        """Sends what waits and receives until the link ends. Raises Closed or Unreachable."""
        heart = asyncio.create_task(self._beat(link))
        try:
            while waiting := next((call for call in self._calls.values() if not call.sent), None):
                await self._send(link, waiting)
            self._link = link
            while True:
                for message in await link.receive():
                    self._receive(message)
        finally:
            self._link = None
            heart.cancel()

    async def _beat(self, link: Link) -> None:
        while True:
            await asyncio.sleep(self.session.heartbeat_interval)
            seqs = {table: self.newest_seq[table] for table in self._subscriptions if table in self.newest_seq}
            await link.send(write_frame("heartbeat", self._new_id(), {"timestamp": time.time(), "seqs": seqs}))

    async def _reopen(self, broken: Unreachable) -> Link:
        """A link that goes on where the last one broke. Raises ClientError when there is none to be had."""
        self._snapshots.forget()
        for call in self._calls.values():
            if call.repeatable:
                call.sent = False
            elif call.sent and not call.answer.done():
                call.answer.set_exception(Interrupted("The connection broke before the answer came."))
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + self._retry_seconds
        longest = FIRST_WAIT_SECONDS
        while True:
            wait = broken.retry_after
            if wait is None:
                wait = random.uniform(longest / 2, longest)  # noqa: S311 - spreads clients, guards nothing
            logger.warning("%s; next try in %.1f seconds", broken, wait)
            await asyncio.sleep(wait)
            try:
                return await self._open()
            except Unreachable as error:
                if loop.time() > give_up_at:
                    raise
                broken = error
            longest = min(2 * longest, LONGEST_WAIT_SECONDS)

    async def _open(self) -> Link:
        """A link on which the server knows this client and its subscriptions. Raises ClientError."""
        link = await open_link(self.url, self._log)
        try:
            await self._introduce(link)
        except BaseException:
            await link.close()
            raise
        return link

    async def _introduce(self, link: Link) -> None:
        hello = {"client_id": self._client_id, "token": self._token, "batch": True}
        self.session = await self._exchange(link, "connect", hello)
        self._client_id = self.session.client_id
        for table, names in self._subscriptions.items():
            fields = {"event_types": list(names), "table_id": None if table == LOBBY else table}
            since = self.newest_seq.get(table)
            self.session = await self._exchange(link, "subscribe", fields | {"since": since})
            if since is not None and {"*", "TABLE_STATE"} & set(names):
                # Snapshots are not in the log, so a replay brings none: subscribing without `since` does.
                self.session = await self._exchange(link, "subscribe", fields)

    async def _exchange(self, link: Link, type_: str, data: dict[str, Any]) -> Connected:
        """The direct answer, before anybody else may ask anything on this link.

        Raises Refused when it is an error, and Unreachable where the server is unable to answer now.
        """
        id_ = self._new_id()
        await link.send(write_frame(type_, id_, data))
        answer: Connected | None = None
        while answer is None:
            for message in await link.receive():
                if message.reply_to != id_:
                    self._receive(message)
                elif message.type == "error":
                    refused = refusal(message)
                    if refused.code == UNAVAILABLE:
                        raise Unreachable(refused.message, _retry_after(refused))
                    raise refused
                elif isinstance(message, Connected):
                    answer = message
        return answer


def _retry_after(refused: Refused) -> float:
    """When to ask again: when the server says, and not everybody at once."""
    return float(refused.details.get("retry_after", 1)) * random.uniform(1, 1.5)  # noqa: S311 - spreads clients


def connect(
    url: str,
    *,
    token: str | None = None,
    client_id: str | None = None,
    table_id: str | None = None,
    retry_seconds: float = 300.0,
    log: TextIO | None = None,
) -> Room:
    """A room to enter with `async with`: connected on the way in, said goodbye to on the way out.

    Without a token the client is a spectator. Entering raises Unreachable, Closed (a bad token) or Refused; a
    connection that breaks later is made again, with growing waits, for `retry_seconds`. All that the server sends is
    written to `log`, one frame a line, as `cardsharp verify-shoe` reads it.
    """
    return Room(url, token=token, client_id=client_id, table_id=table_id, retry_seconds=retry_seconds, log=log)
