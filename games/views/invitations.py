"""Invitations to private tables: following one, and what the table's host does with them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from games import arrivals, invitations, removal
from games.forms import InvitationForm
from games.models import Invitation, Player, Table
from games.views.accounts import enter_as_guest, too_many
from games.views.requests import PlayerRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, code: str) -> HttpResponse:
    """Shows who invites to what; by POST makes whoever asks a member, a guest first if they are nobody yet."""
    found = invitations.find(code)
    if found is not None and Table.objects.visible_to(request.user.pk).filter(pk=found.table_id).exists():
        return redirect("table", found.table_id)
    if found is None or not invitations.holds(found):
        return _over(request, "This invitation does not exist, or not any more.")
    if request.method != "POST":
        return render(request, "games/invitation.html", {"invitation": found, "path": request.path})
    try:
        enter_as_guest(request)
        assert isinstance(request.user, Player)
        invitations.accept(found, request.user)
    except arrivals.TooMany as error:
        return too_many(request, str(error), error.retry_after)
    except invitations.InvitationOver as error:
        return _over(request, str(error))
    return redirect("table", found.table_id)


@require_POST
@login_required
def invite(request: PlayerRequest, table_id: str) -> HttpResponse:
    """A new link to the player's own private table."""
    table = _own_table(request, table_id)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose how long the invitation holds, and for how many.")
        return _to_invitations(table)
    try:
        invitations.invite(table, request.user.pk, **form.invitation())
    except invitations.TooManyInvitations as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The new invitation is ready to be copied.")
    return _to_invitations(table)


@require_POST
@login_required
def revoke(request: PlayerRequest, table_id: str, invitation_id: int) -> HttpResponse:
    """Shuts a link to the player's own table; with `members`, who came by it is removed, too."""
    table = _own_table(request, table_id)
    shut = get_object_or_404(Invitation, pk=invitation_id, table=table)
    invitations.revoke(shut)
    if "members" in request.POST:
        for member in invitations.members_of(table).filter(invitation=shut).exclude(player=request.user):
            removal.remove(member)
        messages.success(request, "The invitation is revoked, and who came by it is removed.")
    else:
        messages.success(request, "The invitation is revoked. Who came by it can still come.")
    return _to_invitations(table)


@require_POST
@login_required
def remove_member(request: PlayerRequest, table_id: str, member_id: int) -> HttpResponse:
    """Removes somebody else from the player's own table."""
    table = _own_table(request, table_id)
    member = get_object_or_404(invitations.members_of(table).exclude(player=request.user), pk=member_id)
    removal.remove(member)
    messages.success(request, f"{member.player} is removed. An invitation made before does not let them back in.")
    return _to_invitations(table)


def _own_table(request: PlayerRequest, table_id: str) -> Table:
    """The open private table of that id which the player has made; a 404 for any other."""
    tables = Table.objects.filter(made_by=request.user, is_private=True, is_practice=False, is_open=True)
    try:
        return tables.defer("state", "shoe_secret").get(pk=table_id)
    except Table.DoesNotExist as error:
        raise Http404 from error


def _over(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "games/invitation_over.html", {"reason": reason}, status=404)


def _to_invitations(table: Table) -> HttpResponse:
    return redirect(f"{reverse('table', args=[table.pk])}#invitations")
