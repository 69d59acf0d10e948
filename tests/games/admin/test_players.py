"""What staff may change of players: names, passwords, being let in, chips by the ledger, and tokens to their end."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from games import accounts, ledger
from games.models import Player, Token, Transfer
from games.verification.accounts import check_accounts
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


def test_chips_are_taken_back_by_the_bank_as_far_as_the_wallet_goes(client: Client, ada: Player, boss: Player):
    url = url_of(Player, "take", ada.pk)
    too_many = {"amount_cents": "999999", "reason": "by mistake"}
    assert client.post(url, too_many).context["form"].errors.keys() == {"amount_cents"}
    assert not LogEntry.objects.exists()
    client.post(url, {"amount_cents": "12.50", "reason": "granted twice"})
    assert ledger.balance_of(ada.pk) == accounts.starting_cents() - 12_50
    assert ledger_sum() == 0
    taken = Transfer.objects.latest("pk")
    assert (taken.reason, taken.amount_cents, taken.note) == ("taking", 12_50, "granted twice")
    assert LogEntry.objects.get().change_message == "Took 12.50 chips: granted twice"
    check_accounts()
    clerk(client, "view_player", "change_player")
    assert client.post(url, {"amount_cents": "5", "reason": "why not"}).status_code == 403


def test_a_guest_whom_staff_took_chips_from_is_not_cleared_away(ada: Player):
    guest = accounts.create_guest()
    ledger.take(guest, 1, "granted twice")
    long_ago = timezone.now() - timedelta(days=365)
    Player.objects.update(date_joined=long_ago, last_login=None)
    assert accounts.remove_idle_guests(timezone.now(), 10) == 0


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "{id}"}, {"Ada"}),
        ({"q": "p{id}"}, {"Ada"}),
        ({"q": "ada@example"}, {"Ada"}),
        ({"q": "p99999999999999999999"}, set()),
        ({"banned": "yes"}, {"Ben"}),
        ({"banned": "no"}, {"Ada", "Boss"}),
        ({"balance": "none"}, {"Boss"}),
        ({"balance": "some"}, {"Ada", "Ben"}),
        ({"balance": "playing"}, set()),
        ({"active": "7"}, {"Ada", "Boss"}),
        ({"active": "no"}, {"Ben"}),
        ({"active": "nonsense", "balance": "x", "banned": "x"}, {"Ada", "Ben", "Boss"}),
    ],
)
def test_players_are_found_by_id_balance_activity_and_bans(
    client: Client, ada: Player, boss: Player, query: dict[str, str], found: set[str]
):
    ben = accounts.sign_up(name="Ben", password=PASSWORD)
    accounts.set_banned(ben, banned=True)
    Player.objects.filter(pk=ben.pk).update(date_joined=timezone.now() - timedelta(days=60), last_login=None)
    Transfer.objects.filter(target__player=ben).update(created_at=timezone.now() - timedelta(days=60))
    Player.objects.filter(pk=ada.pk).update(email="ada@example.org")
    given = {name: text.format(id=ada.pk) for name, text in query.items()}
    rows = client.get(url_of(Player, "changelist"), given).context["cl"].queryset
    assert {player.username for player in rows} == found
