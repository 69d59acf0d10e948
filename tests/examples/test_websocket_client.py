"""The example client as a person at a terminal meets it: what it prints, what it asks, and how it ends."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cardsharp.blackjack.rules import Rules
from cardsharp.cards import parse_cards
from tests.cardsharp.client.dealer import Dealer
from tests.cardsharp.client.fake_server import Peer, serve

EXAMPLE = Path(__file__).parents[2] / "examples" / "websocket_client.py"
NO_PAUSE = Rules(pause_seconds=0)


class Run:
    """The running example, read and typed to as in a terminal."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        self.process = process
        self.keyboard, self.screen, self.errors = process.stdin, process.stdout, process.stderr

    async def see(self, text: str) -> str:
        """What is printed up to and with the text."""
        return (await self.screen.readuntil(text.encode())).decode()

    def type(self, line: str) -> None:
        self.keyboard.write(f"{line}\n".encode())

    async def end(self) -> tuple[int, str, str]:
        """The exit code, the rest of the output, and the errors."""
        printed, errors = await asyncio.gather(self.screen.read(), self.errors.read())
        return await self.process.wait(), printed.decode(), errors.decode()


@asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[Run]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(EXAMPLE),
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
    )
    try:
        yield Run(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_by_itself_it_plays_its_rounds_and_prints_the_result():
    dealer = Dealer(NO_PAUSE)
    async with dealer.open() as url, running("--url", url, "--auto", "--rounds", "3", "--bet", "25") as run:
        code, printed, errors = await run.end()
    assert (code, errors) == (0, "")
    assert "Rounds: 3. Hands:" in printed
    assert "You: bet 25" in printed
    assert dealer.count("PLAYER_LEFT") == 1


async def test_a_person_is_asked_and_told_in_words():
    dealer = Dealer(NO_PAUSE, parse_cards("8♠ 10♥ 8♦ 7♦ 3♠ 2♠ K♠ 9♦"))
    async with dealer.open() as url, running("--url", url, "--rounds", "1") as run:
        assert "sit down on seat 1 with 500 chips" in await run.see(
            "Your bet (10 to 500, of your 500; o sits out, q leaves):"
        )
        run.type("5")
        await run.see("Bets here go from 10 to 500")
        run.type("lots")
        await run.see("That is none of the choices.")
        run.type("10")
        hand = await run.see(
            "8♠ 8♦ (16) against 10♥: h = hit, s = stand, d = double, p = split, r = surrender, ? = hint:"
        )
        assert "You: 8♦ (16)" in hand
        assert "Dealer: a card face down" in hand
        run.type("P")
        await run.see("8♠ 3♠ (11) against 10♥")
        run.type("d")
        await run.see("8♦ 2♠ (10) against 10♥")
        run.type("x")
        await run.see("That is none of the choices.")
        run.type("h")
        await run.see("8♦ 2♠ 9♦ (19) against 10♥: h = hit, s = stand, ? = hint:")
        run.type("s")
        code, printed, errors = await run.end()
    assert (code, errors) == (0, "")
    assert "Dealer: turns over 7♦ (17)" in printed
    assert "Your stack: 530" in printed
    assert "Rounds: 1. Hands: 2 (2 won, 0 lost, 0 pushed). Wagered: 30. Net: +30." in printed


async def test_a_question_mark_is_answered_with_basic_strategy():
    dealer = Dealer(NO_PAUSE, parse_cards("8♠ 10♥ 8♦ 7♦ 3♠ 2♠ K♠ 9♦"))
    async with dealer.open() as url, running("--url", url, "--rounds", "1") as run:
        await run.see("q leaves):")
        run.type("?")
        await run.see("That is none of the choices.")
        run.type("10")
        await run.see("? = hint:")
        run.type("?")
        await run.see("Basic strategy: split.")
        run.type("p")
        await run.see("8♠ 3♠ (11) against 10♥")
        run.type("?")
        await run.see("Basic strategy: double.")
        run.type("q")
        code, _, errors = await run.end()
    assert (code, errors) == (0, "")


async def test_a_person_on_two_seats_is_told_which_is_asked_and_may_decline_to_surrender():
    rules = Rules(pause_seconds=0, seats_per_player=2, surrender="early")
    dealer = Dealer(rules, parse_cards("10♠ 9♦ K♥ 6♠ 8♦ 7♦"))
    async with dealer.open() as url, running("--url", url, "--seats", "2", "--rounds", "1") as run:
        await run.see("Seat 1: Your bet")
        run.type("10")
        await run.see("Seat 2: Your bet")
        run.type("20")
        assert "You (seat 2): 8♦ (17)" in await run.see(
            "Seat 1: 10♠ 6♠ (16) against K♥: r = surrender, n = decline surrender, ? = hint:"
        )
        run.type("n")
        await run.see("Seat 2: 9♦ 8♦ (17) against K♥: r = surrender, n = decline surrender, ? = hint:")
        run.type("n")
        await run.see("Seat 1: 10♠ 6♠ (16) against K♥: h = hit, s = stand, d = double, ? = hint:")
        run.type("s")
        await run.see("Seat 2: 9♦ 8♦ (17)")
        run.type("s")
        code, printed, errors = await run.end()
    assert (code, errors) == (0, "")
    assert "Your stack: 490 and 500" in printed
    assert "Rounds: 1. Hands: 2 (0 won, 1 lost, 1 pushed). Wagered: 30. Net: -10." in printed


async def test_leaving_gives_up_both_seats():
    dealer = Dealer(Rules(pause_seconds=0, seats_per_player=2))
    async with dealer.open() as url, running("--url", url, "--seats", "2") as run:
        await run.see("Seat 1: Your bet")
        run.type("q")
        code, _, errors = await run.end()
    assert (code, errors) == (0, "")
    assert dealer.count("PLAYER_LEFT") == 2


async def test_a_person_may_sit_out_and_come_back():
    async with Dealer(NO_PAUSE).open() as url, running("--url", url) as run:
        await run.see("q leaves):")
        run.type("o")
        await run.see("You are sitting out. Enter sits in again, q leaves:")
        run.type("")
        await run.see("Your bet")
        run.type("q")
        code, _, errors = await run.end()
    assert (code, errors) == (0, "")


@pytest.mark.parametrize("how", ["q", "end of input", "Ctrl-C"])
async def test_leaving_in_the_middle_of_a_round_gives_up_the_seat(how: str):
    dealer = Dealer(NO_PAUSE, parse_cards("10♠ 10♥ 8♠ 7♦"))
    async with dealer.open() as url, running("--url", url) as run:
        await run.see("q leaves):")
        run.type("10")
        await run.see("s = stand")
        if how == "q":
            run.type("q")
        elif how == "Ctrl-C":
            run.process.send_signal(signal.SIGINT)
        else:
            run.keyboard.close()
        code, printed, errors = await run.end()
    assert (code, errors) == (0, "")
    assert "Rounds: 1. Hands: 1 (1 won, 0 lost, 0 pushed). Wagered: 10. Net: +10." in printed
    assert dealer.count("PLAYER_LEFT") == 1


async def refuse_token(peer: Peer) -> None:
    hello = await peer.read("connect")
    await peer.send("disconnected", {"reason": "bad_token"}, hello["id"])
    await peer.socket.close(4401)


async def refuse_table(peer: Peer) -> None:
    await peer.welcome()
    await peer.refuse(await peer.read("subscribe"), "unknown_table")


@pytest.mark.parametrize(
    ("script", "line"),
    [(refuse_token, "The server closed the connection: bad token."), (refuse_table, "It is unknown_table.")],
)
async def test_what_the_server_refuses_is_one_line(script, line: str):
    async with serve(script) as url, running("--url", url, "--token", "t", "--table", "nowhere", "--auto") as run:
        assert await run.end() == (1, "", f"{line}\n")


async def test_a_server_that_is_not_there_is_one_line():
    async with serve() as url:
        pass
    async with running("--url", url, "--auto") as run:
        code, printed, errors = await run.end()
    assert (code, printed) == (1, "")
    assert errors.startswith(f"{url} cannot be reached:")
    assert errors.count("\n") == 1
