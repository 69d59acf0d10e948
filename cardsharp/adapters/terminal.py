"""An adapter for a person at a terminal: says what happens, asks, and asks again where the table refuses."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

from cardsharp.client.messages import ActionRequest
from cardsharp.client.policy import Answer, advise, hand_in, seat_in
from cardsharp.engine import TableHost, answer_for
from cardsharp.errors import GameError
from cardsharp.game import HappenedEvent

_KEYS: Final = {"SPLIT": "p", "SURRENDER": "r", "DECLINE_INSURANCE": "n", "DECLINE_SURRENDER": "n"}
"""The keys of moves; the others have their first letters."""


class TerminalAdapter:
    """Plays with a person. `lines` are what they type, standard input if left out; its end leaves the table."""

    def __init__(
        self, player_name: str = "You", *, lines: Iterable[str] | None = None, say: Callable[[str], None] = print
    ) -> None:
        self.player_names = (player_name,)
        self._lines = lines
        self._say = say
        self._typed: asyncio.Queue[str | None] = asyncio.Queue()
        """Lines that answer; None at the end of the input."""
        self._host: TableHost | None = None
        self._reader: threading.Thread | None = None

    def attach(self, host: TableHost) -> None:
        """Answers go to the table by the engine."""
        self._host = host

    async def initialize(self) -> None:
        """Begins to read, in a thread that ends with the program."""
        if self._reader is None:
            loop = asyncio.get_running_loop()
            self._reader = threading.Thread(target=self._read_lines, args=(loop,), daemon=True)
            self._reader.start()

    async def notify(self, event: HappenedEvent) -> None:
        """Says what has happened, if it is worth a line."""
        if line := _line(event):
            self._say(line)

    async def render_state(self, state: dict[str, Any]) -> None:
        """The questions show what matters."""

    async def request_action(self, request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        """Asks until the table takes the answer."""
        assert self._host is not None, "an engine asks"
        while True:
            self._say(_question(request, state))
            typed = await self._typed.get()
            if typed is None or typed == "q":
                self._typed.put_nowait(None)  # whoever asks again hears the same
                return answer_for("LEAVE")
            if typed == "?" and request.hand_id is not None:
                self._say(f"Basic strategy: {advise(request, state).lower().replace('_', ' ')}.")
                continue
            answer = _read(typed, request)
            if answer is None:
                self._say("That is none of the choices.")
                continue
            try:
                action, data = answer
                meant = {"request_id": request.request_id, "seat": request.seat}
                await self._host.act(request.player_id, action, {**data, **meant})
            except GameError as refusal:
                self._say(refusal.message)
                continue
            return None

    async def shutdown(self) -> None:
        """Nothing is asked any more; the thread that reads ends with the program."""

    def _read_lines(self, loop: asyncio.AbstractEventLoop) -> None:
        with suppress(RuntimeError):  # the loop is closed when the program ends
            for line in self._lines if self._lines is not None else _standard_input():
                loop.call_soon_threadsafe(self._typed.put_nowait, line.strip().lower())
            loop.call_soon_threadsafe(self._typed.put_nowait, None)


def _standard_input() -> Iterable[str]:
    # A file of its own: sys.stdin must not be locked by this thread when the interpreter ends.
    with open(0, closefd=False) as lines:
        yield from lines


def _keys(request: ActionRequest) -> dict[str, str]:
    return {_KEYS.get(move, move[0].lower()): move for move in request.valid_actions}


def _question(request: ActionRequest, state: dict[str, Any]) -> str:
    if "SIT_IN" in request.valid_actions:
        return "You are sitting out. Enter sits in again, q leaves:"
    if "BET" in request.valid_actions:
        stack = seat_in(state, request.seat)["stack"]
        return f"Your bet ({request.min_bet} to {request.max_bet}, of your {stack}; o sits out, q leaves):"
    hand, up_card = hand_in(state, request), state["dealer"]["cards"][0]
    choices = ", ".join(f"{key} = {move.lower()}" for key, move in _keys(request).items()).replace("_", " ")
    return f"{' '.join(hand['cards'])} ({hand['value']}) against {up_card}: {choices}, ? = hint:"


def _read(typed: str, request: ActionRequest) -> Answer | None:
    """The answer that a line is, or None where it is none."""
    if "SIT_IN" in request.valid_actions:
        return answer_for("SIT_IN")
    if "BET" in request.valid_actions:
        if typed == "o":
            return answer_for("SIT_OUT")
        return answer_for("BET", Decimal(typed)) if re.fullmatch(r"\d+(\.\d+)?", typed) else None
    move = _keys(request).get(typed)
    return None if move is None else answer_for(move)


def _line(event: HappenedEvent) -> str | None:
    data = event.data
    who = data.get("player_name", "Dealer")
    match event.event_type:
        case "ROUND_STARTED":
            return f"\n--- Round {data['round_number']} ---"
        case "CARD_DEALT" | "CARD_REVEALED":
            value = f" ({'soft ' if data['is_soft'] else ''}{data['value']})" if "value" in data else ""
            return f"{who}: {data['card'] or 'a card face down'}{value}"
        case "PLAYER_ACTION" | "INSURANCE_DECISION":
            return f"{who}: {data['action'].lower().replace('_', ' ')}"
        case "PLAYER_TIMEOUT":
            return f"{who}: no answer in time, so {data['action'].lower().replace('_', ' ')}"
        case "INSURANCE_RESULT":
            return f"{who}: insurance {data['result']}, {data['net']:+}"
        case "HAND_RESULT":
            return f"{who}: {data['result'].replace('_', ' ')} with {data['value']}, {data['net']:+}"
        case "PLAYER_JOINED" | "PLAYER_LEFT":
            return f"{who}: {'in' if event.event_type == 'PLAYER_JOINED' else 'out'} with {data['stack']} chips"
        case _:
            return None
