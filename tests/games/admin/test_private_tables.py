"""Private tables for staff: what they do with invitations and members is written down, and the audit stays as it is."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from games import accounts, invitations
from games.models import Invitation, Member, Player, Table
from tests.games.admin.room import clerk, ending, url_of

pytestmark = pytest.mark.usefixtures("database_threads")


def said() -> list[str]:
    return list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))


def test_staff_make_an_invitation_and_its_link_lets_somebody_in(client: Client, private_table: Table, boss: Player):
    form = {"lasts": "1", "most_uses": "1", "reason": "asked on the phone"}
    response = client.post(url_of(Table, "invite", private_table.pk), form, follow=True)
    link = re.search(r"http://testserver(/invitations/[^/]+/)", response.text)
    assert link
    made = Invitation.objects.latest("pk")
    assert (made.made_by, made.most_uses) == (boss, 1)
    assert said() == [f"Made {made}: asked on the phone"]
    guest = Client()
    assert guest.post(link[1])["Location"] == f"/tables/{private_table.pk}/"
    assert guest.get(f"/tables/{private_table.pk}/").status_code == 200


def test_an_invitation_by_staff_needs_a_reason_a_permission_and_a_private_table(
    client: Client, private_table: Table, table: Table, boss: Player
):
    url, form = url_of(Table, "invite", private_table.pk), {"lasts": "", "most_uses": "", "reason": ""}
    assert client.post(url, form).context["form"].errors.keys() == {"reason"}
    assert client.post(url_of(Table, "invite", table.pk), form | {"reason": "x"}).status_code == 404
    clerk(client, "view_table", "change_table")
    assert client.post(url, form | {"reason": "x"}).status_code == 403
    assert Invitation.objects.count() == 1
    assert said() == []


def test_staff_revoke_invitations_and_remove_members(client: Client, private_table: Table, boss: Player):
    invitation, member = Invitation.objects.get(), Member.objects.latest("pk")
    for model, row in ((Invitation, invitation), (Member, member)):
        asked = client.post(url_of(model, "changelist"), ending(row))
        assert client.post(asked["Location"], {"reason": ""}).context["form"].errors.keys() == {"reason"}
        client.post(asked["Location"], {"reason": "a quarrel"})
    assert not invitations.holds(invitation)
    assert list(invitations.members_of(private_table).values_list("player__username", flat=True)) == ["Ada"]
    assert said() == ["Revoked: a quarrel", "Removed: a quarrel"]


def test_the_code_of_a_link_is_shown_on_no_list(client: Client, private_table: Table, boss: Player):
    code = invitations.code_of(Invitation.objects.get())
    for url in (url_of(Invitation, "changelist"), url_of(Table, "change", private_table.pk)):
        assert code.split(".")[1] not in client.get(url).text


@pytest.mark.parametrize("page", ["add", "change", "delete"])
def test_nobody_edits_the_audit(client: Client, boss: Player, page: str):
    ada = accounts.create_guest()
    client.post(url_of(Player, "ban", ada.pk), {"reason": "cheated"})
    before = list(LogEntry.objects.values())
    url = reverse(f"admin:admin_logentry_{page}", args=[] if page == "add" else [before[0]["id"]])
    data = {"change_message": "nothing happened", "post": "yes"}
    assert client.post(url, data).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [before[0]["id"]], "post": "yes"}
    client.post(reverse("admin:admin_logentry_changelist"), chosen)
    assert list(LogEntry.objects.values()) == before
    assert "Banned: cheated" in client.get(reverse("admin:admin_logentry_changelist")).text
