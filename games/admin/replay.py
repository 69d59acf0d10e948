"""A round step by step, as the player at a seat could see it: every viewer's state, and what that player was asked."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from cardsharp.game import HappenedEvent
from cardsharp.games import GAMES
from cardsharp.wire import decode_json
from games.admin.readable import ReadableEvent, readable
from games.models import Checkpoint, LoggedEvent, Round
from games.trimming import beginning_of

READ_AT_ONCE = 2_000


class Step(NamedTuple):
    """A moment of a round: the table after so many of its events, and what it awaited from the seat that looks on."""

    number: int
    last: int
    event: ReadableEvent
    view: dict[str, Any]
    requests: list[dict[str, Any]]


class Replay(NamedTuple):
    """A round that can be stepped through."""

    events: list[ReadableEvent]
    seats: list[tuple[int, str]]
    """Who had a hand or a bet in it, or sat by."""
    step: Step | None
    """None where the round's events are not kept any more."""


def replay_of(played: Round, number: int, seat: int | None) -> Replay:
    """The round at its step of that number, the nearest that there is, through the eyes of that seat."""
    log = LoggedEvent.objects.filter(table=played.table_id, seq__range=(played.first_seq, played.last_seq))
    rows = list(log.order_by("seq"))
    events = [readable(row) for row in rows]
    if len(rows) != played.last_seq - played.first_seq + 1:
        return Replay(events, [], None)
    game = GAMES[played.table.game]
    state = game.load(_state_before(played.table_id, played.table.game, played.first_seq, _begun(played.table_id)))
    number = min(max(number, 1), len(rows))
    for row in rows[:number]:
        state = game.fold(state, _happened(row))
    view = game.view(state, 0)
    seats = [(each["seat"], each["player_name"]) for each in view["seats"]]
    eyes = next((each["player_id"] for each in view["seats"] if each["seat"] == seat), None)
    asked = [
        dict(request.data)
        for request in game.requests(state)
        if request.player_id == eyes and request.data.get("seat") == seat and not request.answered
    ]
    return Replay(events, seats, Step(number, len(rows), events[number - 1], view, asked))


def _begun(table_id: str) -> int:
    """The last event that is not kept any more: what was folded before is good for as long as that is the same."""
    return Checkpoint.objects.filter(table=table_id).values_list("seq", flat=True).first() or 0


@lru_cache(maxsize=256)
def _state_before(table_id: str, game_name: str, seq: int, begun: int) -> str:
    """The table's state before that event, out of its log. The log never changes, so this is kept for the next step."""
    game = GAMES[game_name]
    state = beginning_of(table_id, game).state
    lines = LoggedEvent.objects.filter(table=table_id, seq__gt=begun, seq__lt=seq).order_by("seq")
    for row in lines.iterator(chunk_size=READ_AT_ONCE):
        state = game.fold(state, _happened(row))
    return game.dump(state)


def _happened(row: LoggedEvent) -> HappenedEvent:
    return HappenedEvent(seq=row.seq, event_type=row.event_type, round_id=row.round_id, data=decode_json(row.data))
