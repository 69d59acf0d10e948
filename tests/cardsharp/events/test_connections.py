"""The limits of players and addresses over all of their connections, and what is counted, by a clock set by hand."""

import json
from collections import Counter

from cardsharp.events.counts import Counts
from cardsharp.events.limits import Limits
from tests.cardsharp.events.house import ADAS_TOKEN, BENS_TOKEN, Client, House, code_of, kinds


async def beats(client: Client, count: int) -> list[str]:
    """What a client gets for so many messages."""
    return [kind for _ in range(count) for kind in kinds(await client.say("heartbeat"))]


def ended(client: Client) -> tuple[list[int], object]:
    """The codes that the socket was closed with, and what was said last."""
    client.news()
    return client.closed_with, json.loads(client.frames[-1])["data"]


TURNED_AWAY = ([4429], {"reason": "rate_limited", "retry_after": 10.0})


async def test_all_sockets_of_a_player_share_one_limit() -> None:
    house = House(Limits(player_messages_per_second=8, player_burst=6))
    first, second = await house.visit(ADAS_TOKEN), await house.visit(ADAS_TOKEN)
    assert await beats(first, 3) + await beats(second, 3) == ["heartbeat"] * 6
    refused = await second.ask("heartbeat", id="h-1")
    assert (code_of(refused), refused["reply_to"], refused["data"]["retry_after"]) == ("rate_limited", "h-1", 0.125)
    assert await beats(first, 1) == ["error"]
    house.clock.now += 0.125
    assert await beats(first, 2) == ["heartbeat", "error"]
    assert house.handler.counts().limits == {"player_messages_per_second": 3}


async def test_others_have_limits_of_their_own() -> None:
    house = House(Limits(player_burst=2))
    ada, ben, spectator = await house.visit(ADAS_TOKEN), await house.visit(BENS_TOKEN), await house.visit()
    assert await beats(ada, 3) == ["heartbeat", "heartbeat", "error"]
    assert await beats(ben, 2) == ["heartbeat", "heartbeat"]
    assert await beats(spectator, 9) == ["heartbeat"] * 9


async def test_nothing_is_gained_by_leaving_and_coming_back() -> None:
    house = House(Limits(player_messages_per_second=1, player_burst=3))
    client = await house.visit(ADAS_TOKEN)
    assert await beats(client, 3) == ["heartbeat"] * 3
    await client.lost()
    house.clock.now += 1
    await house.handler.beat()
    again = await house.visit(ADAS_TOKEN)
    assert await beats(again, 2) == ["heartbeat", "error"]
    await again.lost()
    house.clock.now += 3
    await house.handler.beat()
    assert await beats(await house.visit(ADAS_TOKEN), 4) == ["heartbeat"] * 3 + ["error"]


async def test_players_who_are_gone_are_forgotten_and_no_others() -> None:
    house = House(Limits(player_messages_per_second=1, player_burst=3))
    gone, here = await house.visit(ADAS_TOKEN), await house.visit(BENS_TOKEN)
    await beats(gone, 1)
    await gone.lost()
    house.clock.now += 0.5
    await house.handler.beat()
    buckets = house.handler._sessions._buckets
    assert len(buckets) == 2
    house.clock.now += 0.5
    await house.handler.beat()
    assert len(buckets) == 1
    assert await beats(here, 1) == ["heartbeat"]


async def test_a_player_has_so_many_connections_and_no_more() -> None:
    house = House(Limits(connections_per_player=2))
    first = await house.visit(ADAS_TOKEN)
    second = await house.visit(ADAS_TOKEN)
    for _ in range(3):
        third = await house.enter()
        await third.say("connect", {"token": ADAS_TOKEN, "client_id": "third"}, id="c-1")
        assert third.frames[-1].count("c-1") == 1, "it is the answer to connect"
        assert ended(third) == TURNED_AWAY
    assert await beats(first, 1) + await beats(second, 1) == ["heartbeat"] * 2
    await house.visit(BENS_TOKEN)
    await house.visit()
    await second.lost()
    assert await beats(await house.visit(ADAS_TOKEN, client_id="third"), 1) == ["heartbeat"]
    assert house.handler.counts().limits == {"connections_per_player": 3}


async def test_who_replaces_their_own_connection_is_never_one_too_many() -> None:
    house = House(Limits(connections_per_player=1))
    clients = [await house.visit(ADAS_TOKEN, client_id="laptop") for _ in range(3)]
    assert [client.closed_with for client in clients] == [[4409], [4409], []]
    for client in clients[:2]:
        await client.lost()
    other = await house.enter()
    await other.say("connect", {"token": ADAS_TOKEN})
    assert ended(other) == TURNED_AWAY


async def test_an_address_has_so_many_connections_and_no_more() -> None:
    house = House(Limits(connections_per_address=2))
    first, _ = await house.enter(address="203.0.113.7"), await house.enter(address="203.0.113.7")
    third = await house.enter(address="203.0.113.7")
    assert ended(third) == TURNED_AWAY
    assert await third.say("connect") == []
    assert (await house.enter(address="203.0.113.8")).closed_with == []
    await third.lost()
    await first.lost()
    assert (await house.enter(address="203.0.113.7")).closed_with == []
    assert ended(await house.enter(address="203.0.113.7")) == TURNED_AWAY
    assert house.handler.counts().limits == {"connections_per_address": 2}


async def test_one_who_has_a_network_has_one_address() -> None:
    house = House(Limits(connections_per_address=1))
    assert (await house.enter(address="2001:db8::1")).closed_with == []
    assert ended(await house.enter(address="2001:db8::2")) == TURNED_AWAY
    assert (await house.enter(address="2001:db8:0:1::1")).closed_with == []


async def test_whose_address_is_not_known_is_not_counted_by_it() -> None:
    house = House(Limits(connections_per_address=1))
    assert [(await house.enter()).closed_with for _ in range(3)] == [[]] * 3


async def test_the_process_has_so_many_connections_and_no_more() -> None:
    house = House(Limits(connections=2))
    first, _ = await house.enter(address="203.0.113.1"), await house.enter(address="203.0.113.2")
    third = await house.enter(address="203.0.113.3")
    assert ended(third) == TURNED_AWAY
    await third.lost()
    await first.lost()
    assert (await house.enter(address="203.0.113.3")).closed_with == []
    assert house.handler.counts().limits == {"connections": 1}


# -- counts -----------------------------------------------------------------------------------------------------------


async def test_every_refusal_and_every_end_is_counted_by_what_it_was(house: House) -> None:
    client = await house.visit(ADAS_TOKEN)
    await client.ask("dance")
    await client.say_raw("{")
    await client.say_raw(b"x")
    await client.say_raw("[]")
    await client.act("join_table", "t9")
    await client.say("disconnect")
    await client.lost()
    unknown = await house.enter()
    await unknown.say("connect", {"token": "bad"})
    await unknown.lost()
    for code in (1001, 1009, 1007, 4413, None):
        await house.handler.lost((await house.enter()).session, code)
    assert house.handler.counts() == Counts(
        connections=7,
        messages=Counter(unreadable=4, connect=2, action=1, disconnect=1),
        refusals=Counter(unknown_type=1, bad_json=1, bad_message=2, unknown_table=1),
        closes=Counter(requested=1, bad_token=1, gone=2, message_too_big=1, not_utf8=1, slow_consumer=1),
    )


async def test_counts_once_given_stay_as_they_are(house: House) -> None:
    client = await house.visit()
    await client.ask("dance")
    counts = house.handler.counts()
    await client.ask("dance")
    assert (counts.refusals, house.handler.counts().refusals) == ({"unknown_type": 1}, {"unknown_type": 2})
