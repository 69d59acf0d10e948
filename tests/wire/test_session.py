"""Connecting, staying and going, over a real socket."""

import asyncio
from http.cookies import SimpleCookie
from urllib.request import Request, urlopen

import pytest
from websockets.exceptions import InvalidStatus

from tests.wire.conftest import Room
from tests.wire_client import WireClient, connected, opened


async def hello(client: WireClient, **data) -> dict:
    answer = await client.ask("connect", data)
    assert answer["type"] == "connected", answer
    return answer["data"]


async def test_connected_describes_the_whole_session(room: Room):
    ada = room.player()
    table = room.table()
    async with opened(room.url) as client:
        answer = await hello(client, token=ada.token, client_id="ada-1")
        assert answer == {
            "client_id": "ada-1",
            "protocol": 1,
            "player": {"id": ada.id, "name": ada.name, "balance": 10_000},
            "subscriptions": {},
            "heartbeat_interval": 20,
            "server": answer["server"],
        }
        assert answer["server"].startswith("CardSharp ")
        await client.ask("subscribe", {"event_types": ["SHUFFLE", "CARD_DEALT"], "table_id": table})
        await client.accepted("join_table", table, buy_in=200)
        answer = (await client.ask("subscribe", {"event_types": "*"}))["data"]
        assert answer["subscriptions"] == {"lobby": ["*"], table: ["CARD_DEALT", "SHUFFLE"]}
        assert answer["player"]["balance"] == 9_800


async def test_a_token_may_come_in_the_header_and_the_message_goes_before_it(room: Room):
    ada, bert = room.player(), room.player()
    header = {"Authorization": f"Bearer {ada.token}"}
    async with opened(room.url, additional_headers=header) as client:
        assert (await hello(client))["player"]["id"] == ada.id
    async with opened(room.url, additional_headers=header) as client:
        assert (await hello(client, token=bert.token))["player"]["id"] == bert.id
    async with opened(room.url, additional_headers=header) as client:
        await client.send("connect", {"token": "wrong"})
        assert (await client.next())["data"]["reason"] == "bad_token"
        assert await client.closed() == 4401


async def test_a_session_cookie_counts_on_the_sites_own_pages_only(site: Room):
    ada = site.player()
    cookie = {"Cookie": ada.cookie}
    async with opened(site.url, additional_headers=cookie, origin=f"http://{site.server.address}") as client:
        assert (await hello(client))["player"]["id"] == ada.id
    async with opened(site.url, additional_headers=cookie) as client:
        assert (await hello(client))["player"] is None


async def test_a_token_in_the_address_is_nobody(room: Room):
    async with opened(f"{room.url}?token={room.player().token}") as client:
        assert (await hello(client))["player"] is None


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1.evil.example"]
)
async def test_a_foreign_origin_is_refused_in_the_handshake(room: Room, origin: str):
    with pytest.raises(InvalidStatus) as refusal:
        async with opened(room.url, origin=origin):
            pass
    assert refusal.value.response.status_code == 403


@pytest.mark.parametrize("token", ["", "wrong", "x" * 5000, "a\u0000b"])
async def test_a_bad_token_is_told_and_closed(room: Room, token: str):
    async with opened(room.url) as client:
        answer = await client.ask("connect", {"token": token})
        assert (answer["type"], answer["data"]) == ("disconnected", {"reason": "bad_token"})
        assert await client.closed() == 4401


async def test_goodbye_is_answered_and_closes_normally_even_before_connect(room: Room):
    for introduced in (True, False):
        async with opened(room.url) as client:
            if introduced:
                await hello(client)
            answer = await client.ask("disconnect")
            assert (answer["type"], answer["data"]) == ("disconnected", {"reason": "requested"})
            assert await client.closed() == 1000


async def test_a_second_socket_of_the_same_name_and_player_replaces_the_first(room: Room):
    ada, table = room.player(), room.table()
    async with connected(room.url, ada, subscribe=table, client_id="laptop") as first, opened(room.url) as second:
        answer = await hello(second, token=ada.token, client_id="laptop")
        assert (answer["client_id"], answer["subscriptions"]) == ("laptop", {})
        assert (await first.next())["data"] == {"reason": "replaced"}
        assert await first.closed() == 4409
        await second.accepted("join_table", table)


async def test_a_name_in_use_by_another_is_not_given_away(room: Room):
    ada, bert = room.player(), room.player()
    async with connected(room.url, ada, client_id="mine") as first:
        for other in (bert, None):
            async with opened(room.url) as second:
                answer = await hello(second, **({"token": other.token} if other else {}), client_id="mine")
                assert answer["client_id"] != "mine"
        assert (await first.ask("heartbeat"))["type"] == "heartbeat"


async def test_a_heartbeat_is_answered_with_the_clocks_and_the_newest_seqs(room: Room):
    ada, table = room.player(), room.table()
    async with connected(room.url, ada, subscribe=table) as client:
        seq = await client.accepted("join_table", table)
        answer = (await client.ask("heartbeat", {"timestamp": 12.5, "seqs": {table: seq, "elsewhere": 3}}))["data"]
        assert answer["client_timestamp"] == 12.5
        assert answer["seqs"] == {table: seq}
        assert answer["server_time"] > 1_700_000_000
        assert (await client.ask("heartbeat"))["data"]["client_timestamp"] is None


async def test_answers_come_in_the_order_of_the_messages(room: Room):
    async with connected(room.url) as client:
        kinds = ["heartbeat", "subscribe", "nonsense", "action", "unsubscribe"] * 10
        for number, kind in enumerate(kinds):
            data = {"event_types": ["LOBBY_STATE"]} if "subscribe" in kind else {"action": "sit_in"}
            await client.send(kind, data, id=f"n-{number}")
        answers: list[dict] = []
        while len(answers) < len(kinds):
            message = await client.next()
            if "reply_to" in message:
                answers.append(message)
        assert [answer["reply_to"] for answer in answers] == [f"n-{number}" for number in range(len(kinds))]
        told = {"heartbeat": "heartbeat", "subscribe": "connected", "unsubscribe": "connected"}
        assert [answer["type"] for answer in answers] == [told.get(kind, "error") for kind in kinds]


@pytest.mark.parametrize(("id_", "valid"), [("x", True), ("ü" * 64, True), ("", False), ("x" * 65, False), (7, False)])
async def test_an_answer_names_the_message_exactly_when_it_had_a_valid_id(room: Room, id_: object, valid: bool):
    async with connected(room.url) as client:
        await client.send("heartbeat", id=id_)
        answer = await client.next()
        assert answer["type"] == ("heartbeat" if valid else "error")
        assert answer.get("reply_to") == (id_ if valid else None)
        await client.send("heartbeat")
        assert "reply_to" not in await client.next()


async def test_unknown_fields_are_ignored_and_null_is_left_out(room: Room):
    async with connected(room.url, room.player(), color="red", client_id=None, batch=None) as client:
        await client.send("heartbeat", {"timestamp": None, "seqs": None, "more": 1}, id=None, more=[])
        assert (await client.next())["type"] == "heartbeat"


async def test_who_takes_batches_may_get_lists_of_messages_in_their_order(room: Room):
    ada, table = room.player(), room.table()
    async with connected(room.url, ada, batch=True, subscribe=table) as client:
        await client.accepted("join_table", table)
        await client.settle()
        assert any(frame.startswith("[") for frame in client.frames)
        seqs = [event["seq"] for event in client.events]
        assert len(seqs) >= 3
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


async def test_a_table_path_is_the_default_table_and_has_no_lobby(room: Room):
    ada, table = room.player(), room.table()
    async with connected(room.server.table_url(table), ada) as client:
        answer = await client.ask("subscribe", {"event_types": "*"})
        assert answer["data"]["subscriptions"] == {table: ["*"]}
        await client.accepted("join_table")
        answer = await client.ask("subscribe", {"event_types": ["LOBBY_STATE"]})
        assert answer["data"]["code"] == "unknown_event_type"


async def test_a_path_with_an_unknown_table_is_accepted_and_told(room: Room):
    other = room.table()
    async with connected(room.server.table_url("nowhere"), room.player()) as client:
        assert await client.refused("join_table") == "unknown_table"
        assert (await client.ask("subscribe", {"event_types": "*"}))["data"]["code"] == "unknown_table"
        await client.accepted("join_table", other)


async def test_what_was_asked_of_a_socket_that_broke_is_done_all_the_same(room: Room):
    ada, table = room.player(), room.table()
    async with connected(room.url, ada) as client:
        await client.send("action", {"action": "join_table", "table_id": table})
        await client.ask("heartbeat")
        client.socket.transport.abort()
        await asyncio.wait_for(client.socket.wait_closed(), 10)
    async with connected(room.url, ada) as client:
        assert await client.refused("join_table", table) == "already_seated"


async def test_logging_out_closes_the_sockets_of_that_session_alone(site: Room):
    ada = site.player()
    origin, cookie = f"http://{site.server.address}", {"Cookie": ada.cookie}
    async with (
        opened(site.url, additional_headers=cookie, origin=origin) as page,
        connected(site.url, ada) as program,
    ):
        assert (await hello(page))["player"]["id"] == ada.id
        await asyncio.to_thread(log_out, origin, ada.cookie)
        assert await page.closed() == 4401
        assert page.messages[-1]["data"] == {"reason": "signed_out"}
        assert (await program.ask("heartbeat"))["type"] == "heartbeat"


def log_out(site: str, cookie: str) -> None:
    """What the page's own form sends."""
    with urlopen(Request(f"{site}/account/", headers={"Cookie": cookie})) as profile:
        token = SimpleCookie("; ".join(profile.headers.get_all("Set-Cookie")))["csrftoken"].value
    headers = {"Cookie": f"{cookie}; csrftoken={token}", "X-CSRFToken": token}
    with urlopen(Request(f"{site}/account/log-out/", data=b"", headers=headers)) as left:
        assert left.status == 200
