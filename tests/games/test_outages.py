"""An outage: who may try, what is logged, and that nobody waits for a database that is away."""

import logging

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test import Client

from cardsharp import errors
from games import database
from games.database import in_database
from games.models import Table
from games.models.tables import TableQuerySet
from games.outages import OfAnOutage, Outage
from tests.games.durable import Clock


@pytest.fixture
def outage(clock: Clock) -> Outage:
    return Outage("The well", "Nobody drinks.", clock)


@pytest.fixture
def database_outage(database_threads: None, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Outage:
    """The database's, by a clock that is set by hand."""
    outage = Outage("The database", "Nobody acts.", clock)
    monkeypatch.setattr(database, "outage", outage)
    return outage


def test_one_caller_a_second_tries_what_is_away(outage: Outage, clock: Clock):
    assert all(outage.is_worth_a_try() for _ in range(3))
    outage.begins("dry")
    assert not outage.is_worth_a_try()
    clock.now += 1.0
    assert [outage.is_worth_a_try() for _ in range(3)] == [True, False, False]
    outage.ends()
    assert all(outage.is_worth_a_try() for _ in range(3))


def test_an_outage_is_logged_in_a_line_at_its_beginning_and_one_at_its_end(
    outage: Outage, caplog: pytest.LogCaptureFixture
):
    outage.ends()
    for _ in range(5):
        outage.begins("dry\n  as dust")
    for _ in range(5):
        outage.ends()
    assert [record.getMessage() for record in caplog.records] == [
        "The well does not answer: dry as dust. Nobody drinks.",
        "The well answers again",
    ]


def test_an_outage_leaves_a_gap_that_is_looked_into_once_more_after_it(outage: Outage):
    assert not outage.take_gap()
    outage.begins("dry")
    assert [outage.take_gap(), outage.take_gap()] == [True, True]
    outage.ends()
    assert [outage.take_gap(), outage.take_gap()] == [True, False]


def test_one_that_is_over_before_anybody_looks_leaves_its_gap_all_the_same(outage: Outage):
    outage.begins("dry")
    outage.ends()
    assert [outage.take_gap(), outage.take_gap()] == [True, False]


@pytest.mark.parametrize(("error", "is_logged"), [(errors.Unavailable(), False), (ValueError(), True)])
def test_what_an_outage_causes_is_not_logged_once_more(error: Exception, is_logged: bool):
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "It failed", None, (type(error), error, None))
    assert OfAnOutage().filter(record) == is_logged


async def test_while_the_database_is_away_only_one_caller_a_second_asks_it(database_outage: Outage, clock: Clock):
    asked = 0

    def ask() -> None:
        nonlocal asked
        asked += 1
        raise OperationalError("away")

    for _ in range(5):
        with pytest.raises(errors.Unavailable) as refused:
            await in_database(ask)
        assert refused.value.details == {"retry_after": 1.0}
    assert asked == 1
    clock.now += 1.0
    assert not await in_database(Table.objects.exists)
    assert not database_outage.is_on


async def test_a_refusal_out_of_the_database_says_that_it_is_there(database_outage: Outage, clock: Clock):
    database_outage.begins("away")
    clock.now += 1.0
    with pytest.raises(Table.DoesNotExist):
        await in_database(Table.objects.get, pk="nowhere")
    assert not database_outage.is_on


async def test_a_statement_that_makes_no_sense_is_no_outage(database_outage: Outage):
    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    with pytest.raises(DatabaseError, match="no_such_table"):
        await in_database(ask)
    assert not database_outage.is_on


async def test_a_lost_commit_is_an_outage_and_told_as_it_is(database_outage: Outage):
    def lose() -> None:
        raise errors.OutcomeUnknown from OperationalError("cut")

    with pytest.raises(errors.OutcomeUnknown):
        await in_database(lose)
    assert database_outage.is_on


@pytest.mark.parametrize("error", [OperationalError("away"), errors.Unavailable(retry_after=1.0)])
def test_a_page_that_needs_the_database_says_that_it_is_away(
    database_outage: Outage, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    def fail(tables: TableQuerySet, player_key: int | None) -> None:
        raise error

    monkeypatch.setattr("games.unavailable.outage", database_outage)
    monkeypatch.setattr(TableQuerySet, "visible_to", fail)
    response = Client().get("/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "Back in a moment" in response.content.decode()
    assert "Content-Security-Policy" in response.headers
