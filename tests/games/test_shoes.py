"""A table's shoes as pages and as files: what is public at this moment and nothing more, read from the log."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from cardsharp.dealt_shoe import check
from cardsharp.shoe import SecretShoes, commitment
from cardsharp.shoe_file import read_shoes
from games import accounts
from games.models import LoggedEvent, Player, Table
from games.shoes import dealt_shoe
from games.store import Store
from tests.games.durable import NOON, call_time, close_table, new_store, open_table, play

pytestmark = pytest.mark.django_db


@pytest.fixture
def table_id(store: Store) -> str:
    """A table of one deck whose cut card comes after 15 cards, without a pause."""
    return open_table(store, "Corner & <b>Co</b>", decks=1, penetration_percent=30, pause_seconds=0)


def play_on(store: Store, table_id: str, player: Player, until: Callable[[Any], bool]) -> None:
    """Bets, stands and declines until the table is as wanted."""
    while not until(state := store.load(table_id).state):
        if state.phase == "betting":
            play(store, table_id, player, "place_bet", amount=10)
        elif state.phase == "insurance":
            play(store, table_id, player, "player_action", action="DECLINE_INSURANCE")
        elif state.phase == "playing":
            play(store, table_id, player, "player_action", action="STAND")
        else:
            call_time(store, table_id, state.next_deadline)


@pytest.fixture
def third_shoe(store: Store, table_id: str, ada: Player) -> str:
    """The table with its third shoe in use: a hole card lies there."""
    play(store, table_id, ada, "join_table", client_seed="<i>mine</i> ♠", buy_in=500)
    play_on(store, table_id, ada, lambda state: state.shoe.number == 3 and None in state.dealer)
    return table_id


def page(client: Client, table_id: str, number: int) -> Any:
    return client.get(reverse("shoe", args=[table_id, number]))


def file(client: Client, table_id: str, number: int) -> Any:
    return client.get(reverse("shoe_file", args=[table_id, number]))


def seeds_of(table_id: str) -> SecretShoes:
    return SecretShoes(bytes(Table.objects.get(pk=table_id).shoe_secret))


@pytest.mark.parametrize("number", [1, 2])
def test_the_file_of_a_finished_shoe_checks(client: Client, third_shoe: str, number: int):
    response = file(client, third_shoe, number)
    assert response["Content-Type"] == "application/json"
    assert f'filename="shoe-{third_shoe}-{number}.json"' in response["Content-Disposition"]
    (shoe,) = read_shoes(response.content)
    verdict = check(shoe)
    assert verdict.faults == ()
    assert verdict.cards >= 15
    assert shoe.promised == shoe.commitment == commitment(seeds_of(third_shoe).server_seed(number))
    assert (shoe.table_id, shoe.table_name) == (third_shoe, "Corner & <b>Co</b>")
    assert shoe.published_at == shoe.shuffled_at == NOON


def test_a_finished_shoes_page_shows_seeds_and_cards_and_offers_the_check(client: Client, third_shoe: str, ada: Player):
    response = page(client, third_shoe, 2)
    (shoe,) = read_shoes(file(client, third_shoe, 2).content)
    for shown in (
        "Corner &amp; &lt;b&gt;Co&lt;/b&gt;",
        shoe.commitment,
        shoe.server_seed,
        "&lt;i&gt;mine&lt;/i&gt; ♠",
        ada.public_id,
        f'data-file="{reverse("shoe_file", args=[third_shoe, 2])}"',
        f"python -m cardsharp verify-shoe shoe-{third_shoe}-2.json",
    ):
        assert shown in response.text
    assert "<i>" not in response.text
    shown_cards = re.findall(
        r'<li data-place="(\d+)">.*?<span class="card small"[^>]*>([^<]+)</span></li>', response.text
    )
    dealt = [card for played in shoe.rounds for card in played.cards]
    assert shown_cards == [(str(place), card) for place, card in enumerate(dealt, start=1)]
    for played in shoe.rounds:
        assert f'id="{played.round_id}"' in response.text


def test_an_unfinished_shoe_has_no_seed_no_hole_card_and_no_check(client: Client, third_shoe: str):
    response = page(client, third_shoe, 3)
    data = json.loads(file(client, third_shoe, 3).content)
    assert (data["server_seed"], data["cards_dealt"], data["revealed_at"]) == (None, None, None)
    assert data["rounds"][-1]["cards"].count(None) == 1
    assert data["promised"] == data["commitment"] == commitment(seeds_of(third_shoe).server_seed(3))
    assert data["commitment"] in response.text
    assert response.text.count("face down") == 1
    assert "This shoe is in use" in response.text
    assert "js/shoe" not in response.text
    assert "verify-shoe" not in response.text


def test_the_shoe_of_a_table_that_is_closed_in_mid_round_checks(client: Client, store: Store, third_shoe: str):
    close_table(store, third_shoe)
    (shoe,) = read_shoes(file(client, third_shoe, 3).content)
    assert check(shoe).faults == ()


def test_a_shoe_that_was_laid_out_by_hand_fails(
    client: Client, store: Store, table_id: str, ada: Player, settings: Settings
):
    settings.CARDSHARP_STACKED_SHOE = "A♠ 9♥ K♠ 10♦"
    stacked = new_store()
    play(stacked, table_id, ada, "join_table", buy_in=500)
    play_on(stacked, table_id, ada, lambda state: state.shoe.number == 2)
    (shoe,) = read_shoes(file(client, table_id, 1).content)
    (fault,) = check(shoe).faults
    assert re.fullmatch(r"Card [1-4] of round r1 was (A♠|9♥|K♠|10♦), the seeds make it .*\.", fault)


def test_two_entries_of_one_player_are_both_shown(client: Client, third_shoe: str, ada: Player):
    row = LoggedEvent.objects.filter(table=third_shoe, event_type="SHUFFLE").order_by("seq")[2]
    data = json.loads(row.data)
    data["client_seeds"] = [{"player_id": ada.public_id, "seed": seed} for seed in ("one", "two")]
    LoggedEvent.objects.filter(pk=row.pk).update(data=json.dumps(data))
    entries = re.findall(
        r"<li><span>Ada <span[^>]*>p\d+</span></span> <code>(\w+)</code>", page(client, third_shoe, 3).text
    )
    assert entries == ["one", "two"]


def test_the_list_names_every_shoe_and_the_commitment_of_the_coming_one(client: Client, store: Store, third_shoe: str):
    text = client.get(reverse("shoes", args=[third_shoe])).text
    links = re.findall(rf'href="/shoes/{third_shoe}/(\d+)/">Shoe \1</a>\s*<span[^>]*>([^<]*)<', text)
    dealt = [check(read_shoes(file(client, third_shoe, number).content)[0]).cards for number in (2, 1)]
    assert links == [("3", "in use"), ("2", f"{dealt[0]} cards"), ("1", f"{dealt[1]} cards")]
    assert commitment(seeds_of(third_shoe).server_seed(4)) in text
    close_table(store, third_shoe)
    closed = client.get(reverse("shoes", args=[third_shoe])).text
    assert "coming shoe" not in closed
    assert "in use" not in closed


def test_the_list_has_pages(client: Client, third_shoe: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("games.views.shoes.SHOES_A_PAGE", 2)
    second = client.get(reverse("shoes", args=[third_shoe]), {"page": "2"}).text
    assert re.findall(r">Shoe (\d+)</a>\s*<span[^>]*>(\d+) cards<", second)[0][0] == "1"
    assert "coming shoe" not in second
    assert client.get(reverse("shoes", args=[third_shoe]), {"page": "x"}).status_code == 200


def test_a_table_that_has_not_shuffled_has_a_commitment_and_no_shoe(client: Client, table_id: str):
    text = client.get(reverse("shoes", args=[table_id])).text
    assert "Nothing has been dealt here yet" in text
    assert commitment(seeds_of(table_id).server_seed(1)) in text
    assert page(client, table_id, 1).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["nowhere/", "nowhere/1/", "nowhere/1.json", "{}/0/", "{}/4/", "{}/4.json", f"{{}}/{10**30}/", "{}/-1/", "{}/x/"],
)
def test_what_there_is_not_is_not_found(client: Client, third_shoe: str, path: str):
    assert client.get(f"/shoes/{path.format(third_shoe)}").status_code == 404


def test_the_pages_are_read_and_keep_to_the_strict_content_policy(client: Client, third_shoe: str):
    for path in (reverse("shoes", args=[third_shoe]), *(reverse("shoe", args=[third_shoe, n]) for n in (1, 3))):
        response = client.get(path)
        assert "unsafe" not in response["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", response.text)
        assert client.post(path).status_code == 405


def test_a_shoe_costs_its_own_stretch_of_the_log(
    client: Client, third_shoe: str, django_assert_max_num_queries: DjangoAssertNumQueries
):
    with django_assert_max_num_queries(6):
        page(client, third_shoe, 2)
    with django_assert_max_num_queries(5):
        client.get(reverse("shoes", args=[third_shoe]))
    table = Table.objects.get(pk=third_shoe)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        dealt_shoe(table, 2)
    for query in queries.captured_queries:
        plan = explain(query["sql"])
        assert "SCAN" not in plan
        assert "INDEX" in plan


def explain(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return " ".join(str(row[-1]) for row in cursor.fetchall())


def test_a_round_of_ones_history_leads_to_its_shoe(client: Client, third_shoe: str, ada: Player):
    client.force_login(ada)
    text = client.get(reverse("history")).text
    links = set(re.findall(rf'href="/shoes/{third_shoe}/(\d+)/#(r\d+)"', text))
    for number in (1, 2):
        (shoe,) = read_shoes(file(client, third_shoe, number).content)
        assert {(str(number), played.round_id) for played in shoe.rounds} <= links


def test_a_tables_page_leads_to_its_shoes(client: Client, third_shoe: str):
    client.force_login(accounts.create_guest())
    assert f'href="{reverse("shoes", args=[third_shoe])}"' in client.get(reverse("table", args=[third_shoe])).text
