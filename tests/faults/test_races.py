"""Two processes at one table at once: every action that was accepted is in the log, once, and no chip is lost."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.conftest import Amount, Figure
from tests.faults.listeners import log_of
from tests.faults.processes import several_serving
from tests.faults.services import OwnPostgres
from tests.servers import UNTIMED, Account, Server
from tests.wire_client import connected

PLAYERS = 6
UNLIMITED = json.dumps({"messages_per_second": 1_000_000, "burst": 1_000_000})
TABLE = ("Busy", UNTIMED | {"seat_count": PLAYERS, "max_buy_in_cents": 100_000_00})


async def acts(server: Server, player: Account, table: str, pairs: int) -> list[int]:
    """Sits down, then names a seed and adds a chip, so many times; the seq of each acknowledgement."""
    async with connected(server.url, player) as client:
        seqs = [await client.accepted("join_table", table, buy_in=100)]
        await client.accepted("sit_out", table)
        for number in range(pairs):
            seqs.append(await client.accepted("set_client_seed", table, client_seed=f"{player.id} {number}"))
            seqs.append(await client.accepted("add_chips", table, amount=1))
    return seqs


async def race(servers: Sequence[Server], pairs: int) -> int:
    """All players at once, at one process after the other; how many actions were accepted."""
    (table,), players = servers[0].tables, servers[0].players
    raced = await asyncio.gather(
        *[acts(server, player, table, pairs) for server, player in zip(itertools.cycle(servers), players, strict=False)]
    )
    log = await log_of(servers[0], table)
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
    seqs = [seq for each in raced for seq in each]
    assert len(set(seqs)) == len(seqs), "no two actions are one"
    named = [event["data"]["client_seed"] for event in log if event["event_type"] == "CLIENT_SEED_SET"]
    assert sorted(named) == sorted(f"{player.id} {number}" for player in players for number in range(pairs))
    async with connected(servers[1].url) as viewer:
        await viewer.ask("subscribe", {"event_types": ["TABLE_STATE"], "table_id": table})
        state = (await viewer.event("TABLE_STATE"))["data"]["state"]
    assert [seat["stack"] for seat in state["seats"]] == [100 + pairs] * len(players)
    return len(seqs)


async def raced_for(directory: Path, pairs: int, figure: Figure, name: str, **settings: str) -> None:
    with several_serving(
        2, directory, [TABLE], players=PLAYERS, chips=100_000, CARDSHARP_LIMITS=UNLIMITED, **settings
    ) as servers:
        accepted = await race(servers, pairs)
    figure(
        f"{name}: {PLAYERS} players at two processes act at one table at once, {accepted:,} actions",
        "each in the log once, no hole, every chip there, `verify` clean",
    )


async def test_two_processes_race_for_a_table_on_sqlite(tmp_path: Path, amount: Amount, figure: Figure):
    await raced_for(tmp_path, amount(25, 1_000), figure, "SQLite")


@pytest.mark.slow
async def test_two_processes_race_for_a_table_on_postgresql(
    tmp_path: Path, own_postgres: OwnPostgres, amount: Amount, figure: Figure
):
    await raced_for(tmp_path, amount(25, 1_000), figure, "PostgreSQL", DATABASE_URL=own_postgres.url)
