"""A bot that counts cards: plays 1,000 rounds and says what came of it.

    python examples/bot.py --url ws://localhost:8765
    python examples/bot.py --url ws://localhost:8000/ws/ --token TOKEN --rounds 200 --log evening.jsonl

It moves by basic strategy and bets by the Hi-Lo count: every low card that leaves the shoe makes the rest richer in
tens and aces, which is when it bets more. What it tells a bot-writer: `Counter.bet`, `.insurance` and `.move` answer
the table, `Counter.watch` sees everything that happens, and `play` does the rest.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from a clone, without being installed

from cardsharp.client import ActionRequest, ClientError, Event, Message, Refused, advise, connect, play

HI_LO = {**dict.fromkeys("23456", +1), **dict.fromkeys(["10", "J", "Q", "K", "A"], -1)}
BIGGEST = 4


class Counter:
    """Remembers the cards of a shoe, and answers what the table asks."""

    def __init__(self) -> None:
        self.count = 0

    def watch(self, message: Message) -> None:
        """Sees every message, in order and before the question that follows it."""
        if not isinstance(message, Event):
            return
        if message.event_type == "SHUFFLE":
            self.count = 0
        elif message.event_type in ("CARD_DEALT", "CARD_REVEALED") and message.data["card"]:
            self.count += HI_LO.get(message.data["card"][:-1], 0)

    def true_count(self, state: dict[str, Any]) -> float:
        """The count for each deck that is left in the shoe."""
        cards_left: int = state["shoe"]["cards_remaining"]
        return self.count / max(cards_left / 52, 0.5)

    def bet(self, request: ActionRequest, state: dict[str, Any]) -> int | Decimal:
        units = min(max(1, int(self.true_count(state))), BIGGEST)
        stack = next(seat["stack"] for seat in state["seats"] if seat["seat"] == request.seat)
        amount: int | Decimal = min(units * state["min_bet"], state["max_bet"], max(stack, state["min_bet"]))
        return amount

    def insurance(self, request: ActionRequest, state: dict[str, Any]) -> bool:
        return self.true_count(state) >= 3

    def move(self, request: ActionRequest, state: dict[str, Any]) -> str:
        return advise(request, state)


async def main(options: argparse.Namespace) -> None:
    bot, begun = Counter(), time.monotonic()
    rounds = hands = 0
    wagered = net = Decimal(0)
    with options.log.open("w", encoding="utf-8") if options.log else nullcontext() as log:
        async with connect(options.url, token=options.token, table_id=options.table, log=log) as room:
            while rounds < options.rounds:  # a stack that is used up ends the play: sit down with another one
                try:
                    result = await play(room, bot, rounds=options.rounds - rounds, watch=bot.watch)
                except Refused as refused:
                    if refused.code != "insufficient_chips" or not rounds:
                        raise
                    print("The wallet is empty.")
                    break
                rounds, hands = rounds + result.rounds, hands + result.hands
                wagered, net = wagered + result.wagered, net + result.net
    seconds = time.monotonic() - begun
    print(f"{rounds} rounds, {hands} hands, wagered {wagered}, net {net:+}, in {seconds:.1f} seconds.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--url", default="ws://localhost:8765", help="a server, or one of its tables")
    parser.add_argument("--token", help="says who plays")
    parser.add_argument("--table", help="the table's id; else the server's own, or the first with an open seat")
    parser.add_argument("--rounds", type=int, default=1_000)
    parser.add_argument("--log", type=Path, help="keeps what the server sends, one frame a line")
    try:
        asyncio.run(main(parser.parse_args()))
    except ClientError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
