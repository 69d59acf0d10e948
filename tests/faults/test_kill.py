"""The server is killed in the middle of play, again and again: nothing that was told or accepted is lost or doubled."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.players import Stubborn
from tests.servers import UNTIMED, Server, serving
from tests.wire_client import WireClient, connected

RICH: dict[str, Any] = {"max_buy_in_cents": 100_000_00, "default_buy_in_cents": 100_000_00}
TIMED: dict[str, Any] = {"pause_seconds": 0, "bet_seconds": 3_600, "insurance_seconds": 3_600, "act_seconds": 3_600}
HASTY: dict[str, Any] = {"pause_seconds": 0, "bet_seconds": 1, "insurance_seconds": 1, "act_seconds": 1}
ANSWERS = {"PLAYER_BET", "PLAYER_ACTION", "INSURANCE_DECISION"}


async def log_of(server: Server, table: str, known: Sequence[dict[str, Any]] = ()) -> list[dict[str, Any]]:
    """The whole log of a table, in its order and without a hole; only what is not known yet is read."""
    async with connected(server.url) as viewer:
        await viewer.ask("subscribe", {"event_types": "*", "table_id": table, "since": len(known)})
        await viewer.settle()
        log = [*known, *viewer.events]
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
    return log


async def state_of(client: WireClient, table: str) -> dict[str, Any]:
    """The table as a newcomer sees it, without who watches."""
    await client.settle()
    await client.ask("subscribe", {"event_types": ["TABLE_CLOSED"], "table_id": table})
    event = await client.event("TABLE_STATE")
    return {"seq": event["seq"], **event["data"]["state"], "spectators": None}


async def sits_before_a_hand(client: WireClient, table: str) -> None:
    """Joins the table, and bets until a hand waits for its player."""
    await client.ask("subscribe", {"event_types": ["ROUND_ENDED"], "table_id": table})
    await client.accepted("join_table", table)
    while "STAND" not in (request := await client.request())["valid_actions"]:
        is_bet = "BET" in request["valid_actions"]
        data = {"amount": 10} if is_bet else {"action": "DECLINE_INSURANCE"}
        action = "place_bet" if is_bet else "player_action"
        await client.accepted(action, table, request_id=request["request_id"], **data)


@asynccontextmanager
async def playing(players: list[Stubborn]) -> AsyncIterator[None]:
    """The players play until the end; what one of them finds wrong is raised."""
    tasks = [asyncio.create_task(player.play()) for player in players]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        assert isinstance(result, asyncio.CancelledError), result


async def killed_in_play(server: Server, kills: int, seed: int) -> None:
    moments = random.Random(seed)
    fast, busy, thinking, hasty = server.tables
    *players, thinker, absent = server.players
    stubborn = [
        Stubborn(server, player, table, seed) for player, table in zip(players, (fast, busy, busy, busy), strict=True)
    ]
    async with connected(server.url, thinker) as client:
        await sits_before_a_hand(client, thinking)
        waiting = await state_of(client, thinking)
    async with connected(server.url, absent) as client:
        await client.accepted("join_table", hasty)
    logs: dict[str, list[dict[str, Any]]] = {fast: [], busy: []}
    async with playing(stubborn):
        for _ in range(kills):
            await asyncio.sleep(moments.uniform(0.05, 0.6))
            server.kill()
            told = [(player.table, player.seen.copy()) for player in stubborn]
            assert (await asyncio.to_thread(server.manage, "verify")).startswith("All is well")
            await asyncio.to_thread(server.start)
            async with connected(server.url) as client:
                assert await state_of(client, thinking) == waiting
            for table, seen in told:
                logs[table] = await log_of(server, table, logs[table])
                assert seen == logs[table][: len(seen)]
        for player in stubborn:
            player.rest()
        await settled(stubborn, server, logs)
    for table, log in logs.items():
        nothing_lost_nothing_doubled([p for p in stubborn if p.table == table], log)
    # The clock went on while nobody was there, and the hand that waited is played to its end.
    assert "PLAYER_SAT_OUT" in {event["event_type"] for event in await log_of(server, hasty)}
    async with connected(server.url, thinker) as client:
        await client.ask("subscribe", {"event_types": ["ROUND_ENDED"], "table_id": thinking})
        request = await client.request()
        await client.accepted("player_action", thinking, action="STAND", request_id=request["request_id"])
        ended = await client.event("ROUND_ENDED")
        assert ended["data"]["round_number"] == waiting["round_number"]


async def settled(players: list[Stubborn], server: Server, logs: dict[str, list[dict[str, Any]]]) -> None:
    """Waits until every player has heard everything, and every answer has its acknowledgement; `logs` grow along."""
    async with asyncio.timeout(20):
        while True:
            for table, log in logs.items():
                logs[table] = await log_of(server, table, log)
            if all(player.is_idle and len(player.seen) == len(logs[player.table]) for player in players):
                return
            await asyncio.sleep(0.1)


def nothing_lost_nothing_doubled(players: list[Stubborn], log: list[dict[str, Any]]) -> None:
    """Each player has seen the whole log, and it holds each of their accepted answers exactly once."""
    for player in players:
        assert player.seen == log
        own = [e for e in log if e["event_type"] in ANSWERS and e["data"]["player_id"] == player.player.id]
        assert len(own) == len(player.accepted) > 0
        results = [e for e in log if e["event_type"] == "HAND_RESULT" and e["data"]["player_id"] == player.player.id]
        assert max(Counter((e["round_id"], e["data"]["hand_id"]) for e in results).values()) == 1


TABLES: list[tuple[str, dict[str, Any]]] = [
    ("Fast", UNTIMED | RICH),
    ("Busy", TIMED | RICH),
    ("Thinking", TIMED),
    ("Hasty", HASTY),
]


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "kills"), [(1, 30)])
async def test_killed_in_play_on_sqlite(tmp_path: Path, seed: int, kills: int):
    with serving(tmp_path, TABLES, players=6, chips=1_000_000) as server:
        await killed_in_play(server, kills, seed)


@pytest.mark.slow
async def test_killed_in_play_on_postgresql(tmp_path: Path, postgres_url: str):
    with serving(tmp_path, TABLES, players=6, chips=1_000_000, DATABASE_URL=postgres_url) as server:
        await killed_in_play(server, 8, seed=2)
