"""Deleting an account: the person is gone from everywhere, and not a chip or a round from the books."""

import time
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from pytest_django import Settings

from cardsharp.game import Actor
from games import accounts, departures, ledger
from games.housekeeping import Housekeeping
from games.models import Checkpoint, Hand, LoggedEvent, Member, Player, Table, Token, Transfer
from games.runtime import runtime
from games.store import Store
from games.verification import verify
from tests.games.admin.room import ledger_sum
from tests.games.durable import open_table
from tests.games.test_signouts import told

pytestmark = pytest.mark.usefixtures("database_threads")
PASSWORD = "a long evening 9"
DELETE = "/account/delete/"
NAME = 'Ada "the Ace" 🦊'


@pytest.fixture(autouse=True)
def stacked(settings: Settings) -> None:
    settings.CARDSHARP_STACKED_SHOE = " ".join(["10♠ 7♥ K♠ 10♦"] * 6)


@pytest.fixture
def ada(client: Client) -> Player:
    player = accounts.sign_up(name=NAME, password=PASSWORD)
    client.force_login(player)
    return player


def act(store: Store, table_id: str, player: Player, what: str, **data: Any) -> None:
    actor = Actor(player.public_id, player.username)
    store.submit(table_id, lambda game: game.read_action(what, data, actor=actor, at=time.time()))


def delete(client: Client, **typed: str) -> Any:
    return client.post(DELETE, {"password": PASSWORD, "sure": "on", **typed})


def assert_gone(player: Player) -> None:
    player.refresh_from_db()
    assert player.username == f"Former player {player.pk}"
    assert (player.email, player.face, player.client_seed, player.theme) == ("", "letter", "", "system")
    assert (player.is_active, player.has_usable_password(), player.tokens.exists()) == (False, False, False)
    assert ledger.holdings_of(player.pk) == 0
    assert not [table for table in Table.objects.all() if NAME.split()[1] in table.state]
    assert not LoggedEvent.objects.filter(data__contains="the Ace").exists()
    assert not Checkpoint.objects.filter(state__contains="the Ace").exists()
    assert ledger_sum() == 0
    assert verify() == []


def test_the_person_is_gone_and_the_books_are_whole(client: Client, ada: Player, store: Store):
    accounts.prefer(ada, {"email": "ada@example.com", "theme": "dark", "face": "fox", "client_seed": "luck"})
    accounts.issue_token(ada, "bot", Token.Scope.PLAY)
    table_id = open_table(store, at=time.time(), pause_seconds=0)
    act(store, table_id, ada, "join_table", buy_in=100)
    act(store, table_id, ada, "place_bet", amount=10)
    act(store, table_id, ada, "player_action", action="STAND")
    other = Client()
    other.force_login(ada)
    response = delete(client)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert "Your account is deleted" in client.get("/").text
    assert_gone(ada)
    assert ada.forgotten_at is not None
    assert Hand.objects.get().player == ada
    assert Transfer.objects.get(reason="return").amount_cents == 1_010_00
    assert [seat["seat"] for seat in store.load(table_id).snapshot.view["seats"]] == []
    for stranger in (client, other):
        assert stranger.get("/account/").status_code == 302
    assert client.post("/account/log-in/", {"username": NAME, "password": PASSWORD}).status_code == 200
    assert accounts.sign_up(name=NAME, password=PASSWORD) != ada


def test_cards_in_play_are_finished_by_the_rules_and_then_the_last_is_done(client: Client, ada: Player, store: Store):
    bob = accounts.create_bot("Bob", chips_cents=1_000_00)
    table_id = open_table(store, at=time.time(), pause_seconds=0)
    for player in (bob, ada):
        act(store, table_id, player, "join_table", buy_in=100)
    for player in (bob, ada):
        act(store, table_id, player, "place_bet", amount=10)
    delete(client)
    # The others' round goes on with the hand, which is not the player's to play any more.
    assert departures.unfinished() == [ada]
    act(store, table_id, bob, "player_action", action="STAND")
    assert Hand.objects.get(player=ada).bet_cents == 10_00
    async_to_sync(Housekeeping(runtime().tables).clear_away)()
    assert departures.unfinished() == []
    assert_gone(ada)


def test_housekeeping_finishes_what_a_process_that_ended_did_not(ada: Player, store: Store):
    table_id = open_table(store, at=time.time())
    act(store, table_id, ada, "join_table", buy_in=100)
    departures.depart(ada)
    assert departures.unfinished() == [ada]
    async_to_sync(Housekeeping(runtime().tables).clear_away)()
    assert_gone(ada)
    assert departures.unfinished() == []
    async_to_sync(departures.finish)(runtime().tables, ada)
    assert Transfer.objects.filter(reason="return").count() == 1


@pytest.mark.parametrize("typed", [{"password": "wrong"}, {"password": ""}, {"sure": ""}])
def test_without_the_password_and_the_word_nothing_is_deleted(client: Client, ada: Player, typed: dict[str, str]):
    assert delete(client, **typed).status_code == 400
    assert client.get(DELETE).status_code == 200
    ada.refresh_from_db()
    assert (ada.username, ada.is_active, ledger.balance_of(ada.pk)) == (NAME, True, 1_000_00)


def test_a_guest_deletes_without_a_password(client: Client):
    guest = accounts.create_guest()
    client.force_login(guest)
    assert client.post(DELETE).status_code == 400
    assert client.post(DELETE, {"sure": "on"}).status_code == 302
    assert_gone(guest)


def test_staff_are_not_deleted_by_themselves(client: Client, ada: Player):
    Player.objects.update(is_staff=True)
    assert delete(client).status_code == 400
    ada.refresh_from_db()
    assert ada.is_active


def test_memberships_end_and_sockets_are_closed(client: Client, ada: Player, django_capture_on_commit_callbacks: Any):
    bob = accounts.create_bot("Bob", chips_cents=1_00)
    table = Table.objects.get(pk=open_table(runtime().tables._store, at=time.time()))
    Member.objects.create(table=table, player=ada)
    Member.objects.create(table=table, player=bob)
    assert told(ada, lambda: departures.depart(ada), django_capture_on_commit_callbacks) is None
    assert [member.player for member in Member.objects.filter(removed_at=None)] == [bob]
