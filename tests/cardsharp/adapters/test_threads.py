"""WebAdapter without WebSockets: synchronous code plays from a thread of its own, and is refused in it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cardsharp import errors
from cardsharp.adapters import WebAdapter
from cardsharp.blackjack.rules import Rules
from cardsharp.cards import parse_cards
from cardsharp.engine import BlackjackEngine
from cardsharp.events.ports import COMMITTED, Commit
from cardsharp.shoe import StackedShoes

UNTIMED = Rules(bet_seconds=None, act_seconds=None, insurance_seconds=None, pause_seconds=0)
PATIENCE = 20


class Game:
    """A game in a thread with an event loop of its own, as the documentation has it."""

    def __init__(self, rules: Rules, cards: str, names: tuple[str, ...]) -> None:
        self.adapter = WebAdapter()
        self.engine = BlackjackEngine(self.adapter, rules, shoes=StackedShoes(parse_cards(cards)))
        self.names = names
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)

    async def begin(self) -> list[str]:
        await self.adapter.initialize()
        await self.engine.initialize()
        players = [await self.engine.add_player(name) for name in self.names]
        await self.engine.start_game()
        return players

    def run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)


@contextmanager
def game(rules: Rules = UNTIMED, cards: str = "10♠ 10♥ 6♠ 7♦ 2♠", names: tuple[str, ...] = ()) -> Iterator[Game]:
    running = Game(rules, cards, names)
    running.thread.start()
    try:
        running.players = running.run(running.begin())  # type: ignore[attr-defined]
        yield running
    finally:
        running.run(running.engine.shutdown())
        running.loop.call_soon_threadsafe(running.loop.stop)
        running.thread.join(PATIENCE)
        running.loop.close()


def test_a_round_is_played_from_outside():
    with game() as g:
        request = g.adapter.get_request(timeout=PATIENCE)
        assert request is not None
        assert request.valid_actions == ("BET", "SIT_OUT")
        assert g.adapter.get_request(timeout=PATIENCE) == request  # until it is answered
        g.adapter.submit_action("BET", amount=10)
        request = g.adapter.get_request(timeout=PATIENCE)
        assert request is not None
        assert "HIT" in request.valid_actions
        current_state = g.adapter.get_current_state()
        assert current_state["turn"]["player_id"] == request.player_id
        receipt = g.adapter.submit_action("HIT")
        assert receipt.action == "HIT"
        hand = g.adapter.get_current_state()["seats"][0]["hands"][0]
        assert hand["cards"] == ("10♠", "6♠", "2♠")
        g.adapter.submit_action("STAND", request_id=g.adapter.get_request(PATIENCE).request_id)  # type: ignore[union-attr]
        events = g.adapter.get_events()
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        assert [event["data"]["net"] for event in events if event["event_type"] == "HAND_RESULT"] == [10]
        assert g.adapter.get_events() == []


def test_each_player_is_asked_for_and_answered_by_name():
    with game(cards="8♠ 6♦ 8♥ 10♦ 2♠ 2♥", names=("Ada", "Ben")) as g:
        ada, ben = g.players  # type: ignore[attr-defined]
        assert g.adapter.get_request(PATIENCE, player_id=ben).player_name == "Ben"  # type: ignore[union-attr]
        g.adapter.submit_action("BET", ben, 20)
        assert g.adapter.get_request(0, player_id=ben) is None
        g.adapter.submit_action("BET", amount=10)
        stakes = [(seat["player_name"], seat["bet"]) for seat in g.adapter.get_current_state()["seats"]]
        assert stakes == [("Ada", 10), ("Ben", 20)]
        with pytest.raises(errors.NotYourTurn):
            g.adapter.submit_action("STAND", ben)
        g.adapter.submit_action("STAND", ada)
        g.adapter.submit_action("STAND", ben)


REFUSED: dict[str, tuple[tuple[Any, ...], dict[str, Any], type[errors.GameError]]] = {
    "illegal": (("SPLIT",), {}, errors.IllegalAction),
    "no move": (("JUMP",), {}, errors.IllegalAction),
    "of another phase": (("BET", None, 10), {}, errors.WrongPhase),
    "a float": (("INSURANCE", None, 5.0), {}, errors.InvalidAmount),
    "another's": (("STAND", "p99"), {}, errors.NotSeated),
    "of another seat": (("STAND",), {"seat": 2}, errors.NotYourTurn),
    "of an older request": (("STAND",), {"request_id": "q4-1"}, errors.StaleRequest),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_wrong_answer_is_refused_in_the_callers_thread(what: str):
    arguments, options, error = REFUSED[what]
    with game() as g:
        assert g.adapter.get_request(PATIENCE)
        g.adapter.submit_action("BET", amount=10)
        before = g.adapter.get_current_state()
        with pytest.raises(error):
            g.adapter.submit_action(*arguments, **options)
        assert g.adapter.get_current_state() == before
        assert g.adapter.get_request(PATIENCE) is not None


def test_an_answer_that_comes_too_late_is_refused():
    with game(Rules(bet_seconds=None, act_seconds=1, pause_seconds=0)) as g:
        timed_out = threading.Event()

        def listen(name: str, commit: Commit) -> None:
            if any(event.event_type == "PLAYER_TIMEOUT" for event in commit.events):
                timed_out.set()

        g.engine.bus.subscribe(COMMITTED, listen)
        assert g.adapter.get_request(PATIENCE)
        g.adapter.submit_action("BET", amount=10)
        late = g.adapter.get_request(PATIENCE)
        assert late is not None
        assert timed_out.wait(PATIENCE)
        with pytest.raises(errors.StaleRequest):
            g.adapter.submit_action("HIT", request_id=late.request_id)


def test_the_same_answer_from_two_threads_counts_once():
    with game() as g:
        assert g.adapter.get_request(PATIENCE)
        g.adapter.submit_action("BET", amount=10)
        request = g.adapter.get_request(PATIENCE)
        assert request is not None
        receipts: list[Any] = []

        def hit() -> None:
            receipts.append(g.adapter.submit_action("HIT", request.player_id, request_id=request.request_id))

        threads = [threading.Thread(target=hit) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert len(receipts) == 5
        assert len(set(receipts)) == 1
        assert len(g.adapter.get_current_state()["seats"][0]["hands"][0]["cards"]) == 3


def test_nothing_comes_where_nothing_is_asked():
    with game() as g:
        assert g.adapter.get_request(PATIENCE)
        g.adapter.submit_action("SIT_OUT")
        assert g.adapter.get_request(PATIENCE).valid_actions == ("SIT_IN",)  # type: ignore[union-attr]
        assert g.adapter.get_request(0.01, player_id="p99") is None
        g.adapter.submit_action("LEAVE")
        assert g.adapter.get_request(0.01) is None
        with pytest.raises(errors.NotYourTurn):
            g.adapter.submit_action("HIT")


def test_who_waits_when_the_game_ends_waits_no_more():
    with game() as g:
        assert g.adapter.get_request(PATIENCE)
        g.adapter.submit_action("LEAVE")
        waiting = threading.Thread(target=g.adapter.get_request)
        waiting.start()
        g.run(g.engine.shutdown())
        waiting.join(PATIENCE)
        assert not waiting.is_alive()
        with pytest.raises(errors.TableClosed):
            g.adapter.submit_action("HIT", "p1")


def test_without_a_game_there_is_nothing_to_do():
    adapter = WebAdapter()
    with pytest.raises(errors.WrongPhase):
        adapter.get_current_state()
    BlackjackEngine(adapter)
    with pytest.raises(errors.UnknownTable):
        adapter.get_current_state()
    with pytest.raises(errors.TableClosed):
        adapter.submit_action("HIT", "p1")
    assert adapter.get_request(0) is None
    assert adapter.get_events() == []


async def test_in_the_games_own_thread_it_refuses_instead_of_waiting_for_itself():
    adapter = WebAdapter()
    async with BlackjackEngine(adapter, UNTIMED) as engine:
        ada = await engine.add_player("Ada")
        with pytest.raises(errors.WrongPhase, match="await"):
            adapter.submit_action("BET", ada, 10)
