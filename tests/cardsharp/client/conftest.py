import pytest

from cardsharp.client import room


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(room, "LONGEST_WAIT_SECONDS", 0.02)
