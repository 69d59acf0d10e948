"""Redis and the database go away under play: nothing is lost or done twice, nobody is shown out, and all heals."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from cardsharp.client import Room, connect
from tests.faults.conftest import Amount, Figure
from tests.faults.cutter import Cutter
from tests.faults.listeners import PATIENCE_SECONDS, RICH, Client, Play, log_of, running
from tests.faults.processes import several_serving
from tests.faults.services import OwnPostgres, OwnRedis, free_port
from tests.servers import ROOT, UNTIMED, Account, Server, serving
from tests.wire_client import WireClient, connected, opened

NO_HEARTBEATS = "3600"
"""So that what heals has not been healed by a heartbeat that was due anyway."""
TABLES = [(name, UNTIMED | RICH) for name in ("One", "Two")]
THINK_SECONDS = 0.1
REDIS_AWAY, REDIS_BACK = "Redis does not answer", "Redis answers again"
DATABASE_AWAY, DATABASE_BACK = "The database does not answer", "The database answers again"


def clients_of(servers: Sequence[Server], plays: Sequence[Play]) -> list[Client]:
    """At each table two players and three spectators, at one process after the other."""
    players = iter(servers[0].players)
    roles: list[tuple[Play, list[str], Account | None]]
    roles = [(play, ["*"], next(players)) for play in plays for _ in range(2)]
    roles += [(play, names, None) for play in plays for names in (["*"], ["*"], ["HAND_RESULT", "TABLE_STATE"])]
    return [Client(servers[n % len(servers)], *role) for n, role in enumerate(roles)]


def plays_of(server: Server) -> list[Play]:
    return [Play(table, str(n), think_seconds=THINK_SECONDS) for n, table in enumerate(server.tables)]


async def played_on(plays: Sequence[Play], actions: int = 5) -> None:
    """Waits until so many more actions have been accepted at every table."""
    async with asyncio.TaskGroup() as tasks:
        for play in plays:
            tasks.create_task(play.more(actions))


async def all_have_all(clients: Sequence[Client]) -> None:
    """Ends the play, and waits until every client has exactly the log."""
    plays = {client.play for client in clients}
    for play in plays:
        play.stop()
    for play in plays:
        await play.end()
    logs = {play.table: await log_of(clients[0].server, play.table) for play in plays}
    for client in clients:
        await client.has_all_of(logs[client.play.table])


async def logged(server: Server, text: str, times: int) -> None:
    """Waits until the server has written it so often."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while server.log.read_text().count(text) < times:  # noqa: ASYNC110 - another process tells of it in a file
            await asyncio.sleep(0.05)


def latencies(plays: Sequence[Play], since: float, until: float) -> list[float]:
    """How long the actions took that were begun in that time."""
    return sorted(seconds for play in plays for begun, seconds in play.latencies if since <= begun < until)


def in_words(seconds: Sequence[float]) -> str:
    return f"median {statistics.median(seconds) * 1000:.0f} ms, longest {max(seconds) * 1000:.0f} ms"


# Redis


async def test_redis_goes_away_and_play_goes_on(tmp_path: Path, own_redis: OwnRedis, amount: Amount, figure: Figure):
    """Killed, killed for a while, and frozen: three ways to be away."""
    ways: list[tuple[Callable[[], None], float]] = [(own_redis.stop, 0), (own_redis.stop, amount(0, 30))]
    ways.append((own_redis.freeze, amount(0, 30)))
    away: list[float] = []
    with several_serving(
        2,
        tmp_path,
        TABLES,
        players=4,
        chips=1_000_000,
        expected_complaints=(REDIS_AWAY, REDIS_BACK),
        REDIS_URL=own_redis.url,
        CARDSHARP_HEARTBEAT_SECONDS=NO_HEARTBEATS,
    ) as servers:
        plays = plays_of(servers[0])
        clients = clients_of(servers, plays)
        async with running(clients):
            await played_on(plays)
            began = time.monotonic()
            there = latencies(plays, 0, began)
            for number, (go_away, seconds) in enumerate(ways, 1):
                gone_at = time.monotonic()
                go_away()
                await played_on(plays)
                for server in servers:
                    await logged(server, REDIS_AWAY, number)
                    await is_open_to_newcomers(server, plays[0].table)
                await asyncio.sleep(seconds)
                await played_on(plays)
                own_redis.stop()
                own_redis.start()
                away += latencies(plays, gone_at, time.monotonic())
                for server in servers:
                    await logged(server, REDIS_BACK, number)
                await are_subscribed_again(own_redis, plays, servers)
                await played_on(plays)
            await all_have_all(clients)
        for server in servers:
            assert server.log.read_text().count(REDIS_AWAY) == len(ways), "one line an outage"
        await nothing_is_subscribed(own_redis)
        assert {client.connections for client in clients} == {1}
    figure(
        f"Redis killed, killed for {amount(0, 30)} s and frozen for {amount(0, 30)} s under two processes, "
        f"{sum(play.done for play in plays)} actions, {len(away)} of them meanwhile",
        f"none refused, every client has exactly the log; an action took {in_words(there)} before, and "
        f"{in_words(away)} meanwhile",
    )


async def is_open_to_newcomers(server: Server, table: str) -> None:
    async with connected(server.url, subscribe=table) as newcomer:
        await newcomer.settle()


async def are_subscribed_again(own_redis: OwnRedis, plays: Sequence[Play], servers: Sequence[Server]) -> None:
    prefix = servers[0].settings["CARDSHARP_REDIS_PREFIX"]
    groups = [f"{prefix}__group__table.{play.table}.all" for play in plays]
    with own_redis.client as client:
        assert dict(client.pubsub_numsub(*groups)) == dict.fromkeys(groups, len(servers))


async def nothing_is_subscribed(own_redis: OwnRedis) -> None:
    """Waits until the processes have let go of everything: all sockets are closed."""
    with own_redis.client as client:
        while client.pubsub_channels():  # noqa: ASYNC110 - another process lets go of it
            await asyncio.sleep(0.05)


async def test_what_happens_at_another_process_comes_at_once_after_redis_was_away(tmp_path: Path, own_redis: OwnRedis):
    """No heartbeat is due: what comes, has come through Redis."""
    with several_serving(
        2,
        tmp_path,
        TABLES[:1],
        players=2,
        chips=1_000_000,
        expected_complaints=(REDIS_AWAY, REDIS_BACK),
        REDIS_URL=own_redis.url,
        CARDSHARP_HEARTBEAT_SECONDS=NO_HEARTBEATS,
    ) as servers:
        (table,) = servers[0].tables
        here, there = servers
        async with (
            connected(here.url, here.players[0], subscribe=table) as one,
            connected(there.url, there.players[1], subscribe=table) as two,
        ):
            await one.accepted("join_table", table)
            await two.accepted("join_table", table)
            own_redis.stop()
            for server in servers:
                await logged(server, REDIS_AWAY, 1)
            own_redis.start()
            for server in servers:
                await logged(server, REDIS_BACK, 1)
            for number in range(10):
                for acting, hearing in ((one, two), (two, one)):
                    seed = f"{number} of {id(acting)}"
                    seq = await acting.accepted("set_client_seed", table, client_seed=seed)
                    await hears_of(hearing, seq)
            # Those after the outage's last look into the log cannot have come out of it.
            assert beats(one) + beats(two) < 20


async def hears_of(client: WireClient, seq: int) -> None:
    await client.until(lambda m: m["type"] == "event" and m["data"].get("seq") == seq)


def beats(client: WireClient) -> int:
    return sum(message["type"] == "heartbeat" and "reply_to" not in message for message in client.messages)


async def test_a_room_opens_without_its_redis(tmp_path: Path):
    with serving(
        tmp_path,
        TABLES[:1],
        players=1,
        chips=1_000_000,
        expected_complaints=(REDIS_AWAY,),
        REDIS_URL=f"redis://127.0.0.1:{free_port()}/0",
    ) as server:
        async with connected(server.url, server.players[0], subscribe=server.tables[0]) as client:
            await client.accepted("join_table", server.tables[0])
            assert (await client.request())["valid_actions"] == ["BET", "SIT_OUT"]
        await logged(server, REDIS_AWAY, 1)


# The database


async def test_postgresql_goes_away_and_comes_back(
    tmp_path: Path, own_postgres: OwnPostgres, amount: Amount, figure: Figure
):
    recovered: list[float] = []
    with serving(
        tmp_path,
        TABLES,
        players=4,
        chips=1_000_000,
        expected_complaints=(DATABASE_AWAY, DATABASE_BACK, "Nobody knows", "Service Unavailable"),
        DATABASE_URL=own_postgres.url,
        CARDSHARP_HEARTBEAT_SECONDS=NO_HEARTBEATS,
    ) as server:
        plays = plays_of(server)
        clients = clients_of([server], plays)
        async with running(clients):
            for mode, seconds in [("fast", 0), ("immediate", amount(0, 30)), *[("fast", 0)] * amount(0, 5)]:
                await played_on(plays)
                await asyncio.to_thread(own_postgres.stop, mode)
                await refused_everywhere(clients)
                await asyncio.sleep(seconds)
                await visitors_are_told(server)
                await asyncio.to_thread(own_postgres.start)
                back_at = time.monotonic()
                await played_on(plays, 1)
                recovered.append(time.monotonic() - back_at)
            await played_on(plays)
            await all_have_all(clients)
        assert {client.connections for client in clients if not client.player} == {1}, "sockets stay open"
        outages = server.log.read_text().count(DATABASE_AWAY)
        assert outages == server.log.read_text().count(DATABASE_BACK) <= 2 * len(recovered)
        assert "Traceback" not in server.log.read_text()
    figure(
        f"PostgreSQL restarted and crashed {len(recovered)} times, once for {amount(0, 30)} s, under "
        f"{sum(play.done for play in plays)} actions",
        f"`unavailable` meanwhile, then every client has exactly the log, `verify` clean; play went on at the latest "
        f"{max(recovered):.1f} s after it was back",
    )


async def refused_everywhere(clients: Sequence[Client]) -> None:
    """Waits until somebody at each table has been told that the server is unable to do something."""
    for table in {client.play.table for client in clients}:
        waiting = [
            asyncio.create_task(client.told_unavailable(1))
            for client in clients
            if client.player and client.play.table == table
        ]
        _, others = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for other in others:
            other.cancel()


async def visitors_are_told(server: Server) -> None:
    """Without a database: a page that says so, and sockets that say so, too."""
    status, headers, page = await asyncio.to_thread(get, server, "/")
    assert (status, int(headers["Retry-After"]) > 0) == (503, True)
    assert "Back in a moment" in page
    assert "Traceback" not in page
    status, _, said = await asyncio.to_thread(get, server, "/readyz")
    assert (status, json.loads(said)["database"]) == (503, "away")
    assert (await asyncio.to_thread(get, server, "/healthz"))[0] == 200
    async with connected(server.url) as spectator:
        answer = await spectator.ask("subscribe", {"event_types": "*"})
        assert answer["data"]["code"] == "unavailable"
        assert answer["data"]["retry_after"] > 0
        assert (await spectator.ask("heartbeat"))["type"] == "heartbeat"
    async with opened(server.url) as player:
        answer = await player.ask("connect", {"token": server.players[0].token})
        assert answer["data"]["code"] == "unavailable"
    own_page = {"Cookie": server.players[0].cookie, "Origin": f"http://{server.address}"}
    async with opened(server.url, additional_headers=own_page) as browser:
        answer = await browser.ask("connect")
        assert answer["data"]["code"] == "unavailable"


def get(server: Server, path: str) -> tuple[int, http.client.HTTPMessage, str]:
    with closing(http.client.HTTPConnection(server.address, timeout=20)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()


async def test_sqlite_is_locked_for_a_while(tmp_path: Path, amount: Amount, figure: Figure):
    path = tmp_path / "room.sqlite3"
    with serving(
        tmp_path,
        TABLES,
        players=4,
        chips=1_000_000,
        expected_complaints=(DATABASE_AWAY, DATABASE_BACK),
        DATABASE_URL=f"sqlite:///{path}?timeout=1",
        CARDSHARP_HEARTBEAT_SECONDS=NO_HEARTBEATS,
    ) as server:
        plays = plays_of(server)
        clients = clients_of([server], plays)
        async with running(clients):
            await played_on(plays)
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                await refused_everywhere(clients)
                await asyncio.sleep(amount(0, 30))
            await played_on(plays)
            await all_have_all(clients)
        assert {client.connections for client in clients} == {1}
        assert "Traceback" not in server.log.read_text()
    figure(
        f"SQLite locked for {max(1, amount(0, 30))} s under {sum(play.done for play in plays)} actions",
        "`unavailable` meanwhile, then every client has exactly the log, `verify` clean",
    )


async def test_a_row_that_somebody_holds_concerns_its_table_only(tmp_path: Path, own_postgres: OwnPostgres):
    with serving(
        tmp_path,
        TABLES,
        players=2,
        chips=1_000_000,
        expected_complaints=("too busy",),
        DATABASE_URL=f"{own_postgres.url}?options=-c%20lock_timeout%3D200ms",
    ) as server:
        held, free = server.tables
        async with connected(server.url, server.players[0]) as one, connected(server.url, server.players[1]) as two:
            with psycopg.connect(own_postgres.url) as other:
                other.execute("SELECT 1 FROM games_table WHERE table_id = %s FOR UPDATE", [held])
                assert await one.refused("join_table", held) == "unavailable"
                await two.accepted("join_table", free)
            await one.accepted("join_table", held)


async def test_the_connection_is_lost_under_a_commit(tmp_path: Path, own_postgres: OwnPostgres):
    """Whether it was stored nobody can say: no answer is given, and the client's repetition finds it out."""
    with (
        Cutter(own_postgres.url) as cutter,
        serving(
            tmp_path,
            TABLES,
            players=1,
            chips=1_000_000,
            expected_complaints=(DATABASE_AWAY, DATABASE_BACK, "Nobody knows"),
            DATABASE_URL=cutter.url,
            CARDSHARP_HEARTBEAT_SECONDS=NO_HEARTBEATS,
        ) as server,
    ):
        for number, (table, is_stored) in enumerate(zip(server.tables, (True, False), strict=True), 1):
            async with (
                connected(server.url, subscribe=table) as spectator,
                connect(server.url, token=server.players[0].token, table_id=table) as room,
            ):
                request = await first_request(room)
                cutter.cut_at_commit(after=is_stored)
                done = await room.act("place_bet", amount=10, request_id=request)
                assert cutter.cuts == server.log.read_text().count("Nobody knows") == number
                bet = await spectator.event("PLAYER_BET")
                again = await room.act("place_bet", amount=10, request_id=request)
                assert again.data["seq"] == done.data["seq"] >= bet["seq"]
            log = await log_of(server, table)
            assert [event["event_type"] for event in log].count("PLAYER_BET") == 1


async def first_request(room: Room) -> str:
    """Joins the table; the first thing that it asks."""
    await room.subscribe()
    await room.act("join_table")
    async for message in room:
        if message.type == "action_request":
            return str(message.request_id)  # type: ignore[attr-defined]
    raise AssertionError("nothing was asked")


@pytest.mark.parametrize("command", ["migrate", "serve"])
def test_without_a_database_a_command_says_so_in_a_line(tmp_path: Path, command: str):
    url = f"postgres://nobody@127.0.0.1:{free_port()}/nowhere"
    environment = {**os.environ, "DATABASE_URL": url, "CARDSHARP_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "manage.py", command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert re.match(r"The database cannot do this: .*Connection refused", line)
