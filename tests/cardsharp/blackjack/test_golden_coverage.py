"""What the golden rounds must have among them, so that nothing goes uncovered without notice."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from cardsharp import blackjack, errors
from cardsharp.blackjack.placard import _FIXED as FIXED_WORDS
from cardsharp.blackjack.rules import Rules
from tests.cardsharp.blackjack.golden_rounds import GoldenRound, chain, read_all

ROUNDS = {golden.name: golden for golden in read_all()}

NUMBERS = r"\dD SP\d \d+:\d+ \d+% BET.+ BUY.+ SEATS\d EACH\d T.+/-/.+ PAUSE\d AWAY\d AWAY-"
"""The words of the placard that hold numbers; which numbers, `CHOICES` says."""

CHOICES: dict[str, set[Any]] = {
    "decks": set(range(1, 9)),
    "blackjack_pays": {(3, 2), (6, 5), (1, 1), (7, 5), (2, 1), (3, 1), (13, 11)},
    "max_hands": {1, 2, 3, 4},
    "penetration_percent": {30, 75, 95},
    "seat_count": {2, 3, 7},
    "seats_per_player": {1, 2, 3},
    "bet_seconds": {None, 20},
    "insurance_seconds": {None, 12},
    "act_seconds": {None, 25},
    "pause_seconds": {0, 4},
    "away_seconds": {None, 5, 600},
}


def test_there_are_at_least_120_rounds_and_no_name_stands_for_two() -> None:
    names = [golden.name for golden in read_all()]
    assert len(names) >= 120
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("rule", [rule for rule in Rules.__struct_fields__ if not rule.endswith("_cents")])
def test_every_choice_that_a_rule_offers_is_played(rule: str) -> None:
    kind = get_type_hints(Rules)[rule]
    few: set[Any] = {False, True} if kind is bool else set(get_args(kind)) if get_origin(kind) is Literal else set()
    assert {getattr(golden.rules, rule) for golden in ROUNDS.values()} >= (few or CHOICES[rule])


@pytest.mark.parametrize("word", [*map(re.escape, FIXED_WORDS), *NUMBERS.split()])
def test_every_word_of_the_placard_is_written_over_some_round(word: str) -> None:
    written = {written for golden in ROUNDS.values() for written in golden.placard.split()}
    assert any(re.fullmatch(word, each) for each in written)


def test_every_refusal_that_the_heart_can_give_is_met() -> None:
    refused = {decision.refusal for golden in ROUNDS.values() for decision in golden.decisions}
    assert refused - {""} == refusals_of_the_heart()


def refusals_of_the_heart() -> set[str]:
    """The codes of every error that a module of the heart names. Actions are read, and games listed, outside of it."""
    folder = Path(str(blackjack.__file__)).parent
    sources = [path.read_text("utf-8") for path in folder.glob("*.py") if path.stem not in ("actions", "game")]
    names = {name for source in sources for name in re.findall(r"\berrors\.([A-Z]\w+)", source)}
    return {getattr(errors, name).code for name in names}


def test_every_result_of_a_hand_is_met() -> None:
    results = {hand.split(" = ")[1].split()[1] for golden in ROUNDS.values() for hand in golden.hands}
    assert results == {"blackjack", "win", "push", "lose", "bust", "surrender", "even_money"}


@pytest.mark.parametrize("golden", [golden for golden in ROUNDS.values() if golden.after], ids=lambda g: str(g.name))
def test_the_cards_of_a_refill_are_written_as_the_commitment_orders_them(golden: GoldenRound) -> None:
    """Computed here as docs/fairness.md has it in words, with no line of `cardsharp.shoe`: the seed is that of the
    first shoe of a table whose secret is 32 zero bytes, and no player has given one."""
    discards = [card for former in chain(golden, ROUNDS)[:-1] for card in former.cards.split()]
    written = golden.cards.split()[52 - len(discards) :]
    seed = hmac.new(bytes(32), b"cardsharp-seed\0" + (1).to_bytes(8, "big"), "sha256").digest()
    assert written == refilled(discards, seed)[: len(written)]


def refilled(discards: list[str], seed: bytes) -> list[str]:
    cards, words = list(discards), refill_words(seed)
    for n in range(len(cards), 1, -1):
        word = next(word for word in words if word < 2**32 // n * n)
        cards[n - 1], cards[word % n] = cards[word % n], cards[n - 1]
    return cards


def refill_words(seed: bytes) -> Iterator[int]:
    start = b"refill-1\0" + hashlib.sha256(b"").digest()
    for block in itertools.count():
        digest = hmac.new(seed, start + block.to_bytes(8, "big"), "sha256").digest()
        yield from (int.from_bytes(digest[place : place + 4], "big") for place in range(0, 32, 4))
