"""A history of any length: its filters and pages, its files, its statistics and the leaderboard."""

import csv
import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from benchmarks.many_rounds import fill, open_tables
from games import accounts, exports, ledger
from games.leaderboard import place_of, ranked
from games.models import Career, Hand, PlayedRound, Player, Table
from games.played import Place
from games.statistics import Sums, statistics_of
from games.store import Store
from tests.games.durable import open_table, play

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def regular() -> Player:
    return accounts.sign_up(name="Regular", password="correct horse 7")


@pytest.fixture
def tables(regular: Player) -> list[str]:
    """120 rounds, one every five minutes until noon, at three tables in turns."""
    tables = open_tables(3)
    fill(regular, tables, 120, NOW)
    return tables


@pytest.fixture
def client(client: Client, regular: Player) -> Client:
    client.force_login(regular)
    return client


def numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r", round (\d+)</a>", text)]


def pages(client: Client, way: str, address: str) -> Iterator[list[int]]:
    """The rounds of each page, from the one at the address on."""
    while address:
        text = client.get(address).text
        yield numbers(text)
        found = re.search(rf'rel="{way}" href="([^"]+)"', text)
        address = html.unescape(found[1]) if found else ""


def test_every_round_is_on_one_page_older_and_newer(client: Client, tables: list[str]):
    older = list(pages(client, "next", reverse("history")))
    assert [number for page in older for number in page] == list(range(120, 0, -1))
    last = PlayedRound.objects.get(nth=1)
    newer = list(pages(client, "prev", f"{reverse('history')}?after={Place.of(last)}"))
    assert [number for page in reversed(newer) for number in page] == list(range(120, 1, -1))


def test_rounds_of_one_moment_are_all_there(client: Client, tables: list[str]):
    PlayedRound.objects.update(ended_at=NOW)
    older = [number for page in pages(client, "next", reverse("history")) for number in page]
    assert older == list(range(120, 0, -1))


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("table={table}", lambda row, table: row.table_id == table),
        ("game=blackjack", lambda row, table: True),
        ("result=even", lambda row, table: row.net_cents == 0),
        ("result=won&table={table}", lambda row, table: row.net_cents > 0 and row.table_id == table),
        ("since=2026-11-25", lambda row, table: row.ended_at.date().isoformat() == "2026-11-25"),
        ("until=2026-11-25", lambda row, table: True),
        ("until=2026-11-24", lambda row, table: False),
        ("since=9999-12-31", lambda row, table: False),
        ("until=9999-12-31", lambda row, table: True),
    ],
)
def test_a_filter_leaves_what_is_like_that(client: Client, tables: list[str], query: str, wanted):
    query = query.format(table=tables[1])
    shown = [number for page in pages(client, "next", f"{reverse('history')}?{query}") for number in page]
    rows = PlayedRound.objects.select_related("round").order_by("-nth")
    assert shown == [row.round.number for row in rows if wanted(row, tables[1])]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("table=nowhere", "Select a valid choice"),
        ("game=snap", "Select a valid choice"),
        ("result=cheated", "Select a valid choice"),
        ("since=soon", "Enter a valid date"),
        ("since=2026-11-25&until=2026-11-24", "The last day comes before the first"),
        ("before=x", "of no page of the history"),
        ("before=1-99999999999999999999", "of no page of the history"),
        ("before=99999999999999999999999-1", "of no page of the history"),
        ("before=1-1&after=1-1", "of no page of the history"),
        ("before=%00", "of no page of the history"),
        ("table=%00", "Null characters are not allowed|Select a valid choice"),
    ],
)
def test_what_cannot_be_asked_for_is_said(client: Client, tables: list[str], query: str, problem: str):
    for name in ("history", "history_csv", "history_json"):
        response = client.get(f"{reverse(name)}?{query}")
        assert response.status_code == 400
        assert re.search(problem, response.text)
        assert not numbers(response.text)


def test_a_history_is_only_ones_own(client: Client, tables: list[str]):
    client.force_login(accounts.create_guest())
    assert numbers(client.get(reverse("history")).text) == []
    assert client.get(f"{reverse('history')}?table={tables[0]}").status_code == 400


def test_a_private_table_that_one_left_is_named_without_links(client: Client, tables: list[str]):
    Table.objects.filter(pk=tables[0]).update(is_private=True)
    text = client.get(reverse("history")).text
    assert f"/rounds/{tables[0]}/" not in text
    assert f"/rounds/{tables[1]}/" in text


def test_the_pages_cost_the_same_however_long_the_history_is(client: Client, regular: Player):
    def queries() -> list[int]:
        counts = []
        deep = Place.of(PlayedRound.objects.order_by("-nth")[5])
        for path in ("/history/", f"/history/?before={deep}", "/history/statistics/", "/leaderboard/"):
            with CaptureQueriesContext(connection) as context:
                assert client.get(path).status_code == 200
            counts.append(len(context))
        return counts

    fill(regular, open_tables(3), 10, NOW)
    few = queries()
    for model in (Hand, PlayedRound, Career):
        model.objects.all().delete()
    fill(regular, open_tables(3), 10_000, NOW)
    assert queries() == few
    assert max(few) <= 9


# -- files ------------------------------------------------------------------------------------------------------------


async def body_of(response) -> str:
    return b"".join([part async for part in response.streaming_content]).decode()


@pytest.mark.usefixtures("database_threads")
@pytest.mark.django_db(transaction=True)
async def test_the_files_hold_every_round_a_little_at_a_time(
    async_client: AsyncClient, regular: Player, tables: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exports, "AT_ONCE", 50)
    await Table.objects.filter(pk=tables[0]).aupdate(name="=HYPERLINK(1)")
    await async_client.aforce_login(regular)
    response = await async_client.get(reverse("history_csv"))
    assert response["Content-Disposition"] == 'attachment; filename="history.csv"'
    text = await body_of(response)
    assert text.startswith("\ufeffended_at,table,")
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    assert [int(row["round"]) for row in rows] == list(range(120, 0, -1))
    assert {row["table"] for row in rows} == {"'=HYPERLINK(1)", "Table 2", "Table 3"}
    assert sum(float(row["net"]) for row in rows) * 100 == (await Career.objects.aget()).net_cents
    assert rows[0]["hands"].startswith("10♥ 9♣ (19) ")

    response = await async_client.get(f"{reverse('history_json')}?table={tables[0]}")
    found = json.loads(await body_of(response))["rounds"]
    assert len(found) == 40
    assert {row["table"] for row in found} == {"=HYPERLINK(1)"}
    assert found[0]["hands"][0]["cards"] == ["10♥", "9♣"]


@pytest.mark.usefixtures("database_threads")
@pytest.mark.django_db(transaction=True)
async def test_the_files_of_an_empty_history_are_empty(async_client: AsyncClient, regular: Player):
    await async_client.aforce_login(regular)
    assert json.loads(await body_of(await async_client.get(reverse("history_json")))) == {"rounds": []}
    assert (await body_of(await async_client.get(reverse("history_csv")))).count("\n") == 1


# -- statistics -------------------------------------------------------------------------------------------------------


def summed(rows: list[PlayedRound]) -> Sums:
    """What some rounds come to, added up one by one."""
    return Sums(
        rounds=len(rows),
        won=sum(row.net_cents > 0 for row in rows),
        lost=sum(row.net_cents < 0 for row in rows),
        wagered_cents=sum(row.wagered_cents for row in rows),
        net_cents=sum(row.net_cents for row in rows),
        decisions=sum(row.decisions for row in rows),
        by_book=sum(row.by_book for row in rows),
        at=rows[-1].ended_at,
    )


@pytest.mark.parametrize("rounds", [1, 2, 29, 31, 45, 121, 400])
def test_the_parts_add_up_to_the_whole(regular: Player, rounds: int):
    fill(regular, open_tables(1), rounds, NOW)
    rows = list(PlayedRound.objects.order_by("nth"))
    found = statistics_of(regular.pk, None)
    assert found.sums == summed(rows)
    assert found.stretches[0].first == 1
    assert found.stretches[-1].last == rounds
    assert len(found.stretches) <= 32
    for stretch in found.stretches:
        assert stretch.sums == summed(rows[stretch.first - 1 : stretch.last])
    for point in found.points:
        assert point.cents - found.points[-1].cents == -sum(row.net_cents for row in rows[point.nth :])


def test_a_period_has_the_rounds_of_its_days(regular: Player):
    fill(regular, open_tables(1), 1_000, NOW)
    found = statistics_of(regular.pk, 2, NOW)
    rows = list(PlayedRound.objects.filter(ended_at__gte=NOW - timedelta(days=2)).order_by("nth"))
    assert 500 < len(rows) < 1_000
    assert found.sums == summed(rows)
    assert statistics_of(regular.pk, 2, NOW + timedelta(days=9)).sums.rounds == 0


def test_the_bankroll_ends_with_all_chips_that_there_are(store: Store, settings: Settings, regular: Player):
    settings.CARDSHARP_STACKED_SHOE = " ".join(["10♠ 9♥ 10♥ 9♦"] * 3)
    ledger.grant(regular, 77_00, "for being good")
    table_id = open_table(store, pause_seconds=0, bet_seconds=None)
    play(store, table_id, regular, "join_table")
    for _ in range(3):
        play(store, table_id, regular, "place_bet", amount=10)
        play(store, table_id, regular, "player_action", action="STAND")
    chips = ledger.balance_of(regular.pk) + ledger.stack(regular.pk, table_id).balance_cents
    assert statistics_of(regular.pk, None).points[-1].cents == chips == accounts.starting_cents() + 77_00 + 30_00


def test_the_page_tells_the_figures_in_a_table(client: Client, regular: Player, tables: list[str]):
    text = client.get(reverse("statistics")).text
    assert text.count('role="img"') == 4
    assert len(re.findall(r'<th scope="row">\d+(?: to \d+)?</th>', text)) == 30
    assert ">90.0 %" in text
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", text)
    assert client.get(reverse("statistics"), {"period": "century"}).status_code == 404


def test_without_a_round_there_are_no_charts(client: Client):
    text = client.get(reverse("statistics")).text
    assert "You have not finished a round yet" in text
    assert '<svg viewBox="0 0 720' not in text


# -- the leaderboard --------------------------------------------------------------------------------------------------


def career(name: str, decisions: int, by_book: int, net_cents: int = 0, **changes: object) -> Career:
    player = accounts.sign_up(name=name, password="correct horse 7")
    Player.objects.filter(pk=player.pk).update(**changes)
    totals = {"rounds": decisions, "decisions": decisions, "by_book": by_book}
    public = {f"public_{key}": value for key, value in totals.items()}
    return Career.objects.create(
        player=player, **totals, **public, public_wagered_cents=decisions * 10_00, public_net_cents=net_cents
    )


def test_who_decides_best_comes_first_whatever_they_won(client: Client, regular: Player):
    career("Lucky", 300, 150, net_cents=9_000_00)
    career("Careful", 300, 297, net_cents=-500_00)
    career("Steady", 900, 891)
    career("Newcomer", 199, 199)
    career("Robot", 900, 900, is_bot=True)
    career("Visitor", 900, 900, is_guest=True)
    career("Banned", 900, 900, is_active=False)
    Career.objects.filter(player__username="Steady").update(decisions=0, by_book=0)
    assert [each.player.username for each in ranked()] == ["Steady", "Careful", "Lucky"]
    assert [place_of(each) for each in ranked()] == [1, 2, 3]
    text = client.get(reverse("leaderboard")).text
    assert re.findall(r'<th scope="row">(\w+)', text) == ["Steady", "Careful", "Lucky"]
    assert "−16.67" in text
    assert "+300.00" in text
    assert "another 200 decisions" in text


def test_the_viewer_finds_their_own_place(client: Client, regular: Player, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("games.views.leaderboard.PLACES", 1)
    career("Better", 300, 300)
    fill(regular, open_tables(1), 300, NOW)
    text = client.get(reverse("leaderboard")).text
    assert "You are number 2: 90.00 % of 300 decisions by the book." in text
    assert "Regular (you)" not in text


def test_anybody_may_look(tables: list[str]):
    assert Client().get(reverse("leaderboard")).status_code == 200
