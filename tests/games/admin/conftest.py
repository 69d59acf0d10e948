"""A room with play under way, and who looks at it."""

import time

import pytest
from django.test import Client
from pytest_django import Settings

from cardsharp.blackjack.rules import Rules
from cardsharp.games import GAMES
from games import accounts, invitations
from games.models import Invitation, Player, Table, Token
from games.store import Store
from tests.games.admin.room import PASSWORD, act, open_table, play_round


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """A hasher that costs nothing: what passwords cost is no matter here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def twenties(settings: Settings) -> None:
    """Thirty rounds in which the player gets 20 and has to decide, and the dealer gets less."""
    rounds = ("Q♠ 9♥ K♠ 10♦", "Q♥ 9♦ K♥ 10♣", "Q♦ 9♣ K♦ 10♠", "Q♣ 9♠ K♣ 10♥", "J♠ 8♥ J♥ J♦")
    settings.CARDSHARP_STACKED_SHOE = " ".join(rounds * 6)


@pytest.fixture
def table(store: Store, twenties: None) -> Table:
    return open_table(store, "Corner & <b>Co</b>")


@pytest.fixture
def ada() -> Player:
    return accounts.sign_up(name="Ada", password=PASSWORD)


@pytest.fixture
def boss(client: Client) -> Player:
    """A superuser, logged in."""
    boss = Player.objects.create_superuser("Boss", password=PASSWORD)
    client.force_login(boss)
    return boss


@pytest.fixture
def private_table(store: Store, ada: Player) -> Table:
    """A private table of Ada's, to which she has invited a guest."""
    opened = store.open(GAMES["blackjack"], "Our own", Rules(), time.time(), ada.pk, is_private=True)
    invitations.accept(Invitation.objects.get(), accounts.create_guest())
    return Table.objects.get(pk=opened.table_id)


@pytest.fixture
def round_under_way(store: Store, table: Table, ada: Player) -> Table:
    """Ada has won a round and decides in the next; a token is hers."""
    accounts.issue_token(ada, "laptop", Token.Scope.PLAY)
    act(store, table, ada, "join_table")
    play_round(store, table, ada)
    act(store, table, ada, "place_bet", amount=10)
    return table
