"""Who is connected, to whatever process, is shown to staff, who may close sockets with a reason."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from cardsharp.events.audience import Audience
from cardsharp.events.bus import EventBus
from cardsharp.events.clients import Client
from cardsharp.events.handler import WebSocketEventHandler
from cardsharp.events.ports import Credentials
from games import presence
from games.database import in_database
from games.models import Player, ServingProcess
from games.presence import Presence
from games.tables import Tables
from tests.games.admin.room import clerk, url_of

PAGE = reverse("admin:games_servingprocess_changelist")
CLOSE = reverse("admin:games_servingprocess_close")


class Silence:
    """A socket and groups that take everything."""

    is_full = False

    def __init__(self) -> None:
        self.codes: list[int] = []

    async def send(self, *texts: Any) -> None:
        pass

    async def drain(self) -> None:
        pass

    async def close(self, code: int) -> None:
        self.codes.append(code)

    async def join(self, group: str) -> None:
        pass

    async def leave(self, group: str) -> None:
        pass


def client_of(key: str, **more: Any) -> Client:
    given: dict[str, Any] = {
        "client_id": "laptop",
        "player_id": None,
        "player_name": None,
        "subscriptions": {},
        "address": "192.0.2.7",
    }
    counts = {"messages_in": 3, "messages_out": 9, "refusals": 0}
    now = timezone.now().timestamp()
    return Client(**{**given, **counts, "key": key, "connected_at": now - 60, "last_heard_at": now - 2, **more})


def tell(key: str, *clients: Client, seconds_ago: int = 0) -> ServingProcess:
    return ServingProcess.objects.create(
        key=key,
        host=f"host-{key}",
        pid=7,
        started_at=timezone.now(),
        seen_at=timezone.now() - timedelta(seconds=seconds_ago),
        sockets=len(clients),
        clients=msgspec.json.encode(clients).decode(),
    )


@pytest.mark.usefixtures("database_threads")
@pytest.mark.django_db(transaction=True)
async def test_a_process_tells_of_its_sockets_and_closes_those_that_staff_want_closed() -> None:
    bus = EventBus()
    handler = WebSocketEventHandler(room=Tables(bus, Audience()), bus=bus, groups=Silence())
    own, left, stays = Presence(handler), Silence(), Silence()
    session = await handler.open(left, Credentials(address="192.0.2.7"))
    await handler.open(stays, Credentials())
    await own.tell()
    (process,) = [found async for found in _processes()]
    assert process.row.sockets == 2
    assert {client.address for client in process.clients} == {"192.0.2.7", ""}
    asked = await in_database(presence.ask_to_close, [session.key, "nowhere"])
    assert [client.key for client in asked] == [session.key]
    await own.tell()
    assert (left.codes, stays.codes) == ([4401], [])
    await own.tell()
    assert left.codes == [4401], "once is enough"


async def _processes() -> Any:
    for process in await in_database(presence.processes):
        yield process


@pytest.mark.django_db
def test_every_process_that_lives_shows_its_sockets(client: Browser, ada: Player, boss: Player):
    hers = client_of("a" * 16, player_id=ada.public_id, player_name="Ada", subscriptions={"t8Kq": ("*",)})
    tell("one", hers)
    tell("two", client_of("b" * 16, client_id=None, subscriptions={"lobby": ("*",)}))
    tell("dead", client_of("c" * 16, client_id="ghost"), seconds_ago=600)
    text = client.get(PAGE).text
    for shown in (
        "Ada",
        "t8Kq",
        "192.0.2.7",
        "a spectator",
        "not connected yet",
        "host-one",
        "host-two",
        "2 sockets in",
    ):
        assert shown in text
    assert "ghost" not in text
    for query, others in (({"q": "ADA"}, "b" * 16), ({"table": "t8Kq"}, "b" * 16), ({"table": "lobby"}, "a" * 16)):
        assert others not in client.get(PAGE, query).text
    assert "1 socket now" in client.get(url_of(Player, "change", ada.pk)).text


@pytest.mark.django_db
def test_staff_close_sockets_with_a_reason_that_the_audit_keeps(client: Browser, ada: Player, boss: Player):
    row = tell("one", client_of("a" * 16, player_id=ada.public_id, player_name="Ada"), client_of("b" * 16))
    client.post(CLOSE, {"socket": ["a" * 16], "which": "chosen", "reason": " "})
    row.refresh_from_db()
    assert row.to_close == "[]"
    assert not LogEntry.objects.exists()
    client.post(CLOSE, {"socket": ["a" * 16], "which": "chosen", "reason": "floods"})
    row.refresh_from_db()
    assert row.to_close == '["aaaaaaaaaaaaaaaa"]'
    entry = LogEntry.objects.get()
    assert entry.object_id == str(ada.pk)
    assert entry.change_message == "Closed a socket of Ada from 192.0.2.7: floods"
    client.post(CLOSE, {"socket": ["b" * 16], "which": "chosen", "reason": "watches too much"})
    assert "a spectator from 192.0.2.7: watches too much" in LogEntry.objects.latest("pk").change_message
    client.post(CLOSE, {"which": f"player:{ada.public_id}", "reason": "enough"})
    assert LogEntry.objects.latest("pk").change_message == "Closed all sockets: enough"


@pytest.mark.django_db
def test_who_may_only_view_closes_nothing(client: Browser):
    clerk(client, "view_servingprocess")
    row = tell("one", client_of("a" * 16))
    assert "Close the chosen" not in client.get(PAGE).text
    assert client.post(CLOSE, {"socket": ["a" * 16], "which": "chosen", "reason": "x"}).status_code == 403
    row.refresh_from_db()
    assert row.to_close == "[]"
    assert client.get(CLOSE).status_code == 405
