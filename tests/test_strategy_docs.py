"""docs/strategy.md is true: its examples run, and it explains every code."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from cardsharp.blackjack.charts import MOVES, SOURCES
from cardsharp.blackjack.strategy_chart import WORDS

PAGE = (Path(__file__).parents[1] / "docs/strategy.md").read_text()


def test_the_examples_run():
    examples = "\n".join(re.findall(r"```pycon\n(.*?)```", PAGE, re.DOTALL))
    test = doctest.DocTestParser().get_doctest(examples, {}, "strategy.md", "docs/strategy.md", 0)
    assert len(test.examples) == 4
    assert doctest.DocTestRunner().run(test).failed == 0


def test_every_code_and_source_is_named():
    table = PAGE.split("## The codes")[1].split("## Sources")[0]
    for code in {*MOVES, *WORDS} - {"-"}:
        assert re.search(rf"\b{code}\b", table), code
    for _, address in SOURCES.values():
        assert address in PAGE
