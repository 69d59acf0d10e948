"""A player at one table: lets a policy answer what the table asks, counts the results, and leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any, Final

import msgspec

from cardsharp.client.errors import Interrupted, Refused
from cardsharp.client.messages import ActionRequest, Event, Message, TableState
from cardsharp.client.policy import Policy, Strategy, as_policy, awaited, checked
from cardsharp.client.room import Room
from cardsharp.client.seating import leave_if_possible, own_seats, take_seats

_OUTCOMES: Final = {
    "blackjack": "won",
    "win": "won",
    "even_money": "won",
    "push": "pushed",
    "lose": "lost",
    "bust": "lost",
    "surrender": "lost",
}
_HARMLESS_TWICE: Final = {"leave_table", "sit_in", "sit_out"}
_TOO_LATE: Final = {"stale_request", "not_your_turn", "wrong_phase", "table_paused", "not_seated", "table_closed"}


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of playing; insurance counts in `wagered` and `net`, and is no hand. Amounts are chips."""

    rounds: int = 0
    hands: int = 0
    won: int = 0
    lost: int = 0
    pushed: int = 0
    wagered: Decimal = Decimal(0)
    net: Decimal = Decimal(0)

    def after(self, event: Event, player_id: str) -> Result:
        """The result with what the event was to the player."""
        if event.event_type == "HAND_RESULT" and event.data["player_id"] == player_id:
            outcome = _OUTCOMES[event.data["result"]]
            counts = {"hands": self.hands + 1, outcome: getattr(self, outcome) + 1}
            return msgspec.structs.replace(self, **counts)
        if event.event_type == "ROUND_ENDED":
            own = [entry for entry in event.data["results"] if entry["player_id"] == player_id]
            return msgspec.structs.replace(
                self,
                rounds=self.rounds + bool(own),
                wagered=sum((entry["bet"] for entry in own), self.wagered),
                net=sum((entry["net"] for entry in own), self.net),
            )
        return self


async def play(
    room: Room,
    policy: Policy | Strategy,
    *,
    rounds: int | None = None,
    buy_in: int | Decimal | None = None,
    seats: int = 1,
    watch: Callable[[Message], None] | None = None,
) -> Result:
    """The result of playing that many rounds, or until the player has left the table by whatever way.

    The table is the room's `table_id`, else the server's default, else the first of the lobby with a seat, which the
    room then keeps as its `table_id`. There it takes up to `seats` seats, as many as the table gives to one player and
    has free; those that the player has already count. The policy answers for every seat of the player, wherever it was
    taken, the result is of all of them, and whatever ends this, they are given up. `watch` is shown every message
    before it is dealt with. An answer that came too late is let go. Raises NoOpenSeat, Refused for a wrong answer of
    the policy, what the policy itself raises, or what ended the connection.
    """
    await take_seats(room, buy_in, seats)
    return await _Player(room, as_policy(policy), rounds, watch).run()


class _Player:
    def __init__(self, room: Room, policy: Policy, rounds: int | None, watch: Callable[[Message], None] | None) -> None:
        assert room.session.player is not None, "who has taken a seat is a player"
        self._room = room
        self._policy = policy
        self._rounds = rounds
        self._watch = watch
        self._player_id = room.session.player.id
        self._result = Result()
        self._state: TableState | None = None
        self._requests: dict[int, ActionRequest] = {}
        """What is still to be asked of the policy for each seat, once the state shows what led to it."""
        self._last_request_ids: dict[int, str | None] = {}
        self._doing: asyncio.Task[None] | None = None
        self._answering: ActionRequest | None = None
        self._statuses: dict[int, str] = {}
        """The status of each of the player's seats."""
        self._gone = False
        self._leaving = False

    async def run(self) -> Result:
        incoming = asyncio.ensure_future(anext(self._room))
        try:
            while not self._gone:
                await asyncio.wait(
                    {incoming, self._doing} if self._doing else {incoming}, return_when=asyncio.FIRST_COMPLETED
                )
                if self._doing is not None and self._doing.done():
                    self._doing.result()
                    self._doing = self._answering = None
                if incoming.done():
                    self._see(incoming.result())
                    incoming = asyncio.ensure_future(anext(self._room))
                self._answer_next()
        except StopAsyncIteration:
            self._gone = True
        finally:
            incoming.cancel()
            self._stop_doing()
            if not self._gone:
                await leave_if_possible(self._room)
        return self._result

    def _see(self, message: Message) -> None:
        if self._watch is not None:
            self._watch(message)
        if isinstance(message, ActionRequest):
            if message.table_id == self._room.table_id:
                self._ask(message)
        elif isinstance(message, Event) and message.table_id == self._room.table_id:
            if isinstance(message, TableState):
                self._see_state(message)
            else:
                self._see_event(message)

    def _see_state(self, message: TableState) -> None:
        before, self._state = self._statuses, message
        seats = own_seats(self._room, message.state)
        self._statuses = {seat["seat"]: seat["status"] for seat in seats}
        if message.resync:
            self._last_request_ids.clear()
        self._gone = bool(before) and not seats
        for seat in seats:
            if seat["status"] == "sitting_out" and before.get(seat["seat"]) != "sitting_out":
                self._ask(_sit_in_request(message, seat))

    def _see_event(self, event: Event) -> None:
        self._result = self._result.after(event, self._player_id)
        if event.event_type == "ROUND_ENDED":
            # What was asked in the round, and answered for this seat from elsewhere, is asked of nobody any more.
            self._requests = {seat: request for seat, request in self._requests.items() if request.request_id is None}
            if self._result.rounds == self._rounds and not self._leaving:
                self._leaving = True
                self._requests.clear()
                self._do(self._leave(), None)
        elif event.event_type == "PLAYER_TIMEOUT" and event.data["player_id"] == self._player_id and not self._leaving:
            self._withdraw(event.data["seat"])

    def _ask(self, request: ActionRequest) -> None:
        """Remembers what is asked, in the place of what was asked for that seat before."""
        if self._leaving or (request.request_id and request.request_id == self._last_request_ids.get(request.seat)):
            return
        self._withdraw(request.seat)
        self._last_request_ids[request.seat] = request.request_id
        self._requests[request.seat] = request
        resting = self._answering
        if request.request_id is not None and resting is not None and resting.request_id is None:
            # The table waits for nobody to sit in, and that question may be open for long.
            self._stop_doing()
            self._requests[resting.seat] = resting

    def _withdraw(self, seat: int) -> None:
        self._requests.pop(seat, None)
        if self._answering is not None and self._answering.seat == seat:
            self._stop_doing()

    def _answer_next(self) -> None:
        # A request may come before the snapshot of the moment it was made in, and more may have come behind it: what it
        # asks is decided on the newest state that the server has told of.
        newest_seq = self._room.newest_seq.get(self._room.table_id or "")
        if self._doing is not None or self._state is None or self._state.seq != newest_seq:
            return
        for request in sorted(self._requests.values(), key=lambda request: request.request_id is None):
            del self._requests[request.seat]
            status = self._statuses.get(request.seat)
            if status == "sitting_out" or (status is not None and request.request_id is not None):
                self._do(self._answer(request, self._state.state), request)
                return

    async def _answer(self, request: ActionRequest, state: dict[str, Any]) -> None:
        answer = checked(await awaited(self._policy(request, state)))
        if answer is not None:
            action, data = answer
            asked = {"request_id": request.request_id, "seat": request.seat}
            # Only what was asked can be answered too late: an answer to something else is the policy's mistake.
            await self._act(action, asked | data, may_be_late=asked.items() <= (asked | data).items())

    async def _leave(self) -> None:
        for seat in self._statuses:
            await self._act("leave_table", {"seat": seat})

    async def _act(self, action: str, data: dict[str, Any], *, may_be_late: bool = True) -> None:
        """Does it, and again where the server was too busy or the answer was lost. What came too late is let go."""
        while True:
            try:
                await self._room.act(action, **data)
            except Interrupted:
                if action in _HARMLESS_TWICE:
                    continue
                raise
            except Refused as refused:
                if refused.code == "rate_limited":
                    await asyncio.sleep(float(refused.details.get("retry_after", 1)))
                    continue
                if refused.code not in _TOO_LATE or not may_be_late:
                    raise
            return

    def _do(self, what: Coroutine[Any, Any, None], answering: ActionRequest | None) -> None:
        self._stop_doing()
        self._doing = asyncio.create_task(what)
        self._answering = answering

    def _stop_doing(self) -> None:
        if self._doing is not None:
            self._doing.cancel()
            self._doing = self._answering = None


def _sit_in_request(message: TableState, seat: dict[str, Any]) -> ActionRequest:
    return ActionRequest(
        request_id=None,
        table_id=message.state["table_id"],
        player_id=seat["player_id"],
        player_name=seat["player_name"],
        seat=seat["seat"],
        valid_actions=("SIT_IN",),
    )
