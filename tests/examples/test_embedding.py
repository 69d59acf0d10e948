"""The embedding example runs, and is as short as it says."""

import re
import subprocess
import sys

from tests.servers import ROOT

EXAMPLE = ROOT / "examples" / "embedding.py"


def test_it_plays_its_rounds(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLE)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"1000 rounds of 6D H17 DAS LS 3:2 · PAUSE0: [+-][\d.]+ chips\n", done.stdout)


def test_it_is_about_twenty_lines():
    lines = [line for line in EXAMPLE.read_text().splitlines() if line.strip()]
    assert len(lines) <= 22
