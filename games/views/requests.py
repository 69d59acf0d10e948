"""What views know about a request: who asks, and where they may be sent afterwards."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from cardsharp.events.limits import network_of
from games.addresses import client_address, is_address
from games.models import Player

_NOWHERE: Final = "0.0.0.0"  # noqa: S104 - names nothing to listen on


class PlayerRequest(HttpRequest):
    """A request of somebody who is logged in, as `login_required` lets through."""

    user: Player


def address_of(request: HttpRequest) -> str:
    """The address that the request counts for, as sockets' addresses are counted; of IPv6 the first 64 bits."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR")
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode("latin-1", "replace"))]
    address = network_of(client_address(request.META.get("REMOTE_ADDR", ""), headers)).partition("/")[0]
    return address if is_address(address) else _NOWHERE


def wanted_page(request: HttpRequest) -> str:
    """The page that `next` names, where it is one of this site; otherwise the empty string."""
    url = request.POST.get("next", request.GET.get("next", ""))
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if safe else ""


def next_page(request: HttpRequest) -> str:
    """Where to go after logging in: the wanted page, or the lobby."""
    return wanted_page(request) or resolve_url(settings.LOGIN_REDIRECT_URL)
