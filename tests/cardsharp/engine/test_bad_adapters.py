"""Adapters that raise, hang, answer for others, twice or too late: the table goes on, and no chip is lost."""

import asyncio
from typing import Any

import pytest

from cardsharp.adapters import ScriptedAdapter
from cardsharp.blackjack.rules import Rules
from cardsharp.cards import parse_cards
from cardsharp.client import ActionRequest, basic_strategy
from cardsharp.client.policy import Answer
from cardsharp.engine import BlackjackEngine, conductor
from cardsharp.shoe import StackedShoes

UNTIMED = Rules(bet_seconds=None, act_seconds=None, insurance_seconds=None, pause_seconds=0)
TIMED = Rules(bet_seconds=1, act_seconds=1, insurance_seconds=1, pause_seconds=0)
GOOD = basic_strategy(10)


def at_moves(answer: Any):
    """Plays well, but for the moves of a hand."""

    async def policy(request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        return await GOOD(request, state) if request.hand_id is None else await answer(request)

    return policy


def at_bets(answer: Any):
    """Plays well, but for bets."""

    async def policy(request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        return await answer(request) if "BET" in request.valid_actions else await GOOD(request, state)

    return policy


def engine_of(policy: Any, rules: Rules = UNTIMED, cards: str = "10♠ 10♥ 6♠ 7♦") -> BlackjackEngine:
    return BlackjackEngine(ScriptedAdapter(policy), rules, shoes=StackedShoes(parse_cards(cards)))


async def log_of(engine: BlackjackEngine) -> list[Any]:
    return [(event.event_type, event.data) for event in engine.room.table(engine.table_id).log]


async def moves_of(engine: BlackjackEngine) -> list[str]:
    return [data["action"] for name, data in await log_of(engine) if name == "PLAYER_ACTION"]


def is_conserved(engine: BlackjackEngine) -> bool:
    players = engine.room.players
    at_table = sum(engine.room.game.chips_of(engine.room.table(engine.table_id).state).values())
    return players.wallets_cents + players.house_cents + at_table == players.issued_cents


async def raises(request: ActionRequest) -> Answer:
    raise RuntimeError("the policy is broken")


async def gives_up(request: ActionRequest) -> Answer:
    raise asyncio.CancelledError


async def is_no_answer(request: ActionRequest) -> Any:
    return "STAND"


async def is_no_data(request: ActionRequest) -> Any:
    return "player_action", ["STAND"]


async def is_illegal(request: ActionRequest) -> Answer:
    return "player_action", {"action": "SPLIT"}


async def is_for_a_float(request: ActionRequest) -> Answer:
    return "place_bet", {"amount": 10.5}


async def is_for_another_seat(request: ActionRequest) -> Answer:
    return "player_action", {"action": "HIT", "seat": 2}


async def is_for_another_request(request: ActionRequest) -> Answer:
    return "player_action", {"action": "HIT", "request_id": "q1-2"}


async def does_not_answer(request: ActionRequest) -> Answer:
    return "set_client_seed", {"client_seed": "luck"}


BAD = (raises, gives_up, is_no_answer, is_no_data, is_illegal, is_for_another_seat, is_for_another_request)


@pytest.mark.parametrize("answer", [*BAD, does_not_answer])
async def test_a_move_that_is_none_is_played_as_for_the_absent_at_once(answer, caplog: pytest.LogCaptureFixture):
    async with engine_of(at_moves(answer)) as engine, asyncio.timeout(10):
        played = await engine.play(1)
        assert played.rounds == 1
        assert await moves_of(engine) == ["STAND"]
        assert is_conserved(engine)
    assert [record.levelname for record in caplog.records if record.levelname != "INFO"] != []


@pytest.mark.parametrize("answer", [*BAD, is_for_a_float])
async def test_a_bet_that_is_none_sits_out_and_playing_ends(answer, caplog: pytest.LogCaptureFixture):
    async with engine_of(at_bets(answer)) as engine, asyncio.timeout(10):
        assert (await engine.play(3)).rounds == 0
        (seat,) = (await engine.render_state())["seats"]
        assert (seat["status"], seat["stack"]) == ("sitting_out", 500)
    assert caplog.records


@pytest.mark.parametrize(
    ("on_timeout", "moves", "status"),
    [("stand", ["STAND"], "active"), ("sit_out", ["STAND"], "sitting_out"), ("basic_strategy", ["HIT"], "active")],
)
async def test_the_tables_own_rule_says_what_is_done(on_timeout: Any, moves: list[str], status: str, caplog):
    rules = Rules(bet_seconds=None, act_seconds=None, insurance_seconds=None, on_timeout=on_timeout, surrender="none")
    async with engine_of(at_moves(raises), rules, "10♠ 10♥ 6♠ 7♦ 5♠") as engine, asyncio.timeout(10):
        await engine.play(1)
        assert await moves_of(engine) == moves
        assert (await engine.render_state())["seats"][0]["status"] == status


async def test_insurance_and_early_surrender_are_declined_for_the_absent(caplog: pytest.LogCaptureFixture):
    rules = Rules(bet_seconds=None, act_seconds=None, insurance_seconds=None, surrender="early")
    async with engine_of(at_moves(raises), rules, "10♠ A♥ 6♠ 7♦") as engine, asyncio.timeout(10):
        await engine.play(1)
        decisions = [data["action"] for name, data in await log_of(engine) if name == "INSURANCE_DECISION"]
        assert decisions == ["DECLINE_INSURANCE"]
        assert await moves_of(engine) == ["DECLINE_SURRENDER", "STAND"]


async def test_who_hangs_is_timed_out_by_the_rules_and_asked_no_more():
    cancelled: list[str] = []

    async def hangs(request: ActionRequest) -> Answer:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            cancelled.append(str(request.request_id))
        raise AssertionError

    async with engine_of(at_moves(hangs), TIMED) as engine, asyncio.timeout(10):
        assert (await engine.play(1)).rounds == 1
        timeouts = [data["action"] for name, data in await log_of(engine) if name == "PLAYER_TIMEOUT"]
        assert timeouts == ["STAND"]
        assert is_conserved(engine)
    assert len(cancelled) == 1


async def test_an_answer_that_comes_too_late_changes_nothing(caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO")

    async def insists(request: ActionRequest) -> Answer:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            return "player_action", {"action": "HIT"}
        raise AssertionError

    async with engine_of(at_moves(insists), TIMED) as engine, asyncio.timeout(10):
        assert (await engine.play(1)).rounds == 1
        assert await moves_of(engine) == ["STAND"]
        assert is_conserved(engine)
    assert "came too late" in caplog.text


async def test_an_answer_counts_once_though_it_is_given_twice():
    async def answers_by_the_engine_too(request: ActionRequest) -> Answer:
        data = {"action": "HIT", "request_id": request.request_id}
        await engine.act(request.player_id, "player_action", data)
        return "player_action", data

    engine = engine_of(at_moves(answers_by_the_engine_too), cards="2♠ 10♥ 2♦ 7♦ 9♠ 9♥")  # 22 with two cards more
    async with engine, asyncio.timeout(10):
        await engine.play(1)
        assert await moves_of(engine) == ["HIT", "HIT"]
        assert is_conserved(engine)


class Rude(ScriptedAdapter):
    """Fails at everything but answering."""

    async def notify(self, event: Any) -> None:
        raise RuntimeError("no ears")

    async def render_state(self, state: dict[str, Any]) -> None:
        raise asyncio.CancelledError

    async def shutdown(self) -> None:
        raise RuntimeError("no end")


async def test_who_fails_to_be_told_is_asked_all_the_same(caplog: pytest.LogCaptureFixture):
    async with BlackjackEngine(Rude(GOOD), UNTIMED) as engine, asyncio.timeout(10):
        assert (await engine.play(3)).rounds == 3
    assert {"Rude failed with ROUND_STARTED", "Rude gave up to show the state", "Rude failed to shut down"} <= {
        record.getMessage() for record in caplog.records
    }


class Deaf(ScriptedAdapter):
    """Hangs when it is told something."""

    async def notify(self, event: Any) -> None:
        await asyncio.get_running_loop().create_future()


async def test_who_hangs_while_being_told_is_asked_all_the_same(caplog, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(conductor, "ADAPTER_SECONDS", 0.001)
    async with BlackjackEngine(Deaf(GOOD), UNTIMED) as engine, asyncio.timeout(20):
        assert (await engine.play(2)).rounds == 2
    assert "Deaf took too long with ROUND_STARTED" in caplog.text


async def test_one_bad_player_does_not_keep_the_others_from_playing(caplog: pytest.LogCaptureFixture):
    async def policy(request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        return await raises(request) if request.player_name == "Bad" else await GOOD(request, state)

    async with BlackjackEngine(ScriptedAdapter(policy), UNTIMED) as engine, asyncio.timeout(10):
        bad, good = await engine.add_player("Bad"), await engine.add_player("Good")
        played = await engine.play(20)
        assert (played.rounds, list(played.net)) == (20, [good])
        assert [seat["stack"] for seat in (await engine.render_state())["seats"] if seat["player_id"] == bad] == [500]
        assert is_conserved(engine)
