"""Tables are opened and closed through the host, which writes in a thread of its own."""

from collections.abc import Iterator

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from games import accounts, database, ledger
from games.models import Account, LoggedEvent, Player, Table
from games.store import Store
from tests.games.admin.room import clerk, close_url, fold, ledger_sum, url_of, written

pytestmark = pytest.mark.django_db
through_the_host = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("page", ["add", "close"])
def test_opening_and_closing_need_their_permissions(client: Client, round_under_way: Table, page: str):
    clerk(client, "view_table")
    before = written()
    url = url_of(Table, "add") if page == "add" else close_url(round_under_way)
    assert client.post(url, {**table_form(), "reason": "x"}).status_code == 403
    client.post(url_of(Table, "changelist"), {"action": "close_tables", "_selected_action": [round_under_way.pk]})
    assert written() == before


@pytest.fixture
def host() -> Iterator[None]:
    yield
    database.close()


def table_form(**changed: str) -> dict[str, str]:
    return {
        "name": "Fresh",
        "placard": "2D H17 NDAS NS 6:5",
        "seat_count": "3",
        "min_bet_cents": "2.50",
        "max_bet_cents": "25",
        "bet_step_cents": "0.50",
        "min_buy_in_cents": "10",
        "default_buy_in_cents": "50",
        "max_buy_in_cents": "100",
        "bet_seconds": "15",
        "insurance_seconds": "",
        "act_seconds": "30",
        **changed,
    }


@through_the_host
def test_a_table_is_opened_by_its_placard_and_stakes(host: None, client: Client, store: Store, boss: Player):
    response = client.post(url_of(Table, "add"), table_form())
    table = Table.objects.get()
    assert response["Location"] == url_of(Table, "change", table.pk)
    rules = store.load(table.pk).state.rules
    assert str(rules).startswith("2D H17 NDAS NS 6:5 · ")
    assert (rules.min_bet_cents, rules.max_bet_cents, rules.bet_step_cents, rules.seat_count) == (2_50, 25_00, 50, 3)
    assert (rules.bet_seconds, rules.insurance_seconds, rules.act_seconds) == (15, None, 30)
    assert (LogEntry.objects.get().object_id, fold(table)) == (table.pk, table.state)


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"placard": "6D FOO"}, "placard", "FOO is no rule"),
        ({"placard": "9D"}, "placard", "1 to 8 decks"),
        ({"placard": "6D SP2 RSA"}, "placard", "3 hands or more"),
        ({"min_bet_cents": "30"}, "__all__", "smallest bet is above the largest"),
        ({"min_bet_cents": "2.25"}, "__all__", "multiple of the step"),
        ({"max_bet_cents": "NaN"}, "max_bet_cents", "number"),
        ({"max_bet_cents": "0.001"}, "max_bet_cents", "decimal places"),
        ({"bet_step_cents": "0"}, "bet_step_cents", "greater than or equal"),
        ({"default_buy_in_cents": "200"}, "__all__", "default buy-in"),
        ({"seat_count": "8"}, "seat_count", "less than or equal"),
        ({"act_seconds": "100000"}, "__all__", "86,400"),
        ({"name": " "}, "name", "required"),
    ],
)
def test_what_cannot_be_played_is_refused_as_a_form_error(
    client: Client, boss: Player, changed: dict[str, str], field: str, said: str
):
    response = client.post(url_of(Table, "add"), table_form(**changed))
    assert response.status_code == 400
    assert response.context["form"].errors.keys() == {field}
    assert said in str(response.context["form"].errors)
    assert not Table.objects.exists()


@through_the_host
def test_closing_in_mid_round_gives_every_chip_back(
    host: None, client: Client, round_under_way: Table, ada: Player, boss: Player
):
    chosen = {"action": "close_tables", "_selected_action": [round_under_way.pk], "index": 0}
    asked = client.post(url_of(Table, "changelist"), chosen)
    assert asked["Location"] == close_url(round_under_way)
    assert "Corner &amp;" in client.get(asked["Location"]).text
    assert Table.objects.get().is_open
    closed = client.post(asked["Location"], {"reason": "fire drill"})
    assert closed["Location"] == url_of(Table, "changelist")
    table = Table.objects.get()
    assert (table.is_open, table.deadline_at) == (False, None)
    assert table.state == fold(table)
    # The finished round's ten chips are won; the bet of the round under way has come back.
    assert ledger.balance_of(ada.pk) == accounts.starting_cents() + 10_00
    assert set(Account.objects.filter(kind="stack").values_list("balance_cents", flat=True)) == {0}
    assert ledger_sum() == 0
    assert '"reason":"fire drill"' in LoggedEvent.objects.get(event_type="TABLE_CLOSED").data
    assert LogEntry.objects.get().change_message == "Closed: fire drill"


@through_the_host
def test_a_closed_table_is_not_closed_again(host: None, client: Client, round_under_way: Table, boss: Player):
    client.post(close_url(round_under_way), {"reason": "once"})
    before = written()
    assert client.post(close_url(round_under_way), {"reason": "twice"}).status_code == 302
    assert "Close the table" not in client.get(url_of(Table, "change", round_under_way.pk)).text
    assert written() == before


def test_closing_needs_a_reason(client: Client, round_under_way: Table, boss: Player):
    before = written()
    assert client.post(close_url(round_under_way), {"reason": ""}).status_code == 400
    assert written()[Table] == before[Table]
