"""The channel layer within a process: what any Channels layer does, and what becomes of a member that is too slow."""

import asyncio
from typing import Any

import pytest

from games.layer import RoomLayer


@pytest.fixture
def layer() -> RoomLayer:
    return RoomLayer(capacity=3)


def mail(number: int) -> dict[str, Any]:
    return {"type": "group.message", "number": number}


async def received(layer: RoomLayer, channel: str, count: int) -> list[int]:
    return [(await layer.receive(channel))["number"] for _ in range(count)]


async def gone(layer: RoomLayer, channel: str) -> None:
    """As a consumer ends: it is cancelled while it waits for the next message."""
    waiting = asyncio.create_task(layer.receive(channel))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])


async def test_each_member_gets_each_message_of_its_groups_in_order(layer: RoomLayer):
    both, one = await layer.new_channel(), await layer.new_channel()
    await layer.group_add("red", both)
    await layer.group_add("blue", both)
    await layer.group_add("blue", one)
    await layer.group_send("red", mail(1))
    await layer.group_send("blue", mail(2))
    await layer.send(both, mail(3))
    assert await received(layer, both, 3) == [1, 2, 3]
    assert await received(layer, one, 1) == [2]


async def test_who_has_left_a_group_gets_nothing_of_it(layer: RoomLayer):
    channel = await layer.new_channel()
    await layer.group_add("red", channel)
    await layer.group_discard("red", channel)
    await layer.group_discard("red", channel)
    await layer.group_send("red", mail(1))
    await layer.send(channel, mail(2))
    assert await received(layer, channel, 1) == [2]


async def test_a_member_whose_queue_is_full_loses_what_comes_and_holds_up_nobody(layer: RoomLayer):
    slow, quick = await layer.new_channel(), await layer.new_channel()
    for channel in (slow, quick):
        await layer.group_add("red", channel)
    for number in range(5):
        await layer.group_send("red", mail(number))
        assert await received(layer, quick, 1) == [number]
    assert layer.dropped == 2
    assert await received(layer, slow, 3) == [0, 1, 2]


async def test_nothing_is_kept_of_who_is_gone(layer: RoomLayer):
    channel = await layer.new_channel()
    await layer.group_add("red", channel)
    await gone(layer, channel)
    await layer.group_send("red", mail(1))
    await layer.send(channel, mail(2))
    assert (layer._queues, layer._members, layer._groups_of, layer.dropped) == ({}, {}, {}, 0)


async def test_flushed_it_is_as_new(layer: RoomLayer):
    channel = await layer.new_channel()
    await layer.group_add("red", channel)
    await layer.flush()
    await layer.group_send("red", mail(1))
    assert (layer._queues, layer._members) == ({}, {})
    again = await layer.new_channel()
    await layer.group_add("red", again)
    await layer.group_send("red", mail(2))
    assert await received(layer, again, 1) == [2]
