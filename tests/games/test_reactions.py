"""Quick reactions: who may send them, how many, who is sent them, and that nothing of them is kept."""

import re
from typing import Any, get_args

import msgspec
import pytest
from django.test import Client as Browser
from django.urls import reverse

from cardsharp import errors
from cardsharp.events.bus import EventBus
from cardsharp.events.handler import WebSocketEventHandler
from games import reactions
from games.database import in_database
from games.models import Player
from games.reactions import BURST, Reaction, SendReaction
from games.store import Store
from games.tables import Tables
from tests.games.admin.room import written
from tests.games.durable import NOON, Clock, open_table, play
from tests.games.test_practice import client_of

pytestmark = pytest.mark.usefixtures("database_threads")


class Sent:
    """Groups that keep what they are sent."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, dict[str, Any]]] = []

    async def send(self, group: str, message: dict[str, Any]) -> None:
        self.messages.append((group, message))

    def events(self) -> list[dict[str, Any]]:
        """Each event once: it goes to who hears its type, and to who hears all."""
        texts = dict.fromkeys(message["text"] for _, message in self.messages)
        return [msgspec.json.decode(text)["data"] for text in texts]


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
def handler(tables: Tables, bus: EventBus, sent: Sent, clock: Clock) -> WebSocketEventHandler:
    handler = WebSocketEventHandler(room=tables, bus=bus, groups=sent, clock=clock)
    reactions.setup(handler, tables)
    return handler


@pytest.fixture
def table(store: Store, ada: Player) -> str:
    table_id = open_table(store, seats_per_player=2)
    for seat in (2, 4):
        play(store, table_id, ada, "join_table", seat=seat)
    return table_id


async def send(handler: WebSocketEventHandler, player: Player, table_id: str, **data: Any) -> None:
    wanted = msgspec.convert({"reaction": "thanks", **data}, SendReaction)
    await handler.extensions.actions["send_reaction"].handle(client_of(player), table_id, wanted)


async def test_everybody_at_the_table_is_sent_it_and_nothing_is_kept(
    handler: WebSocketEventHandler, sent: Sent, table: str, ada: Player
):
    before = await in_database(written)
    await send(handler, ada, table, reaction="nice_hand")
    await send(handler, ada, table, seat=4)
    told = {"player_id": ada.public_id, "player_name": "Ada", "timestamp": NOON}
    assert [(event["event_type"], event["table_id"], event["data"]) for event in sent.events()] == [
        ("PLAYER_REACTED", table, told | {"seat": 2, "reaction": "nice_hand"}),
        ("PLAYER_REACTED", table, told | {"seat": 4, "reaction": "thanks"}),
    ]
    assert "seq" not in sent.events()[0]
    assert await in_database(written) == before


async def test_who_only_watches_cannot_react(
    handler: WebSocketEventHandler, sent: Sent, table: str, ada: Player, bob: Player
):
    with pytest.raises(errors.NotSeated, match="Take a seat first"):
        await send(handler, bob, table)
    with pytest.raises(errors.NotSeated):
        await send(handler, ada, table, seat=1)
    assert sent.messages == []


async def test_too_many_are_refused_until_some_time_has_passed(
    handler: WebSocketEventHandler, sent: Sent, table: str, ada: Player, clock: Clock
):
    for _ in range(BURST):
        await send(handler, ada, table)
    with pytest.raises(errors.RateLimited) as refusal:
        await send(handler, ada, table)
    wait = refusal.value.details["retry_after"]
    clock.now += wait
    await send(handler, ada, table)
    assert len(sent.messages) == 2 * (BURST + 1)


async def test_who_is_refused_for_another_reason_loses_none(handler: WebSocketEventHandler, table: str, ada: Player):
    for _ in range(2 * BURST):
        with pytest.raises(errors.NotSeated):
            await send(handler, ada, table, seat=5)
    await send(handler, ada, table)


def test_no_other_words_can_be_said():
    for data in ({"reaction": "you are slow"}, {"reaction": None}, {}, {"reaction": "ouch", "seat": 0}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(data, SendReaction)


def test_the_page_has_each_of_them_by_name(client: Browser, store: Store):
    page = client.get(reverse("table", args=[open_table(store)])).text
    named = dict(re.findall(r'data-reaction="(\w+)"><svg .*?</svg><span>([^<]+)</span>', page))
    assert tuple(named) == get_args(Reaction)
    assert all(named.values())
