"""The day's chips: for who has run out, once, by one transfer, and never twice however often one clicks."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from games import accounts, daily_chips, ledger
from games.models import Player, Transfer
from games.store import Store
from games.verification import verify
from tests.games.admin.room import ledger_sum
from tests.games.durable import at_once, open_table, play

pytestmark = pytest.mark.django_db
TAKE = "/account/daily-chips/"


def broke(cents: int = 20_00) -> Player:
    return accounts.create_bot("Poor", chips_cents=cents)


def taken() -> list[int]:
    return list(Transfer.objects.filter(reason="daily").values_list("amount_cents", flat=True))


def test_who_has_run_out_is_filled_up_once_a_day(client: Client, settings: Settings):
    player = broke()
    client.force_login(player)
    assert "Take 480 chips" in client.get("/").text
    response = client.post(TAKE, {"next": "/history/"})
    assert response["Location"] == "/history/"
    assert (ledger.balance_of(player.pk), taken()) == (500_00, [480_00])
    assert "run out" not in client.get("/").text
    # Out of chips once more on the same day, then a day later.
    settings.CARDSHARP_DAILY_CHIPS, settings.CARDSHARP_DAILY_CHIPS_BELOW = 1_000, 600
    assert "There are more tomorrow" in client.get("/").text
    client.post(TAKE)
    assert taken() == [480_00]
    Player.objects.update(daily_chips_on=timezone.now().date() - timedelta(days=1))
    client.post(TAKE)
    assert taken() == [500_00, 480_00]
    assert ledger_sum() == 0
    assert verify() == []


def test_chips_at_tables_count(client: Client, store: Store):
    player = broke(120_00)
    play(store, open_table(store), player, "join_table", buy_in=120)
    client.force_login(player)
    assert ledger.balance_of(player.pk) == 0
    assert "run out" not in client.get("/").text
    client.post(TAKE)
    assert taken() == []


def test_nothing_is_given_where_the_settings_say_so(client: Client, settings: Settings):
    settings.CARDSHARP_DAILY_CHIPS = 0
    client.force_login(broke())
    client.post(TAKE)
    assert taken() == []


def test_only_by_a_form_and_only_to_somebody(client: Client):
    assert client.get(TAKE).status_code == 405
    assert client.post(TAKE)["Location"].startswith("/account/log-in/")


@pytest.mark.usefixtures("database_threads")
def test_two_clicks_at_once_give_once():
    player = broke()
    results = at_once(*[lambda: daily_chips.take(player)] * 4)
    assert sorted(type(result).__name__ for result in results) == ["NotNow", "NotNow", "NotNow", "int"]
    assert (ledger.balance_of(player.pk), taken()) == (500_00, [480_00])
