"""How somebody likes the pages: kept with the player, and for everybody else in a cookie of the browser."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict

from games import accounts
from games.forms import PreferencesForm
from games.models import Player
from games.models.players import PREFERENCES

COOKIE: Final = "preferences"
_YEAR_SECONDS: Final = 365 * 86_400


def preferences_of(request: HttpRequest) -> dict[str, str]:
    """What the player prefers, or this browser: each preference by its name."""
    player = request.user
    if isinstance(player, Player):
        return {name: getattr(player, name) for name in PREFERENCES}
    form = PreferencesForm(QueryDict(request.COOKIES.get(COOKIE, "")))
    form.full_clean()
    # A cookie holds whatever its browser sends, and may be older than a preference: each choice counts by itself.
    return {name: form.cleaned_data.get(name) or form[name].initial for name in PREFERENCES}


def keep(request: HttpRequest, response: HttpResponse, preferences: dict[str, str]) -> None:
    """Keeps the preferences with the player, if there is one, and in the browser, for when nobody is logged in."""
    if isinstance(request.user, Player):
        accounts.prefer(request.user, preferences)
    response.set_cookie(
        COOKIE,
        urlencode(preferences),
        max_age=_YEAR_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def shown(request: HttpRequest) -> dict[str, Any]:
    """For every template: the preferences, the form that changes them, and where it leads back to."""
    preferences = preferences_of(request)
    return {
        "preferences": preferences,
        "preferences_form": PreferencesForm(initial=preferences, auto_id="look-%s"),
        "this_page": request.get_full_path() if request.method in ("GET", "HEAD") else "",
    }
