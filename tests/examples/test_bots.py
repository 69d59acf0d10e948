"""The two bots of examples/: they play their rounds, come back after breaks, and end with one line that says enough."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from cardsharp.blackjack.rules import Rules
from cardsharp.client import Closed
from cardsharp.dealt_shoe import check
from cardsharp.shoe_file import read_shoes
from tests.cardsharp.client.dealer import Dealer
from tests.examples.test_websocket_server import serving as example_server
from tests.servers import ROOT, UNTIMED, serving

BOT = ROOT / "examples/bot.py"
NODE_BOT = ROOT / "examples/node_bot.mjs"
RICH = Rules(pause_seconds=0, default_buy_in_cents=5_000_00)
POOR = Rules(pause_seconds=0, default_buy_in_cents=100_00)


async def run(*command: str) -> tuple[int | None, str, str]:
    """The exit code of a program, what it printed, and its errors."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    printed, errors = await process.communicate()
    return process.returncode, printed.decode(), errors.decode()


async def counting_bot(url: str, *options: str) -> tuple[int | None, str, str]:
    return await run(sys.executable, str(BOT), "--url", url, *options)


@pytest.fixture
def node_bot(node_path: str) -> tuple[str, ...]:
    return (node_path, "--experimental-websocket", "--no-warnings", str(NODE_BOT))


def test_the_bot_is_shorter_than_a_hundred_lines():
    assert len(BOT.read_text().splitlines()) < 100


async def test_the_bot_plays_a_thousand_rounds_and_keeps_a_record(tmp_path: Path):
    log = tmp_path / "log.jsonl"
    dealer = Dealer(RICH)
    async with dealer.open(patience_seconds=60) as url:
        code, printed, errors = await counting_bot(url, "--log", str(log))
    assert (code, errors) == (0, "")
    assert printed.startswith("1000 rounds, 1")
    played = [event for event in dealer.log if event.event_type == "ROUND_ENDED" and event.data["results"]]
    assert len(played) == 1_000
    assert f" net {-sum(event.data['house_net'] for event in played):+}," in printed
    shoes = [shoe for shoe in read_shoes(log.read_bytes()) if shoe.server_seed is not None]
    assert len(shoes) == dealer.count("SHOE_REVEALED") > 10
    assert all(check(shoe).faults == () for shoe in shoes)


async def test_the_bot_bets_more_when_the_rest_of_the_shoe_is_rich():
    dealer = Dealer(RICH)
    async with dealer.open(patience_seconds=60) as url:
        await counting_bot(url, "--rounds", "200")
    assert {event.data["amount"] for event in dealer.log if event.event_type == "PLAYER_BET"} >= {10, 20}


async def test_the_bot_sits_down_again_when_its_stack_is_used_up():
    dealer = Dealer(POOR)
    async with dealer.open(patience_seconds=60) as url:
        code, printed, errors = await counting_bot(url, "--rounds", "300")
    assert (code, errors, printed[:11]) == (0, "", "300 rounds,")
    assert dealer.count("PLAYER_JOINED") == dealer.count("PLAYER_LEFT") > 1


@pytest.mark.parametrize("rules", [RICH, POOR], ids=["with chips enough", "with too few"])
async def test_the_bot_in_node_plays_its_rounds(node_bot: tuple[str, ...], rules: Rules):
    dealer = Dealer(rules)
    async with dealer.open(patience_seconds=60) as url:
        code, printed, errors = await run(*node_bot, url, "--rounds", "200")
    played = [event for event in dealer.log if event.event_type == "ROUND_ENDED" and event.data["results"]]
    assert (code, errors) == (0, "")
    assert printed == f"200 rounds, net {-sum(event.data['house_net'] for event in played):.2f}.\n"
    assert len(played) == 200
    assert dealer.count("PLAYER_JOINED") == dealer.count("PLAYER_LEFT")
    assert (dealer.count("PLAYER_JOINED") > 1) == (rules is POOR)


async def test_breaks_at_any_action_change_nothing_for_the_bot_in_node(node_bot: tuple[str, ...]):
    whole, broken = Dealer(RICH), Dealer(RICH, break_off_at=[1, 4, 7, 8, 12])
    printed = []
    for dealer in (whole, broken):
        async with dealer.open(patience_seconds=60) as url:
            printed.append(await run(*node_bot, url, "--rounds", "5"))
    assert printed[0] == printed[1]
    assert [event.event_type for event in whole.log] == [event.event_type for event in broken.log]


async def test_the_bot_in_node_plays_fifty_rounds_at_the_site(node_bot: tuple[str, ...], tmp_path: Path):
    log = tmp_path / "log.jsonl"
    with serving(tmp_path, [("One", UNTIMED)], players=1) as server:
        url, token = server.table_url(server.tables[0]), server.players[0].token
        code, printed, errors = await run(*node_bot, url, "--token", token, "--log", str(log))
    assert (code, errors) == (0, "")
    assert printed.startswith("50 rounds, net ")
    code, printed, errors = await run(sys.executable, "-m", "cardsharp", "verify-shoe", str(log))
    assert "came as committed" in printed


async def test_both_bots_play_at_the_example_server(node_bot: tuple[str, ...]):
    async with example_server("--rules", "PAUSE0") as (_, url):
        async with asyncio.timeout(60):
            counted, written = await asyncio.gather(
                counting_bot(url, "--rounds", "5"), run(*node_bot, url, "--rounds", "5")
            )
    assert (counted[0], counted[1][:10], counted[2]) == (0, "5 rounds, ", "")
    assert (written[0], written[1][:14], written[2]) == (0, "5 rounds, net ", "")


async def test_who_is_not_let_in_reads_one_line(node_bot: tuple[str, ...], tmp_path: Path):
    with serving(tmp_path, [("One", UNTIMED)]) as server:
        url = server.table_url(server.tables[0])
        assert await counting_bot(url, "--token", "nobody's") == (1, "", f"{Closed('bad_token')}\n")
        assert await run(*node_bot, url, "--token", "nobody's") == (1, "", "The server said goodbye: bad_token.\n")
        assert await run(*node_bot, url) == (1, "", "A token is needed to play.\n")
        assert await run(*node_bot, server.url) == (1, "", "A token is needed to play.\n")
    code, printed, errors = await counting_bot(url)
    assert (code, printed, errors.count("\n")) == (1, "", 1)
    assert await run(*node_bot, url, "--patience", "0.1") == (1, "", "The server cannot be reached.\n")
