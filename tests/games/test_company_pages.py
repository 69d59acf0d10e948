"""House players by the host's buttons and by staff: who may, what is said, and what the audit keeps."""

import pytest
from asgiref.sync import async_to_sync
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from cardsharp.blackjack.rules import Rules
from cardsharp.events.ports import PlayerInfo
from games import accounts
from games.models import Player
from games.runtime import runtime
from games.verification import verify
from tests.games.admin.room import clerk

pytestmark = pytest.mark.usefixtures("database_threads")

RULES = Rules(bet_seconds=None, insurance_seconds=None, act_seconds=None, seat_count=3)


def table_of(player: Player) -> str:
    return async_to_sync(runtime().tables.open)("blackjack", "Ours", RULES, player.pk)


def sit(player: Player, table_id: str) -> None:
    info = PlayerInfo(player_id=player.public_id, name=player.username, balance_cents=0)
    async_to_sync(runtime().tables.act)(table_id, info, "join_table", {})


def house_players(table_id: str) -> int:
    view = async_to_sync(runtime().tables.snapshot)(table_id).view
    return sum(seat["is_house"] for seat in view["seats"])


def deed(name: str, table_id: str) -> str:
    return reverse(name, args=[table_id])


def test_the_host_has_buttons_that_seat_one_and_send_it_away(client: Client):
    guest = accounts.create_guest()
    client.force_login(guest)
    table_id = table_of(guest)
    assert "Take a seat first" in client.post(deed("house_player_seat", table_id), follow=True).text
    sit(guest, table_id)
    page = client.post(deed("house_player_seat", table_id), follow=True)
    assert page.redirect_chain == [(reverse("table", args=[table_id]), 302)]
    assert 'house<span class="visually-hidden"> player</span>' in page.text
    assert house_players(table_id) == 1
    assert "last free seat" in client.post(deed("house_player_seat", table_id), follow=True).text
    client.post(deed("house_players_leave", table_id))
    assert house_players(table_id) == 0
    assert verify() == []


def test_nobody_else_has_them(client: Client):
    host, other = accounts.create_guest(), accounts.create_guest()
    table_id = table_of(host)
    sit(host, table_id)
    for name in ("house_player_seat", "house_players_leave"):
        assert client.post(deed(name, table_id)).status_code == 302  # to log in
        assert client.get(deed(name, table_id)).status_code == 405
    client.force_login(other)
    assert "Seat a house player" not in client.get(reverse("table", args=[table_id])).text
    for name in ("house_player_seat", "house_players_leave"):
        assert client.post(deed(name, table_id)).status_code == 403
        assert client.post(deed(name, "nowhere")).status_code == 404
    assert house_players(table_id) == 0


def test_staff_seat_and_send_away_with_a_reason_in_the_audit(client: Client):
    host = accounts.create_guest()
    table_id = table_of(host)
    sit(host, table_id)
    clerk(client, "change_table", "view_table")
    chosen = {"_selected_action": [table_id], "index": 0}
    asked = client.post(
        reverse("admin:games_table_changelist"), {"action": "seat_house_players", **chosen}, follow=True
    )
    assert "Seat house players" in asked.text
    url = asked.redirect_chain[-1][0]
    assert client.post(url, {"reason": ""}).status_code == 400
    assert house_players(table_id) == 0
    assert "Seated the house player" in client.post(url, {"reason": "a quiet evening"}, follow=True).text
    assert house_players(table_id) == 1
    assert "last free seat" in client.post(url, {"reason": "more"}, follow=True).text
    leave = reverse("admin:games_table_company", args=["leave"]) + f"?table={table_id}"
    assert "Sent away house players: 1" in client.post(leave, {"reason": "enough"}, follow=True).text
    assert house_players(table_id) == 0
    told = list(LogEntry.objects.order_by("id").values_list("change_message", flat=True))
    assert ["a quiet evening" in told[0], "enough" in told[1], len(told)] == [True, True, 2]


def test_staff_without_the_permission_may_not(client: Client):
    clerk(client, "view_table")
    url = reverse("admin:games_table_company", args=["seat"]) + "?table=x"
    assert client.post(url, {"reason": "why not"}).status_code == 403
    assert client.get(reverse("admin:games_table_company", args=["dance"])).status_code == 403
