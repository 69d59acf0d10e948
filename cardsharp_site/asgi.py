"""The ASGI application: pages over HTTP, the protocol over WebSockets."""

from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cardsharp_site.settings")
pages = get_asgi_application()

# The app registry must be ready before these are imported.
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.sessions import CookieMiddleware  # noqa: E402

from games.operations import Operations  # noqa: E402
from games.origins import OriginGate  # noqa: E402
from games.routing import websocket_urlpatterns  # noqa: E402
from games.runtime import runtime  # noqa: E402

_sockets = OriginGate(CookieMiddleware(URLRouter(websocket_urlpatterns)))
_router = ProtocolTypeRouter({"http": Operations(pages), "websocket": _sockets})


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serves a connection. Daphne knows no lifespan, so the first one also starts what keeps time in this process."""
    runtime().start()
    await _router(scope, receive, send)
