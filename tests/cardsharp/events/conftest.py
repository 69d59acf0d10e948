"""The house that most tests of the handler visit: one table, t1, at which nobody sits."""

import pytest

from tests.cardsharp.events.house import House


@pytest.fixture
async def house() -> House:
    made = House()
    await made.room.open("t1")
    return made
