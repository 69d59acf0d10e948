"""Whoever is no longer let in is shown out: the word goes to the player's own group, with the credential that ended."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.test import Client
from django.urls import reverse

from cardsharp.blackjack.rules import Rules
from cardsharp.games import GAMES
from games import accounts, invitations
from games.models import Member, Player, Token
from games.store import Store
from tests.games.durable import NOON

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def told(player: Player, deed: Callable[[], Any], capture: Any) -> str | None:
    """The credential whose sockets are closed by the deed."""
    message = news(player, deed, capture)
    assert message["kind"] == "signed_out"
    return message["credential"]


def news(player: Player, deed: Callable[[], Any], capture: Any) -> dict[str, Any]:
    """What the player's sockets are told of the deed, in whatever process they are."""
    layer = get_channel_layer()
    channel = async_to_sync(layer.new_channel)()
    async_to_sync(layer.group_add)(f"player.{player.public_id}", channel)
    with capture(execute=True):
        deed()

    async def hear() -> dict[str, Any]:
        async with asyncio.timeout(20):
            return (await layer.receive(channel))["message"]

    return async_to_sync(hear)()


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


def test_the_end_of_a_membership_ends_the_subscriptions_to_that_table(
    ada: Player, store: Store, django_capture_on_commit_callbacks: Any
):
    table_id = store.open(GAMES["blackjack"], "Ours", Rules(), NOON, ada.pk, is_private=True).table_id
    member = Member.objects.get()
    message = news(ada, lambda: invitations.end_membership(member), django_capture_on_commit_callbacks)
    assert message == {"kind": "uninvited", "table_id": table_id}
