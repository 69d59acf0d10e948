"""A socket stays in its groups for as long as it is open, whatever a channel layer forgets after a while."""

import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import channels.layers
import pytest
from channels.testing import WebsocketCommunicator
from pytest_django import Settings

from games import accounts
from games.consumers import GameConsumer
from games.models import Player
from games.runtime import runtime

pytestmark = pytest.mark.usefixtures("database_threads")

EXPIRY_SECONDS = 86_400


class LaterTime:
    """The layer's own clock, which a test puts forward."""

    def __init__(self) -> None:
        self.forward = 0

    def time(self) -> float:
        return time.time() + self.forward


@pytest.fixture
def layer_clock(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> LaterTime:
    layer = {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"group_expiry": EXPIRY_SECONDS}}
    settings.CHANNEL_LAYERS = {"default": layer}
    clock = LaterTime()
    monkeypatch.setattr(channels.layers, "time", clock)
    return clock


@pytest.fixture
def new_runtime() -> Iterator[None]:
    runtime.cache_clear()
    yield
    runtime.cache_clear()


@pytest.fixture
def token(ada: Player) -> str:
    return accounts.issue_token(ada, "laptop", "play")


@pytest.fixture
async def wire() -> AsyncIterator[Any]:
    wire = WebsocketCommunicator(GameConsumer.as_asgi(), "/ws/")
    wire.scope |= {"url_route": {"kwargs": {}}, "same_origin": False}
    await wire.connect()
    yield wire
    await wire.disconnect()


@pytest.mark.usefixtures("new_runtime")
async def test_heartbeats_keep_a_socket_in_its_groups(layer_clock: LaterTime, wire: Any, ada: Player, token: str):
    await wire.send_json_to({"type": "connect", "data": {"token": token}})
    assert (await wire.receive_json_from(timeout=5))["type"] == "connected"
    handler = runtime().handler
    (session,) = handler._sessions.values()
    for _ in range(3):
        layer_clock.forward += EXPIRY_SECONDS - 10
        session.last_beat_at = 0.0
        await handler.beat()
        assert (await wire.receive_json_from(timeout=5))["type"] == "heartbeat"
        assert handler._heartbeats._joining
        await handler._heartbeats._joining
    await handler.sign_out(ada.public_id)
    # Of nothing else that groups carry there is a log that would heal its loss.
    assert (await wire.receive_json_from(timeout=5))["data"] == {"reason": "signed_out"}
