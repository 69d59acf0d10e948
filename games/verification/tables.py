"""One table: its log is followed from where it begins, and its row has to be where that leads.

A log that was trimmed begins at a checkpoint. What needs an event that is gone, such as the shuffle of the shoe in use
then, cannot be checked any more.
"""

from __future__ import annotations

from typing import Any

from cardsharp.game import Game
from cardsharp.games import GAMES
from games import making
from games.models import Table
from games.trimming import beginning_of
from games.verification.answers import Answers
from games.verification.careers import Decisions
from games.verification.history import History
from games.verification.moments import DoesNotFit, moments_of
from games.verification.shoes import Shoes
from games.verification.stacks import Stacks


def check_table(row: Table) -> None:
    """Raises DoesNotFit with the first thing that does not hold of the table."""
    game = GAMES.get(row.game)
    if game is None:
        raise DoesNotFit(f"there is no game {row.game!r}")
    beginning = beginning_of(row.pk, game)
    followers = (
        Stacks(row, game, beginning),
        Shoes(row, game, beginning),
        History(row, game, beginning),
        Answers(row, game, beginning),
        Decisions(row, game, beginning),
    )
    state = beginning.state
    for moment in moments_of(row.pk, game, beginning):
        for follower in followers:
            follower.follow(moment)
        state = moment.states[-1]
    _check_row(row, game, state)
    for follower in followers:
        follower.finish()


def _check_row(row: Table, game: Game, state: Any) -> None:
    try:
        kept = game.load(row.state)
    except Exception as error:
        raise DoesNotFit(f"the state cannot be read: {error}") from error
    awaits_players = row.made_by_id is not None and game.is_open(state) and not game.players(state)
    if awaits_players != (row.closes_at is not None):
        why = "nobody sits" if awaits_players else "it is not to close"
        raise DoesNotFit(f"closes_at is {row.closes_at}, but {why}")
    view = game.view(state, 0)
    for column, value, folded in (
        ("seq", row.seq, game.seq(state)),
        ("table_id", row.pk, view["table_id"]),
        ("name", row.name, view["name"]),
        ("is_open", row.is_open, game.is_open(state)),
        ("deadline_at", row.deadline_at, making.earliest(game.deadline(state), row.closes_at)),
    ):
        if value != folded:
            raise DoesNotFit(f"{column} is {value}, the log says {folded}")
    if game.dump(state) != game.dump(kept):
        raise DoesNotFit("the state is not the fold of the log")
