"""The page that shows basic strategy: the chart of any placard, and one message for what is none."""

from __future__ import annotations

import re
import time

import pytest
from django.test import Client
from django.urls import reverse

from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.strategy_chart import Chart, chart
from cardsharp.games import GAMES
from games.models import Table
from games.store import Store

pytestmark = pytest.mark.django_db


def rows_of(text: str) -> list[tuple[str, ...]]:
    """Each line of the page's charts: the hand, and the codes beside it."""
    lines = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', text)
    return [(hand, *re.findall(r"<td[^>]*>(.*?)</td>", cells)) for hand, cells in lines]


def rows_in(shown: Chart) -> list[tuple[str, ...]]:
    return [(row.hand, *row.codes) for row in (*shown.early, *shown.hard, *shown.soft, *shown.pairs)]


def test_without_rules_it_is_the_classic_table(client: Client):
    response = client.get(reverse("strategy"))
    assert response.status_code == 200
    assert rows_of(response.text) == rows_in(chart(Rules()))
    assert 'value="6D S17 DAS LS 3:2"' in response.text


@pytest.mark.parametrize("placard", ["1D H17 NDAS ES", "2d ls enhc d9-11", "6D SP1 NI · BET5-100/5"])
def test_the_rules_of_the_address_are_shown(client: Client, placard: str):
    response = client.get(reverse("strategy"), {"rules": placard})
    assert rows_of(response.text) == rows_in(chart(Rules.parse(placard)))
    assert f'value="{Rules.parse(placard)}"' in response.text


def test_every_cell_has_its_heads_and_says_its_move_in_letters(client: Client):
    text = client.get(reverse("strategy"), {"rules": "2D ES"}).text
    tables = re.findall(r'<table class="chart".*?</table>', text, re.DOTALL)
    assert len(tables) == 4
    for table in tables:
        assert table.count("<caption>") == 1
        columns = table.count('<th scope="col">') - 1
        for line in rows_of(table):
            assert len(line) == columns + 1
            assert all(line)


@pytest.mark.parametrize(
    ("placard", "reason"),
    [("6D H18", "H18 is no rule"), ("9D", "1 to 8 decks"), ("<b>", "&lt;B&gt; is no rule"), ("\0", "is no rule")],
)
def test_a_bad_placard_gets_one_message_and_can_be_mended(client: Client, placard: str, reason: str):
    response = client.get(reverse("strategy"), {"rules": placard})
    assert response.status_code == 400
    assert response.text.count('role="alert"') == 1
    assert reason in response.text
    assert 'name="rules"' in response.text
    assert "<table" not in response.text
    assert "<b>" not in response.text


def test_it_only_reads_and_keeps_to_the_strict_policy(client: Client):
    assert client.post(reverse("strategy")).status_code == 405
    response = client.get(reverse("strategy"))
    assert "unsafe" not in response["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", response.text)


def test_a_table_leads_to_the_strategy_for_its_own_rules(client: Client):
    rules = Rules.parse("2D H17 NDAS NS 6:5 · BET5-100/5")
    Store(lambda table_id, seated: 0).open(GAMES["blackjack"], "Corner", rules, time.time())
    text = client.get(reverse("table", args=[Table.objects.get().table_id])).text
    link = re.search(r'href="(/strategy/\?rules=[^"]+)"', text)
    assert link is not None
    assert f'value="{rules}"' in client.get(link[1]).text
