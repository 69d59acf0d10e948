"""One player of a load test: as little work as can be for a frame, and never anything lost over a broken connection."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any, Final

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from cardsharp.loadtest.figures import Figures
from cardsharp.loadtest.watch import TableWatch

MAX_FRAME_BYTES: Final = 64 * 2**20
BROKEN: Final = (ConnectionClosed, InvalidHandshake, OSError)
FINAL_CLOSES: Final = frozenset({4401, 4409})


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """How the bots play; times in seconds, chances for each action."""

    pace: float = 0.0
    """The time between a request and the answer, on average; 0 answers at once."""
    batch: bool = True
    break_off: float = 0.0
    repeat: float = 0.0
    stall: float = 0.0
    stall_seconds: float = 2.0


CHAOS: Final = {"break_off": 0.01, "repeat": 0.05, "stall": 0.002}


class _Envelope(msgspec.Struct):
    type: str
    reply_to: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")


class _Event(msgspec.Struct):
    event_type: str
    seq: int = 0
    data: msgspec.Raw = msgspec.Raw(b"{}")


class _Request(msgspec.Struct):
    request_id: str
    valid_actions: list[str]
    hand_id: str | None = None
    min_bet: float | None = None


class _Card(msgspec.Struct):
    value: int | None = None
    hand_id: str | None = None


class _Receipt(msgspec.Struct):
    seq: int


class _Refusal(msgspec.Struct):
    code: str
    retry_after: float = 0.0


class _Session(msgspec.Struct):
    heartbeat_interval: float


_one = msgspec.json.Decoder(_Envelope).decode
_many = msgspec.json.Decoder(list[_Envelope]).decode
_event = msgspec.json.Decoder(_Event).decode
_card = msgspec.json.Decoder(_Card).decode
_request = msgspec.json.Decoder(_Request).decode
_receipt = msgspec.json.Decoder(_Receipt).decode
_refusal = msgspec.json.Decoder(_Refusal).decode
_session = msgspec.json.Decoder(_Session).decode
_encode = msgspec.json.Encoder().encode


class _Sent(msgspec.Struct):
    """An answer that was sent and is not acknowledged yet."""

    action: str
    data: dict[str, Any]
    sent_at: float
    may_be_timed: bool = True
    """Not where it had to be sent again."""


class Bot:
    """Sits down, plays until it is told to stop, and goes on over broken connections."""

    def __init__(
        self,
        url: str,
        token: str,
        watch: TableWatch,
        figures: Figures,
        habits: Habits,
        chances: random.Random,
        *,
        is_new: bool,
    ) -> None:
        """`is_new` says that the table has no history, so that everything from its first event on can be compared."""
        self.seen = 0
        """The newest seq that this bot has seen."""
        self.seated = asyncio.Event()
        self._url, self._token, self._watch, self._figures, self._habits = url, token, watch, figures, habits
        self._random = chances
        self._since: int | None = 0 if is_new else None
        self._values: dict[str, int] = {}
        self._waiting: dict[str, _Sent] = {}
        """By the id of the message."""
        self._accepted: dict[str, int] = {}
        """The seq of the acknowledgement of the last answers, by request."""
        self._numbers = 0
        self._playing = False
        self._held: _Request | None = None
        self._socket: ClientConnection | None = None
        self._leaving = False
        self._later: set[asyncio.Task[None]] = set()

    @property
    def is_quiet(self) -> bool:
        """Whether it has seen everything, and everything that it sent was answered."""
        return not self._waiting and self.seen >= self._watch.newest

    async def start(self) -> None:
        """Answers requests from now on."""
        self._playing = True
        held, self._held = self._held, None
        if held is not None:
            await self._answer(held)

    def pause(self) -> None:
        """Answers nothing any more."""
        self._playing = False

    async def leave(self) -> None:
        """Gives the seat up."""
        await self._act("leave_table", {})

    async def run(self) -> None:
        """Plays until it is cancelled, or shown out for good."""
        while not self._leaving:
            try:
                async with connect(
                    self._url, compression=None, max_size=MAX_FRAME_BYTES, ping_interval=None, proxy=None
                ) as socket:
                    self._socket = socket
                    await self._listen(socket)
            except BROKEN as error:
                code = error.rcvd.code if isinstance(error, ConnectionClosed) and error.rcvd else "broken"
                self._figures.closes[str(code)] += 1
                self._leaving = code in FINAL_CLOSES
            self._socket = None
            if not self._leaving:
                self._figures.reconnects += 1
                await asyncio.sleep(self._random.uniform(0.05, 0.5))

    async def _listen(self, socket: ClientConnection) -> None:
        await self._say("connect", {"token": self._token, "batch": self._habits.batch})
        subscription: dict[str, Any] = {"event_types": "*"}
        if self._since is not None:
            subscription["since"] = self._since
        await self._say("subscribe", subscription)
        unanswered, self._waiting = list(self._waiting.values()), {}
        for sent in unanswered:
            await self._act(sent.action, sent.data, sent.sent_at, may_be_timed=False)
        if not unanswered and not self.seated.is_set():
            await self._act("join_table", {})
        async for frame in socket:
            at = time.perf_counter()
            self._figures.frames += 1
            messages = _many(frame) if frame[:1] in ("[", b"[") else (_one(frame),)
            self._figures.messages += len(messages)
            for message in messages:
                await self._hear(message, at)

    async def _hear(self, message: _Envelope, at: float) -> None:
        match message.type:
            case "event":
                event = _event(message.data)
                if message.reply_to is not None:
                    self._acknowledged(message.reply_to, _receipt(event.data).seq, at)
                elif event.event_type == "TABLE_STATE":
                    self._take_state(event)
                elif event.seq:
                    self._take_event(event, at)
            case "action_request":
                await self._asked(_request(message.data))
            case "error":
                await self._refused(message.reply_to, _refusal(message.data))
            case "connected":
                interval = _session(message.data).heartbeat_interval
                if not any(task.get_name() == "heart" for task in self._later):
                    self._do_later(self._beat(interval), name="heart")

    def _take_state(self, event: _Event) -> None:
        if self._since is None:
            self.seen = self._since = event.seq
            self._watch.joined_at(event.seq)

    def _take_event(self, event: _Event, at: float) -> None:
        if event.seq <= self.seen:
            self._figures.differ(f"table {self._watch.table_id}: event {event.seq} came twice, or late")
            return
        if event.seq != self.seen + 1:
            self._figures.differ(f"table {self._watch.table_id}: event {event.seq} came after {self.seen}")
        self.seen = self._since = event.seq
        self._watch.saw(event.seq, bytes(event.data), at)
        if event.event_type == "CARD_DEALT":
            card = _card(event.data)
            if card.hand_id is not None and card.value is not None:
                self._values[card.hand_id] = card.value
        elif event.event_type == "ROUND_ENDED":
            self._values.clear()
            self._figures.rounds += 1

    async def _asked(self, request: _Request) -> None:
        if not self._playing:
            self._held = request
        elif request.request_id not in self._accepted and not self._is_answered(request.request_id):
            await self._answer(request)

    def _is_answered(self, request_id: str) -> bool:
        return any(sent.data.get("request_id") == request_id for sent in self._waiting.values())

    async def _answer(self, request: _Request) -> None:
        data: dict[str, Any] = {"request_id": request.request_id}
        if "BET" in request.valid_actions:
            answer = "place_bet", {**data, "amount": request.min_bet}
        else:
            answer = "player_action", {**data, "action": self._move(request)}
        if self._habits.pace:
            self._do_later(self._act_after(self._random.expovariate(1 / self._habits.pace), *answer))
            return
        await self._act(*answer)
        await self._make_trouble(*answer)

    def _move(self, request: _Request) -> str:
        for wanted in ("DECLINE_INSURANCE", "DECLINE_SURRENDER"):
            if wanted in request.valid_actions:
                return wanted
        low = self._values.get(request.hand_id or "", 21) < 17
        return "HIT" if low and "HIT" in request.valid_actions else "STAND"

    async def _act_after(self, seconds: float, action: str, data: dict[str, Any]) -> None:
        await asyncio.sleep(seconds)
        await self._act(action, data)
        await self._make_trouble(action, data)

    async def _make_trouble(self, action: str, data: dict[str, Any]) -> None:
        """Repeats itself, hangs up or stops reading, as its habits are."""
        habits, chance = self._habits, self._random.random
        if habits.repeat and chance() < habits.repeat:
            self._figures.repeats += 1
            await self._act(action, data, may_be_timed=False)
        if self._socket is not None and habits.break_off and chance() < habits.break_off:
            self._socket.transport.abort()
        if habits.stall and chance() < habits.stall:
            await asyncio.sleep(self._random.uniform(0, habits.stall_seconds))

    async def _act(
        self, action: str, data: dict[str, Any], sent_at: float | None = None, *, may_be_timed: bool = True
    ) -> None:
        self._numbers += 1
        id_ = f"a{self._numbers}"
        self._waiting[id_] = _Sent(action, data, sent_at or time.perf_counter(), may_be_timed)
        await self._say("action", {"action": action, "data": data}, id_)

    def _acknowledged(self, id_: str, seq: int, at: float) -> None:
        sent = self._waiting.pop(id_, None)
        if sent is None:
            return
        if sent.action == "join_table":
            self.seated.set()
        request_id = sent.data.get("request_id")
        if request_id is None:
            return
        if self._accepted.setdefault(request_id, seq) != seq:
            self._figures.differ(f"table {self._watch.table_id}: {request_id} was acknowledged in two ways")
        if len(self._accepted) > 50:
            del self._accepted[next(iter(self._accepted))]
        if sent.may_be_timed:
            self._figures.actions += 1
            self._figures.acknowledged.append(at - sent.sent_at)
            self._watch.acknowledged(seq, sent.sent_at)

    async def _refused(self, id_: str | None, refusal: _Refusal) -> None:
        sent = self._waiting.pop(id_ or "", None)
        match sent, refusal.code:
            case _Sent("join_table"), "already_seated":  # its acknowledgement was lost
                self.seated.set()
                return
            case _Sent("leave_table"), "not_seated":
                return
        self._figures.refusals[refusal.code] += 1
        if refusal.code == "rate_limited" and sent is not None:
            self._do_later(self._act_after(refusal.retry_after, sent.action, sent.data))

    async def _beat(self, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            await self._say("heartbeat", {"seqs": {self._watch.table_id: self.seen}})

    async def _say(self, kind: str, data: dict[str, Any], id_: str | None = None) -> None:
        message = {"type": kind, "data": data} if id_ is None else {"type": kind, "id": id_, "data": data}
        if self._socket is None:
            return  # said again after the next connection, where it matters
        try:
            await self._socket.send(_encode(message), text=True)
        except ConnectionClosed:
            return  # the reading side sees it too, and connects anew

    def _do_later(self, work: Any, name: str | None = None) -> None:
        task = asyncio.ensure_future(work)
        if name is not None:
            task.set_name(name)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def stop(self) -> None:
        """Hangs up."""
        self._leaving = True
        for task in list(self._later):
            task.cancel()
        if self._socket is not None:
            await self._socket.close()
