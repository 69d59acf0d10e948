"""Deleting one's account."""

from __future__ import annotations

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from games import departures
from games.forms import DeleteForm
from games.models import Player
from games.runtime import runtime
from games.views.requests import PlayerRequest


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete(request: PlayerRequest) -> HttpResponse:
    """Asks whether it is meant, then ends the account and shows its owner out."""
    # Staff are named in the audit, and are ended by a superuser.
    is_meant = request.method == "POST"
    form = DeleteForm(request.POST if is_meant else None, player=request.user)
    if request.user.is_staff or not form.is_valid():
        return render(request, "accounts/delete.html", {"form": form}, status=400 if is_meant else 200)
    player = Player.objects.get(pk=request.user.pk)
    logout(request)
    departures.depart(player)
    async_to_sync(departures.finish)(runtime().tables, player)
    messages.success(request, "Your account is deleted. Thank you for playing.")
    return redirect("lobby")
