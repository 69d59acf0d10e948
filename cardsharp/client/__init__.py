"""An async client of the CardSharp protocol, for programs that play, watch or measure.

async with connect("ws://localhost:8000/ws/", token=token) as room:
    result = await play(room, basic_strategy(), rounds=10)
"""

from cardsharp.client.errors import ClientError, Closed, Interrupted, NoOpenSeat, Refused, Unreachable
from cardsharp.client.messages import ActionRequest, Connected, Event, Message, Player, TableState
from cardsharp.client.player import Answer, Policy, Result, basic_strategy, play
from cardsharp.client.room import Room, connect

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
    "TableState",
    "Unreachable",
    "basic_strategy",
    "connect",
    "play",
]
