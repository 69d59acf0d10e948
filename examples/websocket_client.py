"""Plays blackjack over the CardSharp protocol: by hand in the terminal, or by basic strategy with --auto.

    python examples/websocket_client.py --url ws://localhost:8765
    python examples/websocket_client.py --url ws://localhost:8000/ws/ --token TOKEN --auto --rounds 20 --bet 25

Without --table it sits down at the server's own table, or at the first of the lobby that has a seat.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from a clone, without being installed

import cardsharp.client as cardsharp

STORY = {
    "SHUFFLE": "The dealer shuffles {decks} decks.",
    "ROUND_STARTED": "\n--- Round {round_number} ---",
    "PLAYER_JOINED": "{who}: sit down on seat {seat} with {stack} chips",
    "PLAYER_LEFT": "{who}: leave with {stack} chips",
    "PLAYER_SAT_OUT": "{who}: sit out",
    "PLAYER_SAT_IN": "{who}: back in the game",
    "PLAYER_BET": "{who}: bet {amount}",
    "CARD_DEALT": "{who}: {card} {total}",
    "CARD_REVEALED": "{who}: turns over {card} {total}",
    "INSURANCE_DECISION": "{who}: {action}",
    "INSURANCE_RESULT": "{who}: insurance {result}, {net:+}",
    "PLAYER_ACTION": "{who}: {action}",
    "PLAYER_TIMEOUT": "{who}: no answer in time, so {action}",
    "HAND_BUSTED": "{who}: BUST",
    "HAND_RESULT": "{who}: {result} with {value}, {net:+}",
}
KEYS = {
    "SPLIT": "p",
    "SURRENDER": "r",
    "DECLINE_INSURANCE": "n",
    "DECLINE_SURRENDER": "n",
}  # the others have their first letters


def chips(text: str) -> Decimal:
    """The amount that a text names. Raises ValueError when it names none."""
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise ValueError(f"{text!r} is no amount of chips")
    return Decimal(text)


class Narrator:
    """Tells what happens at the table, one line an event."""

    def __init__(self, room: cardsharp.Room, say: Callable[[str], None]) -> None:
        self._me = room.session.player.id if room.session.player else None
        self._say = say
        self._stacks: dict[int, Any] = {}
        self._seats: dict[str, int] = {}
        """How many seats each player has; who has several is named with the seat."""

    def __call__(self, message: cardsharp.Message) -> None:
        if not isinstance(message, cardsharp.Event):
            return
        if isinstance(message, cardsharp.TableState):
            self._seats = Counter(seat["player_id"] for seat in message.state["seats"])
        event = message.data
        if event.get("player_id") == self._me and message.event_type == "BANKROLL_UPDATED":
            self._stacks[event["seat"]] = event["balance"]
        if event.get("player_id") == self._me and message.event_type == "PLAYER_LEFT":
            self._stacks.pop(event["seat"], None)
        if message.event_type == "ROUND_ENDED" and self._stacks:
            self._say(f"Your stack: {' and '.join(str(self._stacks[seat]) for seat in sorted(self._stacks))}")
        if message.event_type in STORY:
            who = self._name(event)
            total = f"({'soft ' if event.get('is_soft') else ''}{event['value']})" if "value" in event else ""
            card = event.get("card") or "a card face down"
            line = STORY[message.event_type].format_map(event | {"who": who, "total": total, "card": card})
            self._say(line.replace("_", " ").rstrip())

    def _name(self, event: dict[str, Any]) -> str:
        player_id = event.get("player_id")
        name = "You" if player_id == self._me else str(event.get("player_name", "Dealer"))
        return f"{name} (seat {event['seat']})" if self._seats.get(player_id or "", 0) > 1 else name


class Person:
    """A policy that asks a person, and again when the table refuses; the event loop goes on while nothing is typed."""

    def __init__(self, room: cardsharp.Room) -> None:
        self.wants_to_leave = asyncio.Event()
        self._room = room
        self._loop = asyncio.get_running_loop()
        self._question: asyncio.Future[str] | None = None
        self._at_question = False
        threading.Thread(target=self._read_lines, daemon=True).start()

    async def __call__(self, request: cardsharp.ActionRequest, state: dict[str, Any]) -> None:
        while True:
            answer = await self._choose(request, state)
            if answer is None:
                print("That is none of the choices.")
                continue
            action, data = answer
            try:
                await self._room.act(action, request_id=request.request_id, seat=request.seat, **data)
            except cardsharp.Refused as refused:
                print(refused.message)
                if refused.code != "stale_request":
                    continue
            return

    def say(self, line: str) -> None:
        """Prints a line of its own, below a question that still waits."""
        print(f"\n{line}" if self._at_question else line)
        self._at_question = False

    async def _choose(self, request: cardsharp.ActionRequest, state: dict[str, Any]) -> cardsharp.Answer | None:
        where = f"Seat {request.seat}: " if len(cardsharp.own_seats(self._room, state)) > 1 else ""
        if "SIT_IN" in request.valid_actions:
            await self._ask(f"{where}You are sitting out. Enter sits in again, q leaves:")
            return "sit_in", {}
        if "BET" in request.valid_actions:
            stack = cardsharp.seat_in(state, request.seat)["stack"]
            limits = f"{request.min_bet} to {request.max_bet}, of your {stack}"
            typed = await self._ask(f"{where}Your bet ({limits}; o sits out, q leaves):")
            if typed == "o":
                return "sit_out", {}
            with suppress(ValueError):
                return "place_bet", {"amount": chips(typed)}
            return None
        hand, up_card = cardsharp.hand_in(state, request), state["dealer"]["cards"][0]
        keys = {KEYS.get(action, action[0].lower()): action for action in request.valid_actions}
        choices = ", ".join(f"{key} = {action.lower()}" for key, action in keys.items())
        cards = f"{' '.join(hand['cards'])} ({hand['value']}) against {up_card}"
        question = f"{where}{cards}: {choices.replace('_', ' ')}, ? = hint:"
        while (typed := await self._ask(question)) == "?":
            print(f"Basic strategy: {cardsharp.advise(request, state).lower().replace('_', ' ')}.")
        return ("player_action", {"action": keys[typed]}) if typed in keys else None

    async def _ask(self, question: str) -> str:
        print(question, end=" ", flush=True)
        self._at_question = True
        self._question = self._loop.create_future()
        return await self._question

    def _read_lines(self) -> None:
        # A file of its own: sys.stdin must not be locked by this thread when the interpreter ends.
        with suppress(RuntimeError), open(0, closefd=False) as lines:  # the loop may be closed by then
            for line in lines:
                self._loop.call_soon_threadsafe(self._hear, line.strip().lower())
            self._loop.call_soon_threadsafe(self.wants_to_leave.set)

    def _hear(self, line: str) -> None:
        self._at_question = False
        if line == "q":
            self.wants_to_leave.set()
        elif self._question is None or self._question.done():
            print("Nothing is asked now; q leaves the table.")
        else:
            self._question.set_result(line)


async def play_at(room: cardsharp.Room, options: argparse.Namespace) -> cardsharp.Result | None:
    """The result of playing until the rounds are over or the player leaves; None when there was no seat to leave."""
    person = None if options.auto else Person(room)
    policy = person or cardsharp.basic_strategy(options.bet)
    rounds = options.rounds or (10 if options.auto else None)
    watch = Narrator(room, person.say if person else print)
    playing = asyncio.create_task(cardsharp.play(room, policy, rounds=rounds, seats=options.seats, watch=watch))
    leaving = asyncio.create_task((person.wants_to_leave if person else asyncio.Event()).wait())
    with suppress(asyncio.CancelledError):  # the first Ctrl-C leaves the table as q does, the second one just ends
        await asyncio.wait({playing, leaving}, return_when=asyncio.FIRST_COMPLETED)
    leaving.cancel()
    if not playing.done():
        print("\nLeaving the table; Ctrl-C goes at once.")
        try:
            await cardsharp.leave(room)
        except cardsharp.ClientError:
            playing.cancel()
    with suppress(asyncio.CancelledError):
        return await playing
    return None


async def main(options: argparse.Namespace) -> None:
    with options.log.open("w", encoding="utf-8") if options.log else nullcontext() as log:
        async with cardsharp.connect(options.url, token=options.token, table_id=options.table, log=log) as room:
            result = await play_at(room, options)
    if result is not None:
        print(
            f"\nRounds: {result.rounds}. Hands: {result.hands} ({result.won} won, {result.lost} lost, "
            f"{result.pushed} pushed). Wagered: {result.wagered}. Net: {result.net:+}."
        )


def options_from_command_line() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--url", default="ws://localhost:8765", help="a server, or one of its tables")
    parser.add_argument("--token", help="says who plays")
    parser.add_argument("--table", help="the table's id; else the server's own, or the first with an open seat")
    parser.add_argument("--seats", type=int, choices=(1, 2, 3), default=1, help="takes so many, where the table allows")
    parser.add_argument("--auto", action="store_true", help="plays basic strategy")
    parser.add_argument("--rounds", type=int, help="leaves after so many rounds (with --auto: 10)")
    parser.add_argument("--bet", type=chips, help="the bet of --auto (the table's smallest)")
    parser.add_argument("--log", type=Path, help="keeps what the server sends, one frame a line")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        asyncio.run(main(options_from_command_line()))
    except cardsharp.ClientError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
