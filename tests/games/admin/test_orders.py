"""The house pauses tables, lets them go on, says who may sit down, and closes them as it chooses."""

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.admin.models import LogEntry
from django.test import Client

from cardsharp import errors
from cardsharp.events.ports import PlayerInfo
from cardsharp.games import GAMES
from games import accounts, database, ledger
from games.models import Account, Member, Player, Table, Transfer
from games.runtime import runtime
from games.store import Store
from games.verification.tables import check_table
from tests.games.admin.room import act, clerk, close_url, ledger_sum, open_table, url_of, written

pytestmark = pytest.mark.django_db
through_the_host = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def host() -> Iterator[None]:
    yield
    database.close()


def order(client: Client, name: str, table: Table, **given: str) -> Any:
    return client.post(f"{url_of(Table, name)}?table={table.pk}", {"reason": "fire drill", **given})


def seat(client: Client, table: Table, **given: str) -> Any:
    return client.post(url_of(Table, "seating", table.pk), {"reason": "finals", **given})


def view_of(table: Table) -> dict[str, Any]:
    row = Table.objects.get(pk=table.pk)
    return GAMES[row.game].view(GAMES[row.game].load(row.state), 0)


@pytest.mark.parametrize("page", ["pause", "resume", "close", "seating"])
def test_orders_need_the_permission_to_change_tables(client: Client, round_under_way: Table, page: str):
    clerk(client, "view_table")
    before = written()
    url = url_of(Table, page, round_under_way.pk) if page == "seating" else url_of(Table, page)
    query = {"reason": "x", "cards": "refund", "open_to": "nobody"}
    assert client.post(f"{url}?table={round_under_way.pk}", query).status_code == 403
    text = client.get(url_of(Table, "change", round_under_way.pk)).text
    assert "Pause the table" not in text
    assert "Who may sit down</a>" not in text
    assert written() == before


@through_the_host
def test_a_paused_table_plays_its_round_to_the_end_and_takes_no_bet_until_it_goes_on(
    client: Client, store: Store, round_under_way: Table, ada: Player, boss: Player
):
    order(client, "pause", round_under_way)
    assert (view_of(round_under_way)["phase"], view_of(round_under_way)["paused"]) == ("playing", "fire drill")
    act(store, round_under_way, ada, "player_action", action="STAND")
    assert view_of(round_under_way)["phase"] == "paused"
    with pytest.raises(errors.TablePaused):
        act(store, round_under_way, ada, "place_bet", amount=10)
    text = client.get(url_of(Table, "change", round_under_way.pk)).text
    assert "fire drill" in text
    assert "Let it go on" in text
    order(client, "resume", round_under_way)
    assert view_of(round_under_way)["phase"] == "betting"
    act(store, round_under_way, ada, "place_bet", amount=10)
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == [
        "Paused: fire drill",
        "Let go on: fire drill",
    ]
    check_table(Table.objects.get())


@through_the_host
def test_pausing_twice_is_refused_and_leaves_no_line(client: Client, round_under_way: Table, boss: Player):
    order(client, "pause", round_under_way)
    before = written()
    order(client, "pause", round_under_way)
    assert written() == before
    assert LogEntry.objects.count() == 1


@through_the_host
def test_bets_that_lie_before_the_deal_come_back_with_a_pause(
    client: Client, store: Store, table: Table, ada: Player, boss: Player
):
    ben = accounts.sign_up(name="Ben", password="a long evening 9")
    act(store, table, ada, "join_table")
    act(store, table, ben, "join_table")
    act(store, table, ada, "place_bet", amount=100)
    order(client, "pause", table)
    view = view_of(table)
    assert view["phase"] == "paused"
    assert [(seat["stack"], seat["bet"], seat["status"]) for seat in view["seats"]] == [(500, 0, "active")] * 2
    check_table(Table.objects.get())


@through_the_host
@pytest.mark.parametrize(("cards", "won_cents"), [("refund", 10_00), ("play_out", 20_00)])
def test_closing_in_mid_round_gives_bets_back_or_plays_the_cards_out(
    client: Client, round_under_way: Table, ada: Player, boss: Player, cards: str, won_cents: int
):
    client.post(close_url(round_under_way), {"reason": "fire drill", "cards": cards})
    assert not Table.objects.get().is_open
    assert ledger.balance_of(ada.pk) == accounts.starting_cents() + won_cents
    assert set(Account.objects.filter(kind="stack").values_list("balance_cents", flat=True)) == {0}
    assert ledger_sum() == 0
    assert LogEntry.objects.get().change_message.startswith("Closed after" if cards == "play_out" else "Closed:")
    check_table(Table.objects.get())


@through_the_host
def test_what_was_lost_in_the_round_comes_back_by_the_ledger(
    client: Client, store: Store, settings: Any, ada: Player, boss: Player
):

    settings.CARDSHARP_STACKED_SHOE = "10♠ A♦ 6♠ 7♦ 2♥"
    table = open_table(store, "Insured")
    act(store, table, ada, "join_table")
    act(store, table, ada, "place_bet", amount=20)
    act(store, table, ada, "player_action", action="INSURANCE", amount=10)
    assert Transfer.objects.get(reason="insurance").source.kind == "stack"
    client.post(close_url(table), {"reason": "fire drill", "cards": "refund"})
    assert Transfer.objects.filter(reason="insurance", target__kind="stack", amount_cents=10_00).exists()
    assert ledger.balance_of(ada.pk) == accounts.starting_cents()
    check_table(Table.objects.get())


async def take_seat(table: Table, player: Player) -> None:
    info = PlayerInfo(player_id=player.public_id, name=player.username, balance_cents=0, may_act=True, credential="")
    await runtime().tables.act(table.pk, info, "join_table", {})


@through_the_host
def test_a_table_is_open_to_its_members_only_and_to_everybody_again(
    client: Client, table: Table, ada: Player, boss: Player
):

    join = async_to_sync(take_seat)
    ben = accounts.sign_up(name="Ben", password="a long evening 9")
    assert seat(client, table, open_to="members", members="Nobody").status_code == 400
    assert not Member.objects.exists()
    seat(client, table, open_to="members", members="ada")
    with pytest.raises(errors.NotAdmitted):
        join(table, ben)
    join(table, ada)
    assert client.get(f"/tables/{table.pk}/").status_code == 200
    assert "members only" in client.get("/").text
    seat(client, table, open_to="everybody")
    join(table, ben)
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == [
        "Open to members (new members: Ada): finals",
        "Open to everybody: finals",
    ]
    check_table(Table.objects.get())
