"""The page of a finished round: who may see it, what it tells, and what it never tells."""

import html
import json
import re
import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from cardsharp.blackjack.rules import Rules
from cardsharp.games import GAMES
from games import accounts
from games.models import Member, Player, Round
from games.store import Store
from games.trimming import trim
from tests.games.durable import NOON, open_table, play

pytestmark = pytest.mark.django_db

CARDS = "10♠ 9♠ 6♥ 2♦ 9♦ 10♥ 10♣ 5♥"


def played(store: Store, table_id: str, ada: Player, bob: Player) -> str:
    """Ada hits sixteen against a six, which the book does not, and busts; Bob stands, and the next betting is open."""
    play(store, table_id, ada, "join_table")
    play(store, table_id, ada, "sit_out")
    play(store, table_id, bob, "join_table")
    play(store, table_id, ada, "sit_in")
    play(store, table_id, bob, "place_bet", amount=10)
    play(store, table_id, ada, "place_bet", amount=20)
    play(store, table_id, ada, "player_action", action="HIT")
    play(store, table_id, bob, "player_action", action="STAND")
    return table_id


@pytest.fixture
def round_played(store: Store, settings: Settings, ada: Player, bob: Player) -> str:
    settings.CARDSHARP_STACKED_SHOE = "10♠ 9♠ 6♥ 6♦ 9♦ 10♥ 10♣ 5♥"
    return played(store, open_table(store, pause_seconds=0, bet_seconds=None), ada, bob)


def url_of(table_id: str, number: int = 1) -> str:
    return reverse("replay", args=[table_id, number])


def data_of(text: str, name: str) -> Any:
    found = re.search(rf'data-{name}="([^"]*)"', text)
    assert found
    return json.loads(html.unescape(found[1]))


def test_a_stranger_sees_every_event_of_a_round_at_a_public_table(client: Client, round_played: str):
    text = client.get(url_of(round_played)).text
    frames = data_of(text, "frames")
    assert [frame["event"]["event_type"] for frame in frames][:1] == ["ROUND_STARTED"]
    assert frames[-1]["event"]["event_type"] == "ROUND_ENDED"
    assert "Whoever has this link can see the round" in text
