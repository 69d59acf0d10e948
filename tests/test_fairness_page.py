"""docs/fairness.md against the code: its program, its vectors and its file format, though they share no line."""

from __future__ import annotations

import doctest
import hashlib
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsharp.blackjack import commands as c
from cardsharp.blackjack import events as e
from cardsharp.cards import DECK
from cardsharp.dealt_shoe import FORMAT, DealtShoe, check
from cardsharp.events.messages import read
from cardsharp.shoe import ALGORITHM, commitment, refill_order, shoe_order
from cardsharp.shoe_file import encode_shoe, read_shoes
from tests.cardsharp.blackjack.builders import Play
from tests.cardsharp.dealt_shoes import ONE_DECK, frames_of, played

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "fairness.md").read_text()
VECTORS = ("orders", "files")

seeds = st.binary(min_size=32, max_size=32)
client_seeds = st.lists(st.tuples(st.text(max_size=8), st.text(max_size=64)), max_size=7).map(tuple)


def block(language: str) -> str:
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return text


@pytest.fixture(scope="module")
def program() -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "check_shoes"}
    exec(block("python"), names)
    return names


def run(events: Iterable[e.Event], directory: Path) -> subprocess.CompletedProcess[str]:
    """What the program says of these events, as a stranger runs it: without this project on its path."""
    path = directory / "check_shoes.py"
    path.write_text(block("python"))
    frames = frames_of(events)
    lines = "\n".join([frames[0], f"[{','.join(frames[1:9])}]", *frames[9:]])
    return subprocess.run([sys.executable, "-I", path], input=lines, capture_output=True, text=True, check=False)


def test_the_worked_example_is_true(program: dict[str, Any]) -> None:
    example = doctest.DocTestParser().get_doctest(block("pycon"), program.copy(), "the example", None, None)
    assert doctest.DocTestRunner().run(example) == (0, 7)


def test_the_message_that_asks_for_a_log_can_be_read() -> None:
    assert read(block("json")).error is None


@given(seeds, client_seeds, st.integers(1, 8), st.integers(0, 52))
def test_the_program_makes_the_orders_that_are_dealt(
    program: dict[str, Any], seed: bytes, clients: tuple[tuple[str, str], ...], decks: int, discards: int
) -> None:
    assert program["DECK"] == list(DECK)
    assert program["commitment"](seed) == commitment(seed)
    order = shoe_order(seed, clients, decks)
    order += refill_order(seed, clients, order[:discards], 1)
    assert program["dealing_order"](seed, clients, decks, discards) == list(order)


ORDERS, FILES = (msgspec.json.decode((DOCS / "test_vectors/cardsharp-shoe-1.json").read_bytes())[n] for n in VECTORS)
SHOE = (DOCS / "test_vectors/shoe.json").read_bytes()


def digest(cards: Iterable[str]) -> str:
    return hashlib.sha256(" ".join(cards).encode()).hexdigest()


@pytest.mark.parametrize("vector", ORDERS, ids=[vector["name"] for vector in ORDERS])
def test_the_vectors_of_orders(program: dict[str, Any], vector: dict[str, Any]) -> None:
    seed = bytes.fromhex(vector["server_seed"])
    clients = tuple((entry["player_id"], entry["seed"]) for entry in vector["client_seeds"])
    decks, discards = vector["decks"], vector["discards"]
    order = shoe_order(seed, clients, decks)
    refill = refill_order(seed, clients, order[:discards], 1)
    assert commitment(seed) == program["commitment"](seed) == vector["commitment"]
    assert program["dealing_order"](seed, clients, decks, discards) == [*order, *refill]
    assert (" ".join(order[:10]), " ".join(order[-5:])) == (vector["first_cards"], vector["last_cards"])
    assert digest(order) == vector["order_sha256"]
    assert (" ".join(refill[:10]), digest(refill)) == (vector["refill_first_cards"], vector["refill_sha256"])


@pytest.mark.parametrize("vector", FILES, ids=[vector["name"] for vector in FILES])
def test_the_vectors_of_files(vector: dict[str, Any]) -> None:
    (shoe,) = read_shoes(msgspec.json.encode(changed(msgspec.json.decode(SHOE), vector["change"])))
    assert list(check(shoe).faults) == vector["faults"]


def changed(file: dict[str, Any], changes: list[dict[str, Any]]) -> dict[str, Any]:
    """The file with other values at some paths, each a list of names and numbers."""
    for change in changes:
        *way, last = change["path"]
        inner: Any = file
        for step in way:
            inner = inner[step]
        inner[last] = change["value"]
    return file


def test_the_vectors_name_the_algorithm_and_one_of_them_throws_a_word_away(program: dict[str, Any]) -> None:
    assert msgspec.json.decode((DOCS / "test_vectors/cardsharp-shoe-1.json").read_bytes())["algorithm"] == ALGORITHM
    (vector,) = (vector for vector in ORDERS if vector["name"] == "a word that is thrown away")
    stream = program["words"](bytes.fromhex(vector["server_seed"]), [], "shoe")
    assert any(word >= 2**32 // n * n for n, word in zip(range(52 * vector["decks"], 1, -1), stream, strict=False))


def test_the_page_lists_every_field_of_a_shoes_file() -> None:
    table = PAGE[PAGE.index("| field | what |") : PAGE.index("Times are UNIX seconds.")]
    names = [name for row in table.splitlines()[2:] if row for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert tuple(names) == DealtShoe.__struct_fields__
    assert f"`{FORMAT}`" in table
    (shoe,) = read_shoes(SHOE)
    assert encode_shoe(shoe) == SHOE


@pytest.fixture(scope="module")
def log() -> tuple[e.Event, ...]:
    return played()


def test_every_shoe_of_a_table_checks(log: tuple[e.Event, ...], tmp_path: Path) -> None:
    shoes = [event for event in log if isinstance(event, e.ShoeRevealed)]
    said = run(log, tmp_path)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.splitlines() == [f"{s.shoe_id}: {s.cards_dealt} cards as committed" for s in shoes]
    assert max(shoe.cards_dealt for shoe in shoes) > 52


@pytest.mark.parametrize(
    ("kind", "change", "verdict"),
    [
        (e.CardDealt, {"card": "A♠"}, "its cards came in another order"),
        (e.Shuffle, {"client_seeds": ()}, "its cards came in another order"),
        (e.Shuffle, {"commitment": "0" * 64}, "another commitment was published before its shuffle"),
        (e.ShoeRevealed, {"server_seed": "0" * 64}, "its seed is not the one that was committed to"),
        (e.ShoeRevealed, {"cards_dealt": 9}, "9 cards left it"),
    ],
)
def test_what_was_changed_is_found(
    log: tuple[e.Event, ...], tmp_path: Path, kind: type[e.Event], change: dict[str, Any], verdict: str
) -> None:
    place = [number for number, event in enumerate(log) if isinstance(event, kind)][1]
    said = run([*log[:place], msgspec.structs.replace(log[place], **change), *log[place + 1 :]], tmp_path)
    assert said.returncode == 1
    assert f"WRONG, {verdict}" in said.stdout


def test_cards_that_were_laid_out_by_hand_are_found(tmp_path: Path) -> None:
    play = Play(ONE_DECK, "10♠ 9♠ J♠ 8♠")
    play.join("Ada")
    play.bet("Ada")
    play.do(c.CloseTable(at=play.now))
    assert run(play.log, tmp_path).stdout == "s1: WRONG, its cards came in another order\n"
