"""What operators ask a process, and what it writes down: a real server that logs everything as JSON."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.servers import UNTIMED, Server, serving
from tests.wire_client import connected

TOKEN = "prometheus-may-read-this"
CARDS = "10♠ 9♦ 9♥ 8♦"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(
        tmp_path_factory.mktemp("operations"),
        [("Table", UNTIMED)] * 2,
        players=2,
        CARDSHARP_METRICS_TOKEN=TOKEN,
        CARDSHARP_LOG_FORMAT="json",
        CARDSHARP_LOG_LEVEL="DEBUG",
        CARDSHARP_STACKED_SHOE=CARDS,
    ) as server:
        yield server


def ask(server: Server, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
    with closing(http.client.HTTPConnection(server.address, timeout=20)) as connection:
        # A probe knows an address and no name.
        connection.request(method, path, headers={"Host": "10.1.2.3", **headers})
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read().decode()


def measured(server: Server) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels."""
    status, _, page = ask(server, "/metrics", Authorization=f"Bearer {TOKEN}")
    assert status == 200
    samples = [sample for family in text_string_to_metric_families(page) for sample in family.samples]
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


async def play_a_round(server: Server, player: int) -> str:
    """The request that the bet answered."""
    table = server.tables[player]
    async with connected(server.table_url(table), server.players[player]) as client:
        await client.ask("subscribe", {"event_types": "*"})
        await client.accepted("join_table", table, buy_in=200)
        request: str = (await client.request())["request_id"]
        await client.accepted("place_bet", table, amount=10, request_id=request)
        await client.accepted("player_action", table, action="STAND")
        assert (await client.ask("dance"))["data"]["code"] == "unknown_type"
        await client.accepted("leave_table", table)
    return request


def test_a_probe_hears_that_it_lives_and_is_ready(server: Server):
    status, headers, said = ask(server, "/healthz")
    assert (status, json.loads(said)) == (200, {"status": "ok"})
    assert headers["cache-control"] == "no-store"
    status, _, said = ask(server, "/readyz")
    assert (status, json.loads(said)) == (200, {"database": "ok", "redis": "unused", "leaving": False})


def test_it_is_not_ready_for_a_database_that_does_not_fit_the_code(server: Server):
    recorded = "from django.db.migrations.recorder import MigrationRecorder as R; R.Migration.objects.filter(app='{}')"
    server.shell(f"{recorded.format('games')}.update(app='elsewhere')")
    try:
        status, _, said = ask(server, "/readyz")
        assert (status, json.loads(said)["database"]) == (503, "migrations are missing")
    finally:
        server.shell(f"{recorded.format('elsewhere')}.update(app='games')")
    assert ask(server, "/readyz")[0] == 200


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}])
def test_metrics_are_for_who_has_the_token(server: Server, headers: dict[str, str]):
    status, answer, page = ask(server, "/metrics", **headers)
    assert (status, answer["www-authenticate"], "cardsharp" in page) == (401, "Bearer", False)


def test_they_are_read_and_nothing_else(server: Server):
    status, headers, _ = ask(server, "/metrics", "POST", Authorization=f"Bearer {TOKEN}")
    assert (status, headers["allow"]) == (405, "GET, HEAD")
    status, headers, page = ask(server, "/healthz", "HEAD")
    assert (status, headers["content-length"], page) == (200, "15", "")


async def test_metrics_tell_what_was_done(server: Server):
    before = measured(server)
    await play_a_round(server, 0)
    after = measured(server)

    def grown(*name: str) -> float:
        return after[name] - before.get(name, 0)

    assert grown("cardsharp_connections_total") == 1
    assert grown("cardsharp_messages_total", "action") == 4
    assert grown("cardsharp_messages_total", "unreadable") == 1
    assert grown("cardsharp_actions_total", "place_bet") == 1
    assert grown("cardsharp_refusals_total", "unknown_type") == 1
    assert grown("cardsharp_rounds_total") == 1
    for stage in ("decide", "commit", "publish", "act"):
        assert grown("cardsharp_stage_seconds_count", stage) == 4
        assert 0 < grown("cardsharp_stage_seconds_sum", stage) < 60
    assert grown("cardsharp_stage_seconds_count", "deliver") > 0
    assert after["cardsharp_tables",] == 2
    assert after["cardsharp_ledger_sum_chips",] == 0
    assert after["cardsharp_chips", "bank"] < 0 < after["cardsharp_chips", "wallet"]
    assert after["cardsharp_away", "database"] == 0


async def test_the_log_is_json_that_says_what_it_is_about_and_no_secret(server: Server):
    request = await play_a_round(server, 1)
    text = server.log.read_text()
    lines: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    of_table = [line for line in lines if line.get("table") == server.tables[1]]
    bet = next(line for line in of_table if line.get("request") == request)
    assert (bet["action"], bet["level"]) == ("place_bet", "DEBUG")
    assert bet["round"] == "r1"
    assert bet["client"]
    assert bet["message_id"]
    for player in server.players:
        assert player.token not in text
        assert player.cookie.partition("=")[2] not in text
    assert TOKEN not in text


def test_without_a_token_there_are_no_metrics(tmp_path: Path):
    with serving(tmp_path, [("Table", UNTIMED)]) as server:
        assert ask(server, "/metrics")[0] == 404
        assert ask(server, "/metrics", Authorization="Bearer ")[0] == 404
