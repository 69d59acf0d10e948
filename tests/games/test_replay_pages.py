"""The page of a finished round: who may see it, what it tells, and what it never tells."""

import html
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from cardsharp.blackjack.rules import Rules
from cardsharp.games import GAMES
from games import accounts
from games.models import Member, Player, Round, Table
from games.store import Store
from games.trimming import trim
from tests.games.durable import NOON, open_table, play

pytestmark = pytest.mark.django_db


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
def shoe(settings: Settings) -> None:
    settings.CARDSHARP_STACKED_SHOE = "10♠ 9♠ 6♥ 6♦ 9♦ 10♥ 10♣ 5♥"


@pytest.fixture
def round_played(store: Store, shoe: None, ada: Player, bob: Player) -> str:
    return played(store, open_table(store, pause_seconds=0, bet_seconds=None), ada, bob)


def url_of(table_id: str, number: int = 1) -> str:
    return reverse("replay", args=[table_id, number])


def data_of(text: str, name: str) -> Any:
    found = re.search(rf'data-{name}="([^"]*)"', text)
    assert found
    return json.loads(html.unescape(found[1]))


def den(store: Store, ada: Player, bob: Player) -> str:
    """The same round at a private table of Ada's, where Bob is a member."""
    rules = Rules(pause_seconds=0, bet_seconds=None)
    table_id = store.open(GAMES["blackjack"], "Den", rules, NOON, made_by=ada.pk, is_private=True).table_id
    Member.objects.create(table_id=table_id, player=bob)
    return played(store, table_id, ada, bob)


def sentences(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def test_a_stranger_sees_every_event_of_a_round_at_a_public_table(client: Client, round_played: str):
    text = client.get(url_of(round_played, 2)).text
    types = [frame["event"]["event_type"] for frame in data_of(text, "frames")]
    assert (types[0], types[-1]) == ("ROUND_STARTED", "ROUND_ENDED")
    assert types.count("PLAYER_ACTION") == 2
    assert "Whoever has this link can see the round" in text
    assert f'value="http://testserver{url_of(round_played, 2)}"' in text
    shown = sentences(text)
    assert "Ada 10♠ 6♦ 10♣ (26) Bust −20" in shown
    assert "Ada 10♠ 6♦ against 6♥ hit stand" in shown
    assert "Bob 9♠ 9♦ against 6♥ stand split" in shown


def test_the_hole_card_lies_face_down_until_it_is_turned_over(client: Client, round_played: str):
    frames = data_of(client.get(url_of(round_played, 2)).text, "frames")
    revealed = next(place for place, frame in enumerate(frames) if frame["event"]["event_type"] == "CARD_REVEALED")
    dealer = [frame["changes"]["dealer"]["cards"] for frame in frames if "dealer" in frame["changes"]]
    assert dealer[:3] == [["6♥"], ["6♥", None], ["6♥", "10♥"]]
    assert "10♥" not in json.dumps(frames[:revealed], ensure_ascii=False)


def test_nothing_secret_is_on_the_page(client: Client, store: Store, round_played: str):
    text = client.get(url_of(round_played, 2)).text
    secret = bytes(Table.objects.get(pk=round_played).shoe_secret)
    seed = store.load(round_played).shoes.server_seed(1)
    for hidden in (secret.hex(), seed.hex(), "shoe_secret", "server_seed"):
        assert hidden not in text


@pytest.mark.parametrize("number", [0, 3, 4, 2**31, 10**30])
def test_a_round_that_is_not_finished_or_not_there_is_not_found(client: Client, round_played: str, number: int):
    assert Round.objects.count() == 2
    assert client.get(f"/rounds/{round_played}/{number}/").status_code == 404


def test_an_unknown_table_has_no_rounds(client: Client):
    assert client.get(url_of("nowhere")).status_code == 404


def test_a_private_tables_round_is_for_its_members(client: Client, store: Store, shoe: None, ada: Player, bob: Player):
    url = url_of(den(store, ada, bob), 2)
    assert client.get(url).status_code == 404
    client.force_login(accounts.create_guest())
    assert client.get(url).status_code == 404
    client.force_login(bob)
    text = client.get(url).text
    assert "only its members can open this link" in text
    Member.objects.filter(player=bob).update(removed_at="2026-01-01T00:00:00Z")
    assert client.get(url).status_code == 404


def test_names_are_those_of_today(client: Client, round_played: str, ada: Player):
    ada.username = "<b>Zoë</b>"
    ada.save()
    text = client.get(url_of(round_played, 2)).text
    assert "Ada" not in text
    assert "<b>Zoë" not in text
    assert data_of(text, "state")["seats"][0]["player_name"] == "<b>Zoë</b>"


def test_where_the_log_is_gone_it_says_what_is_gone_and_shows_how_it_ended(
    client: Client, round_played: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("games.trimming.STEP", 30)
    assert trim(round_played, 0)
    text = client.get(url_of(round_played, 2)).text
    assert "cannot be stepped through any more" in text
    assert data_of(text, "frames") == []
    state = data_of(text, "state")
    assert state["dealer"]["cards"] == ["6♥", "10♥", "5♥"]
    assert [(hand["cards"], hand["result"]) for seat in state["seats"] for hand in seat["hands"]] == [
        (["10♠", "6♦", "10♣"], "bust"),
        (["9♠", "9♦"], "lose"),
    ]
    assert "against" not in sentences(text)


def test_a_round_without_a_bet_can_be_looked_at(client: Client, round_played: str):
    text = client.get(url_of(round_played)).text
    assert "Nobody bet on this round" in text
    assert data_of(text, "frames")


def test_it_costs_the_same_however_many_rounds_there_are(
    client: Client, store: Store, round_played: str, django_assert_max_num_queries: DjangoAssertNumQueries
):
    row = Round.objects.get(number=2)
    Round.objects.bulk_create(
        Round(
            table_id=row.table_id,
            number=number,
            first_seq=row.first_seq,
            last_seq=row.last_seq,
            ended_at=row.ended_at,
            dealer_cards="",
            dealer_value=0,
            house_net_cents=0,
        )
        for number in range(3, 2_000)
    )
    with django_assert_max_num_queries(9):
        assert client.get(url_of(round_played, 2)).status_code == 200


def test_a_strict_content_policy_holds(client: Client, round_played: str):
    response = client.get(url_of(round_played, 2))
    assert "unsafe" not in response["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", response.text)
