"""Brings an adapter what happens at the table, and the table what the adapter answers, whatever the adapter does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from decimal import Decimal
from functools import partial
from typing import Any, Final

import msgspec

from cardsharp.client.messages import ActionRequest
from cardsharp.engine.answers import answers_for_absent
from cardsharp.engine.ports import PlatformAdapter
from cardsharp.errors import GameError
from cardsharp.events.ports import COMMITTED, Commit
from cardsharp.game import HappenedEvent
from cardsharp.memory_room import MemoryRoom

logger = logging.getLogger(__name__)

ADAPTER_SECONDS: Final = 10.0
"""How long an adapter may take to be told something, or to come to its end."""


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """What came of playing: the rounds in which anybody had cards, and each player's gain or loss in chips."""

    rounds: int = 0
    net: dict[str, int | Decimal] = {}

    def after(self, event: HappenedEvent) -> Played:
        """The result with what the event was to it."""
        if event.event_type != "ROUND_ENDED" or not event.data["results"]:
            return self
        net = dict(self.net)
        for result in event.data["results"]:
            net[result["player_id"]] = net.get(result["player_id"], 0) + result["net"]
        return Played(rounds=self.rounds + 1, net=net)


class Conductor:
    """One table's way to one adapter. Each request is asked once, in a task of its own, while anything is asked."""

    def __init__(self, room: MemoryRoom, table_id: str, adapter: PlatformAdapter, clock: Callable[[], float]) -> None:
        self._room = room
        self._table_id = table_id
        self._adapter = adapter
        self._clock = clock
        self._news: asyncio.Queue[Commit] = asyncio.Queue()
        self._told = 0
        """The table's seq up to which the adapter has been told everything; only then something new is asked."""
        self._telling: asyncio.Task[None] | None = None
        self._asked: dict[str, asyncio.Task[None]] = {}
        """What is asked of the adapter, or was and is still open: by request id, and by seat for sitting in."""
        self._answering: set[str] = set()
        """What has been answered, and is being played: that is no more to be cancelled."""
        self._given_up: set[int] = set()
        """Seats that sit out for want of an answer: to ask the adapter to sit in would begin that anew."""
        self._rounds: int | None = 0
        """How many more rounds the adapter is asked for; None for no end."""
        self._played = Played()
        self._over = asyncio.Event()
        self._subscription = room.bus.subscribe(COMMITTED, self._on_commit)

    def start(self) -> None:
        """Tells the adapter what happens, from what has happened already."""
        self._telling = asyncio.create_task(self._tell_all(), name=f"adapter of {self._table_id}")

    def ask(self, rounds: int | None) -> None:
        """Asks the adapter for answers from now on: for so many rounds, or without end."""
        self._rounds, self._played = rounds, Played()
        self._given_up.clear()
        self._over.clear()
        self._look()

    async def play(self, rounds: int | None) -> Played:
        """What came of asking for so many rounds: fewer where nobody plays any more. Afterwards nothing is asked."""
        self.ask(rounds)
        try:
            await self._over.wait()
        finally:
            self._rounds = 0
            self._look()
        return self._played

    async def settle(self) -> None:
        """Waits until the adapter has been told everything."""
        if self._telling is not None and self._telling is not asyncio.current_task():
            await self._news.join()

    async def stop(self) -> None:
        """Tells the last news, and asks and tells nothing more."""
        self._rounds = 0
        self._look()
        await self.within_time("to be told the last news", self.settle)
        self._subscription.cancel()
        tasks = [*self._asked.values(), *([self._telling] if self._telling else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=ADAPTER_SECONDS)
        self._over.set()

    async def within_time(self, what: str, call: Callable[[], Awaitable[None]]) -> None:
        """Makes a call of the adapter. It is logged if it raises, and ended if it hangs."""
        name = type(self._adapter).__name__
        try:
            async with asyncio.timeout(ADAPTER_SECONDS):
                await call()
        except TimeoutError:
            logger.warning("%s took too long %s", name, what)
        except asyncio.CancelledError:
            if _is_cancelled():
                raise
            logger.warning("%s gave up %s", name, what)
        except Exception:
            logger.exception("%s failed %s", name, what)

    # -- telling ----------------------------------------------------------------------------------------------------

    def _on_commit(self, name: str, commit: Commit) -> None:
        if commit.table_id == self._table_id:
            self._news.put_nowait(commit)

    async def _tell_all(self) -> None:
        while True:
            commit = await self._news.get()
            try:
                for event in commit.events:
                    await self.within_time(f"with {event.event_type}", partial(self._adapter.notify, event))
                    self._count(event)
                await self.render()
            finally:
                self._told = commit.after.seq
                self._look()
                self._news.task_done()

    async def render(self) -> None:
        """Shows the adapter the table as it is now."""
        await self.within_time("to show the state", lambda: self._adapter.render_state(self.view()))

    def view(self) -> dict[str, Any]:
        """The table as it is now, the adapter's own copy."""
        return self._room.game.view(self._room.table(self._table_id).state, 0)

    def _count(self, event: HappenedEvent) -> None:
        played = self._played.after(event)
        if self._rounds and played is not self._played:
            self._rounds -= 1
        if not self._over.is_set():
            self._played = played
        if self._rounds == 0:
            self._over.set()

    # -- asking -----------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Asks what is open and has not been asked, and takes back what is not open any more."""
        if self._told != self._room.table(self._table_id).seq:
            return
        requests = self._open_requests() if self._rounds != 0 else {}
        for key, task in list(self._asked.items()):
            if key not in requests and key not in self._answering:
                task.cancel()
                del self._asked[key]
        for key, request in requests.items():
            if key not in self._asked:
                task = self._asked[key] = asyncio.create_task(self._ask(key, request))
                task.add_done_callback(lambda _: self._notice_the_end())
        self._notice_the_end()

    def _notice_the_end(self) -> None:
        """Ends the playing where nobody plays, and nobody is being asked whether to."""
        if self._told != self._room.table(self._table_id).seq:
            return
        phase = self.view()["phase"]
        nobody_plays = phase == "waiting" and bool(self._adapter.player_names)
        if phase == "closed":
            self._over.set()
        if nobody_plays and all(task.done() for task in self._asked.values()):
            self._over.set()

    def _open_requests(self) -> dict[str, ActionRequest]:
        game, state = self._room.game, self._room.table(self._table_id).state
        at = self._clock()
        found = {}
        for request in game.requests(state):
            if not request.answered:
                left = None if request.deadline is None else max(0.0, request.deadline - at)
                fields = {**request.data, "valid_actions": tuple(request.data["valid_actions"])}
                found[request.request_id] = ActionRequest(type="action_request", timeout_seconds=left, **fields)
        for seat in self.view()["seats"]:
            if seat["status"] == "sitting_out" and seat["seat"] not in self._given_up:
                found[f"sit in {seat['seat']}"] = ActionRequest(
                    type="action_request",
                    request_id=None,
                    table_id=self._table_id,
                    player_id=seat["player_id"],
                    player_name=seat["player_name"],
                    seat=seat["seat"],
                    valid_actions=("SIT_IN",),
                )
        return found

    async def _ask(self, key: str, request: ActionRequest) -> None:
        who = f"{request.player_name} (seat {request.seat})"
        answer: object = None
        try:
            answer = await self._adapter.request_action(request, self.view())
            if answer is None:
                return
        except asyncio.CancelledError:
            if _is_cancelled():
                raise
            logger.warning("The adapter gave up answering for %s", who)
        except Exception:
            logger.exception("The adapter failed to answer for %s", who)
        self._answering.add(key)
        try:
            if answer is not None and await self._play(key, request, answer, who):
                return
            await self._play_for_absent(request)
        finally:
            self._answering.discard(key)
            self._look()

    async def _play(self, key: str, request: ActionRequest, answer: object, who: str) -> bool:
        """Plays the answer; whether the request is over then."""
        if key not in self._open_requests():
            logger.info("The adapter's answer for %s came too late", who)
            return True
        try:
            await self._act(request, answer)
        except GameError as error:
            logger.warning("The adapter's answer %r for %s is refused: %s", answer, who, error)
        except Exception:
            logger.exception("The adapter's answer %r for %s is none", answer, who)
        else:
            if key in self._open_requests():
                logger.warning("The adapter's answer %r for %s does not answer what is asked", answer, who)
        return key not in self._open_requests()

    async def _play_for_absent(self, request: ActionRequest) -> None:
        for answer in answers_for_absent(request, self.view()):
            if answer[0] == "sit_out":
                self._given_up.add(request.seat)
            try:
                await self._act(request, answer)
            except GameError as error:
                logger.info("Nothing is to be done for %s any more: %s", request.player_name, error)
                return

    async def _act(self, request: ActionRequest, answer: Any) -> None:
        action, data = answer
        player = await self._room.player(request.player_id)
        if player is None:
            return
        meant = {"request_id": request.request_id, "seat": request.seat}
        self._room.check_shape(action, {**meant, **data})
        await self._room.act(self._table_id, player, action, {**meant, **data})


def _is_cancelled() -> bool:
    """Whether a CancelledError is meant for the task itself, and was not raised by an adapter."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
