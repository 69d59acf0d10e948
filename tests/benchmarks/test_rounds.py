"""The speed of the game can be measured; how fast it is depends on the machine and is no matter of a test."""

from __future__ import annotations

import re

import pytest

from benchmarks import rounds


def test_rounds_a_second_can_be_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert rounds.main(["6D H17 DAS", "--chunks", "2", "--rounds", "40", "--lines", "5"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"rounds a second +[\d,]+ ", told)
    assert re.search(r"a decision costs +[\d.]+ µs +2\.\d\d a round", told)
    assert len(told.splitlines()) == 12
