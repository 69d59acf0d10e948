"""docs/rules.md names every word of a placard, and what it says of them is so."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from cardsharp.blackjack.placard import read_words
from cardsharp.blackjack.rules import Rules

PAGE = (Path(__file__).parents[1] / "docs" / "rules.md").read_text(encoding="utf-8")
WORDS = [word for line in re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE) for word in re.findall(r"`([^`]+)`", line)]


@pytest.mark.parametrize("word", WORDS)
def test_every_word_of_the_page_is_read(word: str) -> None:
    assert read_words(word)


def test_every_field_has_a_word_on_the_page() -> None:
    assert {name for word in WORDS for name in read_words(word)} == set(Rules.__struct_fields__)


def test_the_classic_table_is_as_the_page_says() -> None:
    classic = re.findall(r"\| `([A-Z0-9/-]+)` \|$", PAGE, re.MULTILINE)
    assert len(classic) == 8
    for word in classic:
        assert msgspec.structs.replace(Rules(), **read_words(word)) == Rules()
