"""The pages on which players make tables and close them: who may, what is said, and what the table then is."""

import re
import time

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cardsharp.blackjack.rules import Rules
from cardsharp.games import GAMES
from games import accounts
from games.models import Player, Table
from games.rules_form import PRESETS
from games.store import Store
from tests.games.admin.room import act, written
from tests.games.durable import close_table
from tests.games.typed import typed_in

pytestmark = pytest.mark.usefixtures("database_threads")

NEW = "/tables/new/"
GUEST = "a guest"


@pytest.fixture(params=["an account", GUEST])
def maker(request: pytest.FixtureRequest, client: Client) -> Player:
    player = accounts.create_guest() if request.param == GUEST else accounts.sign_up(name="Ada", password="a long 9th")
    client.force_login(player)
    return player


@pytest.fixture
def guest(client: Client) -> Player:
    player = accounts.create_guest()
    client.force_login(player)
    return player


def filled(client: Client, placard: str = "", **typed: str) -> dict[str, str]:
    """The form as the page shows it, with some fields typed anew."""
    return typed_in(client.get(NEW, {"rules": placard}).text) | typed


def path_of(table: Table) -> str:
    return reverse("table", args=[table.pk])


def close_path(table: Table) -> str:
    return reverse("table_close", args=[table.pk])


def made_by(player: Player, store: Store, name: str = "Ours") -> Table:
    commit = store.open(GAMES["blackjack"], name, Rules(), time.time(), player.pk)
    return Table.objects.get(pk=commit.table_id)


# -- making -----------------------------------------------------------------------------------------------------------


def test_a_player_makes_a_table_of_unusual_rules(client: Client, maker: Player, store: Store):
    data = filled(client, "2D H17 ES 7:5 RSA ENHC", name="The odd one", min_bet_cents="2.50", bet_step_cents="0.5")
    response = client.post(NEW, data)
    table = Table.objects.get()
    assert response["Location"] == path_of(table)
    assert (table.name, table.made_by) == ("The odd one", maker)
    rules = store.load(table.pk).state.rules
    assert str(rules) == "2D H17 DAS ES 7:5 RSA ENHC · BET2.50-500/0.50"
    page = client.get(path_of(table)).text
    assert f"Made by {maker.username}" in page
    assert "Sit down" in page


def test_the_form_begins_with_the_classic_game_and_a_name(client: Client, maker: Player, store: Store):
    client.post(NEW, filled(client))
    table = Table.objects.get()
    assert store.load(table.pk).state.rules == Rules()
    assert table.name == f"{maker.username}’s table"


@pytest.mark.parametrize("placard", [text for _, text in PRESETS])
def test_every_preset_can_be_opened_as_it_is(client: Client, guest: Player, store: Store, placard: str):
    assert f"?rules={placard.split()[0]}%20" in client.get(NEW).text
    client.post(NEW, filled(client, placard))
    assert str(store.load(Table.objects.get().pk).state.rules) == placard


def test_a_placard_that_is_none_is_refused_and_stays_typed(client: Client, guest: Player):
    page = client.get(NEW, {"rules": "2D <FOO>"}).text
    assert "&lt;FOO&gt; is no rule of blackjack" in page
    assert 'value="2D &lt;FOO&gt;"' in page


def test_contradictory_rules_open_nothing_and_keep_what_was_typed(client: Client, guest: Player):
    data = filled(client, name="Kept", min_bet_cents="50", max_bet_cents="20", blackjack_pays="7:5", decks="2")
    response = client.post(NEW, data)
    assert response.status_code == 200
    field = re.search(r'id="id_min_bet_cents_error".*?</div>', response.text, re.DOTALL)
    assert field is not None
    assert "the smallest bet is above the largest" in field[0]
    assert typed_in(response.text) == data
    assert not Table.objects.exists()


def test_the_lobby_links_to_it_for_who_is_logged_in(client: Client):
    assert NEW not in client.get("/").text
    client.force_login(accounts.create_guest())
    assert NEW in client.get("/").text


def test_who_is_not_logged_in_is_asked_to(client: Client, store: Store):
    table = made_by(accounts.create_guest(), store)
    for path in (NEW, close_path(table)):
        assert client.post(path, {"name": "x"}).headers["Location"] == f"{reverse('login')}?next={path}"
    assert client.get(NEW).headers["Location"] == f"{reverse('login')}?next={NEW}"
    assert Table.objects.get().is_open


def test_a_banned_player_makes_none(client: Client, guest: Player):
    data = filled(client)
    guest.is_active = False
    guest.save()
    assert client.post(NEW, data)["Location"].startswith(reverse("login"))
    assert not Table.objects.exists()


def test_a_foreign_page_makes_and_closes_nothing(guest: Player, store: Store):
    table = made_by(guest, store)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(guest)
    data = filled(strict)
    before = written()
    assert [strict.post(path, data).status_code for path in (NEW, close_path(table))] == [403, 403]
    assert written() == before


# -- how many ---------------------------------------------------------------------------------------------------------


def test_the_fourth_table_is_refused_with_one_sentence(client: Client, guest: Player, store: Store):
    data = filled(client, name="The fourth")
    tables = [made_by(guest, store, f"Table {number}") for number in range(3)]
    refused = client.post(NEW, data)
    assert refused.text.count("You have made 3 open tables, and that is as many as a player may have") == 2
    assert typed_in(refused.text) == data
    assert Table.objects.count() == 3
    page = client.get(NEW).text
    assert "You have made 3 open tables" in page
    assert "Open the table" not in page
    assert all(path_of(table) in page for table in tables)
    close_table(store, tables[0].pk)
    client.post(NEW, data)
    assert Table.objects.filter(made_by=guest, is_open=True, name="The fourth").count() == 1


# -- closing ----------------------------------------------------------------------------------------------------------


def test_its_maker_closes_it_from_its_page(client: Client, maker: Player, store: Store):
    table = made_by(maker, store)
    assert close_path(table) in client.get(path_of(table)).text
    assert client.post(close_path(table))["Location"] == "/"
    table.refresh_from_db()
    assert not table.is_open
    assert "Your table is closed." in client.get("/").text
    assert close_path(table) not in client.get(path_of(table)).text


def test_others_cannot_and_are_not_offered_to(client: Client, guest: Player, store: Store):
    table = made_by(accounts.create_guest(), store)
    assert close_path(table) not in client.get(path_of(table)).text
    assert client.post(close_path(table)).status_code == 403
    assert close_path(table) not in Client().get(path_of(table)).text
    assert Table.objects.get().is_open


def test_who_sits_there_is_not_thrown_out(client: Client, guest: Player, store: Store):
    table = made_by(guest, store)
    act(store, table, accounts.create_guest(), "join_table")
    assert client.post(close_path(table))["Location"] == path_of(table)
    assert "Others sit at this table" in client.get(path_of(table)).text
    assert Table.objects.get().is_open


def test_a_table_that_is_none_is_not_closed(client: Client, guest: Player):
    assert client.post("/tables/nowhere/close/").status_code == 404
    assert client.get("/tables/nowhere/close/").status_code == 405


def test_how_long_it_may_be_empty_is_said(client: Client, guest: Player, store: Store, settings: Settings):
    settings.CARDSHARP_EMPTY_TABLE_SECONDS = 1_800.0
    assert "30\xa0minutes" in client.get(NEW).text
    assert "30\xa0minutes" in client.get(path_of(made_by(guest, store))).text


# -- what lobby and table show ----------------------------------------------------------------------------------------


def test_lobby_and_table_show_the_game_and_the_stakes_once(client: Client, store: Store):
    placard = "2D H17 DAS NS 3:2 · BET1-50/0.50 SEATS6"
    store.open(GAMES["blackjack"], "Low", Rules.parse(placard), time.time())
    lobby, page = client.get("/").text, client.get(path_of(Table.objects.get())).text
    assert f'title="{placard}">2D H17 DAS NS 3:2</span>' in lobby
    assert f'title="{placard}">2D H17 DAS NS 3:2</span> · bets 1 to 50' in page
    assert f"<code>{placard}</code>" in page
