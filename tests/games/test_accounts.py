"""Accounts, guests and tokens: who gets in, under which name, and with how many chips."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from games import accounts, ledger
from games.models import Account, Player, Token

pytestmark = pytest.mark.django_db

PASSWORD = "a long evening 9"
NEW_ACCOUNT = {"name": "Ada", "password1": PASSWORD, "password2": PASSWORD}


def logged_in_player(client: Client) -> Player | None:
    key = client.session.get("_auth_user_id")
    return None if key is None else Player.objects.get(pk=key)


# -- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Ada", "Ada"), ("  Ada \u00a0 L ", "Ada L"), ("Åsa", "Åsa"), ("Jo♠", "Jo♠"), ("x" * 32, "x" * 32)],
)
def test_a_name_is_kept_as_typed_but_for_spaces(typed: str, kept: str):
    assert accounts.clean_name(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "   ", "\u3164", "\u2800", "a\x00b", "a\u200bb", "a\u202eb", "\u0301", "x" * 33, "\ud800"]
)
def test_a_name_is_visible_and_short(typed: str):
    with pytest.raises(ValidationError):
        accounts.clean_name(typed)


@pytest.mark.parametrize("other", ["ada", "ADA", " Ada ", "Ａｄａ"])
def test_a_name_is_taken_whatever_its_case(other: str):
    accounts.sign_up(name="Ada", password=PASSWORD)
    with pytest.raises(accounts.NameTaken):
        accounts.sign_up(name=other, password=PASSWORD)
    assert ledger.balance_of(Player.objects.get().pk) == accounts.starting_cents()


def test_a_name_beyond_ascii_is_taken_whatever_its_case():
    accounts.sign_up(name="Åsa", password=PASSWORD)
    with pytest.raises(accounts.NameTaken):
        accounts.sign_up(name="åSA", password=PASSWORD)


# -- accounts ---------------------------------------------------------------------------------------------------------


def test_signing_up_logs_in_with_the_chips_that_everybody_begins_with(client: Client):
    response = client.post(reverse("signup"), NEW_ACCOUNT)
    assert response.status_code == 302
    player = logged_in_player(client)
    assert player is not None
    assert (player.username, player.is_guest, player.check_password(PASSWORD)) == ("Ada", False, True)
    assert ledger.balance_of(player.pk) == accounts.starting_cents() == 1_000_00
    assert Account.objects.aggregate(Sum("balance_cents"))["balance_cents__sum"] == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "\u200b"}, "name"),
        ({"name": "BOB"}, "name"),
        ({"password2": "another 77 one"}, "password2"),
        ({"password1": "12345678", "password2": "12345678"}, "password2"),
    ],
)
def test_what_is_wrong_with_a_new_account_stands_at_its_field(client: Client, change: dict[str, str], field: str):
    accounts.sign_up(name="Bob", password=PASSWORD)
    response = client.post(reverse("signup"), NEW_ACCOUNT | change)
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {field}
    assert Player.objects.count() == 1


@pytest.mark.parametrize("typed", ["Ada", "ada", " ADA "])
def test_logging_in_takes_the_name_in_whatever_case(client: Client, typed: str):
    player = accounts.sign_up(name="Ada", password=PASSWORD)
    client.post(reverse("login"), {"username": typed, "password": PASSWORD})
    assert logged_in_player(client) == player


def test_logging_in_with_a_wrong_password_says_so(client: Client):
    accounts.sign_up(name="Ada", password=PASSWORD)
    response = client.post(reverse("login"), {"username": "Ada", "password": "not hers"})
    assert response.status_code == 200
    assert response.context["form"].non_field_errors()
    assert logged_in_player(client) is None


def test_logging_in_gives_the_session_a_new_key(client: Client):
    accounts.sign_up(name="Ada", password=PASSWORD)
    client.post(reverse("guest"))
    before = client.session.session_key
    client.post(reverse("login"), {"username": "Ada", "password": PASSWORD})
    assert client.session.session_key != before


def test_logging_out_takes_a_post(client: Client):
    client.post(reverse("guest"))
    assert client.get(reverse("logout")).status_code == 405
    assert client.post(reverse("logout")).status_code == 302
    assert logged_in_player(client) is None


def test_changing_the_password_keeps_this_session_and_ends_the_others(client: Client):
    accounts.sign_up(name="Ada", password=PASSWORD)
    other = Client()
    for browser in (client, other):
        browser.post(reverse("login"), {"username": "Ada", "password": PASSWORD})
    new = {"old_password": PASSWORD, "new_password1": "quite another 5", "new_password2": "quite another 5"}
    response = client.post(reverse("password_change"), new, follow=True)
    assert "Your password is changed" in response.text
    assert client.get(reverse("profile")).status_code == 200
    assert other.get(reverse("profile")).status_code == 302


# -- guests -----------------------------------------------------------------------------------------------------------


def test_one_click_makes_a_guest_with_chips(client: Client):
    assert client.post(reverse("guest")).headers["Location"] == reverse("lobby")
    guest = logged_in_player(client)
    assert guest is not None
    assert guest.is_guest
    assert not guest.has_usable_password()
    assert guest.username.startswith("Guest ")
    assert ledger.balance_of(guest.pk) == 1_000_00


def test_a_guest_is_made_by_post_only(client: Client):
    assert client.get(reverse("guest")).status_code == 405


def test_a_second_click_makes_no_second_guest(client: Client):
    client.post(reverse("guest"))
    client.post(reverse("guest"))
    assert Player.objects.count() == 1


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [("/tables/t1/", "/tables/t1/"), ("//evil.example/", "/"), ("https://evil.example/", "/"), ("javascript:1", "/")],
)
@pytest.mark.parametrize("page", ["guest", "signup"])
def test_next_leads_nowhere_but_into_this_site(client: Client, page: str, wanted: str, shown: str):
    assert client.post(reverse(page), NEW_ACCOUNT | {"next": wanted}).headers["Location"] == shown


def test_guests_find_names_when_the_short_ones_are_gone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("games.accounts.secrets.randbelow", lambda limit: 0)
    assert [accounts.create_guest().username for _ in range(3)] == ["Guest 1000", "Guest 10000", "Guest 100000"]


def test_a_guest_who_becomes_an_account_is_the_same_player_with_the_same_chips(client: Client):
    client.post(reverse("guest"))
    guest = logged_in_player(client)
    assert guest is not None
    ledger.grant(guest, 5_00, "won")
    response = client.post(reverse("upgrade"), NEW_ACCOUNT, follow=True)
    assert "Welcome, Ada" in response.text
    player = logged_in_player(client)
    assert player is not None
    assert (player.pk, player.username, player.is_guest) == (guest.pk, "Ada", False)
    assert ledger.balance_of(player.pk) == 1_005_00
    other = Client()
    other.post(reverse("login"), {"username": "Ada", "password": PASSWORD})
    assert logged_in_player(other) == player


def test_a_guest_who_signs_up_is_offered_to_keep_what_they_have(client: Client):
    client.post(reverse("guest"))
    response = client.get(reverse("signup"), {"next": "/history/"})
    assert response.headers["Location"] == f"{reverse('upgrade')}?next=%2Fhistory%2F"


def test_a_guest_cannot_take_a_name_that_is_taken(client: Client):
    accounts.sign_up(name="ada", password=PASSWORD)
    client.post(reverse("guest"))
    response = client.post(reverse("upgrade"), NEW_ACCOUNT)
    assert response.context["form"].errors.keys() == {"name"}
    guest = logged_in_player(client)
    assert guest is not None
    assert guest.is_guest


def test_an_account_is_not_upgraded_again(client: Client):
    client.post(reverse("signup"), NEW_ACCOUNT)
    assert client.post(reverse("upgrade"), NEW_ACCOUNT | {"name": "Eve"}).headers["Location"] == reverse("profile")
    with pytest.raises(ValidationError):
        accounts.upgrade_guest(Player.objects.get(), name="Eve", password=PASSWORD)
    assert Player.objects.get().username == "Ada"


def test_a_guest_changes_no_password_but_chooses_one(client: Client):
    client.post(reverse("guest"))
    assert client.get(reverse("password_change")).headers["Location"] == reverse("upgrade")


# -- tokens -----------------------------------------------------------------------------------------------------------


def test_a_token_leads_to_its_player_and_its_secret_is_not_kept():
    player = accounts.create_bot("Robbie", chips_cents=1_00)
    secret = accounts.issue_token(player, "at home", "watch")
    assert secret.startswith("cs_")
    token = accounts.token_for(secret)
    assert token is not None
    assert (token.player, token.scope, token.name) == (player, Token.Scope.WATCH, "at home")
    assert accounts.player_for_token(secret) == player
    assert secret not in str(Token.objects.values().get())


@pytest.mark.parametrize("secret", ["", "cs_", "cs_wrong", "\ud800", "x" * 10_000])
def test_a_wrong_secret_leads_to_nobody(secret: str):
    accounts.issue_token(accounts.create_guest(), "mine", "play")
    assert accounts.player_for_token(secret) is None


def test_a_revoked_token_leads_to_nobody():
    secret = accounts.issue_token(accounts.create_guest(), "mine", "play")
    accounts.revoke_token(Token.objects.get())
    assert accounts.player_for_token(secret) is None


def test_a_banned_player_is_led_to_by_no_token():
    player = accounts.create_guest()
    secret = accounts.issue_token(player, "mine", "play")
    Player.objects.update(is_active=False)
    assert accounts.player_for_token(secret) is None


def test_the_use_of_a_token_is_noted_once_a_minute():
    secret = accounts.issue_token(accounts.create_guest(), "mine", "play")

    def used_at():
        accounts.player_for_token(secret)
        return Token.objects.get().last_used_at

    first = used_at()
    assert first is not None
    assert used_at() == first
    Token.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    assert used_at() > first


def test_a_token_is_shown_once_and_can_be_revoked(client: Client):
    client.post(reverse("guest"))
    response = client.post(reverse("token_create"), {"name": "my <b>bot</b>", "scope": "play"})
    secret = response.context["secret"]
    assert secret in response.text
    assert "<b>bot</b>" not in response.text
    assert "no-store" in response["Cache-Control"]
    assert secret not in client.get(reverse("profile")).text
    assert accounts.player_for_token(secret) == logged_in_player(client)
    client.post(reverse("token_revoke", args=[Token.objects.get().pk]))
    assert accounts.player_for_token(secret) is None


@pytest.mark.parametrize("data", [{"name": "", "scope": "play"}, {"name": "x", "scope": "rule"}, {}])
def test_a_token_needs_a_name_and_a_scope(client: Client, data: dict[str, str]):
    client.post(reverse("guest"))
    assert client.post(reverse("token_create"), data).status_code == 400
    assert not Token.objects.exists()


def test_nobody_revokes_the_token_of_another(client: Client):
    accounts.issue_token(accounts.create_guest(), "mine", "play")
    client.post(reverse("guest"))
    assert client.post(reverse("token_revoke", args=[Token.objects.get().pk])).status_code == 404
    assert Token.objects.get().revoked_at is None


def test_a_name_whose_case_folds_to_more_letters_fits_its_column():
    player = accounts.sign_up(name="\u0390" * accounts.NAME_LENGTH, password=PASSWORD)
    assert len(player.name_key) <= (Player._meta.get_field("name_key").max_length or 0)
