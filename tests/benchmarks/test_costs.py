"""Both ways of each comparison come to the same; what they cost is no matter of a test."""

from __future__ import annotations

import re

import pytest

from benchmarks import costs


def test_the_ways_that_are_compared_come_to_the_same() -> None:
    assert all(pair.before() == pair.now() for pair in costs.pairs())


def test_every_pair_is_told_with_its_ratio(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costs, "CALLS", 2)
    assert costs.main() == 0
    assert len(re.findall(r" [\d.]+x   ", capsys.readouterr().out)) == len(list(costs.pairs()))
