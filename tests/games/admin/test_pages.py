"""The pages show staff what they need and nobody else anything, and keep the shoe's secret."""

import base64
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from cardsharp.shoe import SecretShoes, commitment
from games.models import Account, LoggedEvent, Player, Round, Table, Token, Transfer
from tests.games.admin.room import clerk, pages, url_of

pytestmark = pytest.mark.django_db


def test_staff_see_every_page_and_no_shoe_secret(
    client: Client, round_under_way: Table, private_table: Table, boss: Player
):
    secret = bytes(round_under_way.shoe_secret)
    shoes = SecretShoes(secret)
    hidden = [form for raw in (secret, shoes.server_seed(1), shoes.server_seed(2)) for form in spellings(raw)]
    digest = Token.objects.get().digest
    for url in pages():
        response = client.get(url)
        assert response.status_code == 200, url
        assert not [text for text in (*hidden, digest) if text in response.text], url


def spellings(raw: bytes) -> Iterator[str]:
    """The forms in which bytes find their way onto pages."""
    yield raw.hex()
    yield raw.hex().upper()
    yield repr(raw)[2:-1]
    yield base64.b64encode(raw).decode().rstrip("=")
    yield base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_pages_for_staff_keep_to_the_strict_content_policy(
    client: Client, round_under_way: Table, private_table: Table, boss: Player
):
    for url in pages():
        response = client.get(url)
        assert "unsafe" not in response["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*json)|<style|\sstyle=|\son[a-z]+=", response.text), url


@pytest.mark.parametrize("who", ["nobody", "player"])
def test_who_is_not_staff_sees_nothing(
    client: Client, round_under_way: Table, private_table: Table, ada: Player, who: str
):
    if who == "player":
        client.force_login(ada)
    for url in pages():
        response = client.get(url)
        assert response.status_code == 302, url
        assert response["Location"].startswith(reverse("admin:login"))


def test_staff_without_permissions_are_refused(client: Client, round_under_way: Table, private_table: Table):
    clerk(client)
    for url in set(pages()) - {reverse("admin:index")}:
        assert client.get(url).status_code == 403, url


def test_the_answers_to_requests_are_not_shown(client: Client, boss: Player):
    assert "answer" not in client.get(reverse("admin:index")).text.lower()


def test_a_table_is_listed_with_rules_stakes_seats_and_phase(client: Client, round_under_way: Table, boss: Player):
    text = client.get(url_of(Table, "changelist"), {"q": "corner"}).text
    for shown in ("Corner &amp; &lt;b&gt;Co&lt;/b&gt;", "6D S17 DAS LS 3:2", "10 to 500", "1 of 5", "playing"):
        assert shown in text


def test_a_table_shows_who_sits_there_and_the_commitment_of_its_shoe(
    client: Client, round_under_way: Table, ada: Player, boss: Player
):
    text = client.get(url_of(Table, "change", round_under_way.pk)).text
    seed = SecretShoes(bytes(round_under_way.shoe_secret)).server_seed(1)
    for shown in ("500", "Q♥ K♥ = 20", "9♦ hole card = 9", commitment(seed)):
        assert shown in text
    assert url_of(Player, "change", ada.pk) in text
    assert f"{url_of(Round, 'changelist')}?table={round_under_way.pk}" in text


def test_a_round_shows_its_hands_and_its_events(client: Client, round_under_way: Table, boss: Player):
    text = client.get(url_of(Round, "change", Round.objects.get().pk)).text
    for shown in ("Q♠ K♠", "9♥ 10♦", "Player bet", "amount 10", "Ada (seat 1)", "Round ended"):
        assert shown in text
    assert text.count("Round started") == 1


def test_a_player_shows_chips_ledger_hands_and_tokens(
    client: Client, round_under_way: Table, ada: Player, boss: Player
):
    text = client.get(url_of(Player, "change", ada.pk)).text
    for shown in ("chips to begin with", "from the wallet to a table", "Q♠ K♠", "laptop", "500", "510"):
        assert shown in text


@pytest.mark.parametrize(
    ("model", "query", "count"),
    [
        (LoggedEvent, {"event_type": "PLAYER_BET"}, 2),
        (LoggedEvent, {"event_type": "PLAYER_BET", "table": "{table}"}, 2),
        (LoggedEvent, {"table": "nowhere"}, 0),
        (LoggedEvent, {"q": "nowhere"}, 0),
        (Round, {"q": "corner"}, 1),
        (Round, {"q": "{table}"}, 1),
        (Round, {"player": "{ada}"}, 1),
        (Round, {"player": "{boss}"}, 0),
        (Round, {"player": "x"}, 0),
        (Transfer, {"player": "{ada}"}, 3),
        (Transfer, {"player": "9" * 30}, 0),
        (Token, {"player": "{ada}"}, 1),
        (Account, {"player": "{ada}"}, 2),
        (Account, {"q": "corner"}, 2),
    ],
)
def test_lists_are_filtered_and_searched(
    client: Client, round_under_way: Table, ada: Player, boss: Player, model: type, query: dict[str, str], count: int
):
    given = {name: text.format(table=round_under_way.pk, ada=ada.pk, boss=boss.pk) for name, text in query.items()}
    response = client.get(url_of(model, "changelist"), given)
    assert response.status_code == 200
    assert response.context["cl"].result_count == count
