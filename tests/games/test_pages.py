"""The pages as the server renders them: right without a script, safe with any name, and cheap."""

import html
import json
import re
import time
from decimal import Decimal

import msgspec
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from cardsharp.blackjack.rules import Rules
from cardsharp.game import Actor
from cardsharp.games import GAMES
from games import accounts
from games.models import Account, Player, Round, Table
from games.store import Store

pytestmark = pytest.mark.django_db

PASSWORD = "a long evening 9"
EVIL = "<script>x</script>"


@pytest.fixture
def store() -> Store:
    return Store(lambda table_id, seated: 0)


@pytest.fixture
def table(store: Store) -> Table:
    rules = msgspec.structs.replace(Rules(), pause_seconds=0)
    store.open(GAMES["blackjack"], "Corner & <b>Co</b>", rules, time.time())
    return Table.objects.get()


@pytest.fixture
def ada(client: Client) -> Player:
    player = accounts.sign_up(name="Ada", password=PASSWORD)
    client.force_login(player)
    return player


def act(store: Store, table: Table, player: Player, action: str, **data: object) -> None:
    actor = Actor(player.public_id, player.username)
    store.submit(table.table_id, lambda game: game.read_action(action, data, actor=actor, at=time.time()))


def play_round(store: Store, table: Table, player: Player) -> None:
    """Bets ten chips on a natural, which the stacked shoe deals."""
    act(store, table, player, "place_bet", amount=10)


def state_of(response) -> dict:
    found = re.search(r'data-state="([^"]*)"', response.text)
    assert found is not None
    return json.loads(html.unescape(found[1]))


def test_the_lobby_lists_open_tables_with_rules_stakes_and_seats(client: Client, store: Store, table: Table):
    act(store, table, accounts.create_guest(), "join_table")
    text = client.get(reverse("lobby")).text
    assert "Corner &amp; &lt;b&gt;Co&lt;/b&gt;" in text
    assert "6D S17 DAS LS 3:2" in text
    assert "10 to 500" in text
    assert "1 of 5 seats taken" in text
    assert "Taking bets" in text
    assert reverse("table", args=[table.table_id]) in text


def test_the_lobby_leaves_out_closed_tables(client: Client, store: Store, table: Table):
    store.submit(table.table_id, lambda game: game.close_command(reason="closed", at=time.time()))
    assert "No table is open" in client.get(reverse("lobby")).text
    assert "Corner" not in client.get(reverse("lobby")).text


def test_a_table_shows_its_seats_state_and_rules(client: Client, store: Store, table: Table):
    act(store, table, accounts.sign_up(name=EVIL, password=PASSWORD), "join_table", seat=3, buy_in=Decimal("123.5"))
    response = client.get(reverse("table", args=[table.table_id]))
    state = state_of(response)
    assert [(seat["seat"], seat["player_name"], seat["stack"]) for seat in state["seats"]] == [(3, EVIL, 123.5)]
    assert state["phase"] == "betting"
    assert "123.50" in response.text
    assert "Blackjack pays 3 to 2" in response.text
    assert 'data-seats-per-player="1"' in response.text
    assert EVIL not in response.text


@pytest.mark.parametrize("name", ["nowhere", "%00", "%F0%9F%82%A1"])
def test_an_unknown_table_is_not_found(client: Client, name: str):
    response = client.get(f"/tables/{name}/")
    assert response.status_code == 404
    assert "There is nothing here" in response.text


def test_a_spectator_is_invited_to_this_very_table(client: Client, table: Table):
    path = reverse("table", args=[table.table_id])
    text = client.get(path).text
    assert "You are watching" in text
    assert f'name="next" value="{path}"' in text
    assert "data-move" not in text


def test_a_player_has_every_control_and_none_of_them_enabled_yet(client: Client, table: Table, ada: Player):
    text = client.get(reverse("table", args=[table.table_id])).text
    assert f'data-player-id="{ada.public_id}"' in text
    buttons = re.findall(r"<button[^>]*data-move=\"(\w+)\"[^>]*>", text)
    assert set(buttons) >= {"HIT", "STAND", "DOUBLE", "SPLIT", "SURRENDER", "INSURANCE", "EVEN_MONEY"}
    assert all(" disabled" in tag for tag in re.findall(r"<button[^>]*data-move[^>]*>", text))


@pytest.mark.parametrize("name", ["lobby", "table", "table_new", "history", "profile", "signup", "login", "upgrade"])
def test_a_strict_content_policy_holds(client: Client, table: Table, name: str):
    if name not in ("signup", "login"):
        client.post(reverse("guest"))
    response = client.get(reverse(name, args=[table.table_id] if name == "table" else []))
    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", response.text)


@pytest.mark.parametrize("name", ["history", "profile", "upgrade", "password_change", "table_new"])
def test_pages_about_oneself_ask_who_that_is(client: Client, name: str):
    assert client.get(reverse(name)).headers["Location"] == f"{reverse('login')}?next={reverse(name)}"


@pytest.mark.parametrize("name", ["lobby", "table", "history", "profile"])
def test_reading_pages_take_no_post(client: Client, ada: Player, table: Table, name: str):
    assert client.post(reverse(name, args=[table.table_id] if name == "table" else [])).status_code == 405


def test_a_stale_form_is_explained(table: Table):
    response = Client(enforce_csrf_checks=True).post(reverse("guest"))
    assert response.status_code == 403
    assert "That form was too old" in response.text


def test_the_error_page_needs_neither_request_nor_database(client: Client, monkeypatch: pytest.MonkeyPatch):
    client.raise_request_exception = False
    monkeypatch.setattr("games.views.lobby.GAMES", {"blackjack": None})
    monkeypatch.setattr("games.views.lobby.Table.objects", None)
    response = client.get(reverse("lobby"))
    assert response.status_code == 500
    assert "Something broke on our side" in response.text


# -- history ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def naturals(settings: Settings) -> None:
    """Every round deals the player a blackjack and the dealer 19."""
    settings.CARDSHARP_STACKED_SHOE = " ".join(["A♠ 9♥ K♠ 10♦", "A♥ 9♦ K♥ 10♣", "A♦ 9♣ K♦ 10♠", "A♣ 9♠ K♣ 10♥"] * 5)


def test_history_shows_hands_results_and_what_they_came_to(
    client: Client, store: Store, table: Table, ada: Player, naturals: None
):
    act(store, table, ada, "join_table")
    play_round(store, table, ada)
    play_round(store, table, ada)
    text = client.get(reverse("history")).text
    assert "round 1" in text
    assert "round 2" in text
    assert ">A♠</span>" in text
    assert "Blackjack" in text
    assert ">+15</p>" in text
    assert '<dd class="net">+30</dd>' in text


def test_history_is_only_ones_own(client: Client, store: Store, table: Table, ada: Player, naturals: None):
    other = accounts.create_guest()
    act(store, table, other, "join_table")
    play_round(store, table, other)
    text = client.get(reverse("history")).text
    assert "You have not finished a round yet" in text
    assert '<dd class="net">0</dd>' in text


def test_history_has_pages_and_costs_the_same_however_long_it_is(
    client: Client,
    store: Store,
    table: Table,
    ada: Player,
    naturals: None,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: DjangoAssertNumQueries,
):
    monkeypatch.setattr("games.views.history.ROUNDS_A_PAGE", 4)
    act(store, table, ada, "join_table")
    for _ in range(10):
        play_round(store, table, ada)
    assert Round.objects.count() == 10
    with django_assert_max_num_queries(9):
        text = client.get(reverse("history")).text
    assert text.count('class="round"') == 4
    assert "Newer" not in text
    seen = [text]
    while (older := re.search(r'rel="next" href="([^"]+)"', seen[-1])) is not None:
        with django_assert_max_num_queries(9):
            seen.append(client.get(html.unescape(older[1])).text)
    assert [text.count('class="round"') for text in seen] == [4, 4, 2]
    numbers = [int(number) for text in seen for number in re.findall(r", round (\d+)</a>", text)]
    assert numbers == list(range(10, 0, -1))
    newer = re.search(r'rel="prev" href="([^"]+)"', seen[-1])
    assert newer is not None
    assert re.findall(r", round (\d+)</a>", client.get(html.unescape(newer[1])).text) == ["6", "5", "4", "3"]


def test_the_profile_shows_wallet_and_stacks(client: Client, store: Store, table: Table, ada: Player):
    act(store, table, ada, "join_table", buy_in=250)
    assert Account.objects.get(kind=Account.Kind.STACK).balance_cents == 250_00
    text = client.get(reverse("profile")).text
    assert "750" in text
    assert "250" in text
    assert reverse("table", args=[table.table_id]) in text
