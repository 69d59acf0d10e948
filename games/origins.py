"""Which web pages may open a socket here: the site's own, and those that CSRF_TRUSTED_ORIGINS names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class OriginGate:
    """Refuses foreign origins in the handshake. A missing origin, as bots send, is let in, but its cookies count for
    nothing: `scope["same_origin"]` says whether they do."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._denier = WebsocketDenier()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        if origin is None:
            await self._app({**scope, "same_origin": False}, receive, send)
        elif is_own_origin(origin.decode("latin-1"), headers.get(b"host", b"").decode("latin-1")):
            await self._app({**scope, "same_origin": True}, receive, send)
        else:
            await self._denier(scope, receive, send)


def is_own_origin(origin: str, host: str) -> bool:
    """Whether a page of that origin belongs to the site that the request's Host names."""
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    parts = urlsplit(origin)
    domain, _ = split_domain_port(host)
    return (
        parts.scheme in ("http", "https")
        and parts.netloc.lower() == host.lower()
        and validate_host(domain, settings.ALLOWED_HOSTS)
    )
