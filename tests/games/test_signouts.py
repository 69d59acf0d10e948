"""Whoever is no longer let in is shown out: the word goes to the player's own group, with the credential that ended."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.test import Client
from django.urls import reverse

from games import accounts
from games.models import Player, Token

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def told(player: Player, deed: Callable[[], Any], capture: Any) -> str | None:
    """The credential whose sockets are closed by the deed."""
    layer = get_channel_layer()
    channel = async_to_sync(layer.new_channel)()
    async_to_sync(layer.group_add)(f"player.{player.public_id}", channel)
    with capture(execute=True):
        deed()
    message = async_to_sync(layer.receive)(channel)["message"]
    assert message["kind"] == "signed_out"
    return message["credential"]


@pytest.fixture
def ada() -> Player:
    return accounts.sign_up(name="Ada", password=PASSWORD)


def test_a_revoked_token_closes_its_own_sockets(ada: Player, django_capture_on_commit_callbacks: Any):
    token = accounts.token_for(accounts.issue_token(ada, "bot", Token.Scope.PLAY))
    assert token is not None
    credential = told(ada, lambda: accounts.revoke_token(token), django_capture_on_commit_callbacks)
    assert credential == f"token:{token.pk};"


def test_logging_out_closes_the_sockets_of_that_session(
    ada: Player, client: Client, django_capture_on_commit_callbacks: Any
):
    client.force_login(ada)
    session = client.session.session_key
    credential = told(ada, lambda: client.post(reverse("logout")), django_capture_on_commit_callbacks)
    assert credential == f"session:{session};"


def test_a_new_password_closes_the_sockets_of_every_session(ada: Player, django_capture_on_commit_callbacks: Any):
    def change() -> None:
        ada.set_password("another horse battery")
        ada.save()

    assert told(ada, change, django_capture_on_commit_callbacks) == "session:"


def test_a_ban_closes_every_socket(ada: Player, django_capture_on_commit_callbacks: Any):
    def ban() -> None:
        ada.is_active = False
        ada.save()

    assert told(ada, ban, django_capture_on_commit_callbacks) is None
