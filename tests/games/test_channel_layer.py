"""Two processes over one Redis: what one of them commits, a socket at the other one gets."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from pytest_django import Settings

from cardsharp.blackjack.rules import Rules
from cardsharp.events.audience import Audience
from cardsharp.events.bus import EventBus
from cardsharp.events.handler import WebSocketEventHandler
from cardsharp.events.ports import PlayerInfo
from games import accounts
from games.consumers import GameConsumer
from games.layer import RoomLayer
from games.models import Player
from games.runtime import GROUP_MESSAGE, runtime
from games.tables import Tables

pytestmark = [pytest.mark.redis, pytest.mark.usefixtures("database_threads")]


class Elsewhere:
    """Another process: a channel layer, a bus, a handler and tables of its own. It can lose what it should publish."""

    def __init__(self, layer: Any) -> None:
        self.layer = layer
        self.loses = False
        bus = EventBus()
        self.tables = Tables(bus, Audience())
        self.handler = WebSocketEventHandler(room=self.tables, bus=bus, groups=self)

    async def send(self, group: str, message: dict[str, Any]) -> None:
        if not self.loses:
            await self.layer.group_send(group, {"type": GROUP_MESSAGE, "message": message})


class Socket:
    """A client's socket at this process."""

    def __init__(self) -> None:
        self._wire = WebsocketCommunicator(GameConsumer.as_asgi(), "/ws/")
        self._wire.scope |= {"url_route": {"kwargs": {}}, "same_origin": False}

    async def open(self, token: str | None = None, *, client_id: str | None = None) -> dict[str, Any]:
        accepted, _ = await self._wire.connect()
        assert accepted
        return await self.ask("connect", token=token, client_id=client_id)

    async def ask(self, kind: str, **data: Any) -> dict[str, Any]:
        """What the server says next."""
        await self._wire.send_json_to({"type": kind, "data": data})
        return await self.hear()

    async def hear(self) -> dict[str, Any]:
        return await self._wire.receive_json_from(timeout=5)

    async def watch(self, table_id: str) -> None:
        await self.ask("subscribe", event_types="*", table_id=table_id)
        assert (await self.hear())["data"]["event_type"] == "TABLE_STATE"

    async def events_until(self, event_type: str) -> list[tuple[str, int]]:
        """The types and seqs of the events up to one of that type."""
        heard: list[tuple[str, int]] = []
        while not heard or heard[-1][0] != event_type:
            message = await self.hear()
            heard.append((message["data"]["event_type"], message["data"]["seq"]))
        return heard

    async def closed(self) -> int:
        return (await self._wire.receive_output(timeout=5))["code"]

    async def close(self) -> None:
        await self._wire.disconnect()


@pytest.fixture
def one_redis(redis_url: str, settings: Settings) -> dict[str, Any]:
    """How both processes reach it, under names that nobody else uses."""
    config = {"hosts": [redis_url], "prefix": f"test-{uuid4().hex}"}
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "games.layer.RoomLayer", "CONFIG": config}}
    return config


@pytest.fixture
async def other_process(one_redis: dict[str, Any]) -> AsyncIterator[Elsewhere]:
    layer = RoomLayer(**one_redis)
    yield Elsewhere(layer)
    await layer.flush()


@pytest.fixture
async def socket(one_redis: dict[str, Any]) -> AsyncIterator[Socket]:
    runtime.cache_clear()
    socket = Socket()
    yield socket
    await socket.close()
    await get_channel_layer().flush()
    runtime.cache_clear()


@pytest.fixture
def token(ada: Player) -> str:
    return accounts.issue_token(ada, "laptop", "play")


def info(player: Player) -> PlayerInfo:
    return PlayerInfo(player_id=player.public_id, name=player.username, balance_cents=0)


async def test_what_one_process_commits_reaches_a_socket_at_the_other(
    other_process: Elsewhere, socket: Socket, table_id: str, ada: Player
):
    await socket.open()
    await socket.watch(table_id)
    await other_process.tables.act(table_id, info(ada), "join_table", {})
    assert await socket.events_until("TABLE_STATE") == [
        ("PLAYER_JOINED", 2),
        ("SHUFFLE", 3),
        ("ROUND_STARTED", 4),
        ("TABLE_STATE", 4),
    ]


async def test_both_processes_play_at_one_table_and_a_socket_gets_every_event_in_order(
    other_process: Elsewhere, socket: Socket, table_id: str, ada: Player, bob: Player
):
    await socket.open()
    await socket.watch(table_id)
    await other_process.tables.act(table_id, info(ada), "join_table", {})
    await runtime().tables.act(table_id, info(bob), "join_table", {"client_seed": "clover"})
    await other_process.tables.act(table_id, info(ada), "sit_out", {})
    heard = await socket.events_until("PLAYER_SAT_OUT")
    assert [seq for kind, seq in heard if kind != "TABLE_STATE"] == list(range(2, 8))


async def test_the_table_asks_its_player_at_whatever_process(
    other_process: Elsewhere, socket: Socket, table_id: str, ada: Player, token: str
):
    await socket.open(token)
    await socket.watch(table_id)
    await other_process.tables.act(table_id, info(ada), "join_table", {})
    await socket.events_until("TABLE_STATE")
    asked = await socket.hear()
    assert (asked["type"], asked["data"]["valid_actions"]) == ("action_request", ["BET", "SIT_OUT"])
    answer = {"amount": 10, "request_id": asked["data"]["request_id"]}
    await socket.ask("action", action="place_bet", table_id=table_id, data=answer)
    assert (await other_process.tables.snapshot(table_id)).view["phase"] == "playing"


async def test_news_that_were_lost_are_healed_from_the_log_by_the_next_ones(
    other_process: Elsewhere, socket: Socket, table_id: str, ada: Player, bob: Player
):
    await socket.open()
    await socket.watch(table_id)
    other_process.loses = True
    await other_process.tables.act(table_id, info(ada), "join_table", {})
    other_process.loses = False
    await other_process.tables.act(table_id, info(bob), "join_table", {})
    heard = await socket.events_until("TABLE_STATE")
    assert heard == [
        ("PLAYER_JOINED", 2),
        ("SHUFFLE", 3),
        ("ROUND_STARTED", 4),
        ("PLAYER_JOINED", 5),
        ("TABLE_STATE", 5),
    ]


async def test_the_lobby_hears_of_tables_that_another_process_opens_and_closes(
    other_process: Elsewhere, socket: Socket
):
    await socket.open()
    await socket.ask("subscribe", event_types="*")
    assert (await socket.hear())["data"]["event_type"] == "LOBBY_STATE"
    table_id = await other_process.tables.open("blackjack", "Far away", Rules())
    opened = (await socket.hear())["data"]
    assert (opened["event_type"], opened["data"]["name"]) == ("TABLE_OPENED", "Far away")
    await other_process.tables.close(table_id, "fire drill")
    closed = (await socket.hear())["data"]
    assert (closed["event_type"], closed["table_id"]) == ("TABLE_CLOSED", table_id)


async def test_a_sign_out_at_one_process_closes_the_sockets_at_the_other(
    other_process: Elsewhere, socket: Socket, ada: Player, token: str
):
    await socket.open(token)
    await other_process.handler.sign_out(ada.public_id)
    assert (await socket.hear())["data"]["reason"] == "signed_out"
    assert await socket.closed() == 4401


async def test_nobody_hears_of_a_table_that_they_do_not_watch(
    other_process: Elsewhere, socket: Socket, table_id: str, ada: Player, bob: Player
):
    other = await other_process.tables.open("blackjack", "Other", Rules())
    await socket.open()
    await socket.watch(table_id)
    await other_process.tables.act(other, info(bob), "join_table", {})
    await other_process.tables.act(table_id, info(ada), "join_table", {})
    message = await socket.hear()
    assert message["data"]["table_id"] == table_id


async def test_a_table_that_is_made_at_one_process_is_in_the_lobby_at_the_other(
    other_process: Elsewhere, socket: Socket, ada: Player
):
    await socket.open()
    await socket.ask("subscribe", event_types="*")
    assert (await socket.hear())["data"]["event_type"] == "LOBBY_STATE"
    table_id = await other_process.tables.open("blackjack", "Ours", Rules(decks=2), ada.pk)
    opened = (await socket.hear())["data"]
    assert (opened["event_type"], opened["data"]["table_id"]) == ("TABLE_OPENED", table_id)
    assert opened["data"]["rules"] == "2D S17 DAS LS 3:2"
    await other_process.tables.close_own(table_id, ada)
    closed = (await socket.hear())["data"]
    assert (closed["event_type"], closed["data"]["reason"]) == ("TABLE_CLOSED", "closed by its maker")
