"""One table: its log is followed from where it begins, and its row has to be where that leads.

A log that was trimmed begins at a checkpoint. What needs an event that is gone, such as the shuffle of the shoe in use
then, cannot be checked any more.
"""

from __future__ import annotations

from typing import Any

from cardsharp.game import Game
from cardsharp.games import GAMES
from games import house_players, making
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
    followers: list[Any] = [each(row, game, beginning) for each in (Stacks, Shoes, History, Answers)]
    if not row.is_practice:
        followers.append(Decisions(row, game, beginning))
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
    is_empty = not house_players.people(game, state)
    is_to_close = row.made_by_id is not None and game.is_open(state) and (row.is_practice or is_empty)
    if is_to_close != (row.closes_at is not None):
        why = "it is for practice" if row.is_practice else "nobody sits" if is_to_close else "it is not to close"
        raise DoesNotFit(f"closes_at is {row.closes_at}, but {why}")
    if (house_players.next_deed(state) is None) != (row.house_acts_at is None):
        raise DoesNotFit(f"house_acts_at is {row.house_acts_at}, the log says otherwise")
    view = game.view(state, 0)
    for column, value, folded in (
        ("seq", row.seq, game.seq(state)),
        ("table_id", row.pk, view["table_id"]),
        ("name", row.name, view["name"]),
        ("is_open", row.is_open, game.is_open(state)),
        ("deadline_at", row.deadline_at, making.earliest(game.deadline(state), row.closes_at, row.house_acts_at)),
    ):
        if value != folded:
            raise DoesNotFit(f"{column} is {value}, the log says {folded}")
    if game.dump(state) != game.dump(kept):
        raise DoesNotFit("the state is not the fold of the log")
