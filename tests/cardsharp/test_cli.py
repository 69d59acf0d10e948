"""`python -m cardsharp` as its user types it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress

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


def test_the_chart_of_a_placard_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["strategy", "2d h17 es 6:5"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Basic strategy for 2D H17 DAS ES 6:5\n")
    assert "\n  4,4  -   -\n" in told  # unlike other eights
    assert "\n   14  S   S   S   S   S   H   H   H   H   H\n" in told
    assert "\nDs  double; else stand\n" in told
    assert "even money is taken" in told
    assert "https://wizardofodds.com/games/blackjack/strategy/2-decks/" in told
    assert "\x1b" not in told  # no colour but on a terminal


def test_the_chart_without_a_placard_is_that_of_the_classic_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["strategy"]) == 0
    assert "Basic strategy for 6D S17 DAS LS 3:2\n" in capsys.readouterr().out


def test_the_chart_is_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["strategy", "6D S17 SP1 NI", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rules"] == "6D S17 DAS LS 3:2 SP1 NI"
    assert told["hard"][-2] == {"hand": "16", "codes": ["S"] * 5 + ["H"] * 2 + ["Rh"] * 3}
    assert told["pairs"] == told["early"] == []
    assert told["offers"] == ""


def test_the_chart_is_coloured_on_a_terminal() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    ours, theirs = pty.openpty()
    shown = b""
    with subprocess.Popen([sys.executable, "-m", "cardsharp", "strategy"], stdout=theirs, env=environment) as run:
        os.close(theirs)
        with suppress(OSError):  # what Linux says when the other end is closed
            while part := os.read(ours, 4096):
                shown += part
    os.close(ours)
    assert run.returncode == 0
    assert b"\x1b[32mH" in shown
    assert b"\x1b[35mRh" in shown
