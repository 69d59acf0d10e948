"""`python -m cardsharp` as its user types it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cardsharp.cli import main


def test_a_placard_is_told_in_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "2d h17 ls"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("2D H17 DAS LS 3:2\n2 decks")
    assert "The dealer hits soft 17" in told


def test_what_is_no_rule_is_one_line_and_no_traceback() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "cardsharp", "rules", "6D H18"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr == "python -m cardsharp: H18 is no rule of blackjack that this table knows\n"
