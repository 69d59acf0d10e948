"""The lobby's pages: what it lists and finds, the best open seat, faces, and what all that costs with many tables."""

import re

import pytest
from django.test import Client
from django.urls import resolve
from pytest_django import DjangoAssertNumQueries, Settings

from cardsharp.blackjack.rules import Rules
from cardsharp.games import GAMES
from games import accounts, listing
from games.models import Account, Arrivals, Player, Table
from games.per_hour import PerHour
from games.store import Store
from tests.games.admin.room import ledger_sum
from tests.games.durable import close_table, open_table, play

pytestmark = pytest.mark.django_db

NAMES = ("🦊 Zoë", "שלום", "<b>Bold</b>")


def named(text: str) -> list[str]:
    """The tables on the page."""
    return re.findall(r'<bdi data-part="name">([^<]*)</bdi>', text)


def test_who_sits_at_a_table_is_shown_by_name_and_face(client: Client, store: Store):
    table = open_table(store)
    for seat, name in enumerate(NAMES, start=1):
        play(store, table, accounts.create_bot(name, chips_cents=1_000_00), "join_table", seat=seat)
    accounts.prefer(Player.objects.get(username=NAMES[0]), {"face": "fox", "face_colour": 6})
    text = client.get("/").text
    assert "🦊 Zoë, שלום, &lt;b&gt;Bold&lt;/b&gt;" in text
    assert "<b>" not in text
    assert 'data-face="6" data-drawing="fox"' in text
    assert "faces.svg#fox" in text
    assert text.count("data-player=") == len(NAMES)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Classic", "Penny", "Rich", "Alone"]),
        ("stakes=low", ["Penny"]),
        ("stakes=middle", ["Classic", "Alone"]),
        ("stakes=high", ["Rich"]),
        ("decks=1", ["Alone"]),
        ("decks=2", ["Penny"]),
        ("decks=more", ["Classic", "Rich"]),
        ("soft17=hits", ["Penny"]),
        ("surrender=any", ["Classic", "Rich"]),
        ("surrender=none", ["Penny", "Alone"]),
        ("pace=quick", ["Rich"]),
        ("pace=untimed", ["Alone"]),
        ("open=on", ["Classic", "Penny", "Rich"]),
        ("open=on&decks=more&soft17=stands&pace=steady", ["Classic"]),
        ("stakes=low&decks=1", []),
        ("stakes=<script>&decks=9&pace=%00&page=99", ["Classic", "Penny", "Rich", "Alone"]),
    ],
)
def test_filters(client: Client, store: Store, ada: Player, query: str, found: list[str]):
    open_table(store, "Classic")
    open_table(store, "Penny", decks=2, dealer_hits_soft_17=True, surrender="none", min_bet_cents=1_00, act_seconds=39)
    open_table(store, "Rich", min_bet_cents=100_00, act_seconds=8)
    alone = open_table(store, "Alone", decks=1, surrender="none", seat_count=1, act_seconds=None)
    play(store, alone, ada, "join_table")
    text = client.get(f"/?{query}").text
    assert named(text) == found
    assert ('data-part="empty" hidden' in text) == bool(found)
    assert "<script>&" not in text


def test_a_search_follows_the_seats_as_they_are_taken_and_given_up(store: Store, ada: Player):
    table = open_table(store, seat_count=1)
    for action, taken in (("join_table", 1), ("leave_table", 0)):
        play(store, table, ada, action)
        assert Table.objects.get().seats_taken == taken
    close_table(store, table)
    assert Table.objects.get().seats_taken == 0


@pytest.mark.parametrize("tables", [10, 10_000])
def test_the_lobby_takes_as_many_queries_for_ten_tables_as_for_ten_thousand(
    client: Client, store: Store, ada: Player, tables: int, django_assert_num_queries: DjangoAssertNumQueries
):
    table = Table.objects.get(pk=open_table(store))
    play(store, table.pk, ada, "join_table")
    table.refresh_from_db()
    copies = []
    for number in range(1, tables):
        table.pk = f"t{number}"
        copies.append(Table(**{field.attname: getattr(table, field.attname) for field in Table._meta.concrete_fields}))
    Table.objects.bulk_create(copies, batch_size=2_000)
    client.force_login(accounts.create_guest())
    client.get("/")
    with django_assert_num_queries(9):
        text = client.get("/").text
    assert text.count('class="lobby-row"') == min(tables, listing.TABLES_A_PAGE)
    assert f"Page 1 of {-(-tables // listing.TABLES_A_PAGE)}" in text
    assert ('data-part="pages" hidden' in text) == (tables <= listing.TABLES_A_PAGE)
    with django_assert_num_queries(10):
        text = client.get("/?open=on&decks=more&page=2").text
    assert ('href="?open=on&amp;decks=more&amp;page=3"' in text) == (tables > 2 * listing.TABLES_A_PAGE)


# -- play now ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def visitor(client: Client, database_threads: None) -> Client:
    return client


def sat_down(client: Client) -> str:
    """The name of the table to which one click leads, or the page where there is none."""
    response = client.post("/play/")
    assert response.status_code == 302
    kwargs = resolve(response["Location"]).kwargs
    return Table.objects.get(pk=kwargs["table_id"]).name if kwargs else response["Location"]


def player_of(client: Client) -> Player:
    return Player.objects.get(pk=client.session["_auth_user_id"])


def test_one_click_makes_a_guest_with_a_seat(visitor: Client, store: Store):
    open_table(store, "Corner")
    assert sat_down(visitor) == "Corner"
    guest = player_of(visitor)
    assert guest.is_guest
    assert Account.objects.get(player=guest, kind="stack").balance_cents == 500_00
    assert Arrivals.objects.get(kind="guest").count == 1
    assert ledger_sum() == 0
    # Another click leads to the same seat.
    assert sat_down(visitor) == "Corner"
    assert Player.objects.count() == 1
    assert "Back to your seat" in visitor.get("/").text


def test_the_best_seat_is_comfortable_with_a_clock_and_with_company(visitor: Client, store: Store, ada: Player):
    open_table(store, "Dear", min_bet_cents=100_00)
    open_table(store, "Beyond", min_buy_in_cents=2_000_00, max_buy_in_cents=9_000_00, default_buy_in_cents=2_000_00)
    untimed = open_table(store, "Untimed", bet_seconds=None, insurance_seconds=None, act_seconds=None)
    open_table(store, "Twenty", min_bet_cents=20_00)
    full = open_table(store, "Full", seat_count=1)
    company = open_table(store, "Company")
    for table in (untimed, full, company):
        play(store, table, ada, "join_table", buy_in=100)
    for expected in ("Company", "Twenty", "Untimed", "Dear"):
        visitor.logout()
        assert sat_down(visitor) == expected
        close_table(store, Table.objects.get(name=expected).pk)
    visitor.logout()
    assert sat_down(visitor) == "Practice"


def test_private_tables_are_no_seat_for_everybody(visitor: Client, store: Store, ada: Player):
    store.open(GAMES["blackjack"], "Secret", Rules(), 0.0, ada.pk, True)
    assert sat_down(visitor) == "Practice"
    page = visitor.get(f"/tables/{Table.objects.get(name='Practice').pk}/").text
    assert "No open seat fits your chips just now. This table is yours alone" in page


def test_a_small_wallet_buys_in_with_what_it_has(visitor: Client, store: Store):
    open_table(store, "Corner")
    poor = accounts.create_bot("Poor", chips_cents=120_50)
    visitor.force_login(poor)
    assert sat_down(visitor) == "Corner"
    assert Account.objects.get(player=poor, kind="stack").balance_cents == 120_50


def test_guests_of_one_address_are_limited_here_too(visitor: Client, store: Store, settings: Settings):
    settings.CARDSHARP_ARRIVALS_PER_HOUR = PerHour(guest=0)
    open_table(store)
    assert visitor.post("/play/").status_code == 429
    assert not Player.objects.exists()


def test_play_now_is_asked_for_by_a_form_of_the_site_alone(store: Store):
    open_table(store)
    strict = Client(enforce_csrf_checks=True)
    assert strict.get("/play/").status_code == 405
    assert strict.post("/play/").status_code == 403
    assert not Player.objects.exists()


# -- faces -------------------------------------------------------------------------------------------------------------


def test_faces_are_told_for_ids_whether_they_are_somebodys_or_not(
    client: Client, ada: Player, django_assert_num_queries: DjangoAssertNumQueries
):
    accounts.prefer(ada, {"face": "owl", "face_colour": 3})
    with django_assert_num_queries(1):
        answer = client.get(f"/faces/?players={ada.public_id},p987654321")
    assert answer.json() == {ada.public_id: ["owl", 3], "p987654321": ["", 987654321 % 8]}


@pytest.mark.parametrize("ids", ["x1", "p", "p0", "p1;drop", "p" + "9" * 30, ",".join(f"p{n}" for n in range(1, 202))])
def test_what_is_no_list_of_ids_is_refused(client: Client, ids: str):
    assert client.get("/faces/", {"players": ids}).status_code == 400
