"""What a room promises: every answer to its question, every event once, and back again after a break."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from cardsharp.client import Closed, Event, Interrupted, Refused, TableState, Unreachable, connect, room
from cardsharp.client.errors import ClientError
from cardsharp.client.messages import Message
from tests.cardsharp.client.fake_server import TABLE, Peer, envelope, serve


async def nothing_more(peer: Peer) -> None:
    await peer.welcome()


async def read_events(reader: room.Room, count: int) -> list[Event]:
    events: list[Event] = []
    async for message in reader:
        if isinstance(message, Event):
            events.append(message)
        if len(events) == count:
            break
    return events


async def test_connect_says_who_comes_and_learns_what_the_server_knows():
    async def script(peer: Peer) -> None:
        hello = await peer.welcome()
        assert hello["data"] == {"client_id": "mine", "token": "secret", "batch": True}

    async with serve(script) as url, connect(url, token="secret", client_id="mine") as opened:
        assert opened.session.client_id == "c1"
        assert opened.session.player is not None
        assert opened.session.player.balance == 1000


async def test_answers_find_their_questions_in_whatever_order_they_come():
    async def script(peer: Peer) -> None:
        await peer.welcome()
        first, second = await peer.read("action"), await peer.read("action")
        assert first["id"] != second["id"]
        await peer.acknowledge(second, seq=2)
        await peer.event("PLAYER_BET", 1, amount=10)
        await peer.acknowledge(first, seq=1)

    async with serve(script) as url, connect(url) as opened:
        first, second = await asyncio.gather(
            opened.act("place_bet", amount=10), opened.act("player_action", action="HIT", table_id=TABLE)
        )
        assert (first.data["action"], second.data["action"]) == ("place_bet", "player_action")
        assert [event.event_type for event in await read_events(opened, 1)] == ["PLAYER_BET"]


async def test_messages_are_sent_in_the_order_they_were_asked():
    async def script(peer: Peer) -> None:
        await peer.welcome()
        for number in range(1, 21):
            action = await peer.read("action")
            assert action["data"]["data"] == {"amount": number}
            await peer.acknowledge(action)

    async with serve(script) as url, connect(url) as opened:
        await asyncio.gather(*(opened.act("place_bet", amount=number) for number in range(1, 21)))


async def test_amounts_keep_their_decimals_both_ways():
    async def script(peer: Peer) -> None:
        await peer.welcome()
        bet = await peer.read("action")
        assert bet["data"]["data"]["amount"] == Decimal("0.07")
        await peer.acknowledge(bet)
        await peer.event("PLAYER_BET", 1, amount=Decimal("0.07"), balance=Decimal("1234567890.01"))

    async with serve(script) as url, connect(url) as opened:
        await opened.act("place_bet", amount=Decimal("0.07"))
        (event,) = await read_events(opened, 1)
        assert event.data["balance"] == Decimal("1234567890.01")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"amount": 0.1}, TypeError),
        ({"amount": Decimal("NaN")}, ValueError),
        ({"amount": Decimal("Infinity")}, ValueError),
        ({"client_seed": "x" * 20_000}, ValueError),
    ],
)
async def test_what_no_server_could_answer_is_never_sent(data: dict[str, Any], error: type[Exception]):
    async with serve(nothing_more) as url, connect(url) as opened:
        with pytest.raises(error):
            await opened.act("place_bet", **data)


async def test_a_refusal_is_raised_with_its_code_and_what_helps():
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.refuse(await peer.read("action"), "illegal_action", valid_actions=["HIT", "STAND"])

    async with serve(script) as url, connect(url) as opened:
        with pytest.raises(Refused, match="It is illegal_action") as refused:
            await opened.act("player_action", action="SPLIT")
    assert refused.value.code == "illegal_action"
    assert refused.value.details == {"valid_actions": ["HIT", "STAND"]}


async def test_several_messages_in_one_frame_are_read_in_order():
    async def script(peer: Peer) -> None:
        await peer.welcome()
        events = [envelope("event", {"event_type": "CARD_DEALT", "table_id": TABLE, "seq": n}) for n in (1, 2, 3)]
        await peer.say(events)

    async with serve(script) as url, connect(url) as opened:
        assert [event.seq for event in await read_events(opened, 3)] == [1, 2, 3]


async def test_heartbeats_are_sent_by_the_servers_interval_and_tell_what_was_seen():
    async def script(peer: Peer) -> None:
        await peer.confirm(await peer.read("connect"), heartbeat_interval=0.02)
        await peer.confirm(await peer.read("subscribe"), "*", heartbeat_interval=0.02)
        await peer.event("CARD_DEALT", 41)
        while (await peer.read("heartbeat"))["data"]["seqs"] != {TABLE: 41}:
            pass
        await peer.event("CARD_DEALT", 42)

    async with serve(script) as url, connect(url) as opened:
        await opened.subscribe(table_id=TABLE)
        assert [event.seq for event in await read_events(opened, 2)] == [41, 42]


async def test_a_bad_token_ends_it_at_once():
    async def script(peer: Peer) -> None:
        hello = await peer.read("connect")
        await peer.send("disconnected", {"reason": "bad_token"}, hello["id"])
        await peer.socket.close(4401)

    async with serve(script) as url:
        with pytest.raises(Closed, match="bad token"):
            await connect(url, token="wrong").__aenter__()


async def test_nobody_there_is_told_at_once():
    async with serve() as url:
        pass
    with pytest.raises(Unreachable, match="cannot be reached"):
        await connect(url).__aenter__()


@pytest.mark.parametrize(("reason", "code"), [("replaced", 4409), ("signed_out", 4401)])
async def test_it_does_not_come_back_where_it_is_not_wanted(reason: str, code: int):
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.end(reason, code)

    async with serve(script) as url, connect(url) as opened:
        with pytest.raises(Closed) as closed:
            _ = [message async for message in opened]
        assert closed.value.reason == reason
        with pytest.raises(Closed):
            await opened.act("place_bet", amount=10)


async def test_a_close_code_alone_says_enough():
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.socket.close(4409)

    async with serve(script) as url, connect(url) as opened:
        with pytest.raises(Closed, match="replaced"):
            await anext(opened)


async def test_after_a_disconnect_reading_just_ends():
    async with serve(nothing_more) as url, connect(url) as opened:
        await opened.disconnect()
        assert [message async for message in opened] == []
        await opened.disconnect()


async def test_after_a_break_it_goes_on_from_the_last_event_it_saw():
    async def first(peer: Peer) -> None:
        await peer.welcome()
        await peer.confirm(await peer.read("subscribe"), "*")
        for seq in (1, 2, 3):
            await peer.event("CARD_DEALT", seq)
        peer.break_off()

    async def second(peer: Peer) -> None:
        hello = await peer.welcome()
        assert hello["data"]["client_id"] == "c1", "the same client comes back"
        resumed = await peer.read("subscribe")
        assert resumed["data"] == {"event_types": ["*"], "table_id": TABLE, "since": 3}
        await peer.confirm(resumed, "*")
        await peer.event("CARD_DEALT", 4)
        await peer.event("CARD_DEALT", 5)
        snapshot = await peer.read("subscribe")
        assert snapshot["data"] == {"event_types": ["*"], "table_id": TABLE}
        await peer.confirm(snapshot, "*")
        await peer.event("TABLE_STATE", 5, state={"seats": []})
        await peer.event("CARD_DEALT", 6)

    async with serve(first, second) as url, connect(url) as opened:
        await opened.subscribe(table_id=TABLE)
        events = await read_events(opened, 7)
        assert [event.seq for event in events if not isinstance(event, TableState)] == [1, 2, 3, 4, 5, 6]
        assert opened.newest_seq == {TABLE: 6}


async def test_a_break_while_it_comes_back_loses_no_subscription():
    async def first(peer: Peer) -> None:
        await peer.welcome()
        await peer.confirm(await peer.read("subscribe"), "CARD_DEALT")
        await peer.event("CARD_DEALT", 1)
        peer.break_off()

    async def second(peer: Peer) -> None:
        await peer.welcome()
        await peer.read("subscribe")
        peer.break_off()

    async def third(peer: Peer) -> None:
        await peer.welcome()
        resumed = await peer.read("subscribe")
        assert resumed["data"] == {"event_types": ["CARD_DEALT"], "table_id": TABLE, "since": 1}
        await peer.confirm(resumed, "CARD_DEALT")
        await peer.event("CARD_DEALT", 2)

    async with serve(first, second, third) as url, connect(url) as opened:
        await opened.subscribe(["CARD_DEALT"], table_id=TABLE)
        assert [event.seq for event in await read_events(opened, 2)] == [1, 2]


async def test_an_answer_to_a_request_is_repeated_after_a_break():
    seen: list[dict[str, object]] = []

    async def first(peer: Peer) -> None:
        await peer.welcome()
        seen.append(await peer.read("action"))
        peer.break_off()

    async def second(peer: Peer) -> None:
        await peer.welcome()
        seen.append(action := await peer.read("action"))
        await peer.acknowledge(action, request_id="q1", seq=7)

    async with serve(first, second) as url, connect(url) as opened:
        acknowledged = await opened.act("place_bet", request_id="q1", amount=10)
        assert acknowledged.data["seq"] == 7
    assert seen[0]["data"] == seen[1]["data"]


async def test_an_action_that_answers_no_request_is_never_sent_twice():
    async def first(peer: Peer) -> None:
        await peer.welcome()
        await peer.read("action")
        peer.break_off()

    async def second(peer: Peer) -> None:
        await peer.welcome()
        action = await peer.read("action")
        assert action["data"]["action"] == "sit_in", "add_chips has not come again"
        await peer.acknowledge(action)

    async with serve(first, second) as url, connect(url) as opened:
        with pytest.raises(Interrupted):
            await opened.act("add_chips", amount=100)
        await opened.act("sit_in")


async def test_what_is_asked_while_there_is_no_connection_is_sent_when_there_is_one():
    broken = asyncio.Event()

    async def first(peer: Peer) -> None:
        await peer.welcome()
        await peer.event("CARD_DEALT", 1)
        await broken.wait()
        peer.break_off()

    async def second(peer: Peer) -> None:
        hello = await peer.read("connect")
        asked.set()
        await come_back.wait()
        await peer.confirm(hello)
        await peer.acknowledge(await peer.read("action"))

    asked, come_back = asyncio.Event(), asyncio.Event()
    async with serve(first, second) as url, connect(url) as opened:
        await read_events(opened, 1)
        broken.set()
        await asked.wait()
        acting = asyncio.create_task(opened.act("join_table"))
        await asyncio.sleep(0)
        come_back.set()
        assert (await acting).data["action"] == "join_table"


async def test_the_server_says_when_to_come_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(room, "FIRST_WAIT_SECONDS", 600)

    async def first(peer: Peer) -> None:
        await peer.welcome()
        await peer.end("server_restart", 4012, retry_after=Decimal("0.01"))

    async def second(peer: Peer) -> None:
        await peer.welcome()
        await peer.event("CARD_DEALT", 1)

    async with asyncio.timeout(5), serve(first, second) as url, connect(url) as opened:
        await read_events(opened, 1)


async def test_it_gives_up_after_a_while_and_says_so_to_everybody(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(room, "FIRST_WAIT_SECONDS", 0.5)

    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.read("action")
        peer.break_off()
        broken.set()

    broken = asyncio.Event()
    async with serve(script) as url:
        opened = await connect(url, retry_seconds=0).__aenter__()
        acting = asyncio.create_task(opened.act("place_bet", request_id="q1", amount=10))
        await broken.wait()
    with pytest.raises(Unreachable):
        await anext(opened)
    with pytest.raises(Unreachable):
        await acting
    await opened.disconnect()


async def test_waits_grow_up_to_a_limit_and_differ_among_clients(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(room, "FIRST_WAIT_SECONDS", 0.04)
    monkeypatch.setattr(room, "LONGEST_WAIT_SECONDS", 0.16)

    async def script(peer: Peer) -> None:
        await peer.welcome()
        peer.break_off()

    async with serve(script) as url:
        opened = await connect(url, retry_seconds=0.5).__aenter__()
    with pytest.raises(Unreachable):
        await anext(opened)
    await opened.disconnect()
    logged: list[Any] = [record.args for record in caplog.records if record.name == room.__name__]
    waits = [wait for _, wait in logged]
    ceilings = [0.04, 0.08, *[0.16] * len(waits)]
    assert len(waits) >= 4
    assert all(top / 2 <= wait <= top for wait, top in zip(waits, ceilings, strict=False))
    assert len(set(waits)) == len(waits), "no two waits are the same"


async def test_what_the_server_is_unable_to_do_now_is_asked_again():
    """Nothing has changed then, so it may be: also what is never sent twice after a break."""

    async def script(peer: Peer) -> None:
        await peer.welcome()
        refused = await peer.read("action")
        await peer.refuse(refused, "unavailable", retry_after=0.01)
        await peer.refuse(await peer.read("action"), "unavailable", retry_after=0.01)
        again = await peer.read("action")
        assert again["data"] == refused["data"]
        assert again["id"] != refused["id"]
        await peer.acknowledge(again)

    async with serve(script) as url, connect(url) as opened:
        assert (await opened.act("add_chips", amount=5)).event_type == "ACTION_RECEIVED"


async def test_what_the_server_stays_unable_to_do_is_refused_in_the_end():
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.refuse(await peer.read("action"), "unavailable", retry_after=0.01)

    async with serve(script) as url, connect(url, retry_seconds=-1) as opened:
        with pytest.raises(Refused) as refused:
            await opened.act("sit_out")
        assert refused.value.code == "unavailable"


async def test_a_server_that_is_unable_to_let_it_in_now_is_come_back_to():
    async def first(peer: Peer) -> None:
        await peer.welcome()
        await peer.confirm(await peer.read("subscribe"), "*")
        peer.break_off()

    async def unable_to_connect(peer: Peer) -> None:
        await peer.refuse(await peer.read("connect"), "unavailable", retry_after=0.01)
        await peer.socket.wait_closed()

    async def unable_to_resume(peer: Peer) -> None:
        await peer.welcome()
        await peer.refuse(await peer.read("subscribe"), "unavailable", retry_after=0.01)
        await peer.socket.wait_closed()

    async def able(peer: Peer) -> None:
        await peer.welcome()
        await peer.confirm(await peer.read("subscribe"), "*")
        await peer.event("CARD_DEALT", 41)

    async with serve(first, unable_to_connect, unable_to_resume, able) as url, connect(url) as opened:
        await opened.subscribe(table_id=TABLE)
        assert [event.seq for event in await read_events(opened, 1)] == [41]


async def test_a_subscription_that_cannot_be_restored_ends_it():
    async def first(peer: Peer) -> None:
        await peer.welcome()
        await peer.confirm(await peer.read("subscribe"), "*")
        peer.break_off()

    async def second(peer: Peer) -> None:
        await peer.welcome()
        await peer.refuse(await peer.read("subscribe"), "unknown_table")

    async with serve(first, second) as url, connect(url) as opened:
        await opened.subscribe(table_id=TABLE)
        with pytest.raises(Refused, match="unknown_table"):
            await anext(opened)


async def test_a_server_of_another_protocol_is_told_from_a_broken_line():
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.socket.send("hello")

    async with serve(script) as url, connect(url) as opened:
        with pytest.raises(ClientError, match="does not speak this protocol"):
            await anext(opened)


async def test_every_unasked_message_is_yielded():
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.send("heartbeat", {"server_time": 1, "client_timestamp": None, "seqs": {}})
        await peer.send("error", {"code": "rate_limited", "message": "Slow down."})

    async with serve(script) as url, connect(url) as opened:
        messages: list[Message] = [await anext(opened), await anext(opened)]
        assert [message.type for message in messages] == ["heartbeat", "error"]
