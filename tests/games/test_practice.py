"""Practice tables: one click, one player, chips from nowhere, hints and reviews, and nothing of it elsewhere."""

import time
from typing import Any

import msgspec
import pytest
from asgiref.sync import async_to_sync
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import Settings

from cardsharp import errors
from cardsharp.blackjack.rules import Rules
from cardsharp.events.clients import Client
from cardsharp.events.ports import PlayerInfo
from games import accounts, advice, ledger
from games.models import Account, Hand, Invitation, LoggedEvent, Player, Table, Transfer
from games.practice import rules_for_one, sit_down
from games.runtime import runtime
from games.store import Store
from games.tables import Tables
from games.verification import verify
from tests.games.admin.room import ledger_sum, written
from tests.games.durable import NOON, Clock, open_table, play
from tests.games.typed import typed_in

pytestmark = pytest.mark.usefixtures("database_threads")

SIXTEEN = "10♠ 10♥ 6♠ 9♦ 5♣"
HOUR = 3_600


def practise(browser: Browser, **data: str) -> Table:
    answer = browser.post(reverse("practice"), data)
    assert answer.status_code == 302
    table = Table.objects.get(is_practice=True, is_open=True)
    assert answer["Location"] == reverse("table", args=[table.pk])
    return table


def view_of(table: Table) -> dict[str, Any]:
    return async_to_sync(runtime().tables.snapshot)(table.pk).view


def client_of(player: Player | None) -> Client:
    return Client(
        key="socket",
        address="192.0.2.1",
        client_id="c-1",
        player_id=player.public_id if player else None,
        player_name=player.username if player else None,
        subscriptions={},
        connected_at=NOON,
        last_heard_at=NOON,
        messages_in=1,
        messages_out=1,
        refusals=0,
    )


def ask(what: str, player: Player | None, table_id: str) -> Any:
    """What the site answers to the message of a client."""
    message = runtime().handler.extensions.messages[what]
    return async_to_sync(message.handle)(client_of(player), advice.PracticeTable(table_id))


def act(player: Player, table: Table, what: str, /, **data: Any) -> None:
    info = PlayerInfo(player_id=player.public_id, name=player.username, balance_cents=0)
    async_to_sync(runtime().tables.act)(table.pk, info, what, data)


@pytest.fixture
def sixteen(settings: Settings, client: Browser) -> Table:
    """A guest's practice table, with a sixteen against a ten to decide about."""
    settings.CARDSHARP_STACKED_SHOE = SIXTEEN
    table = practise(client)
    assert table.made_by
    act(table.made_by, table, "place_bet", amount=50)
    return table


# -- the table --------------------------------------------------------------------------------------------------------


def test_one_click_makes_a_visitor_a_guest_at_a_table_of_their_own(client: Browser):
    table = practise(client)
    guest = Player.objects.get()
    view = view_of(table)
    assert (table.made_by, table.is_private, guest.is_guest) == (guest, True, True)
    assert [seat["player_id"] for seat in view["seats"]] == [guest.public_id]
    assert (view["seat_count"], view["phase"], view["deadline"]) == (1, "betting", None)
    page = client.get(reverse("table", args=[table.pk])).text
    assert "for practice" in page
    assert "these chips neither come from your wallet nor go there" in page
    assert 'data-part="hint"' in page
    assert not Invitation.objects.exists()


def test_the_second_click_leads_back_to_the_same_table_and_seat(client: Browser):
    table = practise(client)
    guest = Player.objects.get()
    assert practise(client) == table
    act(guest, table, "leave_table")
    assert practise(client, rules=" ") == table
    assert len(view_of(table)["seats"]) == 1


def test_other_rules_take_the_place_of_the_table_that_was_there(client: Browser):
    first = practise(client)
    second = practise(client, rules="1D H17 NDAS NS 6:5 · SEATS7 EACH2 T5/5/5")
    assert (first.pk, view_of(first)["phase"]) != (second.pk, "closed") == (second.pk, view_of(first)["phase"])
    assert view_of(second)["rules"].startswith("1D H17 NDAS NS 6:5 · SEATS2 EACH2 UNTIMED")
    assert practise(client, rules="1D H17 NDAS NS 6:5 · EACH2 UNTIMED SEATS3") == second
    assert practise(client) == second


def test_rules_that_cannot_be_change_nothing(client: Browser):
    before = written()
    answer = client.post(reverse("practice"), {"rules": "9D"}, follow=True)
    assert "Nobody can practise with these rules" in answer.text
    assert written() == before
    assert client.get(reverse("practice")).status_code == 405


def test_the_form_for_any_rules_has_a_button_to_practise_them(client: Browser):
    client.force_login(accounts.create_guest())
    form = typed_in(client.get("/tables/new/", {"rules": "2D H17"}).text)
    assert client.post("/tables/new/", form | {"practice": "1"}).status_code == 302
    assert view_of(Table.objects.get())["rules"] == str(rules_for_one(Rules.parse("2D H17")))


def test_it_does_not_count_among_the_tables_that_one_may_make(client: Browser, settings: Settings):
    settings.CARDSHARP_TABLES_PER_PLAYER = 1
    practise(client)
    opened = async_to_sync(runtime().tables.open)("blackjack", "Ours", Rules(), Player.objects.get().pk)
    assert Table.objects.get(pk=opened).is_practice is False
    assert [str(table) for table in client.get("/tables/new/").context["own"]] == ["Ours"]


def test_nobody_else_finds_it_and_nobody_can_be_invited(client: Browser):
    table = practise(client)
    other = Browser()
    other.force_login(accounts.create_guest())
    assert other.get(reverse("table", args=[table.pk])).status_code == 404
    assert table.pk not in other.get("/").text
    assert client.post(reverse("invite", args=[table.pk]), {"lasts": "1", "most_uses": "1"}).status_code == 404
    assert "Invitations" not in client.get(reverse("table", args=[table.pk])).text


async def test_it_closes_when_nothing_is_done_there_for_an_hour(tables: Tables, clock: Clock, ada: Player):
    table_id = await sit_down(tables, ada, None)
    info = PlayerInfo(player_id=ada.public_id, name="Ada", balance_cents=0)
    clock.now += HOUR - 1
    await tables.act(table_id, info, "sit_out", {})
    clock.now += HOUR - 1
    with pytest.raises(errors.WrongPhase):
        await tables.call_time(table_id)
    clock.now += 1
    assert (await tables.due())[0] == [table_id]
    await tables.call_time(table_id)
    assert (await tables.snapshot(table_id)).view["phase"] == "closed"
    assert await sit_down(tables, ada, None) != table_id


# -- the chips --------------------------------------------------------------------------------------------------------


def test_its_chips_neither_come_from_the_wallet_nor_go_there(sixteen: Table):
    guest = Player.objects.get()
    before = ledger.balance_of(guest.pk)
    act(guest, sixteen, "player_action", action="STAND")
    assert Hand.objects.get().net_cents == -50_00
    assert ledger.practice(sixteen.pk, guest.pk).balance_cents == 450_00
    assert ledger.balance_of(guest.pk) == before == 1_000_00
    assert {account.kind for account in Account.objects.filter(table=sixteen)} == {"practice"}
    assert verify() == []
    act(guest, sixteen, "leave_table")
    assert ledger.balance_of(guest.pk) == before
    assert set(Account.objects.filter(table=sixteen).values_list("balance_cents", flat=True)) == {0}
    assert (verify(), ledger_sum()) == ([], 0)


def test_practice_chips_that_went_to_a_wallet_are_found(sixteen: Table):
    guest = Player.objects.get()
    bought = Transfer.objects.get(table=sixteen)
    wallet, own_side = ledger.wallet(guest.pk), bought.source
    Transfer.objects.filter(pk=bought.pk).update(source=wallet)
    Account.objects.filter(pk=wallet.pk).update(balance_cents=wallet.balance_cents - bought.amount_cents)
    Account.objects.filter(pk=own_side.pk).update(balance_cents=0)
    assert [text for text in verify() if "buy_in, is from wallet" in text]


def test_a_practice_table_that_would_never_close_is_found(sixteen: Table):
    Table.objects.update(closes_at=None, deadline_at=None)
    assert [text for text in verify() if "closes_at is None, but it is for practice" in text]


# -- advice -----------------------------------------------------------------------------------------------------------


def test_a_hint_is_what_basic_strategy_does_with_the_hand_that_is_asked(sixteen: Table):
    guest = Player.objects.get()
    hint = ask("get_hint", guest, sixteen.pk)
    assert (hint.action, hint.seat, hint.hand_id) == ("SURRENDER", 1, "h1")
    act(guest, sixteen, "player_action", action=hint.action, request_id=hint.request_id)
    with pytest.raises(errors.WrongPhase):
        ask("get_hint", guest, sixteen.pk)


def test_a_review_has_every_decision_beside_basic_strategys(sixteen: Table, client: Browser):
    guest = Player.objects.get()
    assert ask("get_review", guest, sixteen.pk) == advice.Review(round_number=None, decisions=[])
    act(guest, sixteen, "player_action", action="HIT")
    review = ask("get_review", guest, sixteen.pk)
    assert review.round_number == 1
    (decision,) = [msgspec.to_builtins(decision) for decision in review.decisions]
    assert decision == {
        "seat": 1,
        "hand_id": "h1",
        "cards": ["10♠", "6♠"],
        "value": 16,
        "is_soft": False,
        "up_card": "10♥",
        "action": "HIT",
        "advised": "SURRENDER",
    }


@pytest.mark.parametrize("what", ["get_hint", "get_review"])
def test_at_a_table_where_chips_are_won_there_is_no_advice(what: str, store: Store, ada: Player):
    table_id = open_table(store, at=time.time())
    play(store, table_id, ada, "join_table")
    play(store, table_id, ada, "place_bet", amount=10)
    before = LoggedEvent.objects.count()
    for player in (ada, None):
        with pytest.raises(errors.Forbidden, match="practice tables only"):
            ask(what, player, table_id)
    assert LoggedEvent.objects.count() == before


@pytest.mark.parametrize("what", ["get_hint", "get_review"])
def test_of_somebody_elses_practice_nothing_is_told(what: str, sixteen: Table, ada: Player):
    for player in (ada, None):
        with pytest.raises(errors.UnknownTable):
            ask(what, player, sixteen.pk)
    with pytest.raises(errors.UnknownTable):
        ask(what, ada, "nowhere")
