"""The terminal: a person is asked, told, refused in words and asked again, and may leave at any time."""

import queue
import subprocess
import sys
from collections.abc import Iterator

import pytest

from cardsharp.adapters import TerminalAdapter
from cardsharp.blackjack.rules import Rules
from cardsharp.cards import parse_cards
from cardsharp.engine import BlackjackEngine
from cardsharp.shoe import StackedShoes
from tests.servers import ROOT

UNTIMED = Rules(bet_seconds=None, act_seconds=None, insurance_seconds=None, pause_seconds=0)


class Person:
    """Types the next line when something is asked."""

    def __init__(self, *lines: str) -> None:
        self._lines = iter(lines)
        self._typed: queue.Queue[str | None] = queue.Queue()
        self.screen: list[str] = []

    def say(self, line: str) -> None:
        self.screen.append(line)
        if line.endswith(":"):
            self._typed.put(next(self._lines, None))

    def typing(self) -> Iterator[str]:
        while (line := self._typed.get()) is not None:
            yield f"{line}\n"


async def played(person: Person, cards: str, rounds: int | None = None, rules: Rules = UNTIMED) -> int:
    adapter = TerminalAdapter(lines=person.typing(), say=person.say)
    async with BlackjackEngine(adapter, rules, shoes=StackedShoes(parse_cards(cards))) as engine:
        return (await engine.play(rounds)).rounds


async def test_a_person_plays_a_round():
    person = Person("5", "lots", "10", "?", "x", "P", "d", "h", "s")
    assert await played(person, "8♠ 10♥ 8♦ 7♦ 3♠ 2♠ K♠ 9♦", 1) == 1
    assert "Your bet (10 to 500, of your 500; o sits out, q leaves):" in person.screen
    assert "Bets here go from 10 to 500 chips in steps of 1." in person.screen
    assert "That is none of the choices." in person.screen
    assert (
        "8♠ 8♦ (16) against 10♥: h = hit, s = stand, d = double, p = split, r = surrender, ? = hint:" in person.screen
    )
    assert "Basic strategy: split." in person.screen
    assert "Dealer: a card face down" in person.screen
    assert "Dealer: 7♦ (17)" in person.screen
    assert [line for line in person.screen if "win with" in line] == ["You: win with 21, +20", "You: win with 19, +10"]


@pytest.mark.parametrize("end", ["q", None])
async def test_leaving_and_the_end_of_the_input_end_the_game(end: str | None):
    person = Person("10", *([end] if end else []))
    assert await played(person, "10♠ 10♥ 8♠ 7♦") == 1
    assert person.screen[-1] == "You: out with 510 chips"


async def test_sitting_out_and_in_again_insurance_and_early_surrender():
    rules = Rules(bet_seconds=None, act_seconds=None, insurance_seconds=None, pause_seconds=0, surrender="early")
    person = Person("o", "", "10", "n", "n", "s", "q")
    assert await played(person, "10♠ A♥ 8♠ 7♦", rules=rules) == 1
    assert "You are sitting out. Enter sits in again, q leaves:" in person.screen
    assert "10♠ 8♠ (18) against A♥: i = insurance, n = decline insurance, ? = hint:" in person.screen
    assert "10♠ 8♠ (18) against A♥: r = surrender, n = decline surrender, ? = hint:" in person.screen


async def test_a_person_who_takes_too_long_is_told():
    person = Person("10")
    person._lines = iter(["10", ""])
    rules = Rules(bet_seconds=None, act_seconds=1, pause_seconds=0)
    assert await played(person, "10♠ 10♥ 8♠ 7♦", 1, rules) == 1
    assert "You: no answer in time, so stand" in person.screen


def test_the_command_plays_in_a_terminal():
    command = [sys.executable, "-m", "cardsharp", "play", "6D H17 T1/1/1", "--rounds", "1"]
    typed = "10\n" + "s\nn\n" * 10
    done = subprocess.run(command, cwd=ROOT, input=typed, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Rounds: 1. Net: " in done.stdout


def test_rules_that_are_none_are_one_line():
    command = [sys.executable, "-m", "cardsharp", "play", "6D X17"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
