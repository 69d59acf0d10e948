"""A forgotten password: a link by mail that works once, and tells nobody whether an account has the address."""

import html
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from games import accounts, later
from games.models import Player
from games.per_hour import PerHour
from tests.games.test_signouts import told

pytestmark = pytest.mark.usefixtures("database_threads")
PASSWORD = "a long evening 9"
NEW = "another evening 7"


@pytest.fixture
def ada() -> Player:
    player = accounts.sign_up(name="Ada", password=PASSWORD)
    accounts.prefer(player, {"email": "ada@example.com"})
    return player


def ask(client: Client, email: str = "ada@example.com") -> Any:
    """The answer, once all that is done behind it is done."""
    response = client.post("/account/reset/", {"email": email})
    later.do(lambda: None).result(timeout=30)
    return response


def link() -> str:
    found = re.search(r"https?://\S+?(/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def choose(client: Client, path: str, password: str = NEW) -> Any:
    form = client.get(path, follow=True)
    return client.post(form.redirect_chain[-1][0], {"new_password1": password, "new_password2": password})


def test_the_link_lets_its_owner_choose_a_password_once(client: Client, ada: Player):
    assert ask(client, "ADA@example.com").status_code == 302
    message = mail.outbox[0]
    assert message.to == ["ada@example.com"]
    assert "Ada" in str(message.body)
    path = link()
    assert choose(client, path, "1234").status_code == 200
    assert choose(client, path)["Location"] == "/account/reset/done/"
    ada.refresh_from_db()
    assert ada.check_password(NEW)
    assert "This link is over" in Client().get(path, follow=True).text


def test_it_is_said_alike_whether_an_account_has_the_address_or_not(client: Client, ada: Player):
    for player in (accounts.create_guest(), accounts.create_bot("Robo", chips_cents=1)):
        accounts.prefer(player, {"email": "nobody@example.com"})
    accounts.set_banned(banned := accounts.sign_up(name="Bob", password=PASSWORD), banned=True)
    accounts.prefer(banned, {"email": "nobody@example.com"})
    answers = [ask(client, email) for email in ("ada@example.com", "nobody@example.com")]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, "/account/reset/sent/")] * 2
    assert [message.to for message in mail.outbox] == [["ada@example.com"]]
    assert "If an account has this e-mail" in client.get("/account/reset/sent/").text


def test_an_address_asks_so_often_and_no_more(client: Client, ada: Player, settings: Settings):
    settings.CARDSHARP_ARRIVALS_PER_HOUR = PerHour(reset=2)
    assert [ask(client).status_code for _ in range(3)] == [302, 302, 429]
    assert len(mail.outbox) == 2


def test_a_mail_that_cannot_be_sent_is_logged_and_nobody_is_told(
    client: Client, ada: Player, settings: Settings, caplog: pytest.LogCaptureFixture
):
    settings.EMAIL_BACKEND = "nowhere.to.be.Found"
    assert ask(client).status_code == 302
    assert "nowhere" in caplog.text


def test_what_was_locked_by_wrong_guesses_is_open_again(client: Client, ada: Player):
    wrong = {"username": "Ada", "password": "no"}
    statuses = [client.post("/account/log-in/", wrong).status_code for _ in range(6)]
    assert statuses[-1] == 429
    ask(client)
    choose(client, link())
    right = client.post("/account/log-in/", {"username": "Ada", "password": NEW})
    assert right.status_code == 302


def test_it_ends_every_session_and_socket_of_the_account(
    client: Client, ada: Player, django_capture_on_commit_callbacks: Any
):
    elsewhere = Client()
    elsewhere.force_login(ada)
    assert elsewhere.get("/account/").status_code == 200
    ask(client)
    credential = told(ada, lambda: choose(client, link()), django_capture_on_commit_callbacks)
    assert credential == "session:"
    assert elsewhere.get("/account/").status_code == 302


def test_a_changed_address_ends_the_link(client: Client, ada: Player):
    ask(client)
    accounts.prefer(ada, {"email": "new@example.com"})
    assert "This link is over" in html.unescape(client.get(link(), follow=True).text)
