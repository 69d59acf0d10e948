"""Signing up, logging in, playing as a guest, becoming an account, and the page about oneself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from games import accounts
from games.forms import LogInForm, NewAccountForm, TokenForm
from games.models import Account, Player
from games.views.requests import PlayerRequest, next_page, wanted_page

_BACKEND = "django.contrib.auth.backends.ModelBackend"


class LogIn(LoginView):
    """Logging in with name and password."""

    template_name = "accounts/log_in.html"
    authentication_form = LogInForm


class ChangePassword(PasswordChangeView):
    """A new password for who knows the old one. A guest, who has none, is asked to become an account."""

    template_name = "accounts/password_change.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, Player) and request.user.is_guest:
            return redirect("upgrade")
        return super().dispatch(request, *args, **kwargs)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """A new account. Whoever is a guest is offered to keep what they have; an account goes on to the lobby."""
    if isinstance(request.user, Player):
        if request.user.is_guest:
            return _to_upgrade(request)
        return HttpResponseRedirect(next_page(request))
    form = NewAccountForm(request.POST or None)
    if form.is_valid():
        try:
            player = accounts.sign_up(name=form.cleaned_data["name"], password=form.cleaned_data["password1"])
        except ValidationError as error:
            form.add_error("name", error)
        else:
            login(request, player, backend=_BACKEND)
            return HttpResponseRedirect(next_page(request))
    return render(request, "accounts/sign_up.html", {"form": form, "next": wanted_page(request)})


@require_POST
def guest(request: HttpRequest) -> HttpResponse:
    """Makes the visitor a guest who can play at once; who is logged in already simply goes on."""
    if not request.user.is_authenticated:
        login(request, accounts.create_guest(), backend=_BACKEND)
    return HttpResponseRedirect(next_page(request))


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upgrade(request: PlayerRequest) -> HttpResponse:
    """A guest chooses a name and a password and keeps everything."""
    if not request.user.is_guest:
        return redirect("profile")
    form = NewAccountForm(request.POST or None)
    if form.is_valid():
        try:
            accounts.upgrade_guest(
                request.user, name=form.cleaned_data["name"], password=form.cleaned_data["password1"]
            )
        except ValidationError as error:
            form.add_error("name", error)
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, f"Welcome, {request.user}. Your chips and your history are yours to keep.")
            return HttpResponseRedirect(next_page(request))
    return render(request, "accounts/upgrade.html", {"form": form, "next": wanted_page(request)})


@require_safe
@login_required
def profile(request: PlayerRequest) -> HttpResponse:
    """The page about oneself."""
    return render(request, "accounts/profile.html", profile_context(request.user))


def profile_context(player: Player, token_form: TokenForm | None = None) -> dict[str, Any]:
    """What the page about oneself shows: chips at tables, and tokens that are not revoked."""
    stacks = Account.objects.filter(kind=Account.Kind.STACK, player=player, balance_cents__gt=0)
    return {
        "stacks": stacks.select_related("table"),
        "tokens": player.tokens.filter(revoked_at=None),
        "token_form": token_form or TokenForm(),
    }


def _to_upgrade(request: HttpRequest) -> HttpResponse:
    wanted = wanted_page(request)
    return HttpResponseRedirect(reverse("upgrade") + (f"?{urlencode({'next': wanted})}" if wanted else ""))
