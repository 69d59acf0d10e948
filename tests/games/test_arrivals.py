"""How often one address may come: guests, sign-ups and logins, and which address that is."""

import re
import time
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.db.models import Sum
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from games import accounts, arrivals, ledger
from games.addresses import read_networks
from games.housekeeping import Housekeeping
from games.models import Account, Arrivals, Player, Token, Transfer
from games.per_hour import PerHour
from games.runtime import runtime
from games.store import Store
from games.views.requests import address_of
from tests.games.durable import at_once, open_table, play

pytestmark = pytest.mark.django_db
PASSWORD = "a long evening 9"
HERE, ELSEWHERE = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "192.0.2.2"}


@pytest.fixture(autouse=True)
def few(settings: Settings) -> None:
    settings.CARDSHARP_ARRIVALS_PER_HOUR = PerHour(guest=2, sign_up=2, failed_login=7)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def guest(**address: str) -> int:
    return Client().post(reverse("guest"), **address).status_code  # type: ignore[arg-type]


def account(name: str, **address: str) -> int:
    new = {"name": name, "password1": PASSWORD, "password2": PASSWORD}
    return Client().post(reverse("signup"), new, **address).status_code  # type: ignore[arg-type]


def log_in(name: str, password: str = PASSWORD, **address: str):
    return Client().post(reverse("login"), {"username": name, "password": password}, **address)  # type: ignore[arg-type]


# -- guests and accounts ----------------------------------------------------------------------------------------------


def test_an_address_has_so_many_guests_an_hour_and_is_told(settings: Settings):
    assert [guest(**HERE) for _ in range(3)] == [302, 302, 429]
    refused = Client().post(reverse("guest"), **HERE)  # type: ignore[arg-type]
    assert "Too many guests have come from your network" in refused.text
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert re.search(r"Try again in \d+ minute", refused.text)
    assert Player.objects.count() == 2
    assert guest(**ELSEWHERE) == 302


def test_who_is_somebody_already_is_no_new_guest():
    client = Client()
    assert [client.post(reverse("guest"), **HERE).status_code for _ in range(5)] == [302] * 5  # type: ignore[arg-type]


def test_an_address_makes_so_many_accounts_an_hour_and_a_name_that_is_taken_does_not_count():
    assert account("Ada", **HERE) == 302
    assert account("ada", **HERE) == 200
    assert account("Bert", **HERE) == 302
    assert account("Cleo", **HERE) == 429
    assert account("Cleo", **ELSEWHERE) == 302


def test_the_next_hour_is_another(monkeypatch: pytest.MonkeyPatch):
    assert [guest(**HERE) for _ in range(3)] == [302, 302, 429]
    later = time.time() + 3600
    monkeypatch.setattr("games.arrivals.time.time", lambda: later)
    assert guest(**HERE) == 302
    arrivals.forget_old()
    assert Arrivals.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_do_not_pass_the_limit_together():
    results = at_once(*[lambda: arrivals.count(Arrivals.Kind.GUEST, "192.0.2.1")] * 6)
    assert [type(result) for result in results].count(arrivals.TooMany) == 4
    assert Arrivals.objects.get().count == 2


# -- logging in -------------------------------------------------------------------------------------------------------


def test_a_name_is_locked_for_who_guesses_at_it_and_for_nobody_else():
    accounts.sign_up(name="Ada", password=PASSWORD)
    assert [log_in("Ada", "wrong", **HERE).status_code for _ in range(5)][:4] == [200] * 4
    refused = log_in("Ada", **HERE)
    assert refused.status_code == 429
    assert "Too many wrong passwords for this name" in refused.text
    assert "Try again in 15 minutes" in refused.text
    assert refused["Retry-After"] == "900"
    assert log_in("ada", **ELSEWHERE).status_code == 302


def test_another_case_or_another_browser_is_no_way_around_it():
    accounts.sign_up(name="Ada", password=PASSWORD)
    for number, name in enumerate(("Ada", "ADA", "ada", " Ada ", "aDa")):
        log_in(name, "wrong", **HERE, HTTP_USER_AGENT=f"browser {number}")
    assert log_in("Ada", **HERE).status_code == 429


def test_who_guesses_at_many_names_is_stopped_too():
    accounts.sign_up(name="Ada", password=PASSWORD)
    assert [log_in(f"name {number}", "wrong", **HERE).status_code for number in range(7)] == [200] * 7
    refused = log_in("Ada", **HERE)
    assert refused.status_code == 429
    assert "Too many logins have failed from your network" in refused.text
    assert log_in("Ada", **ELSEWHERE).status_code == 302


def test_staff_log_in_on_the_same_page_with_the_same_limits():
    page = Client().get("/admin/", follow=True)
    assert page.redirect_chain[-1][0].startswith(reverse("login"))
    assert Client().post("/admin/login/", {"username": "x", "password": "y"}).status_code == 302


def test_a_name_without_end_is_refused_and_not_kept():
    assert log_in("x" * 10_000, "wrong").status_code == 200
    assert log_in("a\0b", "wrong").status_code == 200


# -- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        ("", "203.0.113.9", "192.0.2.1"),
        ("192.0.2.1", "10.0.0.1, 198.51.100.7, 203.0.113.9", "203.0.113.9"),
        ("192.0.2.1,198.51.100.7", "10.0.0.1, 203.0.113.9, 198.51.100.7", "203.0.113.9"),
        ("192.0.2.1", "nonsense", "192.0.2.1"),
        ("192.0.2.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("192.0.2.1", "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_the_address_is_what_a_trusted_proxy_has_seen(settings: Settings, trusted: str, forwarded: str, address: str):
    settings.CARDSHARP_TRUSTED_PROXIES = read_networks(trusted)
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded, **HERE)  # type: ignore[arg-type]
    assert address_of(request) == address


def test_a_connection_without_an_address_counts_as_one():
    assert address_of(RequestFactory().get("/", REMOTE_ADDR="")) == "0.0.0.0"


def test_an_invented_header_brings_no_new_address():
    codes = [guest(**HERE, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}") for number in range(3)]
    assert codes == [302, 302, 429]


# -- guests who never played ------------------------------------------------------------------------------------------


def idle(player: Player) -> Player:
    long_ago = timezone.now() - timedelta(days=40)
    Player.objects.filter(pk=player.pk).update(date_joined=long_ago, last_login=long_ago)
    return player


def test_housekeeping_takes_away_guests_who_never_did_anything(database_threads: None, store: Store):
    for _ in range(45):
        idle(accounts.create_guest())
    accounts.create_guest()
    kept = [idle(accounts.create_guest()) for _ in range(4)]
    play(store, open_table(store), kept[0], "join_table")
    accounts.issue_token(kept[1], "bot", Token.Scope.PLAY)
    ledger.grant(kept[2], 5_00, "for the trouble")
    accounts.set_banned(kept[3], banned=True)
    idle(accounts.sign_up(name="Ada", password=PASSWORD))
    idle(accounts.create_bot("Robo", chips_cents=10_00))
    async_to_sync(Housekeeping(runtime().tables).clear_away)()
    assert Player.objects.filter(is_guest=True).count() == 5
    assert Player.objects.count() == 7
    assert Account.objects.aggregate(sum=Sum("balance_cents"))["sum"] == 0
    assert Transfer.objects.filter(reason="grant").count() == 8
    call_command("verify")
