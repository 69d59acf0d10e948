"""What the bots of a load test find out: events that differ, are missing or come twice, and how long it took."""

from __future__ import annotations

import random

import msgspec
import pytest

from cardsharp.loadtest import Bot, Figures, Habits, TableWatch
from cardsharp.loadtest.ceiling import ceiling
from cardsharp.loadtest.figures import percentiles
from tests.cardsharp.client.fake_server import TABLE, Peer, serve


@pytest.fixture
def figures() -> Figures:
    return Figures()


def test_an_action_is_told_when_the_last_member_has_its_last_event(figures: Figures):
    watch = TableWatch(TABLE, 2, figures)
    watch.saw(1, b"one", 10.0)
    watch.saw(1, b"one", 10.5)
    watch.acknowledged(1, 9.0)
    watch.acknowledged(2, 20.0)
    watch.saw(2, b"two", 20.25)
    assert list(figures.told) == [1.5]
    watch.saw(2, b"two", 20.75)
    assert list(figures.told) == [1.5, 0.75]
    assert (watch.newest, figures.differences) == (2, [])


def test_two_tellings_of_one_event_are_a_difference(figures: Figures):
    watch = TableWatch(TABLE, 2, figures)
    watch.saw(1, b"one", 10.0)
    watch.saw(1, b"another", 10.0)
    assert figures.differences == [f"table {TABLE}: event 1 is not the same for all"]


def test_what_was_before_a_member_came_is_not_compared(figures: Figures):
    watch = TableWatch(TABLE, 2, figures)
    watch.saw(7, b"seven", 1.0)
    watch.joined_at(7)
    watch.acknowledged(7, 0.5)
    for seq in (8, 8):
        watch.saw(seq, b"eight", 2.0)
    assert (list(figures.told), figures.differences) == ([], [])


def test_percentiles_of_nothing_are_no_numbers():
    assert percentiles([]).count == 0
    assert percentiles([]).p50 != percentiles([]).p50
    assert msgspec.structs.astuple(percentiles([0.002])) == (1, 2.0, 2.0, 2.0, 2.0)


@pytest.mark.parametrize(
    ("seqs", "found"), [([1, 3], "event 3 came after 1"), ([1, 1], "event 1 came twice, or late"), ([1, 2], "")]
)
async def test_a_bot_notices_a_hole_and_a_repetition(figures: Figures, seqs: list[int], found: str):
    async def script(peer: Peer) -> None:
        hello = await peer.read("connect")
        assert hello["data"]["batch"] is True
        await peer.read("subscribe")
        join = await peer.read("action")
        for seq in seqs:
            await peer.event("PLAYER_BET", seq)
        await peer.acknowledge(join)
        await peer.socket.close(4409)

    async with serve(script) as url:
        bot = Bot(url, "token", TableWatch(TABLE, 1, figures), figures, Habits(), random.Random(1), is_new=True)
        await bot.run()
    assert bot.seated.is_set()
    assert [difference.partition(": ")[2] for difference in figures.differences] == ([found] if found else [])


async def test_the_ceiling_is_what_the_bots_read():
    summary = await ceiling(bots=3, messages=1_000)
    assert 0 < summary.messages <= 3_000
    assert summary.messages == summary.frames
