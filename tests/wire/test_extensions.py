"""A message and an action of a program's own, set up by the settings and served by Daphne."""

import json
from pathlib import Path
from urllib.request import urlopen

import pytest

from cardsharp.protocol.catalog import catalog
from cardsharp.protocol.schema import json_schema
from games.runtime import runtime
from tests.protocol.frames import Frames
from tests.servers import UNTIMED, Server, serving
from tests.wire.extension import extensions
from tests.wire_client import connected

CHECKED = Frames(extensions())


async def test_a_servers_own_message_action_event_and_code(tmp_path: Path):
    with serving(tmp_path, [("One", UNTIMED)], players=2, CARDSHARP_EXTENSIONS="tests.wire.extension.setup") as server:
        (ada, ben), (table,) = server.players, server.tables
        async with (
            connected(server.url, ada, checked=CHECKED) as hers,
            connected(server.url, ben, subscribe=table, checked=CHECKED) as his,
            connected(server.url, checked=CHECKED) as spectator,
        ):
            answer = await hers.ask("chat", {"text": "hello"})
            assert (answer["type"], answer["data"]) == ("chat", {"heard_by": 2})
            line = await his.event("CHAT_LINE")
            assert {**line["data"], "timestamp": 0} == {"player_name": ada.name, "text": "hello", "timestamp": 0}
            assert (await hers.ask("chat", {"text": 7}))["data"]["code"] == "bad_message"
            assert (await spectator.ask("chat", {"text": "hello"}))["data"]["code"] == "muted"

            head = (await his.ask("heartbeat"))["data"]["seqs"][table]
            assert await hers.accepted("react", table, face="😀") == head
            reaction = await his.event("REACTION")
            assert (reaction["table_id"], reaction["data"]["player_id"]) == (table, ada.id)
            assert "seq" not in reaction
            assert await spectator.refused("react", table, face="😀") == "not_authenticated"
            joined = await hers.accepted("join_table", table)
            assert joined > head
            assert (await his.event("PLAYER_JOINED"))["seq"] == head + 1
            assert all(message["data"].get("event_type") != "CHAT_LINE" for message in spectator.messages)


def test_the_servers_own_are_in_its_documents_and_on_its_page(tmp_path: Path):
    with serving(tmp_path, [("One", UNTIMED)], CARDSHARP_EXTENSIONS="tests.wire.extension.setup") as server:
        served, own = (json.loads(read(server, "schema.json"))["$defs"], json_schema(catalog(extensions()))["$defs"])
        site = json_schema(catalog(runtime().handler.extensions))["$defs"]
        assert served.keys() == own.keys() | site.keys()
        for name in own.keys() - site.keys():
            assert served[name] == own[name], name
        assert "client.chat:" in read(server, "asyncapi.yaml")
        page = read(server, "")
    for key in ("client.chat", "client.action.react", "server.chat", "server.event.CHAT_LINE", "error-muted"):
        assert f'id="{key}"' in page
    assert "Says a line to every player." in page


def read(server: Server, name: str) -> str:
    with urlopen(f"http://{server.address}/protocol/{name}") as answer:
        return answer.read().decode()


def test_a_server_whose_extension_cannot_be_set_up_does_not_start(tmp_path: Path):
    server = Server(tmp_path, {"CARDSHARP_EXTENSIONS": "tests.wire.extension.missing"})
    with pytest.raises(AssertionError, match=r"missing"):
        server.manage("serve", "--port", str(server.port))
