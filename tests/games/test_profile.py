"""The page about oneself: another name, a face, a client seed and an e-mail, by the rules and for oneself alone."""

import html
import time
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from games import accounts
from games.models import LoggedEvent, Player
from games.runtime import runtime
from games.store import Store
from tests.games.durable import open_table

pytestmark = pytest.mark.django_db
PASSWORD = "a long evening 9"


@pytest.fixture
def ada(client: Client) -> Player:
    player = accounts.sign_up(name="Ada", password=PASSWORD)
    client.force_login(player)
    return player


def change(client: Client, what: str, **typed: Any) -> Any:
    return client.post(f"/account/change/{what}/", typed)


def test_a_player_has_another_name_from_now_on(client: Client, ada: Player):
    assert change(client, "name", name="  Ada   Lovelace ").status_code == 302
    ada.refresh_from_db()
    assert (ada.username, ada.name_key) == ("Ada Lovelace", "ada lovelace")
    # The case of one's own name may be changed, and the old name is free for others.
    change(client, "name", name="ADA LOVELACE")
    assert accounts.find_player("ada lovelace") == ada
    assert accounts.sign_up(name="Ada", password=PASSWORD).username == "Ada"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("bOB", "Somebody has this name"),
        ("", "This field is required"),
        ("x" * 33, "32 characters at most"),
        ("a\u202eb", "visible characters only"),
        ("FORMER  player 12", "Players who have left are called so"),
    ],
)
def test_names_that_nobody_could_sign_up_with_are_refused_and_nothing_changes(
    client: Client, ada: Player, name: str, why: str
):
    accounts.sign_up(name="Bob", password=PASSWORD)
    response = change(client, "name", name=name)
    assert response.status_code == 400
    assert why in html.unescape(response.text)
    assert "<bdi>Ada</bdi>" in response.text
    ada.refresh_from_db()
    assert ada.username == "Ada"


def test_nobody_signs_up_as_one_who_has_left(client: Client):
    typed = {"name": "Former player 7", "password1": PASSWORD, "password2": PASSWORD}
    assert "Players who have left" in html.unescape(client.post("/account/sign-up/", typed).text)
    assert not Player.objects.exists()


@pytest.mark.parametrize("name", ["🦊 Zoë", "שלום עולם", "<b>&amp;</b>"])
def test_names_of_any_kind_are_text_on_the_page(client: Client, ada: Player, name: str):
    change(client, "name", name=name)
    text = client.get("/account/").text
    assert f"<bdi>{html.escape(name)}</bdi>" in text
    assert "<b>" not in text


def test_a_face_is_chosen_and_seen_at_once_in_the_head(client: Client, ada: Player):
    assert change(client, "face", face="owl", face_colour="5").status_code == 302
    text = client.get("/strategy/").text
    assert 'data-face="5" data-drawing="owl"' in text


@pytest.mark.parametrize("typed", [{"face": "spy", "face_colour": "1"}, {"face": "owl", "face_colour": "8"}, {}])
def test_other_faces_are_refused(client: Client, ada: Player, typed: dict):
    assert change(client, "face", **typed).status_code == 400
    ada.refresh_from_db()
    assert (ada.face, ada.face_colour) == ("letter", None)


def test_the_client_seed_is_given_wherever_no_other_one_is_named(
    client: Client, ada: Player, store: Store, database_threads: None
):
    assert change(client, "seed", client_seed="s" * 65).status_code == 400
    change(client, "seed", client_seed="my luck")
    tables = runtime().tables
    async_to_sync(tables.sit_down)(open_table(store, at=time.time()), ada, 100_00)
    player = async_to_sync(tables.player)(ada.public_id)
    assert player is not None
    async_to_sync(tables.act)(
        open_table(store, at=time.time()), player, "join_table", {"buy_in": 100, "client_seed": "another"}
    )
    seeds = LoggedEvent.objects.filter(event_type="CLIENT_SEED_SET").order_by("pk").values_list("data", flat=True)
    assert ['"client_seed":"my luck"' in seeds[0], '"client_seed":"another"' in seeds[1]] == [True, True]


def test_the_email_is_kept_for_who_knows_the_password(client: Client, ada: Player):
    refused = change(client, "email", email="ada@example.com", password="wrong")
    assert refused.status_code == 400
    assert "This is not your password" in refused.text
    assert change(client, "email", email="no address", password=PASSWORD).status_code == 400
    ada.refresh_from_db()
    assert ada.email == ""
    assert change(client, "email", email="ada@example.com", password=PASSWORD).status_code == 302
    ada.refresh_from_db()
    assert ada.email == "ada@example.com"
    assert 'value="ada@example.com"' in client.get("/account/").text
    change(client, "email", email="", password=PASSWORD)
    ada.refresh_from_db()
    assert ada.email == ""


AS_EVER = {"pace": "usual", "sound": "off", "keys": "on"}


def test_a_guest_chooses_a_face_but_no_name_and_no_email(client: Client):
    guest = accounts.create_guest()
    client.force_login(guest)
    assert change(client, "face", face="cat", face_colour="0").status_code == 302
    assert change(client, "name", name="Ada").status_code == 404
    assert change(client, "email", email="a@example.com", password="").status_code == 404
    assert change(client, "balance", balance="9").status_code == 404
    # Whoever becomes an account keeps face, seed and preferences.
    change(client, "seed", client_seed="my luck")
    client.post("/account/preferences/", {"theme": "dark", "deck": "four", "motion": "off", **AS_EVER})
    client.post("/account/upgrade/", {"name": "Ada", "password1": PASSWORD, "password2": PASSWORD})
    guest.refresh_from_db()
    assert (guest.username, guest.face, guest.face_colour, guest.client_seed, guest.theme, guest.deck) == (
        ("Ada", "cat", 0, "my luck", "dark", "four")
    )


def test_who_is_nobody_changes_nothing(client: Client):
    response = change(client, "name", name="Ada")
    assert response.status_code == 302
    assert response["Location"].startswith("/account/log-in/")
