"""Policies that do what they should not, at a real table: none takes the room down or leaves a seat behind."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from cardsharp.client import ActionRequest, Answer, Policy, Refused, Result, Strategy, basic_strategy, connect, play
from tests.wire.conftest import Room
from tests.wire_client import connected

PATIENCE_SECONDS = 20


async def play_at(room: Room, policy: Policy | Strategy, table: str, **options: Any) -> Result:
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        connect(room.server.table_url(table), token=room.player().token) as opened,
    ):
        return await play(opened, policy, **options)


async def nobody_sits(room: Room, table: str) -> bool:
    async with connected(room.url) as viewer:
        await viewer.ask("subscribe", {"event_types": "*", "table_id": table})
        return (await viewer.event("TABLE_STATE"))["data"]["state"]["seats"] == []


class Careful:
    """Plain methods, and one that is a coroutine."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def bet(self, request: ActionRequest, state: dict[str, Any]) -> Decimal | None:
        self.asked.append("bet")
        return request.min_bet

    def insurance(self, request: ActionRequest, state: dict[str, Any]) -> bool:
        self.asked.append("insurance")
        return len(self.asked) > 2

    async def move(self, request: ActionRequest, state: dict[str, Any]) -> str:
        await asyncio.sleep(0)
        self.asked.append("move")
        return next(move for move in ("DECLINE_SURRENDER", "STAND") if move in request.valid_actions)


async def test_an_object_is_asked_by_its_methods(room: Room):
    careful = Careful()
    result = await play_at(room, careful, room.table(), rounds=2)
    assert (result.rounds, result.wagered) == (2, 20)
    assert careful.asked == ["bet", "move"] * 2


def stand(request: ActionRequest, state: dict[str, Any]) -> Answer:
    if "BET" in request.valid_actions:
        return "place_bet", {"amount": request.min_bet}
    careful = ("STAND", "DECLINE_INSURANCE", "DECLINE_SURRENDER")
    return "player_action", {"action": next(move for move in careful if move in request.valid_actions)}


async def test_a_plain_function_is_a_policy_as_well(room: Room):
    assert (await play_at(room, stand, room.table(), rounds=2)).rounds == 2


async def raises(request: ActionRequest, state: dict[str, Any]) -> Answer:
    raise ZeroDivisionError("nothing to divide")


async def answers_nonsense(request: ActionRequest, state: dict[str, Any]) -> Any:
    return "STAND"


async def bets_a_float(request: ActionRequest, state: dict[str, Any]) -> Answer:
    return "place_bet", {"amount": 10.5}


async def moves_illegally(request: ActionRequest, state: dict[str, Any]) -> Answer:
    if "BET" in request.valid_actions:
        return "place_bet", {"amount": request.min_bet}
    return "player_action", {"action": "INSURANCE"}


async def answers_an_old_question(request: ActionRequest, state: dict[str, Any]) -> Answer:
    return "place_bet", {"amount": request.min_bet, "request_id": "q0-1"}


@pytest.mark.parametrize(
    ("policy", "error", "words"),
    [
        (raises, ZeroDivisionError, "nothing to divide"),
        (answers_nonsense, TypeError, "not with 'STAND'"),
        (bets_a_float, TypeError, "never float"),
        (moves_illegally, Refused, "This hand can HIT"),
        (answers_an_old_question, Refused, "not|no "),
    ],
)
async def test_what_a_policy_does_wrong_is_raised_and_its_seat_given_up(
    room: Room, policy: Policy, error: type[Exception], words: str
):
    table = room.table()
    with pytest.raises(error, match=words):
        await play_at(room, policy, table)
    assert await nobody_sits(room, table)


async def test_who_answers_for_somebody_else_is_refused_and_the_other_plays_on(room: Room):
    table = room.table()

    async def for_seat_1(request: ActionRequest, state: dict[str, Any]) -> Answer:
        return "place_bet", {"amount": request.min_bet, "seat": 1}

    async with connected(room.server.table_url(table), room.player(), subscribe=table) as other:
        await other.accepted("join_table")
        with pytest.raises(Refused) as refused:
            await play_at(room, for_seat_1, table)
        assert refused.value.code in ("not_seated", "stale_request")
        await other.accepted("place_bet", amount=10)
        assert (await other.event("PLAYER_BET"))["data"]["seat"] == 1


async def test_an_answer_that_the_policy_has_sent_itself_already_changes_nothing(room: Room):
    async with connect(room.server.table_url(room.table()), token=room.player().token) as opened:

        async def twice(request: ActionRequest, state: dict[str, Any]) -> Answer:
            action, data = stand(request, state)
            await opened.act(action, request_id=request.request_id, seat=request.seat, **data)
            return action, data

        async with asyncio.timeout(PATIENCE_SECONDS):
            result = await play(opened, twice, rounds=3)
    assert (result.rounds, result.wagered) == (3, 30)


async def test_who_hangs_is_played_for_and_asked_again(room: Room):
    hung: list[str] = []

    async def hangs_once(request: ActionRequest, state: dict[str, Any]) -> Answer:
        if "STAND" in request.valid_actions and not hung:
            try:
                await asyncio.Event().wait()
            finally:
                hung.append("withdrawn")
        return await basic_strategy()(request, state)

    result = await play_at(room, hangs_once, room.table("hasty"), rounds=2)
    assert result.rounds == 2
    assert hung == ["withdrawn"]


async def test_who_will_not_be_cancelled_answers_too_late_and_nothing_comes_of_it(room: Room):
    late: list[str] = []

    async def stubborn(request: ActionRequest, state: dict[str, Any]) -> Answer:
        if "STAND" in request.valid_actions and not late:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                late.append("too late")
                return "player_action", {"action": "HIT"}
        return await basic_strategy()(request, state)

    result = await play_at(room, stubborn, room.table("hasty"), rounds=2)
    assert (result.rounds, late) == (2, ["too late"])
