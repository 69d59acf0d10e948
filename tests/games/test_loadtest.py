"""`manage.py loadtest` at a real server: it plays, compares, cleans up behind itself, and fails where it must."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.servers import UNTIMED, Server, serving
from tests.wire_client import connected

FEW = ("--tables", "2", "--seats", "3", "--seconds", "2", "--json")


def load(server: Server, *options: str) -> dict:
    return dict(json.loads(server.manage("loadtest", "--url", server.url, *options)))


def test_every_bot_sees_the_same_and_nothing_is_left_behind(tmp_path: Path):
    with serving(tmp_path, []) as server:
        report = load(server, *FEW, "--seed", "7")
        assert (report["seed"], report["tables"], report["bots"]) == (7, 2, 6)
        assert (report["differences"], report["refusals"], report["closes"]) == ([], {}, {})
        assert report["actions"] > 0
        assert report["acknowledged"]["count"] == report["actions"]
        assert 0 < report["told"]["p50"] <= report["told"]["p99"] <= report["told"]["most"]
        server.shell(
            "from games.models import Table, Token; assert not Table.objects.filter(is_open=True); "
            "assert not Token.objects.exists()"
        )


def test_chaos_changes_nothing_that_matters(tmp_path: Path):
    with serving(tmp_path, [], expected_complaints=["does not read"]) as server:
        report = load(server, *FEW, "--chaos", "--seconds", "4", "--pace", "0.01")
        assert (report["differences"], report["refusals"]) == ([], {})
        assert report["reconnects"] + report["repeats"] > 0


async def test_tokens_and_tables_may_come_from_elsewhere(tmp_path: Path):
    rules = UNTIMED | {"max_buy_in_cents": 10_000_00, "default_buy_in_cents": 10_000_00}
    with serving(tmp_path, [("Here", rules)], players=2) as server:
        tokens = tmp_path / "tokens"
        tokens.write_text("\n".join(player.token for player in server.players))
        report = load(server, "--tokens", str(tokens), "--table", server.tables[0], "--seconds", "1", "--json")
        assert (report["bots"], report["differences"]) == (2, [])
        async with connected(server.url) as viewer:
            await viewer.ask("subscribe", {"event_types": ["TABLE_CLOSED"], "table_id": server.tables[0]})
            assert (await viewer.event("TABLE_STATE"))["data"]["state"]["seats"] == []


def test_bots_that_cannot_sit_down_are_one_clear_error(tmp_path: Path):
    tokens = tmp_path / "tokens"
    tokens.write_text("nobody's")
    turned_away = pytest.raises(CommandError, match=r"0 of 1 bots could sit down.*4401")
    with serving(tmp_path, [("Here", {})]) as server, turned_away:
        call_command("loadtest", url=server.url, tokens=tokens, table=[server.tables[0]])
