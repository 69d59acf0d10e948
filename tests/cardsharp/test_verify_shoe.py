"""`python -m cardsharp verify-shoe` as its user types it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from cardsharp.cards import Card
from cardsharp.cli import main
from cardsharp.shoe_file import encode_shoe
from tests.cardsharp.dealt_shoes import frames_of, played, shoes_of
from tests.cardsharp.test_dealt_shoe import cards_of, with_card


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "s2.json"
    path.write_bytes(encode_shoe(replace(shoes_of(played())[1], table_name="Corner \x1b[2J")))
    return path


def verify(*arguments: str, given: bytes = b"", **environment: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "cardsharp", "verify-shoe", *arguments]
    run = subprocess.run(command, input=given, capture_output=True, check=False, env={**os.environ, **environment})
    return run.returncode, run.stdout.decode(), run.stderr.decode()


def test_a_shoe_that_was_dealt_as_committed(file: Path) -> None:
    count = len(cards_of(shoes_of(played())[1]))
    assert verify(str(file)) == (0, f"s2 Corner �[2J (t1): all {count} cards came as committed.\n", "")


def test_one_changed_card_is_named_and_the_exit_code_is_1(file: Path) -> None:
    shoe = shoes_of(played())[1]
    was = cards_of(shoe)[5]
    changed, which = with_card(shoe, 5, Card("K♦" if was != "K♦" else "Q♦"))
    file.write_bytes(encode_shoe(changed))
    code, said, errors = verify(str(file), PYTHONIOENCODING="utf-8")
    assert (code, errors) == (1, "")
    assert said.splitlines() == [
        "s2 (t1): NOT dealt as committed.",
        f"  {which} was {cards_of(changed)[5]}, the seeds make it {was}.",
    ]


def test_a_terminal_without_suits_is_told_as_well(file: Path) -> None:
    changed, _ = with_card(shoes_of(played())[1], 5, None)
    file.write_bytes(encode_shoe(changed))
    code, said, errors = verify(str(file), PYTHONIOENCODING="ascii")
    assert (code, errors) == (1, "")
    assert "was never turned up, the seeds make it" in said


def test_standard_input_and_a_clients_log_with_several_shoes() -> None:
    log = "\n".join(frames_of(played())).encode()
    code, said, errors = verify("-", given=log)
    assert (code, errors) == (0, "")
    assert [line.split(":")[0] for line in said.splitlines()] == ["s1 (t1)", "s2 (t1)", "s3 (t1)"]


def test_the_last_shoe_of_a_log_may_be_unfinished(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    frames = frames_of(played())
    log = tmp_path / "log"
    log.write_text("\n".join(frames[:-10]))
    assert main(["verify-shoe", str(log)]) == 0
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == ["s1 (t1)", "s2 (t1)"]
    log.write_text("\n".join(frames[:40]))
    assert main(["verify-shoe", str(log)]) == 2
    assert "s1 is not finished" in capsys.readouterr().err


def test_where_no_earlier_commitment_is_known_it_is_told_what_it_must_have_been(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    shoe = replace(shoes_of(played())[0], promised=None, published_at=None)
    file.write_bytes(encode_shoe(shoe))
    assert main(["verify-shoe", str(file)]) == 0
    assert f"it must have been {shoe.commitment}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere", "'nowhere' cannot be read: No such file or directory"),
        ("/", "'/' cannot be read: Is a directory"),
        ("a\0b", r"'a\x00b' cannot be read: no file can be named so"),
        (__file__, "line 1 is neither a shoe's file nor a message of the server"),
    ],
)
def test_what_is_no_shoe_is_one_line_and_the_exit_code_is_2(
    capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    assert main(["verify-shoe", name]) == 2
    assert capsys.readouterr() == ("", f"python -m cardsharp: {said}\n")
