"""Tokens that a player's own programs play with."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from games import accounts
from games.forms import TokenForm
from games.models import Token
from games.views.profile import profile_context
from games.views.requests import PlayerRequest


@never_cache
@require_POST
@login_required
def token_create(request: PlayerRequest) -> HttpResponse:
    """A new token. Its secret stands in this one answer and nowhere else, so there is no redirect to keep it for."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return render(request, "accounts/profile.html", profile_context(request.user, token_form=form), status=400)
    if accounts.good_tokens().filter(player=request.user).count() >= accounts.TOKENS_PER_PLAYER:
        form.add_error(
            None, f"You have {accounts.TOKENS_PER_PLAYER} tokens, as many as a player may: revoke one first."
        )
        return render(request, "accounts/profile.html", profile_context(request.user, token_form=form), status=400)
    name, scope = form.cleaned_data["name"], form.cleaned_data["scope"]
    secret = accounts.issue_token(request.user, name, scope, form.time())
    context = profile_context(request.user) | {"secret": secret, "secret_name": form.cleaned_data["name"]}
    return render(request, "accounts/profile.html", context)


@require_POST
@login_required
def token_revoke(request: PlayerRequest, token_id: int) -> HttpResponse:
    """Revokes one of the player's own tokens."""
    token = get_object_or_404(Token, pk=token_id, player=request.user)
    accounts.revoke_token(token)
    messages.success(request, f"The token “{token.name}” is revoked.")
    return redirect("profile")
