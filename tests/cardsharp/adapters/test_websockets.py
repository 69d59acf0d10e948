"""WebAdapter with WebSockets: clients play at the engine's table, each for itself and in time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from cardsharp import errors
from cardsharp.adapters import WebAdapter
from cardsharp.blackjack.rules import Rules
from cardsharp.cards import parse_cards
from cardsharp.client import basic_strategy, connect, play
from cardsharp.engine import BlackjackEngine
from cardsharp.events.clients import Client
from cardsharp.events.ports import Credentials
from cardsharp.server import CannotListen
from cardsharp.shoe import StackedShoes
from tests.protocol.frames import frames_with
from tests.wire_client import WireClient, connected, opened

UNTIMED = Rules(bet_seconds=None, act_seconds=None, insurance_seconds=None, pause_seconds=0)
CARDS = "8♠ 6♦ 8♥ 10♦ 2♠ 2♥ 3♠ 3♥ 4♠ 4♥"


class Echo(msgspec.Struct):
    """A program's own message."""

    text: str


@asynccontextmanager
async def playing(config: Any = UNTIMED, cards: str = "") -> AsyncIterator[tuple[BlackjackEngine, WebAdapter]]:
    """As the documentation has it, in its order."""
    adapter = WebAdapter(use_websockets=True, port=0)
    engine = BlackjackEngine(adapter, config, shoes=StackedShoes(parse_cards(cards)) if cards else None)
    await adapter.initialize()
    await engine.initialize()
    await engine.start_game()
    try:
        yield engine, adapter
    finally:
        await engine.shutdown()


async def test_a_client_that_knows_no_table_subscribes_joins_and_plays():
    async with playing(cards="10♠ 10♥ 8♠ 7♦") as (_, adapter), connected(adapter.url) as client:
        await client.ask("subscribe", {"event_types": ["HAND_RESULT"]})
        await client.accepted("join_table", buy_in=200)
        request = await client.request()
        await client.accepted("place_bet", amount=10, request_id=request["request_id"])
        request = await client.request()
        assert "STAND" in request["valid_actions"]
        await client.accepted("player_action", action="STAND", request_id=request["request_id"])
        assert (await client.event("HAND_RESULT"))["data"]["net"] == 10
        assert [seat["stack"] for seat in adapter.get_current_state()["seats"]] == [210]
        assert "HAND_RESULT" in [event["event_type"] for event in adapter.get_events()]


async def test_the_client_library_plays_there():
    async with playing() as (engine, adapter):
        async with connect(adapter.url) as one, connect(f"{adapter.url}/any/path") as two:
            results = await asyncio.gather(*(play(room, basic_strategy(10), rounds=5) for room in (one, two)))
        assert [result.rounds for result in results] == [5, 5]
        players = engine.room.players
        assert players.wallets_cents + players.house_cents == players.issued_cents == 2000_00


async def seat(client: WireClient) -> None:
    await client.ask("subscribe", {"event_types": "*"})
    await client.accepted("join_table", buy_in=200)


async def test_only_the_right_players_answer_to_the_right_request_counts():
    async with playing(cards=CARDS) as (_, adapter), connected(adapter.url) as ada, connected(adapter.url) as ben:
        await seat(ada)
        bet = (await ada.request())["request_id"]
        await seat(ben)
        assert await ben.refused("place_bet", amount=10, request_id=bet) == "stale_request"
        await ada.accepted("place_bet", amount=10, request_id=bet)
        await ben.accepted("place_bet", amount=10)
        move = (await ada.request())["request_id"]
        assert await ben.refused("player_action", action="STAND") == "not_your_turn"
        assert await ben.refused("player_action", action="STAND", request_id=move) == "stale_request"
        assert await ada.refused("player_action", action="STAND", request_id=bet) == "stale_request"
        assert await ada.refused("player_action", action="SPLIT", request_id=move) == "illegal_action"
        seq = await ada.accepted("player_action", action="STAND", request_id=move)
        assert await ada.accepted("player_action", action="STAND", request_id=move) == seq


async def test_who_does_not_answer_is_timed_out_by_the_rules():
    rules = Rules(bet_seconds=1, act_seconds=1, pause_seconds=0)
    async with playing(rules, CARDS) as (_, adapter), connected(adapter.url) as ada:
        await seat(ada)
        await ada.accepted("place_bet", amount=10)
        late = (await ada.until(lambda m: m["type"] == "action_request" and m["data"]["hand_id"] is not None))["data"]
        assert 0 < late["timeout_seconds"] <= 1
        assert (await ada.event("PLAYER_TIMEOUT"))["data"]["action"] == "STAND"
        assert await ada.refused("player_action", action="HIT", request_id=late["request_id"]) == "stale_request"


async def test_a_player_of_the_program_is_the_client_with_its_token():
    async with playing() as (engine, adapter):
        ada = await engine.add_player("Ada", token="the token of Ada")
        async with connected(adapter.url, token="the token of Ada") as client:
            await client.ask("subscribe", {"event_types": "*"})
            assert (await client.request())["player_id"] == ada
            await client.accepted("place_bet", amount=10)
        async with opened(adapter.url) as client:
            answer = await client.ask("connect", {"token": "another"})
            assert answer["data"] == {"reason": "bad_token"}


async def test_a_guest_that_comes_again_has_its_seat():
    async with playing() as (_, adapter):
        async with connected(adapter.url) as client:
            await seat(client)
            me = (await client.ask("unsubscribe", {"event_types": "*"}))["data"]
        async with connected(adapter.url, client_id=me["client_id"]) as client:
            await client.accepted("place_bet", amount=10)


async def test_the_end_is_told_to_every_client():
    async with playing() as (engine, adapter), connected(adapter.url) as client, connected(adapter.url) as other:
        await seat(client)
        await client.accepted("place_bet", amount=10)
        await engine.shutdown()
        assert await client.closed() == await other.closed() == 4012
        kinds = [message["data"].get("event_type", message["type"]) for message in client.messages]
        assert kinds[-2:] == ["TABLE_STATE", "disconnected"]
        assert "TABLE_CLOSED" in kinds
        with pytest.raises(errors.WrongPhase):
            assert adapter.url


async def test_an_address_in_use_is_one_sentence():
    async with playing() as (_, first):
        adapter = WebAdapter(use_websockets=True, port=int(first.url.rpartition(":")[2]))
        engine = BlackjackEngine(adapter)
        for _ in range(2):
            with pytest.raises(CannotListen, match="Cannot listen on localhost port"):
                await engine.initialize()
        await engine.shutdown()


class Wire:
    """A transport of somebody's own server."""

    is_full = False

    def __init__(self) -> None:
        self.frames: list[str] = []
        self.code: int | None = None

    async def send(self, text: str) -> None:
        self.frames.append(text)

    async def drain(self) -> None:
        pass

    async def close(self, code: int) -> None:
        self.code = code

    async def join(self, group: str) -> None:
        pass

    async def leave(self, group: str) -> None:
        pass


async def test_it_may_leave_listening_to_another_server():
    adapter, wire = WebAdapter(use_websockets=True, port=None), Wire()
    async with BlackjackEngine(adapter) as engine:
        session = await adapter.handler.open(wire, Credentials(), engine.table_id)
        await adapter.handler.receive(session, '{"type": "connect"}')
        await adapter.handler.receive(session, '{"type": "action", "data": {"action": "join_table"}}')
        assert '"ACTION_RECEIVED"' in wire.frames[-1]
        await adapter.handler.lost(session)
    with pytest.raises(errors.WrongPhase, match="listens to nobody"):
        assert adapter.url


async def test_an_adapter_needs_an_engine():
    with pytest.raises(errors.WrongPhase, match="Make a BlackjackEngine"):
        await WebAdapter(use_websockets=True).initialize()


async def test_playing_waits_for_clients_to_come_and_counts_their_rounds():
    adapter = WebAdapter(use_websockets=True, port=0)
    async with BlackjackEngine(adapter, UNTIMED) as engine:
        rounds = asyncio.create_task(engine.play(3))
        async with connect(adapter.url) as room:
            await play(room, basic_strategy(10), rounds=2)
        assert not rounds.done()
        async with connect(adapter.url) as room:
            await play(room, basic_strategy(10), rounds=1)
        played = await asyncio.wait_for(rounds, 10)
        assert (played.rounds, len(played.net)) == (3, 2)


async def test_the_handler_may_be_extended_before_anybody_comes():
    adapter = WebAdapter(use_websockets=True, port=0)
    engine = BlackjackEngine(adapter)

    @adapter.handler.message("echo", Echo, answer=Echo)
    async def echo(client: Client, data: Echo) -> Echo:
        return data

    checked = frames_with(adapter.handler.extensions)
    async with engine, connected(adapter.url, checked=checked) as client:
        assert (await client.ask("echo", {"text": "hello"}))["data"] == {"text": "hello"}


async def test_an_adapter_that_was_initialized_alone_is_shut_down_with_its_engine():
    adapter = WebAdapter(use_websockets=True, port=0)
    engine = BlackjackEngine(adapter)
    await adapter.initialize()
    url = adapter.url
    await engine.shutdown()
    with pytest.raises(OSError, match="Connect call failed"):
        async with opened(url):
            pass
