"""Checks what must hold of everything that is kept, and names the first thing of each table that does not.

Only reads, a table at a time and its log a little at a time. Each table is read as it is at one moment, and nobody is
kept from writing meanwhile, so a room may be checked while it is played in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from games.models import Table
from games.verification.accounts import check_accounts
from games.verification.careers import check_careers
from games.verification.moments import DoesNotFit
from games.verification.tables import check_table


def verify() -> list[str]:
    """What does not hold, a sentence for each table, for accounts and for careers; nothing where all is well."""
    found: list[str] = []
    newest = ""
    while True:
        with _snapshot():
            row = Table.objects.filter(pk__gt=newest).order_by("pk").first()
            if row is None:
                break
            newest = row.pk
            try:
                check_table(row)
            except DoesNotFit as misfit:
                found.append(f"Table {row.pk}: {misfit}")
    for check in (check_accounts, check_careers):
        with _snapshot():
            try:
                check()
            except DoesNotFit as misfit:
                found.append(str(misfit))
    return found


@contextmanager
def _snapshot() -> Iterator[None]:
    """A transaction that sees one moment of the database."""
    with _without_writing(), transaction.atomic(durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _without_writing() -> Iterator[None]:
    """Lets transactions begin without SQLite's lock for writing, which the site's take at once."""
    if connection.vendor != "sqlite":
        yield
        return
    sqlite: Any = connection
    sqlite.ensure_connection()
    usual, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
    try:
        yield
    finally:
        sqlite.transaction_mode = usual
