"""A channel layer that loses, doubles and reorders: every client has what the log has, in order, each event once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.conftest import Amount, Figure
from tests.faults.listeners import RICH, Client, Play, log_of, running
from tests.faults.processes import several_serving
from tests.servers import UNTIMED, Server

HEARTBEAT_SECONDS = 2.0
TABLES = [(f"Table {number}", UNTIMED | RICH) for number in range(1, 5)]
PLAYERS: list[Sequence[str]] = [["*"], ["PLAYER_BET", "HAND_RESULT"]]
SPECTATORS: list[Sequence[str]] = [["*"], ["CARD_DEALT", "ROUND_ENDED"], ["TABLE_STATE", "ROUND_STARTED", "SHUFFLE"]]


def clients_of(servers: list[Server], plays: list[Play]) -> list[Client]:
    """Twenty clients: at each table two players and three spectators, at one process after the other."""
    players = iter(servers[0].players)
    roles = [(play, names, True) for play in plays for names in PLAYERS]
    roles += [(play, names, False) for play in plays for names in SPECTATORS]
    return [
        Client(servers[number % len(servers)], play, names, next(players) if is_player else None)
        for number, (play, names, is_player) in enumerate(roles)
    ]


async def converge(servers: list[Server], actions: int, seed: str) -> float:
    """Plays, and holds every client to the log; the longest time from the last action to a client's last event."""
    plays = [Play(table, f"{seed} {number}", actions=actions) for number, table in enumerate(servers[0].tables)]
    clients = clients_of(servers, plays)
    assert len(clients) == 20
    async with running(clients):
        for play in plays:
            await play.end()
        logs = {play.table: await log_of(servers[0], play.table) for play in plays}
        for client in clients:
            log = logs[client.play.table]
            assert await client.beat_at(len(log)) == len(client.expected(log)), "the first heartbeat brings the rest"
            client.is_as(log)
            assert client.connections == 1
    return max(client.converged_at - client.play.ended_at for client in clients)


@contextmanager
def lossy(count: int, directory: Path, seed: int, **settings: str) -> Iterator[list[Server]]:
    with several_serving(
        count,
        directory,
        TABLES,
        players=len(TABLES) * len(PLAYERS),
        chips=1_000_000,
        DJANGO_SETTINGS_MODULE="tests.faults.lossy_settings",
        LOSSY_SEED=str(seed),
        CARDSHARP_HEARTBEAT_SECONDS=str(HEARTBEAT_SECONDS),
        **settings,
    ) as servers:
        yield servers


def losses(logs: Sequence[Path]) -> Counter[str]:
    """What became of the messages, by what the layers of the processes have logged."""
    counts: Counter[str] = Counter()
    for log in logs:
        for line in re.findall(r"LOSSES (.+)", log.read_text()):
            counts.update({name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", line)})
    return counts


async def clients_converge(
    count: int, directory: Path, seeds: int, actions: int, figure: Figure, name: str, **settings: str
) -> None:
    slowest, lost = 0.0, Counter[str]()
    for seed in range(1, seeds + 1):
        print(f"seed {seed}")  # noqa: T201 - for who looks into a failure
        home = directory / str(seed)
        home.mkdir()
        with lossy(count, home, seed, **settings) as servers:
            slowest = max(slowest, await converge(servers, actions, str(seed)))
        lost += losses([server.log for server in servers])
    for way in ("dropped", "doubled", "delayed"):
        assert lost[way] > 0.2 * lost["carried"] > 0
    shares = ", ".join(f"{lost[way]:,} {way}" for way in ("dropped", "doubled", "delayed"))
    figure(
        f"{name}: 20 clients at 4 tables, {seeds * len(TABLES) * actions:,} actions, {lost['carried']:,} messages to "
        f"clients, of which {shares}",
        f"every client has exactly the log at the first heartbeat after the last action; at the latest {slowest:.1f} s "
        f"after it, with heartbeats every {HEARTBEAT_SECONDS:g} s",
    )


async def test_a_lossy_layer_within_a_process(tmp_path: Path, amount: Amount, figure: Figure):
    name = "Lossy layer in memory, one process"
    await clients_converge(1, tmp_path, amount(1, 5), amount(8, 150), figure, name)


@pytest.mark.slow
async def test_a_lossy_layer_between_two_processes(tmp_path: Path, redis_url: str, amount: Amount, figure: Figure):
    name = "Lossy layer over Redis, two processes"
    await clients_converge(2, tmp_path, amount(1, 5), amount(8, 150), figure, name, REDIS_URL=redis_url)
