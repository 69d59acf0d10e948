"""Play at the durable host, and what must hold of all that it has stored."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from cardsharp.blackjack.rules import Rules
from cardsharp.game import Actor
from cardsharp.games import GAMES
from games.models import Account, LoggedEvent, Player, Table
from games.store import AnswerKey, Store, Stored
from tests.games.admin.room import fold, ledger_sum

NOON = 1_766_400_000.0


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def new_store() -> Store:
    return Store(lambda table_id, seated: 0)


def open_table(store: Store, name: str = "Corner", *, at: float = NOON, **rules: Any) -> str:
    return store.open(GAMES["blackjack"], name, Rules(**rules), at).table_id


def play(
    store: Store,
    table_id: str,
    player: Player,
    what: str,
    /,
    *,
    at: float = NOON,
    answer: AnswerKey | None = None,
    **data: Any,
) -> Stored:
    actor = Actor(player.public_id, player.username)
    return store.submit(table_id, lambda game: game.read_action(what, data, actor=actor, at=at), answer)


def call_time(store: Store, table_id: str, at: float) -> Stored:
    return store.submit(table_id, lambda game: game.time_command(at=at))


def close_table(store: Store, table_id: str, at: float = NOON) -> Stored:
    return store.submit(table_id, lambda game: game.close_command(reason="fire drill", at=at))


def assert_all_is_kept(table_id: str) -> None:
    """The row is where the log leads, the log has no hole, and the ledger's stacks are the chips at the table."""
    table = Table.objects.get(pk=table_id)
    game = GAMES[table.game]
    state = game.load(table.state)
    seqs = list(LoggedEvent.objects.filter(table=table).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, table.seq + 1))
    assert table.state == fold(table)
    assert (table.seq, table.deadline_at, table.is_open) == (
        game.seq(state),
        game.deadline(state),
        game.is_open(state),
    )
    stacks = Account.objects.filter(kind="stack", table=table, balance_cents__gt=0)
    assert {f"p{stack.player_id}": stack.balance_cents for stack in stacks} == {
        player_id: cents for player_id, cents in game.chips_of(state).items() if cents
    }
    assert ledger_sum() == 0


def asked(store: Store, table_id: str) -> str:
    """What the table awaits an answer to."""
    return store.load(table_id).snapshot.requests[0].request_id


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What each deed returned or raised: all begin at the same moment, each in a thread with its own connection."""
    ready = threading.Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> Any:
        try:
            ready.wait()
            return deed()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))
