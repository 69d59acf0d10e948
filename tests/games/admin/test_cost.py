"""Pages for staff cost the same however much there is."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from games import accounts
from games.models import LoggedEvent, Player, Round, Table, Token, Transfer
from games.store import Store
from tests.games.admin.room import MODELS, act, open_table, play_round, url_of

pytestmark = pytest.mark.django_db


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def fill(store: Store, table: Table, rows: int) -> None:
    """Makes at least that many rows of everything."""
    while Player.objects.filter(is_guest=True).count() < rows:
        guest = accounts.create_guest()
        accounts.issue_token(guest, "laptop", Token.Scope.PLAY)
        each = open_table(store, f"Table of {guest}")
        act(store, each, guest, "join_table")
        play_round(store, each, guest)
        first = Player.objects.get(username="Ada")
        play_round(store, table, first)
        accounts.issue_token(first, "laptop", Token.Scope.PLAY)


def test_no_page_costs_more_queries_where_there_is_more(
    client: Client, store: Store, table: Table, ada: Player, boss: Player
):
    act(store, table, ada, "join_table")
    fill(store, table, 3)
    urls = [
        *(url_of(model, "changelist") for model in MODELS),
        *(url_of(model, "changelist") + f"?table={table.pk}" for model in (LoggedEvent, Round, Transfer)),
        url_of(Transfer, "changelist") + f"?player={ada.pk}",
        url_of(Player, "change", ada.pk),
        url_of(Table, "change", table.pk),
        url_of(Round, "change", Round.objects.latest("pk").pk),
    ]
    for url in urls:
        client.get(url)
    few = {url: queries_of(client, url) for url in urls}
    fill(store, table, 30)
    assert {url: queries_of(client, url) for url in urls} == few


def test_a_long_list_is_not_counted_to_its_end(
    client: Client, round_under_way: Table, boss: Player, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("games.admin.readonly.COUNTED_ROWS", 5)
    assert client.get(url_of(LoggedEvent, "changelist")).context["cl"].result_count == 5
    assert client.get(url_of(LoggedEvent, "changelist"), {"_facets": "True"}).context["cl"].add_facets is False
