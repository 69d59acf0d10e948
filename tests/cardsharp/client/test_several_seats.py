"""One player on several seats: no seat too many, every seat answered, one question at a time, and all given up."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from cardsharp.blackjack.rules import Rules
from cardsharp.cards import parse_cards
from cardsharp.client import ActionRequest, Answer, Result, basic_strategy, connect, own_seats, play
from tests.cardsharp.client.dealer import Dealer

TWO_EACH = Rules(pause_seconds=0, seats_per_player=2)
THREE_EACH = Rules(pause_seconds=0, seats_per_player=3)


async def play_rounds(dealer: Dealer, rounds: int, seats: int = 1) -> Result:
    async with dealer.open() as url, connect(url) as room:
        return await play(room, basic_strategy(), rounds=rounds, seats=seats)


@pytest.mark.parametrize("seats", [1, 2])
async def test_breaks_at_any_action_take_no_seat_too_many(seats: int):
    broken = Dealer(THREE_EACH, break_off_at=range(2, 1000, 3))
    result = await play_rounds(broken, 15, seats)
    assert broken.actions > 40, "there were many breaks"
    assert result == await play_rounds(Dealer(THREE_EACH), 15, seats)
    assert broken.count("PLAYER_JOINED") == broken.count("PLAYER_LEFT") == seats


@pytest.mark.parametrize("break_at", [1, 2, 3, 4])
async def test_a_break_while_sitting_down_takes_no_seat_too_many(break_at: int):
    dealer = Dealer(THREE_EACH, break_off_at=[break_at])
    await play_rounds(dealer, 1, seats=2)
    assert dealer.count("PLAYER_JOINED") == dealer.count("PLAYER_LEFT") == 2


async def test_the_result_is_of_all_seats():
    dealer = Dealer(TWO_EACH, parse_cards("10♠ 10♥ 9♦ 9♠ 7♥ 9♣"))
    assert await play_rounds(dealer, 1, seats=2) == Result(
        rounds=1, hands=2, won=1, lost=1, wagered=Decimal(20), net=Decimal(0)
    )
    assert dealer.count("PLAYER_LEFT") == 2


@pytest.mark.parametrize(
    ("rules", "seats", "taken"),
    [
        (Rules(pause_seconds=0), 3, 1),
        (TWO_EACH, 3, 2),
        (Rules(pause_seconds=0, seats_per_player=2, seat_count=2), 2, 2),
    ],
)
async def test_no_more_seats_are_taken_than_the_table_gives(rules: Rules, seats: int, taken: int):
    dealer = Dealer(rules)
    assert (await play_rounds(dealer, 2, seats)).rounds == 2
    assert dealer.count("PLAYER_JOINED") == taken


@pytest.mark.parametrize("seats", [1, 2])
async def test_seats_that_are_held_already_are_taken_up_again(seats: int):
    dealer = Dealer(THREE_EACH)
    async with dealer.open() as url, connect(url) as room:
        await room.act("join_table", seat=4)
        await room.act("join_table", seat=2)
        result = await play(room, basic_strategy(), rounds=2, seats=seats)
    assert result.rounds == 2
    assert result.hands >= 4
    assert dealer.count("PLAYER_JOINED") == dealer.count("PLAYER_LEFT") == 2


async def test_a_policy_is_asked_for_one_seat_at_a_time():
    asked: list[int] = []
    at_once = 0

    async def policy(request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        nonlocal at_once
        at_once += 1
        assert at_once == 1
        asked.append(request.seat)
        await asyncio.sleep(0)
        at_once -= 1
        return await basic_strategy()(request, state)

    async with Dealer(TWO_EACH).open() as url, connect(url) as room:
        await play(room, policy, rounds=3, seats=2)
    assert asked[:2] == [1, 2]


async def test_a_seat_that_rests_does_not_keep_the_other_from_playing():
    asked: list[tuple[int, tuple[str, ...]]] = []

    async def half_resting(request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        asked.append((request.seat, request.valid_actions))
        if request.seat == 1 and "BET" in request.valid_actions:
            return "sit_out", {}
        if asked == [(1, ("BET", "SIT_OUT")), (2, ("BET", "SIT_OUT"))]:
            return None
        if "SIT_IN" in request.valid_actions:
            if asked.count(asked[-1]) == 1:
                await room.act("place_bet", amount=10, seat=2)
            await asyncio.Event().wait()
        return await basic_strategy()(request, state)

    dealer = Dealer(TWO_EACH, parse_cards("10♠ 10♥ 6♠ 9♦"))
    async with dealer.open() as url, connect(url) as room:
        result = await play(room, half_resting, rounds=3, seats=2)
    assert result.rounds == 3
    assert asked[2:4] == [(1, ("SIT_IN",)), (2, ("HIT", "STAND", "DOUBLE", "SURRENDER"))]
    assert dealer.count("PLAYER_SAT_IN") == 0
    assert dealer.count("PLAYER_LEFT") == 2


async def test_a_seat_may_be_left_while_the_other_plays_on():
    async def leaver(request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        if request.seat == 1:
            return "leave_table", {}
        return await basic_strategy()(request, state)

    dealer = Dealer(TWO_EACH)
    async with dealer.open() as url, connect(url) as room:
        assert (await play(room, leaver, rounds=2, seats=2)).rounds == 2
    assert [event.data["seat"] for event in dealer.log if event.event_type == "PLAYER_LEFT"] == [1, 2]


async def test_whoever_is_cancelled_leaves_every_seat():
    started = asyncio.Event()

    async def dreamer(request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        started.set()
        await asyncio.Event().wait()
        return None

    dealer = Dealer(TWO_EACH)
    async with dealer.open() as url, connect(url) as room:
        playing = asyncio.create_task(play(room, dreamer, seats=2))
        await started.wait()
        playing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await playing
        assert room.table_id is not None
        assert own_seats(room, (await room.look(room.table_id)).state) == []
    assert dealer.count("PLAYER_LEFT") == 2
