"""The consumer as an ASGI server drives it."""

import asyncio
from typing import Any

import pytest
from autobahn.exception import Disconnected

from games.consumers import GameConsumer
from games.runtime import runtime


@pytest.mark.parametrize("gone", [Disconnected("closed"), ConnectionResetError()])
async def test_a_client_that_goes_while_it_is_sent_something_is_cleaned_up(gone: Exception):
    events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    for event in (
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "text": '{"type": "heartbeat"}'},
        {"type": "websocket.disconnect", "code": 1006},
    ):
        events.put_nowait(event)
    tried: list[str] = []

    async def send(message: dict[str, Any]) -> None:
        tried.append(message["type"])
        raise gone

    before = runtime().handler.clients()
    scope = {"type": "websocket", "headers": [], "url_route": {"kwargs": {}}, "same_origin": False}
    await GameConsumer.as_asgi()(scope, events.get, send)
    assert tried == ["websocket.accept", "websocket.send"]
    assert runtime().handler.clients() == before
