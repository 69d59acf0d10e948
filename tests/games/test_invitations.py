"""Members and invitations: whom a link lets in, how often, and who may see what."""

import time
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import transaction
from django.test import Client
from django.utils import timezone

from cardsharp import errors
from cardsharp.blackjack.rules import Rules
from cardsharp.events.ports import PlayerInfo
from cardsharp.games import GAMES
from games import accounts, invitations, ledger
from games.models import Invitation, Member, Player, Table
from games.removal import remove
from games.store import Store
from games.tables import Tables
from tests.games.durable import at_once

pytestmark = pytest.mark.usefixtures("database_threads")


@pytest.fixture
def own(store: Store, ada: Player) -> Table:
    """A private table of Ada's."""
    return Table.objects.get(pk=opened(store, ada.pk))


def opened(store: Store, made_by: int | None) -> str:
    rules = Rules(bet_seconds=None, act_seconds=None, insurance_seconds=None)
    return store.open(GAMES["blackjack"], "Ours", rules, time.time(), made_by, is_private=True).table_id


def made(table: Table, ada: Player, **wanted: Any) -> Invitation:
    return invitations.invite(table, ada.pk, **{"lasts": None, "most_uses": None, **wanted})


def info(player: Player) -> PlayerInfo:
    return PlayerInfo(player_id=player.public_id, name=player.username, balance_cents=0)


def names(table: Table) -> list[str]:
    return [member.player.username for member in invitations.members_of(table)]


# -- who may see it ---------------------------------------------------------------------------------------------------


def test_it_is_there_for_its_maker_and_nobody_else(own: Table, ada: Player, bob: Player):
    assert Table.objects.visible_to(ada.pk).get() == own
    assert not Table.objects.visible_to(bob.pk).exists()
    assert not Table.objects.visible_to(None).exists()


def test_it_costs_one_query_whether_it_is_private_or_not_there(
    own: Table, store: Store, bob: Player, django_assert_num_queries: Any
):
    store.load(own.pk)
    assert not store.is_public(own.pk)
    for table_id in (own.pk, "nowhere"):
        with django_assert_num_queries(1):
            assert not store.exists(table_id, bob.pk)


def test_the_houses_private_table_is_at_first_there_for_nobody(store: Store, ada: Player):
    table = Table.objects.get(pk=opened(store, None))
    assert names(table) == []
    assert not Invitation.objects.exists()
    invitations.accept(made(table, ada), ada)
    assert names(table) == ["Ada"]


def test_who_is_no_member_cannot_act_even_where_nobody_looked_before(own: Table, tables: Tables, bob: Player):
    act = async_to_sync(tables.act)
    with pytest.raises(errors.UnknownTable):
        act(own.pk, info(bob), "join_table", {})
    invitations.accept(Invitation.objects.get(), bob)
    act(own.pk, info(bob), "join_table", {})


# -- links ------------------------------------------------------------------------------------------------------------


def test_a_private_table_begins_with_an_invitation_for_some_days(own: Table, ada: Player):
    first = Invitation.objects.get()
    assert (first.table, first.made_by, first.most_uses) == (own, ada, None)
    assert first.expires_at is not None
    assert first.expires_at - timezone.now() > timedelta(days=6)
    assert names(own) == ["Ada"]


def test_a_code_leads_to_its_invitation_and_no_other_does(own: Table):
    invitation = Invitation.objects.get()
    code = invitations.code_of(invitation)
    assert invitations.find(code) == invitation
    number, signature = code.split(".")
    assert len(signature) >= 40
    for wrong in (
        number,
        f"{number}.",
        f"{int(number) + 1}.{signature}",
        code[:-1],
        code + "A",
        code.lower(),
        "",
        ".",
        "\0",
    ):
        assert invitations.find(wrong) is None, wrong


def test_no_link_is_kept_in_the_database(own: Table):
    signature = invitations.code_of(Invitation.objects.get()).split(".")[1]
    assert signature not in str(Invitation.objects.values().get())


def test_a_link_lets_in_as_many_as_it_says_and_whom_it_let_in_for_good(own: Table, ada: Player, bob: Player):
    link = made(own, ada, most_uses=1)
    for player in (ada, bob, bob):
        invitations.accept(link, player)
    link.refresh_from_db()
    assert link.uses == 1
    guest = accounts.create_guest()
    with pytest.raises(invitations.InvitationOver, match="used up"):
        invitations.accept(link, guest)
    assert names(own) == ["Ada", "Bob"]
    address = f"/invitations/{invitations.code_of(link)}/"
    for player, status in ((bob, 302), (guest, 404)):
        client = Client()
        client.force_login(player, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(address).status_code == status


def test_two_who_come_at_once_by_a_link_for_one_do_not_both_get_in(own: Table, ada: Player):
    link = made(own, ada, most_uses=1)
    guests = [accounts.create_guest() for _ in range(4)]
    results = at_once(*(lambda guest=guest: invitations.accept(link, guest) for guest in guests))
    assert [type(result) for result in results].count(type(None)) == 1
    assert Member.objects.filter(table=own).count() == 2


def test_a_link_ends_with_its_time_and_with_its_revocation(own: Table, ada: Player, bob: Player):
    late, revoked = made(own, ada, lasts=timedelta(0)), made(own, ada)
    invitations.revoke(revoked)
    for link in (late, revoked):
        assert not invitations.holds(link)
        with pytest.raises(invitations.InvitationOver):
            invitations.accept(link, bob)


def test_a_table_has_a_bounded_number_of_open_invitations(own: Table, ada: Player):
    for _ in range(invitations.MOST_OPEN - 1):
        made(own, ada)
    with pytest.raises(invitations.TooManyInvitations):
        made(own, ada)
    invitations.revoke(Invitation.objects.latest("pk"))
    made(own, ada)


def test_a_table_has_a_bounded_number_of_members(own: Table, bob: Player, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(invitations, "MOST_MEMBERS", 2)
    link = Invitation.objects.get()
    invitations.accept(link, bob)
    with pytest.raises(invitations.InvitationOver, match="2 members"):
        invitations.accept(link, accounts.create_guest())


# -- removal ----------------------------------------------------------------------------------------------------------


def member(table: Table, player: Player) -> Member:
    return Member.objects.get(table=table, player=player)


def test_who_is_removed_has_the_chips_back_and_cannot_return_by_an_older_link(own: Table, ada: Player, bob: Player):
    link = Invitation.objects.get()
    invitations.accept(link, bob)
    from games.runtime import runtime

    async_to_sync(runtime().tables.act)(own.pk, info(bob), "join_table", {"buy_in": 500})
    assert ledger.balance_of(bob.pk) == 500_00
    remove(member(own, bob))
    assert ledger.balance_of(bob.pk) == 1_000_00
    assert not Table.objects.visible_to(bob.pk).exists()
    with pytest.raises(invitations.InvitationOver, match="removed"):
        invitations.accept(link, bob)
    invitations.accept(made(own, ada), bob)
    assert names(own) == ["Ada", "Bob"]


def test_who_is_removed_in_mid_round_loses_the_seat_after_it(own: Table, ada: Player, bob: Player):
    from games.runtime import runtime

    tables = runtime().tables
    act = async_to_sync(tables.act)
    invitations.accept(Invitation.objects.get(), bob)
    for player in (ada, bob):
        act(own.pk, info(player), "join_table", {})
    for player in (ada, bob):
        act(own.pk, info(player), "place_bet", {"amount": 10})
    remove(member(own, bob))
    while (view := async_to_sync(tables.snapshot)(own.pk).view)["phase"] not in ("settled", "betting", "waiting"):
        moves = (view["turn"] or {"valid_actions": ["DECLINE_INSURANCE"]})["valid_actions"]
        move = "STAND" if "STAND" in moves else "DECLINE_INSURANCE"
        act(own.pk, info(ada), "player_action", {"action": move})
    assert [seat["player_name"] for seat in view["seats"]] == ["Ada"]
    with pytest.raises(errors.UnknownTable):
        act(own.pk, info(bob), "sit_in", {})


def test_a_membership_that_is_being_used_does_not_end_under_way(own: Table, bob: Player):
    """An action holds it: who ends it waits, and then finds the seat that the action took."""
    invitations.accept(Invitation.objects.get(), bob)
    with transaction.atomic():
        invitations.hold_member(own.pk, bob.pk)
    invitations.end_membership(member(own, bob))
    with pytest.raises(errors.UnknownTable), transaction.atomic():
        invitations.hold_member(own.pk, bob.pk)


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_form_makes_a_private_table_and_its_page_shows_the_link(client: Client, ada: Player):
    from tests.games.typed import typed_in

    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    response = client.post("/tables/new/", typed_in(client.get("/tables/new/").text) | {"is_private": "on"})
    table = Table.objects.get()
    assert table.is_private
    assert response["Location"] == f"/tables/{table.pk}/#invitations"
    page = client.get(f"/tables/{table.pk}/").text
    assert f"http://testserver/invitations/{invitations.code_of(Invitation.objects.get())}/" in page
    assert "Your private tables" in client.get("/").text


def test_only_the_host_is_shown_the_links_and_may_use_the_forms(client: Client, own: Table, bob: Player):
    link = Invitation.objects.get()
    invitations.accept(link, bob)
    client.force_login(bob, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/tables/{own.pk}/").text
    assert invitations.code_of(link) not in page
    assert "private" in page
    for path in ("invite/", f"invitations/{link.pk}/revoke/", f"members/{member(own, bob).pk}/remove/"):
        assert client.post(f"/tables/{own.pk}/{path}", {"lasts": "1", "most_uses": "1"}).status_code == 404
    assert Invitation.objects.filter(revoked_at=None).count() == 1
    assert names(own) == ["Ada", "Bob"]


def test_the_host_revokes_a_link_with_or_without_who_came_by_it(client: Client, own: Table, ada: Player, bob: Player):
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    first, second = Invitation.objects.get(), made(own, ada)
    invitations.accept(first, bob)
    invitations.accept(second, accounts.create_guest())
    client.post(f"/tables/{own.pk}/invitations/{first.pk}/revoke/")
    assert "Bob" in names(own)
    client.post(f"/tables/{own.pk}/invitations/{second.pk}/revoke/", {"members": "1"})
    assert names(own) == ["Ada", "Bob"]
    assert not invitations.open_invitations(own).exists()


def test_the_host_cannot_be_removed(client: Client, own: Table, ada: Player):
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(f"/tables/{own.pk}/members/{member(own, ada).pk}/remove/").status_code == 404
    assert names(own) == ["Ada"]


def test_who_was_removed_keeps_the_own_history_without_links(client: Client, own: Table, ada: Player, bob: Player):
    from games.runtime import runtime

    act = async_to_sync(runtime().tables.act)
    invitations.accept(Invitation.objects.get(), bob)
    act(own.pk, info(bob), "join_table", {})
    act(own.pk, info(bob), "place_bet", {"amount": 10})
    async_to_sync(runtime().tables.stand_up)(own.pk, bob)
    while async_to_sync(runtime().tables.snapshot)(own.pk).players:
        async_to_sync(runtime().tables.call_time)(own.pk)
    client.force_login(bob, backend="django.contrib.auth.backends.ModelBackend")
    assert own.pk in client.get("/history/").text
    remove(member(own, bob))
    page = client.get("/history/").text
    assert "Ours" in page
    assert f"/{own.pk}/" not in page
