"""An async client of the CardSharp protocol, for programs that play, watch or measure.

    async with connect("ws://localhost:8000/ws/", token=token) as room:
        result = await play(room, basic_strategy(), rounds=10)

What it raises is a ClientError; amounts of chips are int or Decimal.
"""

from cardsharp.client.errors import ClientError, Closed, Interrupted, NoOpenSeat, Refused, Unreachable
from cardsharp.client.messages import ActionRequest, Connected, Event, Message, Player, TableState
from cardsharp.client.player import Result, play
from cardsharp.client.policy import Answer, Policy, Strategy, advise, basic_strategy, hand_in, seat_in
from cardsharp.client.room import Room, connect
from cardsharp.client.seating import leave, own_seats

__all__ = [
    "ActionRequest",
    "Answer",
    "ClientError",
    "Closed",
    "Connected",
    "Event",
    "Interrupted",
    "Message",
    "NoOpenSeat",
    "Player",
    "Policy",
    "Refused",
    "Result",
    "Room",
    "Strategy",
    "TableState",
    "Unreachable",
    "advise",
    "basic_strategy",
    "connect",
    "hand_in",
    "leave",
    "own_seats",
    "play",
    "seat_in",
]
