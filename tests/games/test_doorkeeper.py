"""What lets a socket in is looked at again: whatever has ended is found, whoever ended it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from games import accounts, credentials
from games.models import Player, Token

pytestmark = pytest.mark.django_db
PASSWORD = "a long evening 9"


@pytest.fixture
def ada() -> Player:
    return accounts.sign_up(name="Ada", password=PASSWORD)


def logged_in(ada: Player) -> tuple[Client, str]:
    client = Client()
    client.post(reverse("login"), {"username": "Ada", "password": PASSWORD})
    found = credentials.of_session(client.session.session_key or "")
    assert found is not None
    assert found[0] == ada
    return client, found[1]


def ended(player: Player, *those: str) -> set[str]:
    return set(credentials.ended([(player.public_id, credential) for credential in those]))


def test_a_session_ends_with_its_logout_and_no_other_does(ada: Player):
    (client, here), (_, there) = logged_in(ada), logged_in(ada)
    assert ended(ada, here, there) == set()
    client.post(reverse("logout"))
    assert ended(ada, here, there) == {here}


def test_every_session_ends_with_the_password_and_with_a_ban(ada: Player):
    for deed in ("password", "ban"):
        _, here = logged_in(ada)
        if deed == "password":
            ada.set_password("quite another 7")
            ada.save()
        else:
            Player.objects.filter(pk=ada.pk).update(is_active=False)
        assert ended(ada, here) == {here}
        assert credentials.of_session(here.split(":")[1].split(";")[0]) is None
        ada.set_password(PASSWORD)
        ada.save()


def test_a_session_ends_with_its_time_and_when_it_becomes_another(ada: Player):
    from django.contrib.sessions.models import Session

    client, here = logged_in(ada)
    _, there = logged_in(ada)
    Session.objects.filter(pk=client.session.session_key).update(expire_date=timezone.now())
    assert ended(ada, here, there) == {here}


def test_a_token_ends_in_each_of_its_ways(ada: Player):
    secrets = [accounts.issue_token(ada, str(number), Token.Scope.PLAY) for number in range(4)]
    tokens = [accounts.token_for(secret) for secret in secrets]
    texts = [credentials.of_token(token) for token in tokens if token is not None]
    assert len(texts) == 4
    accounts.revoke_token(Token.objects.get(name="1"))
    Token.objects.filter(name="2").update(expires_at=timezone.now())
    Token.objects.filter(name="3").delete()
    assert ended(ada, *texts) == set(texts[1:])
    Player.objects.update(is_active=False)
    assert ended(ada, *texts) == set(texts)


def test_a_token_may_be_made_to_end(ada: Player):
    secret = accounts.issue_token(ada, "x", Token.Scope.PLAY, timedelta(days=1))
    assert accounts.token_for(secret) is not None
    Token.objects.update(expires_at=timezone.now())
    assert accounts.token_for(secret) is None


def test_nothing_is_said_of_what_programs_have_let_in(ada: Player):
    assert ended(ada, "key:abc;", "", "token:;", "session:;") == set()


@pytest.mark.parametrize("key", ["", "x", "\0", "A" * 32, "a" * 32, "a;b", "é"])
def test_a_key_of_no_session_is_nobodys(key: str):
    assert credentials.of_session(key) is None
