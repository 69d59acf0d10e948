"""The durable host's tests once more, on PostgreSQL, where transactions really do run at the same time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
AGAIN = (
    "conflicts.py",
    "test_arrivals.py",
    "test_careers.py",
    "test_database.py",
    "test_doorkeeper.py",
    "test_history.py",
    "test_invitations.py",
    "test_ledger.py",
    "test_making.py",
    "test_repetition.py",
    "test_store.py",
    "test_store_races.py",
    "test_store_reading.py",
    "test_sweeper.py",
    "test_tables.py",
)


@pytest.mark.slow
def test_the_durable_host_keeps_its_promises_on_postgresql(postgres_url: str):
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(str(HERE / name) for name in AGAIN)],
        cwd=HERE.parent.parent,
        env={**os.environ, "DATABASE_URL": postgres_url},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "skipped" not in run.stdout
