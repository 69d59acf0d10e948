"""The client without async: in a script, where an event loop runs already, and under Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from typing import Any

import pytest

from cardsharp.client import ActionRequest, Answer, Closed, Event, Message, Refused, Unreachable, basic_strategy
from cardsharp.client.sync import connect
from tests.servers import ROOT, UNTIMED, Server, serving
from tests.wire.conftest import Room
from tests.wire.test_policies import stand


def test_playing_is_one_call(room: Room):
    with connect(room.server.table_url(room.table()), token=room.player().token) as opened:
        assert opened.play(stand, rounds=3).rounds == 3
        assert opened.play(basic_strategy(), rounds=2).rounds == 2
        assert opened.table_id in opened.session.subscriptions
        assert opened.newest_seq[opened.table_id or ""] > 0


async def test_it_works_where_a_loop_runs_already(room: Room):
    with connect(room.server.table_url(room.table()), token=room.player().token) as opened:
        assert opened.play(stand, rounds=1).rounds == 1


def test_policy_and_watcher_are_called_by_the_callers_thread_in_order(room: Room):
    here = threading.get_ident()
    seen: list[str] = []

    def watch(message: Message) -> None:
        assert threading.get_ident() == here
        if isinstance(message, Event) and message.event_type in ("ROUND_STARTED", "CARD_DEALT"):
            seen.append(message.event_type)

    def policy(request: ActionRequest, state: dict[str, Any]) -> Answer:
        assert threading.get_ident() == here
        seen.append(request.valid_actions[0])
        return stand(request, state)

    with connect(room.server.table_url(room.table()), token=room.player().token) as opened:
        opened.play(policy, rounds=1, watch=watch)
    assert [*dict.fromkeys(seen)][:4] == ["ROUND_STARTED", "BET", "CARD_DEALT", "HIT"]


def test_single_steps_and_reading_with_a_timeout(room: Room):
    table, player = room.table(), room.player()
    with connect(room.url, token=player.token, table_id=table) as opened:
        opened.subscribe()
        assert opened.look(table).state["seats"] == []
        opened.act("join_table", buy_in=200)
        with pytest.raises(Refused):
            opened.act("place_bet", amount=1)
        events = [message.event_type for message in opened.messages(timeout=1.0) if isinstance(message, Event)]
        assert events.count("PLAYER_JOINED") == 1
        with pytest.raises(TimeoutError):
            opened.receive(timeout=0.01)
        opened.leave()
        opened.unsubscribe()
        assert opened.session.subscriptions == {}


def test_after_the_goodbye_it_is_closed_for_all(room: Room):
    opened = connect(room.url)
    opened.disconnect()
    opened.disconnect()
    assert list(opened) == []
    for call in (opened.receive, opened.subscribe, lambda: opened.act("sit_in")):
        with pytest.raises(Closed, match="requested"):
            call()


def test_an_error_of_the_policy_is_the_callers_and_the_seat_is_free(room: Room):
    def broken(request: ActionRequest, state: dict[str, Any]) -> Answer:
        raise ZeroDivisionError

    table = room.table()
    with connect(room.server.table_url(table), token=room.player().token) as opened:
        with pytest.raises(ZeroDivisionError):
            opened.play(broken)
        assert opened.look(table).state["seats"] == []


def test_who_thinks_for_too_long_is_played_for(room: Room):
    """The policy's thread is stuck until the table has gone on, which the connection goes on telling."""
    went_on = threading.Event()

    def watch_from_elsewhere() -> None:
        with connect(room.server.table_url(table)) as viewer:
            viewer.subscribe()
            watching.set()
            for message in viewer:
                if isinstance(message, Event) and message.event_type == "PLAYER_TIMEOUT":
                    went_on.set()
                    return

    def slow(request: ActionRequest, state: dict[str, Any]) -> Answer:
        if "STAND" in request.valid_actions:
            assert went_on.wait(20)
        return stand(request, state)

    table, watching = room.table("hasty"), threading.Event()
    viewer = threading.Thread(target=watch_from_elsewhere)
    viewer.start()
    watching.wait()
    with connect(room.server.table_url(table), token=room.player().token) as opened:
        assert opened.play(slow, rounds=2).rounds == 2
    viewer.join()


def test_nobody_there_and_a_bad_token_are_the_same_errors(room: Room):
    with pytest.raises(Unreachable):
        connect("ws://127.0.0.1:9/")
    with pytest.raises(Closed, match="bad token"):
        connect(room.url, token="nobody's")
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("connection to")]


SCRIPT = """
import sys, time
from cardsharp.client.sync import connect

def policy(request, state):
    print("asked", flush=True)
    time.sleep(60) if sys.argv[3] == "thinking" else None

room = connect(sys.argv[1], token=sys.argv[2])
try:
    room.play(policy)
finally:
    print(len(room.look(room.table_id).state["seats"]), "seats are left")
"""


@pytest.mark.parametrize("state", ["thinking", "waiting"])
def test_ctrl_c_gives_up_the_seat_and_ends(room: Room, state: str):
    """The script forgets to disconnect, too."""
    script = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, room.server.table_url(room.table()), room.player().token, state],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert script.stdout
    assert script.stdout.readline() == "asked\n"
    script.send_signal(signal.SIGINT)
    printed, errors = script.communicate(timeout=20)
    assert printed == "0 seats are left\n"
    assert errors.splitlines()[-1] == "KeyboardInterrupt"
    assert "never" not in errors
    assert script.returncode == -signal.SIGINT


@pytest.fixture
def own_server(tmp_path: Any) -> Any:
    with serving(tmp_path, [("One", UNTIMED)], players=1) as server:
        yield server


def test_a_server_that_vanishes_is_awaited(own_server: Server):
    url, token = own_server.table_url(own_server.tables[0]), own_server.players[0].token
    moves = 0

    def policy(request: ActionRequest, state: dict[str, Any]) -> Any:
        nonlocal moves
        if "STAND" in request.valid_actions:
            moves += 1
            if moves in (1, 3):
                own_server.kill()
                own_server.start()
        return basic_strategy()(request, state)

    with connect(url, token=token) as opened:
        assert opened.play(policy, rounds=5).rounds == 5
    assert moves >= 3


def test_a_server_that_does_not_come_back_is_given_up(own_server: Server):
    def policy(request: ActionRequest, state: dict[str, Any]) -> Any:
        if "STAND" in request.valid_actions:
            own_server.kill()
        return basic_strategy()(request, state)

    url, token = own_server.table_url(own_server.tables[0]), own_server.players[0].token
    with pytest.raises(Unreachable, match="cannot be reached"), connect(url, token=token, retry_seconds=0.5) as opened:
        opened.play(policy)
    own_server.start()
