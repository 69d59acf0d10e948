"""The WebSocket addresses of the card room."""

from __future__ import annotations

from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path

from games.consumers import GameConsumer

websocket_urlpatterns = [
    path("ws/", GameConsumer.as_asgi()),
    path("ws/tables/<str:table_id>/", GameConsumer.as_asgi()),
    re_path(r"", WebsocketDenier.as_asgi()),
]
