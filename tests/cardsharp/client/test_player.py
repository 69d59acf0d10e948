"""What `play` promises: every request is answered once, results are counted once, and the seat is given up."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from cardsharp.blackjack.rules import Rules
from cardsharp.cards import parse_cards
from cardsharp.client import (
    ActionRequest,
    Answer,
    Event,
    Interrupted,
    Message,
    NoOpenSeat,
    Refused,
    Result,
    basic_strategy,
    connect,
    play,
)
from tests.cardsharp.client.dealer import Dealer
from tests.cardsharp.client.fake_server import TABLE, Peer, serve

NO_PAUSE = Rules(pause_seconds=0)


async def play_rounds(dealer: Dealer, rounds: int, bet: int | Decimal | None = None) -> Result:
    async with dealer.open() as url, connect(url) as room:
        return await play(room, basic_strategy(bet), rounds=rounds)


async def test_a_bot_plays_its_rounds_and_leaves():
    dealer = Dealer(NO_PAUSE)
    result = await play_rounds(dealer, 10)
    assert result.rounds == 10
    assert result.hands == result.won + result.lost + result.pushed
    (left,) = [event for event in dealer.log if event.event_type == "PLAYER_LEFT"]
    assert left.data["stack"] == 500 + result.net


async def test_results_are_exact_where_hundredths_are_at_stake():
    rules = Rules(pause_seconds=0, min_bet_cents=7, bet_step_cents=1)
    result = await play_rounds(Dealer(rules, parse_cards("A♠ 5♥ K♠ 9♦")), 1, Decimal("0.07"))
    assert result == Result(rounds=1, hands=1, won=1, wagered=Decimal("0.07"), net=Decimal("0.10"))


async def test_breaks_at_any_action_change_nothing():
    broken = Dealer(NO_PAUSE, break_off_at=range(2, 1000, 3))
    result = await play_rounds(broken, 25)
    assert broken.actions > 60, "there were many breaks"
    assert result == await play_rounds(Dealer(NO_PAUSE), 25)
    assert broken.count("PLAYER_JOINED") == broken.count("PLAYER_LEFT") == 1


async def test_a_stack_that_runs_out_ends_the_game():
    rules = Rules(pause_seconds=0, min_buy_in_cents=10_00, default_buy_in_cents=15_00)
    dealer = Dealer(rules, parse_cards("10♠ 10♥ 8♠ K♦"))
    result = await play_rounds(dealer, 10)
    assert result == Result(rounds=1, hands=1, lost=1, wagered=Decimal(10), net=Decimal(-10))
    assert dealer.count("PLAYER_LEFT") == 1


async def test_a_bet_above_the_stack_goes_down_to_the_smallest():
    dealer = Dealer(Rules(pause_seconds=0, max_bet_cents=1000_00))
    result = await play_rounds(dealer, 1, 600)
    assert result.wagered in (10, 20)


async def test_a_bet_that_the_table_refuses_ends_the_game_and_frees_the_seat():
    dealer = Dealer(NO_PAUSE)
    with pytest.raises(Refused) as refused:
        await play_rounds(dealer, 1, Decimal("10.5"))
    assert refused.value.code == "invalid_amount"
    assert dealer.count("PLAYER_LEFT") == 1


async def test_insurance_is_wagered_but_no_hand():
    async def insured(request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        if "INSURANCE" in request.valid_actions:
            return "player_action", {"action": "INSURANCE", "amount": request.max_amount}
        return await basic_strategy()(request, state)

    dealer = Dealer(NO_PAUSE, parse_cards("10♠ A♥ 9♠ K♦"))
    async with dealer.open() as url, connect(url) as room:
        result = await play(room, insured, rounds=1)
    assert result == Result(rounds=1, hands=1, lost=1, wagered=Decimal(15), net=Decimal(0))


@pytest.mark.parametrize(
    ("cards", "takes", "net"),
    [("10♠ A♥ 9♠ K♦", True, 0), ("10♠ A♥ 9♠ K♦", False, -10), ("A♠ A♥ K♠ K♦", True, 10), ("A♠ A♥ K♠ K♦", False, 0)],
    ids=["insured", "not insured", "even money", "no even money"],
)
async def test_an_object_takes_insurance_or_even_money_or_neither(cards: str, takes: bool, net: int):
    class Insurer:
        def bet(self, request: ActionRequest, state: dict[str, Any]) -> int | None:
            return None if state["round_number"] > 1 else 10

        def insurance(self, request: ActionRequest, state: dict[str, Any]) -> bool:
            return takes

        def move(self, request: ActionRequest, state: dict[str, Any]) -> str:
            raise AssertionError("the dealer's blackjack leaves nothing to move")

    async with Dealer(NO_PAUSE, parse_cards(cards)).open() as url, connect(url) as room:
        result = await play(room, Insurer(), rounds=1)
    assert (result.rounds, result.net) == (1, net)


async def test_a_seat_that_is_held_already_is_taken_up_again():
    dealer = Dealer(NO_PAUSE)
    async with dealer.open() as url, connect(url) as room:
        await room.act("join_table")
        result = await play(room, basic_strategy(), rounds=2)
    assert result.rounds == 2
    assert dealer.count("PLAYER_JOINED") == 1


async def test_whoever_is_cancelled_leaves_the_table():
    started = asyncio.Event()

    async def dreamer(request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        started.set()
        await asyncio.Event().wait()
        return None

    dealer = Dealer(NO_PAUSE)
    async with dealer.open() as url, connect(url) as room:
        playing = asyncio.create_task(play(room, dreamer))
        await started.wait()
        playing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await playing
    assert dealer.count("PLAYER_LEFT") == 1


async def test_whoever_is_cancelled_while_sitting_down_leaves_the_table():
    sitting_down = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.welcome()
        await show_table(peer, 0)
        await peer.read("action")
        sitting_down.set()
        await let_ada_leave(peer)

    async with serve(script) as url:
        playing = asyncio.create_task(play_at_table(url))
        await sitting_down.wait()
        playing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await playing


async def test_leaving_from_elsewhere_ends_the_game_with_its_result():
    async with Dealer(NO_PAUSE).open() as url, connect(url) as room:

        async def leaver(request: ActionRequest, state: dict[str, Any]) -> Answer | None:
            if state["round_number"] == 3:
                await room.act("leave_table")
                return None
            return await basic_strategy()(request, state)

        assert (await play(room, leaver)).rounds == 2


async def test_an_error_of_the_policy_is_the_callers():
    async def broken(request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        raise ZeroDivisionError

    dealer = Dealer(NO_PAUSE)
    async with dealer.open() as url, connect(url) as room:
        with pytest.raises(ZeroDivisionError):
            await play(room, broken)
    assert dealer.count("PLAYER_LEFT") == 1


async def test_who_sits_out_is_asked_to_sit_in_once():
    asked: list[tuple[str, ...]] = []

    async def resting(request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        asked.append(request.valid_actions)
        if "SIT_IN" in request.valid_actions:
            assert request.request_id is None
            return "sit_in", {}
        if asked.count(("BET", "SIT_OUT")) == 1:
            return "sit_out", {}
        return await basic_strategy()(request, state)

    dealer = Dealer(NO_PAUSE)
    async with dealer.open() as url, connect(url) as room:
        result = await play(room, resting, rounds=1)
    assert result.rounds == 1
    assert asked[:3] == [("BET", "SIT_OUT"), ("SIT_IN",), ("BET", "SIT_OUT")]


# What a real table does rarely, or only with time.

BET_REQUEST = {
    "request_id": "q1-1",
    "table_id": TABLE,
    "player_id": "pAda",
    "player_name": "Ada",
    "seat": 1,
    "hand_id": None,
    "valid_actions": ["BET", "SIT_OUT"],
    "min_bet": 10,
    "max_bet": 500,
}


def state_with_ada(**more: Any) -> dict[str, Any]:
    ada = {"player_id": "pAda", "player_name": "Ada", "seat": 1, "stack": 500, "status": "active", "hands": []}
    return {"table_id": TABLE, "min_bet": 10, "max_bet": 500, "rules": "", "seats": [ada]} | more


async def seat_ada(peer: Peer) -> None:
    await peer.welcome()
    await show_table(peer, 0)
    await peer.acknowledge(await peer.read("action"))
    await peer.event("TABLE_STATE", 1, state=state_with_ada())


async def show_table(peer: Peer, seq: int, **more: Any) -> None:
    """Confirms a subscription with a snapshot; without more, of a table where nobody sits."""
    await peer.confirm(await peer.read("subscribe"), "*")
    await peer.event("TABLE_STATE", seq, state=state_with_ada(**({"seats": []} | more)))


async def let_ada_leave(peer: Peer) -> None:
    await show_table(peer, 1, seats=state_with_ada()["seats"])
    leave = await peer.read("action")
    assert leave["data"] == {"action": "leave_table", "data": {"seat": 1}, "table_id": TABLE}
    await peer.acknowledge(leave)


async def play_at_table(url: str, policy: Any = None, **options: Any) -> Result:
    async with connect(url, table_id=TABLE) as room:
        return await play(room, policy or basic_strategy(), **options)


async def test_a_request_that_comes_again_is_answered_once():
    async def script(peer: Peer) -> None:
        await seat_ada(peer)
        await peer.send("action_request", BET_REQUEST)
        bet = await peer.read("action")
        assert bet["data"]["data"] == {"request_id": "q1-1", "seat": 1, "amount": 10}
        await peer.acknowledge(bet)
        await peer.send("action_request", BET_REQUEST)
        await peer.event("TABLE_STATE", 2, state=state_with_ada())
        await peer.event("TABLE_STATE", 3, state=state_with_ada(seats=[]))

    async with serve(script) as url:
        await play_at_table(url)


async def test_a_policy_sees_the_table_as_it_was_when_it_was_asked():
    seen: list[int] = []

    async def policy(request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        seen.append(state["round_number"])
        return "place_bet", {"amount": 10}

    async def script(peer: Peer) -> None:
        await seat_ada(peer)
        await peer.event("ROUND_STARTED", 2, round_number=8, deadline=None)
        await peer.send("action_request", BET_REQUEST)
        await peer.event("TABLE_STATE", 2, state=state_with_ada(round_number=8))
        await peer.acknowledge(await peer.read("action"))
        await peer.event("TABLE_STATE", 3, state=state_with_ada(seats=[]))

    async with serve(script) as url:
        await play_at_table(url, policy)
    assert seen == [8]


async def test_a_question_that_has_timed_out_is_withdrawn():
    asked, withdrawn = asyncio.Event(), asyncio.Event()

    async def slow(request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            withdrawn.set()
        return None

    async def script(peer: Peer) -> None:
        await seat_ada(peer)
        await peer.send("action_request", BET_REQUEST)
        await asked.wait()
        await peer.event("PLAYER_TIMEOUT", 2, player_id="pAda", seat=1, hand_id=None, action="SIT_OUT")
        await withdrawn.wait()
        await peer.event("TABLE_STATE", 3, state=state_with_ada(seats=[]))

    async with serve(script) as url:
        await play_at_table(url, slow)


@pytest.mark.parametrize("code", ["stale_request", "not_your_turn", "wrong_phase"])
async def test_an_answer_that_came_too_late_is_no_error(code: str):
    async def script(peer: Peer) -> None:
        await seat_ada(peer)
        await peer.send("action_request", BET_REQUEST)
        await peer.refuse(await peer.read("action"), code)
        await peer.event("TABLE_STATE", 2, state=state_with_ada(seats=[]))

    async with serve(script) as url:
        await play_at_table(url)


async def test_a_server_that_is_too_busy_is_asked_again():
    async def script(peer: Peer) -> None:
        await seat_ada(peer)
        await peer.send("action_request", BET_REQUEST)
        await peer.refuse(await peer.read("action"), "rate_limited", retry_after=Decimal("0.01"))
        await peer.acknowledge(await peer.read("action"))
        await peer.event("TABLE_STATE", 2, state=state_with_ada(seats=[]))

    async with serve(script) as url:
        await play_at_table(url)


async def test_a_resync_that_shows_no_seat_ends_the_game():
    async def script(peer: Peer) -> None:
        await seat_ada(peer)
        await peer.event("TABLE_STATE", 1, resync=True, state=state_with_ada(seats=[]))

    async with serve(script) as url:
        assert await play_at_table(url) == Result()


async def test_everything_is_shown_to_who_watches():
    shown: list[Message] = []

    async def script(peer: Peer) -> None:
        await seat_ada(peer)
        await peer.event("TABLE_STATE", 2, state=state_with_ada(seats=[]))

    async with serve(script) as url:
        await play_at_table(url, watch=shown.append)
    assert [message.seq for message in shown if isinstance(message, Event)] == [0, 1, 2]


async def test_chips_are_not_added_twice_because_the_answer_was_lost():
    async def rich(request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        return "add_chips", {"amount": 100}

    async def first(peer: Peer) -> None:
        await seat_ada(peer)
        ada = state_with_ada()["seats"][0] | {"status": "sitting_out"}
        await peer.event("TABLE_STATE", 2, state=state_with_ada(seats=[ada]))
        assert (await peer.read("action"))["data"]["action"] == "add_chips"
        peer.break_off()

    async def second(peer: Peer) -> None:
        await peer.welcome()
        await peer.confirm(await peer.read("subscribe"), "*")
        await peer.confirm(await peer.read("subscribe"), "*")
        await let_ada_leave(peer)

    async with serve(first, second) as url:
        with pytest.raises(Interrupted):
            await play_at_table(url, rich)


# Finding a table.


def row(table_id: str, taken: int) -> dict[str, Any]:
    return {"table_id": table_id, "seat_count": 5, "seats_taken": taken}


async def show_lobby(peer: Peer, *rows: dict[str, Any]) -> None:
    await peer.welcome()
    subscribe = await peer.read("subscribe")
    assert "table_id" not in subscribe["data"]
    await peer.confirm(subscribe, "*", table="lobby")
    await peer.send("event", {"event_type": "LOBBY_STATE", "data": {"tables": list(rows)}})
    await peer.confirm(await peer.read("unsubscribe"))


async def test_the_first_table_of_the_lobby_with_an_open_seat_is_taken():
    async def script(peer: Peer) -> None:
        await show_lobby(peer, row("full", 5), row(TABLE, 4), row("empty", 0))
        await show_table(peer, 0)
        join = await peer.read("action")
        assert join["data"]["table_id"] == TABLE
        await peer.acknowledge(join)
        await peer.event("TABLE_STATE", 1, state=state_with_ada())
        await peer.event("TABLE_STATE", 2, state=state_with_ada(seats=[]))

    async with serve(script) as url, connect(url) as room:
        await play(room, basic_strategy())
        assert room.table_id == TABLE


async def test_a_seat_lost_to_somebody_else_is_looked_for_at_the_next_table():
    async def script(peer: Peer) -> None:
        await show_lobby(peer, row("first", 4), row(TABLE, 0))
        subscribe = await peer.read("subscribe")
        assert subscribe["data"]["table_id"] == "first"
        await peer.confirm(subscribe, "*")
        await peer.event("TABLE_STATE", 0, table_id="first", state=state_with_ada(seats=[]))
        await peer.refuse(await peer.read("action"), "table_full")
        await peer.confirm(await peer.read("unsubscribe"))
        await show_table(peer, 0)
        join = await peer.read("action")
        assert join["data"]["table_id"] == TABLE
        await peer.acknowledge(join)
        await peer.event("TABLE_STATE", 1, state=state_with_ada())
        await peer.event("TABLE_STATE", 2, state=state_with_ada(seats=[]))

    async with serve(script) as url, connect(url) as room:
        await play(room, basic_strategy())


async def test_a_lobby_without_an_open_seat_is_said():
    async def script(peer: Peer) -> None:
        await show_lobby(peer, row("full", 5))

    async with serve(script) as url, connect(url) as room:
        with pytest.raises(NoOpenSeat):
            await play(room, basic_strategy())


async def test_a_spectator_is_told_that_it_cannot_play():
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await show_table(peer, 0)
        await peer.refuse(await peer.read("action"), "not_authenticated")
        await peer.confirm(await peer.read("unsubscribe"))

    async with serve(script) as url:
        with pytest.raises(Refused, match="not_authenticated"):
            await play_at_table(url)
