"""Tables are opened and closed through the host, which writes in a thread of its own."""

import re
import time
from collections.abc import Iterator

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from cardsharp.blackjack.rules import Rules
from cardsharp.games import GAMES
from games import accounts, database, ledger
from games.models import Account, LoggedEvent, Player, Table
from games.rules_form import RulesForm
from games.store import Store
from tests.games.admin.room import clerk, close_url, fold, ledger_sum, url_of, written
from tests.games.typed import typed_in

pytestmark = pytest.mark.django_db
through_the_host = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("page", ["add", "close"])
def test_opening_and_closing_need_their_permissions(client: Client, round_under_way: Table, page: str):
    clerk(client, "view_table")
    before = written()
    url = url_of(Table, "add") if page == "add" else close_url(round_under_way)
    assert client.post(url, {**table_form(), "reason": "x", "cards": "refund"}).status_code == 403
    client.post(url_of(Table, "changelist"), {"action": "close_tables", "_selected_action": [round_under_way.pk]})
    assert written() == before


@pytest.fixture
def host() -> Iterator[None]:
    yield
    database.close()


def table_form(**changed: str) -> dict[str, str]:
    return {
        "name": "Fresh",
        "seat_count": "3",
        "seats_per_player": "2",
        "decks": "2",
        "penetration_percent": "60",
        "dealer_hits_soft_17": "True",
        "hole_card": "obo",
        "blackjack_pays": "6:5",
        "double_on": "9-11",
        "max_hands": "3",
        "split_by": "rank",
        "resplit_aces": "on",
        "surrender": "early",
        "insurance": "on",
        "min_bet_cents": "2.50",
        "max_bet_cents": "25",
        "bet_step_cents": "0.50",
        "min_buy_in_cents": "10",
        "default_buy_in_cents": "50",
        "max_buy_in_cents": "100",
        "bet_seconds": "15",
        "insurance_seconds": "",
        "act_seconds": "30",
        "on_timeout": "basic_strategy",
        "pause_seconds": "2",
        "away_seconds": "",
        "reason": "for the evening",
        **changed,
    }


@through_the_host
def test_a_table_of_any_rules_is_opened_through_the_host(host: None, client: Client, store: Store, boss: Player):
    response = client.post(url_of(Table, "add"), table_form())
    table = Table.objects.get()
    assert response["Location"] == url_of(Table, "change", table.pk)
    assert str(store.load(table.pk).state.rules) == (
        "2D H17 NDAS ES 6:5 D9-11 SP3 SPR RSA NEM OBO 60% · "
        "BET2.50-25/0.50 BUY10-100/50 SEATS3 EACH2 T15/-/30 PAUSE2 AWAY- AFK-BASIC"
    )
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, fold(table)) == (boss, table.pk, table.state)
    assert entry.change_message.endswith(": for the evening")
    assert (table.made_by, table.closes_at) == (None, None)


def test_a_placard_fills_the_form(client: Client, boss: Player):
    page = client.get(url_of(Table, "add"), {"rules": "2D H17 NDAS NS 6:5 · SEATS3"}).text
    form = RulesForm(typed_in(page) | {"name": "Fresh"})
    assert form.is_valid(), form.errors
    assert form.rules() == Rules.parse("2D H17 NDAS NS 6:5 SEATS3")
    assert "FOO is no rule" in client.get(url_of(Table, "add"), {"rules": "FOO"}).text


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"decks": "9"}, "decks", "1 to 8 decks"),
        ({"max_hands": "2"}, "max_hands", "3 hands or more"),
        ({"min_bet_cents": "30"}, "min_bet_cents", "smallest bet is above the largest"),
        ({"min_bet_cents": "2.25"}, "min_bet_cents", "multiple of the step"),
        ({"max_bet_cents": "NaN"}, "max_bet_cents", "number"),
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
    assert typed_in(response.text).items() >= changed.items() - {("decks", "9")}
    assert not Table.objects.exists()


def test_who_made_a_table_is_shown_and_found(client: Client, store: Store, table: Table, ada: Player, boss: Player):
    rules = Rules(decks=1, blackjack_pays=(6, 5))
    made = store.open(GAMES["blackjack"], "Ours", rules, time.time(), ada.pk).table_id
    text = client.get(url_of(Table, "changelist"), {"q": "ada"}).text
    assert "1D S17 DAS LS 6:5" in text
    assert re.search(r'class="field-made_by[^>]*>Ada<', text)
    assert "Corner" not in text
    assert "Ada" in client.get(url_of(Table, "change", made)).text


@through_the_host
def test_closing_in_mid_round_gives_every_chip_back(
    host: None, client: Client, round_under_way: Table, ada: Player, boss: Player
):
    chosen = {"action": "close_tables", "_selected_action": [round_under_way.pk], "index": 0}
    asked = client.post(url_of(Table, "changelist"), chosen)
    assert asked["Location"] == close_url(round_under_way)
    assert "Corner &amp;" in client.get(asked["Location"]).text
    assert Table.objects.get().is_open
    closed = client.post(asked["Location"], {"reason": "fire drill", "cards": "refund"})
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
    client.post(close_url(round_under_way), {"reason": "once", "cards": "refund"})
    before = written()
    assert client.post(close_url(round_under_way), {"reason": "twice", "cards": "refund"}).status_code == 302
    assert "Close the table" not in client.get(url_of(Table, "change", round_under_way.pk)).text
    assert written() == before


def test_closing_needs_a_reason(client: Client, round_under_way: Table, boss: Player):
    before = written()
    assert client.post(close_url(round_under_way), {"reason": "", "cards": "refund"}).status_code == 400
    assert written()[Table] == before[Table]
