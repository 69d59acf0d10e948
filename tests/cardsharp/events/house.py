"""A handler with all that it needs around it, in memory: time stands still and mail lies until a test lets it go on."""

import asyncio
import json
from typing import Any

from cardsharp.events.audience import Audience
from cardsharp.events.bus import EventBus
from cardsharp.events.handler import WebSocketEventHandler
from cardsharp.events.limits import Limits
from cardsharp.events.ports import Credentials
from tests.cardsharp.events.room import MemoryRoom
from tests.protocol.frames import Frames, frames_with

Message = dict[str, Any]

NOON = 1_766_404_800.0
INTERVAL = 20.0
ADAS_TOKEN = "token of Ada"
BENS_TOKEN = "token of Ben"


class Clock:
    """Shows the time at which a test has set it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


class Client:
    """One socket: the Transport that the handler writes to, and what has come out of it.

    It reads everything at once, until a test sets how many frames it has room for.
    """

    def __init__(self, house: "House") -> None:
        self.room: int | None = None
        self._has_room = asyncio.Event()
        self._is_patience_over = False
        self.frames: list[str] = []
        self.closed_with: list[int] = []
        self._house = house
        self._read = 0

    async def open(self, credentials: Credentials, default_table: str | None) -> None:
        self.session = await self._house.handler.open(self, credentials, default_table)

    @property
    def is_full(self) -> bool:
        return self.room is not None and self.room <= 0

    async def drain(self) -> None:
        while self.is_full:
            self._has_room.clear()
            await self._has_room.wait()
            if self._is_patience_over:
                self._is_patience_over = False
                raise TimeoutError

    def make_room(self, frames: int | None) -> None:
        """Reads what there is, and has room for so many frames more, or for all that may come."""
        self.room = frames
        self._has_room.set()

    def try_patience(self) -> None:
        """Lets the server wait in vain for as long as it waits."""
        self._is_patience_over = True
        self._has_room.set()

    async def caught_up(self) -> None:
        """Waits until everything has been sent that the socket lacked."""
        while (task := self.session.catching_up) is not None:
            await asyncio.wait([task])

    async def send(self, text: str) -> None:
        assert not self.closed_with, "nothing is sent after the close"
        self.frames.append(text)
        if self.room is not None:
            self.room -= 1

    async def close(self, code: int) -> None:
        self.closed_with.append(code)

    async def join(self, group: str) -> None:
        self._house.groups.members.setdefault(group, []).append(self)

    async def leave(self, group: str) -> None:
        self._house.groups.members[group].remove(self)

    def news(self) -> list[Message]:
        """The messages since the last look, batches taken apart."""
        texts = self.frames[self._read :]
        self._read = len(self.frames)
        messages = [json.loads(text) for text in texts]
        return [message for part in messages for message in (part if isinstance(part, list) else [part])]

    async def say_raw(self, frame: str | bytes) -> list[Message]:
        """Sends a frame; what comes back at once, before any mail is delivered."""
        earlier = self.news()
        assert earlier == [], "what came before was looked at"
        await self._house.handler.receive(self.session, frame)
        come = self.news()
        answers = [message for message in come if message["type"] != "event" or is_receipt(message)]
        if answers:
            self._house.checked.check_answer(frame, answers[0])
        return come

    async def say(self, kind: str, data: Message | None = None, **envelope: Any) -> list[Message]:
        return await self.say_raw(json.dumps({"type": kind, "data": data or {}, **envelope}))

    async def ask(self, kind: str, data: Message | None = None, **envelope: Any) -> Message:
        """The one answer to a message."""
        (answer,) = await self.say(kind, data, **envelope)
        return answer

    async def act(self, action: str, table_id: str | None = None, /, **data: Any) -> Message:
        return await self.ask("action", {"action": action, "data": data, "table_id": table_id})

    async def watch(self, *names: str, since: int | None = None) -> list[Message]:
        """Subscribes to the names at table t1."""
        return await self.say("subscribe", {"event_types": list(names), "table_id": "t1", "since": since})

    async def lost(self) -> None:
        await self._house.handler.lost(self.session)


class MemoryGroups:
    """The groups. Messages lie in `mail`, in order, until `deliver`; a test may drop, double, keep and shuffle them."""

    def __init__(self) -> None:
        self.members: dict[str, list[Client]] = {}
        self.mail: list[tuple[Client, Message]] = []

    async def send(self, group: str, message: Message) -> None:
        carried = json.dumps(message)  # as a layer between processes carries it
        self.mail += [(member, json.loads(carried)) for member in self.members.get(group, ())]


class House:
    """The handler and its surroundings."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.clock = Clock()
        self.bus = EventBus()
        self.audience = Audience()
        self.groups = MemoryGroups()
        self.room = MemoryRoom(self.bus, self.audience, self.clock)
        self.handler = WebSocketEventHandler(
            room=self.room,
            bus=self.bus,
            groups=self.groups,
            audience=self.audience,
            heartbeat_interval=INTERVAL,
            limits=limits,
            clock=self.clock,
        )

    @property
    def checked(self) -> Frames:
        """What holds every frame to the protocol's document, with what has been registered by now."""
        return frames_with(self.handler.extensions)

    async def enter(self, default_table: str | None = None, **credentials: Any) -> Client:
        """A socket that has said nothing yet."""
        client = Client(self)
        await client.open(Credentials(**credentials), default_table)
        return client

    async def visit(self, token: str | None = None, default_table: str | None = None, **data: Any) -> Client:
        """A socket that has connected."""
        client = await self.enter(default_table)
        assert (await client.ask("connect", {"token": token, **data}))["type"] == "connected"
        return client

    async def deliver(self) -> None:
        """Delivers the mail, in whatever order it lies."""
        while self.groups.mail:
            client, message = self.groups.mail.pop(0)
            await self.handler.deliver(client.session, message)

    async def beat(self) -> None:
        """Lets a heartbeat interval pass."""
        self.clock.now += INTERVAL
        await self.handler.beat()


def is_receipt(event: Message) -> bool:
    return event["data"]["event_type"] == "ACTION_RECEIVED"


def kinds(messages: list[Message]) -> list[str]:
    """The types of the messages, of events their event types."""
    return [m["data"]["event_type"] if m["type"] == "event" else m["type"] for m in messages]


def events(messages: list[Message]) -> list[tuple[int, str]]:
    """The seq and type of each logged event among the messages."""
    found = [m["data"] for m in messages if m["type"] == "event"]
    return [(e["seq"], e["event_type"]) for e in found if "seq" in e and e["event_type"] != "TABLE_STATE"]


def code_of(message: Message) -> str:
    """The code of an error, which says a sentence, too."""
    assert message["type"] == "error"
    assert message["data"]["message"]
    return message["data"]["code"]
