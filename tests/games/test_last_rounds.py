"""The last rounds on a table's page: how they ended, what they brought the viewer, and what the viewer bet."""

import html
import json
import re
import time
from typing import Any

import msgspec
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from cardsharp.blackjack.rules import Rules
from cardsharp.game import Actor
from cardsharp.games import GAMES
from games import accounts
from games.last_rounds import ROUNDS_SHOWN, last_rounds
from games.models import Player, Table
from games.store import Store

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(settings: Settings) -> Store:
    """Every shoe deals naturals: first to one seat and the dealer, then 19 against 20, which needs nobody's move."""
    settings.CARDSHARP_STACKED_SHOE = " ".join(["A♠ 9♥ K♠ 10♦", "A♥ 9♦ K♥ 10♣", "A♦ 9♣ K♦ 10♠", "A♣ 9♠ K♣ 10♥"] * 5)
    return Store(lambda table_id, seated: 0)


@pytest.fixture
def table(store: Store) -> Table:
    rules = msgspec.structs.replace(Rules(), pause_seconds=0, seats_per_player=2)
    store.open(GAMES["blackjack"], "Corner", rules, time.time())
    return Table.objects.get()


@pytest.fixture
def ada(client: Client, store: Store, table: Table) -> Player:
    player = accounts.sign_up(name="Ada", password="a long evening 9")
    client.force_login(player)
    act(store, table, player, "join_table", seat=2)
    return player


def act(store: Store, table: Table, player: Player, action: str, **data: object) -> None:
    actor = Actor(player.public_id, player.username)
    store.submit(table.table_id, lambda game: game.read_action(action, data, actor=actor, at=time.time()))


def shown(client: Client, table: Table) -> dict[str, Any]:
    """What the page gives its scripts."""
    found = re.search(r'data-last-rounds="([^"]*)"', client.get(reverse("table", args=[table.table_id])).text)
    assert found is not None
    value: dict[str, Any] = json.loads(html.unescape(found[1]))
    return value


def test_a_new_table_has_none(client: Client, table: Table, ada: Player):
    assert shown(client, table) == {"rounds": [], "bets": {}}


def test_the_player_is_told_what_each_brought_and_others_how_it_ended(
    client: Client, store: Store, table: Table, ada: Player
):
    act(store, table, ada, "place_bet", amount=10)
    act(store, table, ada, "place_bet", amount=25)
    first, second = {"number": 1, "dealer_value": 19, "net": 15}, {"number": 2, "dealer_value": 19, "net": 37.5}
    assert shown(client, table) == {"rounds": [second, first], "bets": {"2": 25}}
    for other in (Client(), Client()):
        nobody = [second | {"net": None}, first | {"net": None}]
        assert shown(other, table) == {"rounds": nobody, "bets": {}}
        other.post(reverse("guest"))


def test_of_a_bet_that_was_changed_the_last_counts(client: Client, store: Store, table: Table, ada: Player):
    act(store, table, ada, "join_table", seat=4)
    act(store, table, ada, "place_bet", seat=2, amount=10)
    act(store, table, ada, "place_bet", seat=2, amount=40)
    act(store, table, ada, "sit_out", seat=4)
    assert shown(client, table)["bets"] == {"2": 40}


def test_a_dozen_are_shown_at_the_same_cost(
    store: Store, table: Table, ada: Player, django_assert_num_queries: DjangoAssertNumQueries
):
    for _ in range(ROUNDS_SHOWN + 3):
        act(store, table, ada, "place_bet", amount=10)
    with django_assert_num_queries(3):
        assert [row.number for row in last_rounds(table, ada).rounds] == list(range(ROUNDS_SHOWN + 3, 3, -1))
