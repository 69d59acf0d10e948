"""The server is killed in the middle of play, again and again: nothing that was told or accepted is lost or doubled."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import Amount, Figure
from tests.faults.logs import Log, assert_nothing_lost_nothing_doubled, assert_told_is_kept, read_on, settled, wallets
from tests.faults.players import Stubborn, playing
from tests.servers import UNTIMED, Server, in_thread, serving
from tests.wire_client import WireClient, connected

CHIPS = 1_000_000
BUY_IN = 50_000
RICH: dict[str, Any] = {"max_buy_in_cents": 2 * BUY_IN * 100, "default_buy_in_cents": BUY_IN * 100}
TIMED: dict[str, Any] = {"pause_seconds": 0, "bet_seconds": 3_600, "insurance_seconds": 3_600, "act_seconds": 3_600}
HASTY: dict[str, Any] = {"pause_seconds": 0, "bet_seconds": 1, "insurance_seconds": 1, "act_seconds": 1}
AT_A_TABLE = 5
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("Fast", UNTIMED | RICH),
    ("Busy", TIMED | RICH),
    ("Small shoe", UNTIMED | RICH | {"decks": 1}),
    ("No hole card", UNTIMED | RICH | {"hole_card": "enhc", "decks": 2}),
]
BESIDE: list[tuple[str, dict[str, Any]]] = [("Thinking", TIMED), ("Hasty", HASTY)]
"""Tables with one player each: a hand that waits through it all, and somebody who is never there."""


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


async def killed_in_play(server: Server, kills: int, thinks: float) -> tuple[int, int]:
    """Kills the server so often under its players; how many actions were accepted, and how many events happened."""
    moments = random.Random(1)
    *tables, thinking, hasty = server.tables
    *players, thinker, absent = server.players
    bots = [Stubborn([server], p, tables[i // AT_A_TABLE], thinks) for i, p in enumerate(players)]
    async with connected(server.url, thinker) as client:
        await sits_before_a_hand(client, thinking)
        waiting = await state_of(client, thinking)
    async with connected(server.url, absent) as client:
        await client.accepted("join_table", hasty)
    logs: dict[str, Log] = {table: [] for table in tables}
    async with playing(bots):
        for _ in range(kills):
            await asyncio.sleep(moments.uniform(0.05, 1))
            server.kill()
            told = {table: [bot.seen.copy() for bot in bots if bot.table == table] for table in tables}
            assert (await in_thread(server.manage, "verify")).startswith("All is well")
            await in_thread(server.start)
            async with connected(server.url) as client:
                assert await state_of(client, thinking) == waiting
            known = {table: len(log) for table, log in logs.items()}
            await read_on(server.url, logs)
            for table in tables:
                assert_told_is_kept(told[table], logs[table], known[table])
        await settled(bots, server.url, logs)
    left = await wallets(server.url, bots)
    accepted = assert_nothing_lost_nothing_doubled(bots, logs, left, CHIPS - BUY_IN)
    # The clock went on while nobody was there, and the hand that waited is played to its end.
    absence: dict[str, Log] = {hasty: []}
    await read_on(server.url, absence)
    assert "PLAYER_SAT_OUT" in {event["event_type"] for event in absence[hasty]}
    async with connected(server.url, thinker) as client:
        await client.ask("subscribe", {"event_types": ["ROUND_ENDED"], "table_id": thinking})
        request = await client.request()
        await client.accepted("player_action", thinking, action="STAND", request_id=request["request_id"])
        ended = await client.event("ROUND_ENDED")
        assert ended["data"]["round_number"] == waiting["round_number"]
    return accepted, sum(map(len, logs.values()))


@pytest.mark.slow
@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
async def test_killed_in_play(
    tmp_path: Path, database: str, amount: Amount, figure: Figure, request: pytest.FixtureRequest
):
    settings = {} if database == "SQLite" else {"DATABASE_URL": request.getfixturevalue("postgres_url")}
    kills, tables = amount(3, 300), amount(2, 8)
    thinks = 0.025 * tables  # fewer players answer faster, so that the server is killed at work all the same
    opened = (KINDS * 2)[:tables] + BESIDE
    with serving(tmp_path, opened, players=tables * AT_A_TABLE + 2, chips=CHIPS, watched=False, **settings) as server:
        accepted, events = await killed_in_play(server, kills, thinks)
    figure(
        f"{kills} SIGKILLs at random moments under {tables * AT_A_TABLE} bots at {tables} tables, {database}",
        f"`verify` clean after each; {accepted:,} accepted actions, each in the log once; {events:,} events",
    )
