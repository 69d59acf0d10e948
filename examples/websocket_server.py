"""Serves blackjack over the CardSharp protocol, out of memory: no Django, no database, nothing to set up.

    python examples/websocket_server.py --host localhost --port 8765
    python examples/websocket_server.py --rules "2D H17 NDAS PAUSE1" --chips 500

There is a table as soon as somebody connects, and another one when it is full. Who connects without a token is a guest
with chips to play with. Ctrl-C stops it: bets that are not lost go back, and every client is told.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from a clone, without being installed

from cardsharp.blackjack.rules import Rules
from cardsharp.chips import to_number
from cardsharp.errors import CardSharpError
from cardsharp.events.admission import Guests, RoomsOwn
from cardsharp.events.bus import EventBus
from cardsharp.events.handler import WebSocketEventHandler
from cardsharp.events.ports import COMMITTED, Commit
from cardsharp.memory_room import MemoryRoom
from cardsharp.server import LocalGroups, TablesOnDemand, WebSocketServer


async def main(options: argparse.Namespace) -> None:
    rules = Rules.parse(options.rules)
    bus, groups = EventBus(), LocalGroups()  # who hears what happens: here, and at the other end of each socket
    chips = options.chips or 2 * to_number(rules.default_buy_in_cents)
    room = MemoryRoom(bus, guest_chips=chips)  # the tables, the players and their chips
    handler = WebSocketEventHandler(  # the protocol; who brings no token is a guest
        room=room, bus=bus, groups=groups, audience=room.audience, authenticate=Guests(RoomsOwn(room), room.guest)
    )
    tables = TablesOnDemand(room, rules)  # which tables there are, and whose socket means which
    bus.subscribe(COMMITTED, tell)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    server = WebSocketServer(handler, groups, tables, host=options.host, port=options.port, origins=options.origin)
    async with room, server:
        print(f"CardSharp is open at {server.url} (Ctrl-C stops it). Rules: {rules}", flush=True)
        await stopped.wait()
        print("Closing the tables.", flush=True)
        await tables.close("the server stops")


def tell(name: str, commit: Commit) -> None:
    """Prints a line for players who come and go, and for rounds that end."""
    table = commit.after.row["name"]
    for event in commit.events:
        match event.event_type, event.data:
            case "PLAYER_JOINED", data:
                print(f"{table}: {data['player_name']} sits down with {data['stack']} chips", flush=True)
            case "PLAYER_LEFT", data:
                print(f"{table}: {data['player_name']} leaves with {data['stack']} chips", flush=True)
            case "ROUND_ENDED", data if data["results"]:
                results = ", ".join(f"{result['player_name']} {result['net']:+}" for result in data["results"])
                print(f"{table}, round {data['round_number']}: {results}", flush=True)


def options_from_command_line() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--host", default="localhost", help="the name or address to listen on; 0.0.0.0 for all")
    parser.add_argument("--port", type=int, default=8765, help="0 takes any that is free")
    parser.add_argument("--rules", default="", help='a placard, such as "6D H17 NDAS"; the classic game if left out')
    parser.add_argument("--chips", type=int, help="what a guest begins with; two buy-ins if left out")
    parser.add_argument("--origin", action="append", default=[], help="a web page's origin that may connect, too")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        asyncio.run(main(options_from_command_line()))
    except CardSharpError as error:
        sys.exit(str(error))
