"""What is a fold of the log or a sum of transfers takes no forged form, and nothing is deleted."""

import itertools
from typing import Any

import pytest
from django.test import Client

from games.models import Player, Table
from tests.games.admin.room import MODELS, READ_ONLY, ledger_sum, url_of, written

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("model", "page"),
    # Tables are opened on the page on which others would be added.
    [pair for pair in itertools.product(READ_ONLY, ("add", "change", "delete")) if pair != (Table, "add")],
)
def test_what_is_read_only_takes_no_post(
    client: Client, round_under_way: Table, private_table: Table, boss: Player, model: Any, page: str
):
    before = written()
    row = model.objects.order_by("pk").first()
    fields = {name: value for name, value in model.objects.values().get(pk=row.pk).items() if value is not None}
    forged = {**fields, "name": "forged", "state": "{}", "balance": "9", "balance_cents": "9", "post": "yes"}
    url = url_of(model, page, *([] if page == "add" else [row.pk]))
    assert client.post(url, forged).status_code == 403
    assert written() == before
    assert ledger_sum() == 0


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_deleted_by_an_action(client: Client, round_under_way: Table, boss: Player, model: Any):
    before = written()
    rows = list(model.objects.values_list("pk", flat=True))
    data = {"action": "delete_selected", "_selected_action": rows, "post": "yes", "index": 0}
    client.post(url_of(model, "changelist"), data)
    assert written() == before


def test_a_player_is_never_deleted(client: Client, round_under_way: Table, ada: Player, boss: Player):
    before = written()
    assert client.post(url_of(Player, "delete", ada.pk), {"post": "yes"}).status_code == 403
    assert written() == before
