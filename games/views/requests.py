"""What views know about a request: who asks, and where they may be sent afterwards."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from games.models import Player


class PlayerRequest(HttpRequest):
    """A request of somebody who is logged in, as `login_required` lets through."""

    user: Player


def wanted_page(request: HttpRequest) -> str:
    """The page that `next` names, where it is one of this site; otherwise the empty string."""
    url = request.POST.get("next", request.GET.get("next", ""))
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if safe else ""


def next_page(request: HttpRequest) -> str:
    """Where to go after logging in: the wanted page, or the lobby."""
    return wanted_page(request) or resolve_url(settings.LOGIN_REDIRECT_URL)
