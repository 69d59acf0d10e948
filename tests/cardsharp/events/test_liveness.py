"""Heartbeats, limits and the ends of sockets, by a clock that is set by hand."""

import asyncio
from typing import Any

import pytest

from cardsharp.events.limits import Limits
from cardsharp.events.ports import Receipt
from cardsharp.events.topics import ALL
from tests.cardsharp.events.house import ADAS_TOKEN, INTERVAL, NOON, Client, House, Message, code_of, kinds
from tests.cardsharp.events.room import ADA


def goodbye(messages: list[Message]) -> dict[str, object]:
    assert messages[-1]["type"] == "disconnected"
    return messages[-1]["data"]


async def flood(client: Client, count: int, frame: str = '{"type": "heartbeat"}') -> list[Message]:
    return [message for _ in range(count) for message in await client.say_raw(frame)]


# -- heartbeats -------------------------------------------------------------------------------------------------------


async def test_a_heartbeat_is_answered_with_its_time_and_the_newest_seqs(house: House) -> None:
    await house.room.open("t2")
    client = await house.visit()
    await client.watch("SHUFFLE")
    await house.room.act("t1", ADA, "join_table", {})
    house.clock.now += 2.5
    answer = await client.ask("heartbeat", {"timestamp": 1766400000.125, "seqs": {"t1": 1, "t9": 5}}, id="h-1")
    assert answer == {
        "type": "heartbeat",
        "reply_to": "h-1",
        "timestamp": NOON + 2.5,
        "data": {
            "server_time": NOON + 2.5,
            "client_timestamp": 1766400000.125,
            "seqs": {"t1": house.room.games["t1"].seq},
        },
    }
    assert client.session.seen == {"t1": 1}, "tables that are not subscribed are ignored"


@pytest.mark.parametrize("written", ["0.1", "1e3", "1766400000.1234567890123", "5", "-1", "1e999"])
async def test_the_time_of_a_heartbeat_comes_back_as_the_number_that_it_was(house: House, written: str) -> None:
    client = await house.visit()
    (answer,) = await client.say_raw(f'{{"type": "heartbeat", "data": {{"timestamp": {written}}}}}')
    assert answer["data"]["client_timestamp"] == float(written)


async def test_without_a_time_there_is_none_to_give_back(house: House) -> None:
    client = await house.visit()
    assert (await client.ask("heartbeat"))["data"]["client_timestamp"] is None


async def test_a_host_that_knows_of_lost_news_has_them_brought_at_once(house: House) -> None:
    client = await house.visit()
    await client.watch(ALL)
    await house.room.act("t1", ADA, "join_table", {})
    house.groups.mail.clear()
    await house.handler.beat()
    assert client.news() == []
    house.handler.beat_soon()
    await house.handler.beat()
    assert kinds(client.news()) == ["PLAYER_JOINED", "SHUFFLE", "ROUND_STARTED", "TABLE_STATE", "heartbeat"]
    await house.handler.beat()
    assert client.news() == []


async def test_the_server_sends_one_every_interval_to_who_is_connected(house: House) -> None:
    client, silent = await house.visit(), await house.enter()
    await client.watch(ALL)
    for share in (0.5, 0.49):
        house.clock.now += share * INTERVAL
        await house.handler.beat()
    assert client.news() == []
    house.clock.now += 0.01 * INTERVAL
    await house.handler.beat()
    await house.handler.beat()
    (beat,) = client.news()
    assert beat["data"] == {"server_time": house.clock.now, "client_timestamp": None, "seqs": {"t1": 1}}
    assert "reply_to" not in beat
    assert silent.news() == []


async def test_who_sends_nothing_for_three_intervals_is_closed(house: House) -> None:
    connected, unconnected, talking = await house.visit(), await house.enter(), await house.visit()
    for _ in range(3):
        await house.beat()
        talking.news()
        await talking.ask("heartbeat")
    assert [client.closed_with for client in (connected, unconnected)] == [[], []]
    house.clock.now += 0.001
    await house.handler.beat()
    for client in (connected, unconnected):
        assert goodbye(client.news()) == {"reason": "heartbeat_timeout"}
        assert client.closed_with == [4408]
    assert talking.closed_with == []
    await house.handler.beat()
    assert connected.closed_with == [4408], "once"


@pytest.mark.parametrize("frame", ["not even JSON", b"", '{"type": "dance"}'])
async def test_whatever_is_sent_is_a_sign_of_life(house: House, frame: str | bytes) -> None:
    client = await house.visit()
    for _ in range(9):
        await house.beat()
        client.news()
        await client.say_raw(frame)
    assert client.closed_with == []


# -- limits -----------------------------------------------------------------------------------------------------------


async def test_beyond_burst_and_rate_messages_are_refused_with_the_time_to_wait(house: House) -> None:
    client = await house.visit()
    assert set(kinds(await flood(client, 99))) == {"heartbeat"}
    refused = await client.ask("heartbeat", id="h-1")
    assert (code_of(refused), refused["reply_to"], refused["data"]["retry_after"]) == ("rate_limited", "h-1", 0.02)
    house.clock.now += 0.021
    assert kinds(await flood(client, 2)) == ["heartbeat", "error"]


async def test_a_message_that_came_too_fast_changes_nothing(house: House) -> None:
    client = await house.visit(ADAS_TOKEN, "t1")
    await flood(client, 99)
    assert code_of(await client.act("join_table")) == "rate_limited"
    assert house.room.games["t1"].seq == 1


@pytest.mark.parametrize("frame", ["", b"7", "[]", '{"type": "dance"}'])
async def test_what_comes_too_fast_is_refused_for_that_alone(house: House, frame: str | bytes) -> None:
    client = await house.visit()
    await flood(client, 99)
    (answer,) = await client.say_raw(frame)
    assert code_of(answer) == "rate_limited"


async def test_the_500th_of_these_within_the_window_closes(house: House) -> None:
    client = await house.visit()
    await flood(client, 99)
    assert {code_of(answer) for answer in await flood(client, 499)} == {"rate_limited"}
    assert client.closed_with == []
    refused, bye = await client.say("heartbeat")
    assert code_of(refused) == "rate_limited"
    assert goodbye([bye]) == {"reason": "rate_limited", "retry_after": 10.0}
    assert client.closed_with == [4429]
    assert await client.say("heartbeat") == []


async def test_messages_at_the_rate_itself_are_never_refused(house: House) -> None:
    client = await house.visit()
    for _ in range(1_000):
        house.clock.now += 1 / 50
        assert kinds(await client.say("heartbeat")) == ["heartbeat"]


async def test_the_100th_other_refusal_within_the_window_closes(house: House) -> None:
    client = await house.visit()
    for _ in range(99):
        house.clock.now += 0.1
        assert code_of(await client.ask("dance")) == "unknown_type"
    refused, bye = await client.say("dance")
    assert code_of(refused) == "unknown_type"
    assert goodbye([bye]) == {"reason": "too_many_errors"}
    assert client.closed_with == [4400]


async def test_refusals_that_lie_further_apart_do_not(house: House) -> None:
    client = await house.visit()
    for _ in range(300):
        house.clock.now += 0.102
        assert code_of(await client.ask("dance")) == "unknown_type"
    assert client.closed_with == []


async def test_what_comes_too_fast_is_no_other_refusal(house: House) -> None:
    client = await house.visit()
    await flood(client, 99)
    await flood(client, 200)
    assert client.closed_with == []


async def test_each_connection_has_its_own_limits() -> None:
    house = House(Limits(burst=2))
    first, second = await house.visit(), await house.visit()
    assert kinds(await flood(first, 2)) == ["heartbeat", "error"]
    assert kinds(await flood(second, 1)) == ["heartbeat"]


# -- the end ----------------------------------------------------------------------------------------------------------


async def test_at_a_shutdown_every_client_is_told_when_to_come_back(house: House) -> None:
    clients = [await house.visit() for _ in range(30)] + [await house.enter()]
    gone = await house.visit()
    await gone.ask("disconnect")
    await house.handler.shutdown()
    goodbyes = [goodbye(client.news()) for client in clients]
    assert {bye["reason"] for bye in goodbyes} == {"server_restart"}
    waits = [bye["retry_after"] for bye in goodbyes]
    assert all(isinstance(wait, float) and 0.5 <= wait <= 5.5 for wait in waits)
    assert len(set(waits)) > 1, "spread over the clients"
    assert {tuple(client.closed_with) for client in clients} == {(4012,)}
    assert gone.closed_with == [1000]


class Acting:
    """A client's action that has begun, and waits until the test lets it go on."""

    def __init__(self, house: House, client: Client) -> None:
        self._house = house
        self._client = client
        self._act = house.room.act
        self._begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def __aenter__(self) -> "Acting":
        self._house.room.act = self._slowly  # type: ignore[assignment, method-assign]
        frame = '{"type": "action", "data": {"action": "join_table"}}'
        self._task = asyncio.create_task(self._house.handler.receive(self._client.session, frame))
        await self._begun.wait()
        return self

    async def __aexit__(self, *error: object) -> None:
        self.go_on.set()
        await self._task

    async def _slowly(self, *what: Any) -> Receipt:
        self._begun.set()
        await self.go_on.wait()
        return await self._act(*what)


async def test_at_a_shutdown_who_waits_for_an_answer_gets_it_first_and_nobody_waits_for_them(house: House) -> None:
    client, other = await house.visit(ADAS_TOKEN, "t1"), await house.visit()
    async with Acting(house, client) as acting:
        leaving = asyncio.create_task(house.handler.shutdown())
        for _ in range(10):  # more turns of the loop than the others' goodbyes need
            await asyncio.sleep(0)
        assert other.closed_with == [4012]
        assert client.news() == []
        acting.go_on.set()
        await leaving
    assert kinds(client.news()) == ["ACTION_RECEIVED", "disconnected"]
    assert client.closed_with == other.closed_with == [4012]


async def test_at_a_shutdown_an_answer_is_not_waited_for_without_end(house: House) -> None:
    client = await house.visit(ADAS_TOKEN, "t1")
    async with Acting(house, client):
        await house.handler.shutdown(answer_seconds=0.01)
        assert goodbye(client.news())["reason"] == "server_restart"
    assert client.news() == []
    assert house.room.games["t1"].seq > 1, "it was done all the same"


async def test_who_comes_after_a_shutdown_is_told_as_well(house: House) -> None:
    await house.handler.shutdown()
    late = await house.enter()
    assert goodbye(late.news())["reason"] == "server_restart"
    assert late.closed_with == [4012]


async def test_a_closed_socket_is_sent_nothing_more(house: House) -> None:
    client = await house.visit(ADAS_TOKEN, "t1")
    await client.watch(ALL)
    await client.act("join_table")
    await client.ask("disconnect")
    await house.deliver()
    await house.room.act("t1", ADA, "place_bet", {"amount": 10})
    await house.deliver()
    await house.beat()
    assert client.news() == []
    assert client.closed_with == [1000]
