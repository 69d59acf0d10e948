"""Signing up, logging in, playing as a guest, becoming an account, and how the pages look."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from games import accounts, arrivals
from games.forms import LogInForm, NewAccountForm, PreferencesForm
from games.models import Arrivals, Player
from games.preferences import keep, preferences_of
from games.views.requests import PlayerRequest, address_of, next_page, wanted_page

_BACKEND = "django.contrib.auth.backends.ModelBackend"


class LogIn(LoginView):
    """Logging in with name and password; too many failures are told with 429."""

    template_name = "accounts/log_in.html"
    authentication_form = LogInForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            arrivals.check(Arrivals.Kind.FAILED_LOGIN, address_of(request))
        except arrivals.TooMany as error:
            return too_many(request, str(error), error.retry_after)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        with suppress(arrivals.TooMany):  # Told at the next attempt.
            arrivals.count(Arrivals.Kind.FAILED_LOGIN, address_of(self.request))
        return super().form_invalid(form)


def locked_out(request: HttpRequest, response: HttpResponse, credentials: Any) -> HttpResponse:
    """What django-axes answers to who has guessed too often at one name."""
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    return too_many(request, "Too many wrong passwords for this name.", seconds)


def too_many(request: HttpRequest, reason: str, retry_after: int) -> HttpResponse:
    """The page for who has come too often, with when to come again."""
    context = {"reason": reason, "minutes": math.ceil(retry_after / 60)}
    page = render(request, "accounts/too_many.html", context, status=429)
    page["Retry-After"] = str(retry_after)
    return page


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
            player = _sign_up(request, form.cleaned_data["name"], form.cleaned_data["password1"])
        except arrivals.TooMany as error:
            return too_many(request, str(error), error.retry_after)
        except ValidationError as error:
            form.add_error("name", error)
        else:
            login(request, player, backend=_BACKEND)
            return HttpResponseRedirect(next_page(request))
    return render(request, "accounts/sign_up.html", {"form": form, "next": wanted_page(request)})


@require_POST
def guest(request: HttpRequest) -> HttpResponse:
    """Makes the visitor a guest who can play at once; who is logged in already simply goes on."""
    try:
        enter_as_guest(request)
    except arrivals.TooMany as error:
        return too_many(request, str(error), error.retry_after)
    return HttpResponseRedirect(next_page(request))


def enter_as_guest(request: HttpRequest) -> None:
    """Logs the visitor in as a new guest, if they are nobody yet. Raises TooMany."""
    if not request.user.is_authenticated:
        arrivals.count(Arrivals.Kind.GUEST, address_of(request))
        player = accounts.create_guest()
        accounts.prefer(player, preferences_of(request))
        login(request, player, backend=_BACKEND)


def _sign_up(request: HttpRequest, name: str, password: str) -> Player:
    # Within one transaction, so that a name that is taken does not count.
    with transaction.atomic():
        arrivals.count(Arrivals.Kind.SIGN_UP, address_of(request))
        player = accounts.sign_up(name=name, password=password)
        accounts.prefer(player, preferences_of(request))
        return player


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


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keeps how the visitor likes the pages, whoever that is, and goes back to where they were."""
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("These are no preferences of this site.")
    response = HttpResponseRedirect(next_page(request))
    keep(request, response, form.cleaned_data)
    return response


def _to_upgrade(request: HttpRequest) -> HttpResponse:
    wanted = wanted_page(request)
    return HttpResponseRedirect(reverse("upgrade") + (f"?{urlencode({'next': wanted})}" if wanted else ""))
