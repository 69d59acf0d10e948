"""The engine as a program uses it: by its methods, or by letting it play."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from cardsharp import errors
from cardsharp.adapters import ScriptedAdapter
from cardsharp.blackjack.rules import Rules
from cardsharp.cards import parse_cards
from cardsharp.client import ActionRequest, basic_strategy
from cardsharp.client.policy import Answer
from cardsharp.engine import BlackjackEngine, answer_for
from cardsharp.shoe import StackedShoes

UNTIMED = Rules(bet_seconds=None, act_seconds=None, insurance_seconds=None, pause_seconds=0)
LEAVES_AT_ONCE = ["LEAVE"]


def stacked(cards: str) -> StackedShoes:
    return StackedShoes(parse_cards(cards))


async def nobody(request: ActionRequest, state: dict[str, Any]) -> Answer | None:
    """A policy of somebody who answers by the engine's own methods."""
    return None


def engine_of(policy: Any, cards: str = "", config: Any = UNTIMED, **options: Any) -> BlackjackEngine:
    return BlackjackEngine(ScriptedAdapter(policy, **options), config, shoes=stacked(cards) if cards else None)


def wallet(engine: BlackjackEngine, player_id: str) -> int:
    player = engine.room.players.get(player_id)
    assert player is not None
    return player.balance_cents


async def test_a_round_by_hand():
    events: list[str] = []
    cards = "10♠ 9♦ 10♥ 8♠ 6♣ 7♦ 5♦"  # Ada 10♠ 8♠, Ben 9♦ 6♣ and then 5♦, the dealer 10♥ 7♦
    async with engine_of(nobody, cards, watch=lambda event: events.append(event.event_type)) as engine:
        ada = await engine.add_player("Ada", chips=1000, buy_in=200)
        ben = await engine.add_player("Ben", seat=3)
        await engine.start_game()
        await engine.place_bet(ada, 20)
        receipt = await engine.place_bet(ben, Decimal(10))
        assert receipt.action == "place_bet"
        assert events[-1] == "PLAYER_DECISION_NEEDED"  # the adapter has been told before this returned
        await engine.execute_player_action(ada, "STAND")
        await engine.execute_player_action(ben, "hit")
        await engine.execute_player_action(ben, "STAND")
        state = await engine.render_state()
        assert [(seat["seat"], seat["stack"]) for seat in state["seats"]] == [(1, 220), (3, 510)]
    assert wallet(engine, ada) == 1020_00
    assert engine.room.players.wallets_cents + engine.room.players.house_cents == engine.room.players.issued_cents


async def test_an_answer_with_its_request_takes_effect_once():
    async with engine_of(nobody, "2♠ 10♥ 3♦ 7♦ 4♠ 5♠") as engine:
        ada = await engine.add_player("Ada")
        await engine.place_bet(ada, 10)
        (request,) = (await engine.room.snapshot(engine.table_id)).requests
        for _ in range(2):
            await engine.execute_player_action(ada, "HIT", request_id=request.request_id)
        assert (await engine.render_state())["seats"][0]["hands"][0]["cards"] == ("2♠", "3♦", "4♠")


async def test_rounds_are_played_by_the_adapter_as_many_as_asked_for():
    async with engine_of(basic_strategy(10), config="6D H17 PAUSE0") as engine:
        played = await engine.play(25)
        assert played.rounds == 25
        (net,) = played.net.values()
        state = await engine.render_state()
        assert state["phase"] == "betting"
        assert state["seats"][0]["stack"] == 500 + net
        await asyncio.sleep(0)
        assert (await engine.render_state())["seats"][0]["bet"] == 0  # nothing is asked any more
        assert (await engine.play(5)).rounds == 5


async def test_playing_ends_when_everybody_has_left_or_sits_out():
    async with engine_of(["BET 10", "STAND"], "10♠ 10♥ 8♠ 7♦") as engine:
        played = await engine.play()
        assert (played.rounds, list(played.net.values())) == (1, [10])
        assert (await engine.render_state())["seats"] == []
    async with engine_of(["SIT_OUT", "SIT_IN", "BET 10", "STAND", "SIT_OUT", "LEAVE"], "10♠ 10♥ 8♠ 7♦") as engine:
        assert (await engine.play(100)).rounds == 1


async def test_players_of_their_own_sit_down_where_nobody_was_added():
    async with engine_of(basic_strategy(), player_names=("Ada", "Ben")) as engine:
        await engine.play(3)
        assert [seat["player_name"] for seat in (await engine.render_state())["seats"]] == ["Ada", "Ben"]
    async with engine_of(basic_strategy(), player_names=("Ada", "Ben")) as engine:
        await engine.add_player("Eve")
        await engine.play(3)
        assert [seat["player_name"] for seat in (await engine.render_state())["seats"]] == ["Eve"]


async def test_a_started_game_goes_on_by_itself():
    reached = asyncio.Event()

    def watch(event) -> None:
        if event.event_type == "ROUND_ENDED" and event.data["round_number"] == 5:
            reached.set()

    engine = engine_of(basic_strategy(), watch=watch)
    await engine.initialize()
    await engine.initialize()
    await engine.start_game()
    async with asyncio.timeout(10):
        await reached.wait()
    await engine.shutdown()
    await engine.shutdown()
    assert engine.room.players.wallets_cents + engine.room.players.house_cents == 500_00


async def test_shutting_down_in_mid_round_gives_the_bets_back():
    engine = engine_of(nobody, "10♠ 10♥ 8♠ 7♦")
    await engine.initialize()
    ada = await engine.add_player("Ada")
    await engine.place_bet(ada, 100)
    await engine.shutdown()
    assert wallet(engine, ada) == 500_00
    with pytest.raises(errors.TableClosed):
        await engine.place_bet(ada, 100)
    with pytest.raises(errors.TableClosed):
        await engine.initialize()


REFUSED: dict[str, tuple[Any, type[errors.GameError]]] = {
    "a bet as a float": (lambda e, p: e.place_bet(p, 10.0), errors.InvalidAmount),
    "a bet off the limits": (lambda e, p: e.place_bet(p, 7), errors.InvalidAmount),
    "another's seat": (lambda e, p: e.place_bet(p, 100, seat=2), errors.NotSeated),
    "an unknown player": (lambda e, p: e.place_bet("p99", 10), errors.NotSeated),
    "a move without cards": (lambda e, p: e.execute_player_action(p, "HIT"), errors.WrongPhase),
    "a stale request": (lambda e, p: e.execute_player_action(p, "SIT_IN", request_id="q0-1"), errors.StaleRequest),
    "a wallet too small": (lambda e, p: e.add_player("Ben", chips=5), errors.InsufficientChips),
    "a debt": (lambda e, p: e.add_player("Ben", chips=-5), errors.InvalidAmount),
    "no number": (lambda e, p: e.add_player("Ben", chips=Decimal("NaN")), errors.InvalidAmount),
    "no amount": (lambda e, p: e.add_player("Ben", buy_in=True), errors.InvalidAmount),
    "a taken seat": (lambda e, p: e.add_player("Ben", seat=1), errors.SeatTaken),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_the_table_refuses_is_raised_and_nothing_has_changed(what: str):
    refused, error = REFUSED[what]
    async with engine_of(nobody) as engine:
        ada = await engine.add_player("Ada")
        before = await engine.render_state()
        with pytest.raises(error):
            await refused(engine, ada)
        assert await engine.render_state() == before
        assert engine.room.players.issued_cents == 500_00  # nobody else has a wallet


async def test_before_it_is_initialized_it_has_no_table():
    engine = engine_of(nobody)
    for call in (engine.add_player("Ada"), engine.place_bet("p1", 10), engine.render_state()):
        with pytest.raises(errors.UnknownTable, match="initialize"):
            await call
    await engine.shutdown()


def test_a_word_is_an_answer():
    assert answer_for("SIT_IN") == ("sit_in", {})
    assert answer_for("LEAVE") == ("leave_table", {})
    assert answer_for("insurance", 5) == ("player_action", {"action": "INSURANCE", "amount": 5})
    with pytest.raises(errors.InvalidAmount):
        answer_for("BET", 5.0)  # type: ignore[arg-type]


async def test_a_policy_may_be_a_plain_function():
    def careful(request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        if "BET" in request.valid_actions:
            return "place_bet", {"amount": request.min_bet}
        return "player_action", {"action": "STAND"}

    async with engine_of(careful, "10♠ 10♥ 8♠ 7♦") as engine:
        assert (await engine.play(1)).net == {"p1": 10}


async def test_a_policy_may_be_an_object_as_for_clients():
    class Careful:
        def bet(self, request: ActionRequest, state: dict[str, Any]) -> int:
            return 10

        async def insurance(self, request: ActionRequest, state: dict[str, Any]) -> bool:
            return True

        def move(self, request: ActionRequest, state: dict[str, Any]) -> str:
            return "STAND"

    async with engine_of(Careful(), "10♠ A♥ 8♠ 10♦") as engine:
        assert (await engine.play(1)).net == {"p1": 0}  # the hand is lost, the insurance won


async def test_a_script_says_amounts_that_can_be_read(caplog: pytest.LogCaptureFixture):
    async with engine_of(["BET ten"]) as engine:
        assert (await engine.play(1)).rounds == 0
    assert "'BET ten' has no amount that could be read" in caplog.text
