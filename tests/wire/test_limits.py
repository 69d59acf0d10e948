"""What a connection, a player and an address may ask, how silence ends, and how the server goes."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import meters
from tests.protocol.frames import Frames
from tests.servers import UNTIMED, Server, serving
from tests.standalone import standing_alone
from tests.wire.conftest import KINDS, PLAIN_CARDS, Room
from tests.wire_client import WireClient, connected, opened

HEARTBEAT = "0.4"
METERS = Frames(meters.extensions())


async def flood(client: WireClient, count: int) -> None:
    for _ in range(count):
        await client.socket.send('{"type": "heartbeat", "id": "x"}')


async def test_too_many_messages_are_refused_until_the_client_slows_down(room: Room):
    async with connected(room.url) as client:
        await flood(client, 300)
        answers = [await client.next() for _ in range(300)]
        refused = [answer["data"] for answer in answers if answer["type"] == "error"]
        assert len(refused) > 100
        assert {error["code"] for error in refused} == {"rate_limited"}
        assert all(0 < error["retry_after"] <= 0.02 for error in refused)
        assert all(answer["reply_to"] == "x" for answer in answers)
        await asyncio.sleep(2 * float(refused[-1]["retry_after"]))
        assert (await client.ask("heartbeat"))["type"] == "heartbeat"


async def test_a_client_that_never_slows_down_is_closed(room: Room):
    async with connected(room.url) as client:
        await flood(client, 800)
        assert await client.closed() == 4429
        *_, refused, goodbye = client.messages
        assert refused["data"]["code"] == "rate_limited"
        assert (goodbye["type"], goodbye["data"]["reason"]) == ("disconnected", "rate_limited")
        assert [m["type"] for m in client.messages].count("error") == 500


async def test_the_hundredth_refusal_closes(room: Room):
    async with connected(room.url) as client:
        for number in range(99):
            await asyncio.sleep(0.02 if number > 80 else 0)  # slowly enough for the other limit
            assert (await client.answer_to("nonsense"))["data"]["code"] == "bad_json"
        assert (await client.ask("heartbeat"))["type"] == "heartbeat"
        await client.socket.send("nonsense")
        assert await client.closed() == 4400
        assert client.messages[-1]["data"] == {"reason": "too_many_errors"}


OF_A_SITE = {"PLAYER_REACTED"}


async def test_two_hundred_names_and_no_more(room: Room):
    async with connected(room.url) as client:
        names = sorted((await client.ask("subscribe", {"event_types": ["?"]}))["data"]["event_types"])
        added = OF_A_SITE if isinstance(room.server, Server) else set()
        assert set(names) == {"*", "LOBBY_STATE", "TABLE_CHANGED", "TABLE_CLOSED", "TABLE_OPENED"} | added
        table = room.table()
        told = (await client.ask("subscribe", {"event_types": ["?"], "table_id": table}))["data"]["event_types"]
        known = [name for name in told if name not in OF_A_SITE]
        held = 0
        while held + len(known) <= 200:
            assert (await client.ask("subscribe", {"event_types": known, "table_id": table}))["type"] == "connected"
            held += len(known)
            table = room.table()
        one_more: dict[str, Any] = {"event_types": known[: 200 - held + 1], "table_id": table}
        answer = await client.ask("subscribe", one_more)
        assert (answer["data"]["code"], answer["data"]["limit"]) == ("too_many_subscriptions", 200)
        one_more["event_types"].pop()
        assert (await client.ask("subscribe", one_more))["type"] == "connected"
        assert (await client.ask("subscribe", one_more))["type"] == "connected"


async def test_who_is_silent_is_closed_and_pings_are_silence(tmp_path):
    with serving(tmp_path, [("One", {})], CARDSHARP_HEARTBEAT_SECONDS=HEARTBEAT) as server:
        async with connected(server.url) as silent, connected(server.url) as alive:

            async def ping() -> None:
                while True:
                    await silent.socket.ping()
                    await alive.send("heartbeat")
                    await asyncio.sleep(0.1)

            pinging = asyncio.create_task(ping())
            assert await silent.closed() == 4408
            pinging.cancel()
            assert silent.messages[-1]["data"] == {"reason": "heartbeat_timeout"}
            beats = [m for m in silent.messages if m["type"] == "heartbeat"]
            assert len(beats) >= 2
            assert all("reply_to" not in beat for beat in beats)
            assert (await alive.ask("heartbeat"))["type"] == "heartbeat"


async def test_a_server_that_stops_says_when_to_come_back(tmp_path):
    with serving(tmp_path, [("One", KINDS["untimed"][1])], players=1) as server:
        [table] = server.tables
        async with connected(server.url, server.players[0], subscribe=table) as client, opened(server.url) as other:
            await client.accepted("join_table", table)
            server.terminate()
            assert await client.closed() == 4012
            goodbye = client.messages[-1]
            assert (goodbye["type"], goodbye["data"]["reason"]) == ("disconnected", "server_restart")
            assert 0 < goodbye["data"]["retry_after"] < 10
            assert await other.closed() == 4012


async def test_who_does_not_read_is_closed_and_nobody_else_notices(room: Room):
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    small.connect(("127.0.0.1", room.server.port))
    async with connected(room.url) as other, opened(room.url, max_queue=1, sock=small) as client:
        await client.send("connect")
        for _ in range(90):  # each is answered with the whole lobby, many times what a message may have
            await client.send("subscribe", {"event_types": "*"})
        for _ in range(200):
            if "does not read" in room.server.log.read_text():
                break
            await asyncio.sleep(0.05)
            await other.ask("heartbeat")
        assert "does not read what it is sent" in room.server.log.read_text()
        assert await client.closed() in (4413, 1006)  # the close frame waits behind what was not read
        assert len(client.frames) < 180
        assert (await other.ask("heartbeat"))["type"] == "heartbeat"


@contextmanager
def limited(kind: str, directory: Path, **limits: float) -> Iterator[Room]:
    """A server of either kind with other limits than usual."""
    text, tables = json.dumps(limits), [("untimed", UNTIMED)]
    if kind == "standalone":
        with standing_alone(directory, tables, players=3, cards=PLAIN_CARDS, limits=text) as standalone:
            yield Room(standalone, {}, iter(standalone.players))
        return
    with serving(
        directory,
        tables,
        players=3,
        CARDSHARP_LIMITS=text,
        CARDSHARP_TRUSTED_PROXIES="127.0.0.1",
        CARDSHARP_EXTENSIONS=meters.SETUP,
    ) as site:
        yield Room(site, {}, iter(site.players))


@pytest.fixture(params=["site", "standalone"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


async def turned_away(client: WireClient) -> bool:
    """Whether the server has closed the socket for coming too often."""
    code = await client.closed()
    return (code, client.messages[-1]["data"]) == (4429, {"reason": "rate_limited", "retry_after": 10.0})


async def read_meters(room: Room, **options: Any) -> dict[str, Any]:
    async with connected(room.url, checked=METERS, **options) as client:
        return (await client.ask("meters"))["data"]


async def test_the_limits_are_a_setting(kind: str, tmp_path: Path):
    limits = {"burst": 3, "messages_per_second": 0.001, "subscribed_names": 1, "rate_limited_before_close": 2}
    with limited(kind, tmp_path, **limits) as room:
        async with connected(room.url) as client:
            answer = await client.ask("subscribe", {"event_types": ["LOBBY_STATE", "TABLE_OPENED"]})
            assert (answer["data"]["code"], answer["data"]["limit"]) == ("too_many_subscriptions", 1)
            await client.ask("heartbeat")
            await flood(client, 2)
            assert await client.closed() == 4429
        read = await read_meters(room)
    assert read["refusals"] == {"too_many_subscriptions": 1, "rate_limited": 2}
    assert (read["limits"], read["closes"]) == ({"messages_per_second": 2}, {"rate_limited": 1})


async def test_a_player_has_one_limit_over_all_sockets(kind: str, tmp_path: Path):
    with limited(kind, tmp_path, player_burst=40, player_messages_per_second=0.001) as room:
        player, other = room.player(), room.player()
        for number in range(1, 5):
            async with connected(room.url, player) as client:
                answers = [(await client.ask("heartbeat"))["type"] for _ in range(11)]
                assert answers == (["heartbeat"] * 11 if number < 4 else ["heartbeat"] * 7 + ["error"] * 4)
        async with connected(room.url, other) as client:
            assert (await client.ask("heartbeat"))["type"] == "heartbeat"
        assert (await read_meters(room))["limits"] == {"player_messages_per_second": 4}


async def test_a_player_has_so_many_sockets_and_no_more(kind: str, tmp_path: Path):
    with limited(kind, tmp_path, connections_per_player=2) as room:
        player = room.player()
        async with connected(room.url, player) as first, connected(room.url, player, client_id="laptop") as second:
            async with opened(room.url) as third:
                await third.send("connect", {"token": player.token}, id="c-1")
                assert await turned_away(third)
                assert third.messages[-1]["reply_to"] == "c-1"
            async with connected(room.url, player, client_id="laptop") as instead:
                assert await second.closed() == 4409
                assert (await instead.ask("heartbeat"))["type"] == "heartbeat"
            async with connected(room.url, room.player()), connected(room.url):
                assert (await first.ask("heartbeat"))["type"] == "heartbeat"
        assert (await read_meters(room))["limits"] == {"connections_per_player": 1}


async def test_an_address_has_so_many_sockets_and_no_more(tmp_path: Path):
    with limited("standalone", tmp_path, connections_per_address=2) as room:
        async with opened(room.url), connected(room.url) as second:
            async with opened(room.url) as third:
                assert await turned_away(third)
            assert (await second.ask("heartbeat"))["type"] == "heartbeat"
        async with connected(room.url):
            read = await read_meters(room)
        assert (read["limits"], read["closes"]["rate_limited"]) == ({"connections_per_address": 1}, 1)


async def test_behind_a_trusted_proxy_the_clients_address_counts(tmp_path: Path):
    def forwarded(address: str) -> dict[str, Any]:
        return {"additional_headers": {"X-Forwarded-For": address}}

    with limited("site", tmp_path, connections_per_address=1) as room:
        ada, ben = forwarded("203.0.113.7"), forwarded("10.9.9.9, 203.0.113.8")
        async with opened(room.url, **ada), opened(room.url, **ben):
            for again in (ada, ben):
                async with opened(room.url, **again) as client:
                    assert await turned_away(client)
            assert (await read_meters(room))["limits"] == {"connections_per_address": 2}


async def test_the_process_has_so_many_sockets_and_no_more(tmp_path: Path):
    with limited("standalone", tmp_path, connections=2) as room:
        async with opened(room.url), opened(room.url), opened(room.url) as third:
            assert await turned_away(third)
        assert (await read_meters(room))["limits"] == {"connections": 1}


async def test_sockets_that_the_layer_below_closes_are_counted_as_what_they_are(kind: str, tmp_path: Path):
    with limited(kind, tmp_path) as room:
        async with connected(room.url) as big, connected(room.url) as torn, connected(room.url) as leaving:
            await big.socket.send(f'{{"type": "{"x" * 16_384}"}}')
            await torn.socket.send(b"\xff", text=True)
            assert (await big.closed(), await torn.closed()) == (1009, 1007)
            await leaving.ask("disconnect")
        assert (await read_meters(room))["closes"] == {"message_too_big": 1, "not_utf8": 1, "requested": 1}


@pytest.mark.parametrize("limits", ["fast", '{"speed": 3}', '{"burst": "3"}', '{"burst": 0}'])
def test_limits_that_are_none_stop_the_server_with_the_reason(tmp_path, limits: str):
    server = Server(tmp_path, {"CARDSHARP_LIMITS": limits})
    with pytest.raises(AssertionError, match="CARDSHARP_LIMITS is a JSON object of the protocol's limits"):
        server.manage("check")


def test_proxies_that_are_none_stop_the_server_with_the_reason(tmp_path: Path):
    server = Server(tmp_path, {"CARDSHARP_TRUSTED_PROXIES": "nginx"})
    with pytest.raises(AssertionError, match="CARDSHARP_TRUSTED_PROXIES are addresses and networks: 'nginx'"):
        server.manage("check")
