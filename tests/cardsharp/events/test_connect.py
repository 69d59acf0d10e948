"""Connecting: who a client is, what it is called, and who is replaced by it."""

from typing import Any

import pytest

from cardsharp import __version__
from cardsharp.events.handler import WebSocketEventHandler
from tests.cardsharp.events.house import ADAS_TOKEN, BENS_TOKEN, INTERVAL, NOON, House, code_of

# -- connect ----------------------------------------------------------------------------------------------------------


async def test_connected_describes_the_whole_session(house: House) -> None:
    client = await house.enter()
    assert await client.ask("connect", {"token": ADAS_TOKEN, "client_id": "laptop"}, id="c-1") == {
        "type": "connected",
        "reply_to": "c-1",
        "timestamp": NOON,
        "data": {
            "client_id": "laptop",
            "protocol": 1,
            "player": {"id": "pAda", "name": "Ada", "balance": 1000},
            "subscriptions": {},
            "heartbeat_interval": INTERVAL,
            "server": f"CardSharp {__version__}",
        },
    }


async def test_a_balance_with_a_fraction_is_a_number_of_chips(house: House) -> None:
    client = await house.enter()
    assert (await client.ask("connect", {"token": BENS_TOKEN}))["data"]["player"]["balance"] == 500.5


async def test_who_shows_nothing_is_a_spectator_with_a_name_of_the_servers(house: House) -> None:
    first, second = await house.enter(), await house.enter()
    answers = [(await client.ask("connect"))["data"] for client in (first, second)]
    assert [answer["player"] for answer in answers] == [None, None]
    assert len({answer["client_id"] for answer in answers}) == 2
    assert all(1 <= len(answer["client_id"]) <= 64 for answer in answers)


@pytest.mark.parametrize(
    ("token", "credentials", "player"),
    [
        (None, {"bearer": ADAS_TOKEN}, "pAda"),
        (None, {"session": "of pBen"}, "pBen"),
        (ADAS_TOKEN, {"bearer": "bad", "session": "bad"}, "pAda"),
        (None, {"bearer": ADAS_TOKEN, "session": "of pBen"}, "pAda"),
    ],
)
async def test_the_first_credential_that_is_there_decides(
    house: House, token: str | None, credentials: dict[str, str], player: str
) -> None:
    client = await house.enter(**credentials)
    assert (await client.ask("connect", {"token": token}))["data"]["player"]["id"] == player


@pytest.mark.parametrize(
    ("token", "credentials"),
    [
        ("bad", {}),
        ("", {}),
        ("bad", {"bearer": ADAS_TOKEN, "session": "of pAda"}),
        (None, {"bearer": "bad", "session": "of pAda"}),
        (None, {"bearer": ""}),
        (None, {"session": "of who was banned"}),
    ],
)
async def test_a_bad_credential_closes_whatever_comes_after_it(
    house: House, token: str | None, credentials: dict[str, str]
) -> None:
    client = await house.enter(**credentials)
    answer = await client.ask("connect", {"token": token}, id="c-1")
    assert (answer["type"], answer["reply_to"], answer["data"]) == ("disconnected", "c-1", {"reason": "bad_token"})
    assert client.closed_with == [4401]
    assert await client.say("connect") == []


async def test_a_session_is_taken_back_by_its_credential(house: House) -> None:
    client = await house.enter(session="of pAda")
    await client.ask("connect")
    other = await house.visit(ADAS_TOKEN)
    await house.handler.sign_out("pAda", "session:of pAda;")
    await house.deliver()
    assert client.news()[0]["data"] == {"reason": "signed_out"}
    assert (client.closed_with, other.closed_with) == ([4401], [])


async def test_signing_out_a_player_closes_all_sockets_of_that_player_only(house: House) -> None:
    adas = [await house.visit(ADAS_TOKEN), await house.visit(ADAS_TOKEN)]
    others = [await house.visit(BENS_TOKEN), await house.visit()]
    await house.handler.sign_out("pAda")
    await house.deliver()
    assert [client.closed_with for client in adas + others] == [[4401], [4401], [], []]


async def test_a_second_connect_is_refused_and_changes_nothing(house: House) -> None:
    client = await house.visit(ADAS_TOKEN, client_id="laptop")
    assert code_of(await client.ask("connect", {"token": BENS_TOKEN, "client_id": "other"})) == "already_connected"
    (answer,) = await client.say("unsubscribe", {"event_types": "*", "table_id": "t1"})
    assert (answer["data"]["player"]["id"], answer["data"]["client_id"]) == ("pAda", "laptop")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("subscribe", {"event_types": "*"}),
        ("unsubscribe", {"event_types": "*"}),
        ("action", {"action": "sit_out"}),
        ("heartbeat", {}),
    ],
)
async def test_connect_comes_first(house: House, kind: str, data: dict[str, Any]) -> None:
    client = await house.enter("t1")
    assert code_of(await client.ask(kind, data)) == "not_connected"
    assert (await client.ask("connect"))["type"] == "connected"


@pytest.mark.parametrize("connects", [True, False])
async def test_disconnect_is_answered_and_closes_at_any_time(house: House, connects: bool) -> None:
    client = await house.enter()
    if connects:
        await client.ask("connect")
    answer = await client.ask("disconnect", id="bye")
    assert (answer["type"], answer["reply_to"], answer["data"]) == ("disconnected", "bye", {"reason": "requested"})
    assert client.closed_with == [1000]
    assert await client.say("heartbeat") == []


# -- a client's name --------------------------------------------------------------------------------------------------


async def test_a_socket_is_not_replaced_by_its_own_coming(house: House) -> None:
    """Over a slow layer the word that it takes its name reaches the socket itself, too."""
    await house.visit(ADAS_TOKEN)
    client = await house.visit(ADAS_TOKEN, client_id="laptop")
    (said,) = {message["by"]: message for _, message in house.groups.mail if message["kind"] == "replaced"}.values()
    await house.handler.deliver(client.session, said)
    assert (await client.ask("heartbeat"))["type"] == "heartbeat"
    assert client.closed_with == []


async def test_the_same_name_of_the_same_player_replaces_the_older_socket(house: House) -> None:
    old = await house.visit(ADAS_TOKEN, client_id="laptop")
    await old.watch("*")
    new = await house.enter()
    answer = await new.ask("connect", {"token": ADAS_TOKEN, "client_id": "laptop"})
    await house.deliver()
    assert (answer["data"]["client_id"], answer["data"]["subscriptions"]) == ("laptop", {})
    assert old.news()[-1]["data"] == {"reason": "replaced"}
    assert (old.closed_with, new.closed_with) == ([4409], [])


async def test_the_last_of_three_sockets_of_one_name_stays(house: House) -> None:
    clients = [await house.visit(ADAS_TOKEN, client_id="laptop") for _ in range(3)]
    await house.deliver()
    assert [client.closed_with for client in clients] == [[4409], [4409], []]


async def test_the_older_socket_is_replaced_in_another_process_too(house: House) -> None:
    elsewhere = WebSocketEventHandler(room=house.room, bus=house.bus, groups=house.groups, clock=house.clock)
    old = await house.visit(ADAS_TOKEN, client_id="laptop")
    other = await house.visit(ADAS_TOKEN, client_id="phone")
    here, house.handler = house.handler, elsewhere
    await house.visit(ADAS_TOKEN, client_id="laptop")
    house.handler = here
    await house.deliver()
    assert (old.closed_with, other.closed_with) == ([4409], [])


@pytest.mark.parametrize("token", [BENS_TOKEN, None])
async def test_a_name_in_use_by_another_is_not_to_be_had(house: House, token: str | None) -> None:
    holder = await house.visit(ADAS_TOKEN, client_id="laptop")
    other = await house.enter()
    answer = await other.ask("connect", {"token": token, "client_id": "laptop"})
    await house.deliver()
    assert answer["data"]["client_id"] != "laptop"
    assert holder.closed_with == []


async def test_an_anonymous_name_replaces_nobody(house: House) -> None:
    holder = await house.visit(client_id="laptop")
    other = await house.visit(client_id="laptop")
    assert holder.session.client_id == "laptop"
    assert other.session.client_id != "laptop"


async def test_a_name_is_free_once_its_socket_is_closed_or_gone(house: House) -> None:
    gone = await house.visit(ADAS_TOKEN, client_id="laptop")
    await gone.lost()
    closed = await house.visit(BENS_TOKEN, client_id="laptop")
    await closed.ask("disconnect")
    third = await house.visit(client_id="laptop")
    fourth = await house.visit(BENS_TOKEN, client_id="laptop")
    assert third.session.client_id == "laptop"
    assert fourth.session.client_id != "laptop", "a closed socket of the name does not hide the open one"
