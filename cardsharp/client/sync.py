"""The client without async, for notebooks and scripts: the same calls, and the same errors.

    with connect("ws://localhost:8000/ws/", token=token) as room:
        result = room.play(basic_strategy(), rounds=10)

The connection lives in a thread with an event loop of its own, so it is kept up while the caller thinks, and where
another event loop runs already. Policies and whoever watches are called in the caller's thread.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any, TextIO, TypeVar

from cardsharp.client import player, seating
from cardsharp.client.errors import Closed
from cardsharp.client.messages import ActionRequest, Connected, Event, Message, TableState
from cardsharp.client.player import Result
from cardsharp.client.policy import Answer, Policy, Strategy, as_policy, awaited
from cardsharp.client.room import Room as AsyncRoom
from cardsharp.client.room import connect as connect_async

T = TypeVar("T")


class Room:
    """An open connection, as `cardsharp.client.Room` is one: iterate it, or `receive`, to read what the server says."""

    def __init__(self, room: AsyncRoom, loop: _Loop) -> None:
        self._room = room
        self._loop = loop

    @property
    def session(self) -> Connected:
        """How the server last described this session."""
        return self._room.session

    @property
    def newest_seq(self) -> dict[str, int]:
        """The last event that has come from each table."""
        return self._room.newest_seq

    @property
    def table_id(self) -> str | None:
        """The table meant by calls that name none; with None the server's default, or the lobby."""
        return self._room.table_id

    def subscribe(
        self, event_types: Sequence[str] = "*", *, table_id: str | None = None, since: int | None = None
    ) -> Connected:
        """Adds names to the events that come. Raises Refused, or what ended the connection."""
        return self._loop.run(self._room.subscribe(event_types, table_id=table_id, since=since))

    def unsubscribe(self, event_types: Sequence[str] = "*", *, table_id: str | None = None) -> Connected:
        """Removes names from the events that come. Raises Refused, or what ended the connection."""
        return self._loop.run(self._room.unsubscribe(event_types, table_id=table_id))

    def look(self, table_id: str) -> TableState:
        """The table as it is now, with all its events subscribed. Raises Refused, or what ended the connection."""
        return self._loop.run(self._room.look(table_id))

    def act(self, action: str, /, *, table_id: str | None = None, **data: Any) -> Event:
        """The server's acknowledgement of an action; raises as the async `act` does."""
        return self._loop.run(self._room.act(action, table_id=table_id, **data))

    def leave(self) -> None:
        """Gives up every seat of the player at the room's table. Raises Refused, or what ended the connection."""
        self._loop.run(seating.leave(self._room))

    def receive(self, timeout: float | None = None) -> Message:
        """The next message, waited for so many seconds at most. Raises TimeoutError, or what ended the connection."""
        return self._loop.run(_next(self._room, timeout))

    def messages(self, timeout: float) -> Iterator[Message]:
        """What comes, until nothing has come for so many seconds. Raises what ended the connection."""
        while True:
            try:
                yield self.receive(timeout)
            except TimeoutError:
                return

    def __iter__(self) -> Iterator[Message]:
        return self

    def __next__(self) -> Message:
        try:
            return self.receive()
        except Closed as closed:
            if closed.reason == "requested":
                raise StopIteration from closed
            raise

    def play(
        self,
        policy: Policy | Strategy,
        *,
        rounds: int | None = None,
        buy_in: int | Decimal | None = None,
        seats: int = 1,
        watch: Callable[[Message], None] | None = None,
    ) -> Result:
        """The result of playing, as the async `play` gives it; Ctrl-C gives up the seats and is raised then."""
        desk = _Desk(as_policy(policy), watch)
        playing = player.play(
            self._room, desk.ask, rounds=rounds, buy_in=buy_in, seats=seats, watch=None if watch is None else desk.show
        )
        return self._loop.run(desk.until_done(playing), meanwhile=desk.work)

    def disconnect(self) -> None:
        """Says goodbye, closes the connection and ends the thread; a second time does nothing."""
        if self._loop.is_running:
            self._loop.run(self._room.disconnect())
            self._loop.stop()

    def __enter__(self) -> Room:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.disconnect()


def connect(
    url: str,
    *,
    token: str | None = None,
    client_id: str | None = None,
    table_id: str | None = None,
    retry_seconds: float = 300.0,
    log: TextIO | None = None,
) -> Room:
    """A connected room, to leave by `with` or by `disconnect`. Takes and raises what the async `connect` does."""
    loop = _Loop(f"connection to {url}")
    try:
        room = connect_async(
            url, token=token, client_id=client_id, table_id=table_id, retry_seconds=retry_seconds, log=log
        )
        return Room(loop.run(room.__aenter__()), loop)
    except BaseException:
        loop.stop()
        raise


class _Desk:
    """Where the event loop's thread puts what the caller's thread is to do: show messages, ask the policy."""

    def __init__(self, policy: Policy, watch: Callable[[Message], None] | None) -> None:
        self._policy = policy
        self._watch = watch
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    def show(self, message: Message) -> None:
        assert self._watch is not None, "only who watches is shown something"
        watch = self._watch
        self._tasks.put(lambda: watch(message))

    async def ask(self, request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()

        def work() -> None:
            if answer.done():
                return  # withdrawn before anybody came to think about it
            given = self._policy(request, state)
            loop.call_soon_threadsafe(_hand_in, answer, given)

        self._tasks.put(work)
        return await awaited(await answer)

    async def until_done(self, playing: Coroutine[Any, Any, T]) -> T:
        try:
            return await playing
        finally:
            self._tasks.put(None)

    def work(self) -> None:
        """Does what is put here, until the play is over. Raises what the policy raises, and KeyboardInterrupt."""
        while (task := self._tasks.get()) is not None:
            task()


class _Loop:
    """An event loop in a thread. The thread ends with the program, whoever forgets to stop it."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def run(self, coroutine: Coroutine[Any, Any, T], meanwhile: Callable[[], None] = lambda: None) -> T:
        """What the coroutine returns or raises. Where the caller is interrupted, it is cancelled, and ends first."""
        if not self.is_running:
            coroutine.close()
            raise Closed("requested")
        tasks: list[asyncio.Task[T]] = []
        done = threading.Event()

        def start() -> None:
            tasks.append(self._loop.create_task(coroutine))
            tasks[0].add_done_callback(end)

        def end(task: asyncio.Task[T]) -> None:
            _ = task.cancelled() or task.exception()  # seen, even where the interrupted caller will not look
            done.set()

        self._loop.call_soon_threadsafe(start)
        try:
            meanwhile()
            done.wait()
        except BaseException:
            self._loop.call_soon_threadsafe(lambda: tasks[0].cancel())
            done.wait()
            raise
        return tasks[0].result()

    def stop(self) -> None:
        """Ends the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _hand_in(answer: asyncio.Future[Any], given: object) -> None:
    if not answer.done():
        answer.set_result(given)
    elif asyncio.iscoroutine(given):
        given.close()  # withdrawn meanwhile: nobody will wait for it


async def _next(room: AsyncRoom, timeout: float | None) -> Message:  # noqa: ASYNC109 - the caller has no other
    async with asyncio.timeout(timeout):
        message = await anext(room, None)
    if message is None:
        raise Closed("requested")
    return message
