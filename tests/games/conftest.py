"""Two processes' worth of stores, and players with chips."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from cardsharp.events.audience import Audience
from cardsharp.events.bus import EventBus
from games import accounts, database
from games.models import Player
from games.store import Store
from games.tables import Tables
from tests.games.durable import Clock, new_store, open_table, play


@pytest.fixture
def store() -> Store:
    return new_store()


@pytest.fixture
def elsewhere() -> Store:
    """The store of another process: it shares the database and nothing else."""
    return new_store()


@pytest.fixture
def ada() -> Player:
    return accounts.create_bot("Ada", chips_cents=1_000_00)


@pytest.fixture
def bob() -> Player:
    return accounts.create_bot("Bob", chips_cents=1_000_00)


@pytest.fixture
def database_threads(transactional_db: None) -> Iterator[None]:
    """A database that other threads see, and the host's own threads ended with the test."""
    yield
    database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bus() -> EventBus:
    return EventBus()


@pytest.fixture
def tables(bus: EventBus, clock: Clock) -> Tables:
    return Tables(bus, Audience(), clock)


@pytest.fixture
def table_id(store: Store, settings: Settings) -> str:
    """A table with six rounds in which one player has 20 and decides, and the dealer has 19, without a pause."""
    settings.CARDSHARP_STACKED_SHOE = " ".join(["Q♠ 10♥ K♠ 9♦"] * 6)
    return open_table(store, pause_seconds=0)


@pytest.fixture
def deciding(store: Store, table_id: str, ada: Player) -> str:
    play(store, table_id, ada, "join_table")
    play(store, table_id, ada, "place_bet", amount=10)
    return table_id
