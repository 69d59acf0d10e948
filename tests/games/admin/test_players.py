"""What staff may change of players: names, passwords, being let in, chips by the ledger, and tokens to their end."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from games import accounts, ledger
from games.models import Player, Token, Transfer
from tests.games.admin.room import PASSWORD, clerk, ending, ledger_sum, url_of

pytestmark = pytest.mark.django_db


def player_form(player: Player, **changed: object) -> dict[str, object]:
    return {"username": player.username, "email": "", "is_active": "on", **changed}


def test_a_player_is_banned_instead_for_a_reason_and_let_in_again(client: Client, ada: Player, boss: Player):
    url = url_of(Player, "ban", ada.pk)
    assert client.post(url, {"reason": " "}).context["form"].errors.keys() == {"reason"}
    for reason, is_active in (("cheated", False), ("was a mistake", True)):
        assert client.post(url, {"reason": reason}).status_code == 302
        ada.refresh_from_db()
        assert ada.is_active == is_active
    said = list(LogEntry.objects.order_by("pk").values_list("user", "object_id", "change_message"))
    assert said == [
        (boss.pk, str(ada.pk), "Banned: cheated"),
        (boss.pk, str(ada.pk), "Let in again: was a mistake"),
    ]


def test_nobody_is_banned_without_a_reason_by_the_players_form(client: Client, ada: Player, boss: Player):
    form = player_form(ada)
    del form["is_active"]
    assert client.post(url_of(Player, "change", ada.pk), form).status_code == 302
    ada.refresh_from_db()
    assert ada.is_active


def test_staff_ban_no_staff(client: Client):
    root = Player.objects.create_superuser("Root", password=PASSWORD)
    clerk(client, "view_player", "change_player")
    assert client.post(url_of(Player, "ban", root.pk), {"reason": "why not"}).status_code == 403
    root.refresh_from_db()
    assert root.is_active


@pytest.mark.parametrize("name", ["bOSS", "", "\u200b", "x" * 33])
def test_a_name_keeps_to_the_rules_of_names(client: Client, ada: Player, boss: Player, name: str):
    response = client.post(url_of(Player, "change", ada.pk), player_form(ada, username=name))
    assert response.context["adminform"].form.errors.keys() == {"username"}
    ada.refresh_from_db()
    assert ada.username == "Ada"


def test_what_a_player_is_cannot_be_forged(client: Client, ada: Player, boss: Player):
    form = player_form(ada, is_guest="on", is_bot="on", wallet="9", name_key="x", password="x")
    assert client.post(url_of(Player, "change", ada.pk), form).status_code == 302
    after = Player.objects.get(pk=ada.pk)
    assert (after.is_guest, after.is_bot, after.name_key) == (False, False, "ada")
    assert after.check_password(PASSWORD)


def test_a_new_player_has_a_hashed_password_and_the_chips_to_begin_with(client: Client, boss: Player):
    form = {"username": "Grace", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post(url_of(Player, "add"), form).status_code == 302
    grace = Player.objects.get(username="Grace")
    assert grace.check_password(PASSWORD)
    assert ledger.balance_of(grace.pk) == accounts.starting_cents()
    assert ledger_sum() == 0


def test_staff_set_a_password_but_not_of_a_guest(client: Client, ada: Player, boss: Player):
    new = {"usable_password": "true", "password1": "quite another 7", "password2": "quite another 7"}
    guest = accounts.create_guest()
    for player in (ada, guest):
        assert client.post(reverse("admin:auth_user_password_change", args=[player.pk]), new).status_code == 302
    assert Player.objects.get(pk=ada.pk).check_password("quite another 7")
    assert not Player.objects.get(pk=guest.pk).has_usable_password()
    assert "Reset password" in client.get(url_of(Player, "change", ada.pk)).text
    assert "../password/" not in client.get(url_of(Player, "change", guest.pk)).text


def test_staff_who_may_change_players_cannot_raise_themselves_or_others(client: Client, ada: Player):
    staff = clerk(client, "view_player", "change_player")
    group = Group.objects.create(name="managers")
    raised = {"is_staff": "on", "is_superuser": "on", "groups": [group.pk]}
    assert client.post(url_of(Player, "change", ada.pk), player_form(ada, **raised)).status_code == 302
    assert client.post(url_of(Player, "change", staff.pk), player_form(staff, **raised)).status_code == 403
    for player in Player.objects.all():
        assert (player.is_superuser, player.is_staff, player.groups.count()) == (False, player == staff, 0)


def test_staff_cannot_take_over_a_superuser(client: Client):
    root = Player.objects.create_superuser("Root", password=PASSWORD)
    clerk(client, "view_player", "change_player")
    new = {"usable_password": "true", "password1": "quite another 7", "password2": "quite another 7"}
    assert client.post(reverse("admin:auth_user_password_change", args=[root.pk]), new).status_code == 403
    assert Player.objects.get(pk=root.pk).check_password(PASSWORD)


def test_a_grant_moves_chips_from_the_bank_and_is_logged(client: Client, ada: Player, boss: Player):
    response = client.post(url_of(Player, "grant", ada.pk), {"amount_cents": "12.50", "reason": "for the trouble"})
    assert response["Location"] == url_of(Player, "change", ada.pk)
    assert ledger.balance_of(ada.pk) == accounts.starting_cents() + 12_50
    assert ledger_sum() == 0
    granted = Transfer.objects.latest("pk")
    assert (granted.reason, granted.amount_cents, granted.note) == ("grant", 12_50, "for the trouble")
    entry = LogEntry.objects.get()
    assert (entry.user_id, entry.object_id) == (boss.pk, str(ada.pk))
    assert "12.50 chips: for the trouble" in entry.change_message


@pytest.mark.parametrize(
    "amount", ["", "0", "-5", "0.001", "NaN", "Infinity", "1e999999", "1e30", "1000000000.01", "x"]
)
def test_a_grant_of_no_amount_is_refused(client: Client, ada: Player, boss: Player, amount: str):
    response = client.post(url_of(Player, "grant", ada.pk), {"amount_cents": amount, "reason": "why not"})
    assert response.context["form"].errors.keys() == {"amount_cents"}
    assert ledger.balance_of(ada.pk) == accounts.starting_cents()


def test_a_grant_needs_a_reason_and_the_permission(client: Client, ada: Player, boss: Player):
    url = url_of(Player, "grant", ada.pk)
    assert client.post(url, {"amount_cents": "5", "reason": " "}).context["form"].errors.keys() == {"reason"}
    clerk(client, "view_player", "change_player")
    assert client.post(url, {"amount_cents": "5", "reason": "why not"}).status_code == 403
    assert "Grant chips" not in client.get(url_of(Player, "change", ada.pk)).text
    assert ledger.balance_of(ada.pk) == accounts.starting_cents()


def test_a_token_is_revoked_and_no_more(client: Client, ada: Player, boss: Player):
    secret = accounts.issue_token(ada, "laptop", Token.Scope.PLAY)
    token = Token.objects.get()
    asked = client.post(url_of(Token, "changelist"), ending(token))
    client.post(asked["Location"], {"reason": ""})
    assert accounts.token_for(secret) is not None
    client.post(asked["Location"], {"reason": "was found in a mail"})
    assert accounts.token_for(secret) is None
    assert LogEntry.objects.get().change_message == "Revoked: was found in a mail"
    assert Token.objects.get().digest == token.digest


def test_revoking_needs_the_permission(client: Client, ada: Player):
    secret = accounts.issue_token(ada, "laptop", Token.Scope.PLAY)
    clerk(client, "view_token")
    client.post(url_of(Token, "changelist"), ending(Token.objects.get()))
    end = url_of(Token, "end") + f"?row={Token.objects.get().pk}"
    assert client.post(end, {"reason": "why not"}).status_code == 403
    assert accounts.token_for(secret) is not None
