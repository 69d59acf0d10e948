"""Every program of docs/clients.md runs as it stands there, against the site."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from cardsharp.dealt_shoe import check
from cardsharp.shoe_file import read_shoes
from tests.servers import ROOT, UNTIMED, Server, serving

PAGE = (ROOT / "docs/clients.md").read_text()
SIX_STEPS, ASYNC, SYNC = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
[JAVASCRIPT] = re.findall(r"```js\n(.*?)```", PAGE, re.DOTALL)
PYTHON = (sys.executable, "-c")
SHORT_SHOES = UNTIMED | {"decks": 1, "penetration_percent": 30}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("clients"), [("Corner", SHORT_SHOES)], players=1) as server:
        yield server


def output(server: Server, *program: str, options: tuple[str, ...] = ()) -> str:
    """What a program prints that is given a table and a token; it must end well and complain of nothing."""
    command = [*program, server.table_url(server.tables[0]), server.players[0].token, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_six_steps_play_their_rounds_and_leave_a_record(server: Server):
    printed = output(server, *PYTHON, SIX_STEPS, options=("8",))
    finished = [shoe for shoe in read_shoes(printed.encode()) if shoe.server_seed is not None]
    assert finished
    assert all(check(shoe).faults == () for shoe in finished)
    assert printed.count('"results":[{') == 8
    assert '"disconnected"' in printed.splitlines()[-1]


def test_a_coroutine_is_a_policy(server: Server):
    *hands, result = output(server, *PYTHON, ASYNC).splitlines()
    assert len(hands) >= 5
    assert result.startswith("Result(rounds=5,")


def test_an_object_is_a_policy_without_async(server: Server):
    result, *messages = output(server, *PYTHON, SYNC).splitlines()
    assert result.startswith("Result(rounds=5,")
    assert [name for line in messages for name in re.findall(r"event_type='(PLAYER_\w+)'", line)] == [
        "PLAYER_JOINED",
        "PLAYER_LEFT",
    ]


def test_the_module_of_the_site_plays_in_node(node_path: str, server: Server, tmp_path: Path):
    shutil.copy(ROOT / "static/js/cardsharp.js", tmp_path / "cardsharp.mjs")
    (tmp_path / "bot.mjs").write_text(JAVASCRIPT.replace("./cardsharp.js", "./cardsharp.mjs"))
    printed = output(server, node_path, "--experimental-websocket", str(tmp_path / "bot.mjs")).splitlines()
    assert (printed[0], printed[1], printed[-1]) == ("connecting", "live", "closed")
    assert len(printed) >= 3 + 5


def test_the_site_serves_the_module_to_pages_elsewhere(server: Server):
    module = urlopen(f"http://{server.address}/static/js/cardsharp.js", timeout=20)
    assert module.headers["Access-Control-Allow-Origin"] == "*"
    assert module.headers["Content-Type"].startswith("text/javascript")
    assert module.read() == (ROOT / "static/js/cardsharp.js").read_bytes()
