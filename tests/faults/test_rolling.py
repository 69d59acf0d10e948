"""Two processes are restarted in turns under play: their clients change over, and no hand is lost or paid twice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import Amount, Figure
from tests.faults.logs import Log, assert_nothing_lost_nothing_doubled, settled, wallets
from tests.faults.players import Stubborn, playing
from tests.faults.processes import several_serving
from tests.servers import UNTIMED, Server, in_thread

CHIPS = 1_000_000
BUY_IN = 50_000
RULES: dict[str, Any] = UNTIMED | {"max_buy_in_cents": 2 * BUY_IN * 100, "default_buy_in_cents": BUY_IN * 100}
AT_A_TABLE = 5
THINKS = 0.8


async def restarted(server: Server, bots: Sequence[Stubborn]) -> None:
    """The server has left politely and serves again, and everybody is back and plays on."""
    assert await in_thread(server.stop) == 0
    await in_thread(server.start)
    async with asyncio.timeout(120):
        for bot in bots:
            heard = len(bot.seen)
            await bot.until(lambda bot=bot, heard=heard: bot.is_back and len(bot.seen) > heard)  # type: ignore[misc]


@pytest.mark.slow
@pytest.mark.redis
async def test_restarted_in_turns(tmp_path: Path, postgres_url: str, redis_url: str, amount: Amount, figure: Figure):
    tables, times = amount(3, 20), amount(1, 5)
    opened = [(f"Table {number}", RULES) for number in range(1, tables + 1)]
    with several_serving(
        2,
        tmp_path,
        opened,
        players=tables * AT_A_TABLE,
        chips=CHIPS,
        watched=False,
        DATABASE_URL=postgres_url,
        REDIS_URL=redis_url,
    ) as servers:
        first = servers[0]
        bots = [
            Stubborn(servers[:: 1 if number % 2 else -1], player, first.tables[number // AT_A_TABLE], THINKS)
            for number, player in enumerate(first.players)
        ]
        logs: dict[str, Log] = {table: [] for table in first.tables}
        async with playing(bots):
            for bot in bots:
                await bot.until(lambda bot=bot: bot.is_back)  # type: ignore[misc]
            for server in servers * times:
                await restarted(server, bots)
            await settled(bots, first.url, logs)
        left = await wallets(first.url, bots)
        accepted = assert_nothing_lost_nothing_doubled(bots, logs, left, CHIPS - BUY_IN)
    absences = [seconds for bot in bots for seconds in bot.absences]
    assert len(absences) >= len(bots) * times, "everybody was sent away"
    assert max(absences) < amount(600, 10)
    rounds = sum(event["event_type"] == "ROUND_ENDED" for log in logs.values() for event in log)
    figure(
        f"{2 * times} restarts of two processes in turns under {len(bots)} bots at {tables} tables, PostgreSQL, Redis",
        f"exit code 0 each time; {accepted:,} accepted actions in {rounds:,} rounds, each hand settled once; "
        f"{len(absences)} absences, the longest of {max(absences):.1f} s with the wait that `retry_after` asks for",
    )
