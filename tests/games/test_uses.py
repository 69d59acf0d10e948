"""The time at which a token was used last: of whoever is connected, once a minute, and with no write for a message."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cardsharp.events.audience import Audience
from cardsharp.events.bus import EventBus
from cardsharp.events.handler import WebSocketEventHandler
from cardsharp.events.ports import Credentials
from cardsharp.events.session import Session
from games import accounts
from games.database import in_database
from games.models import Player, Token
from games.tables import Tables
from games.uses import TokenUses
from tests.games.durable import Clock

pytestmark = pytest.mark.usefixtures("database_threads")


class Silence:
    """A socket and groups that take everything."""

    is_full = False

    async def send(self, *texts: Any) -> None:
        pass

    async def drain(self) -> None:
        pass

    async def close(self, code: int) -> None:
        pass

    async def join(self, group: str) -> None:
        pass

    async def leave(self, group: str) -> None:
        pass


class Room:
    """A handler over real tables, and the notes of its tokens' use."""

    def __init__(self, bus: EventBus) -> None:
        self.clock = Clock()
        self.tables = Tables(bus, Audience())
        self.handler = WebSocketEventHandler(room=self.tables, bus=bus, groups=Silence(), clock=self.clock)
        self.uses = TokenUses(self.handler, self.clock)

    async def connect(self, secret: str | None) -> Session:
        session = await self.handler.open(Silence(), Credentials(bearer=secret))
        await self.say(session, "connect")
        return session

    async def say(self, session: Session, kind: str) -> None:
        await self.handler.receive(session, json.dumps({"type": kind}))

    async def later(self) -> None:
        """A minute later, as far as the clock and the notes go."""
        self.clock.now += 60
        await in_database(Token.objects.update, last_used_at=timezone.now() - timedelta(minutes=1, seconds=1))


def used(name: str) -> bool:
    """Whether the use was noted just now."""
    last = Token.objects.get(name=name).last_used_at
    return last is not None and last > timezone.now() - timedelta(seconds=30)


async def test_a_token_is_used_as_long_as_its_client_says_something(bus: EventBus, ada: Player) -> None:
    room = Room(bus)
    talker = await room.connect(await in_database(accounts.issue_token, ada, "talker", "play"))
    await room.connect(await in_database(accounts.issue_token, ada, "silent", "watch"))
    await room.connect(None)
    await room.later()
    await room.uses.note()
    await room.later()
    await room.say(talker, "heartbeat")
    await room.uses.note()
    assert await in_database(used, "talker")
    assert not await in_database(used, "silent")


async def test_no_message_writes_and_all_tokens_are_noted_in_one_write(bus: EventBus, ada: Player) -> None:
    room = Room(bus)
    secrets = [await in_database(accounts.issue_token, ada, f"bot {number}", "play") for number in range(3)]
    sessions = [await room.connect(secret) for secret in secrets]
    await room.later()

    queries = CaptureQueriesContext(connection)

    def captured() -> list[dict[str, str]]:
        return queries.captured_queries

    await in_database(queries.__enter__)
    for _ in range(5):
        for session in sessions:
            await room.say(session, "heartbeat")
    assert await in_database(captured) == []
    await room.uses.note()
    (write,) = await in_database(captured)
    await in_database(queries.__exit__, None, None, None)
    assert write["sql"].startswith("UPDATE")
    assert [await in_database(used, f"bot {number}") for number in range(3)] == [True] * 3


async def test_whoever_is_gone_uses_nothing(bus: EventBus, ada: Player) -> None:
    room = Room(bus)
    session = await room.connect(await in_database(accounts.issue_token, ada, "gone", "play"))
    await room.later()
    await room.handler.lost(session)
    await room.uses.note()
    assert not await in_database(used, "gone")
