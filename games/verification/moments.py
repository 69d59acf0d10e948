"""A table's log, folded moment by moment: a moment's events are those of one command, which all have its timestamp."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from cardsharp.game import Game, HappenedEvent
from cardsharp.wire import decode_json
from games.models import LoggedEvent
from games.trimming import Beginning

READ_AT_ONCE: Final = 2_000
"""How many rows of a log, and of what belongs to it, are in memory."""


class DoesNotFit(Exception):
    """Something that is kept contradicts something else; the message says what."""


class Moment(msgspec.Struct, frozen=True, gc=False):
    """Some events in a row, the state before each of them, and last the one after them all.

    Commands that a clock of whole seconds gave the same timestamp are one moment.
    """

    events: list[HappenedEvent]
    states: list[Any]

    @property
    def first_seq(self) -> int:
        """The seq of its first event."""
        return self.events[0].seq

    @property
    def last_seq(self) -> int:
        """The seq of its last event."""
        return self.events[-1].seq


def moments_of(table_id: str, game: Game, beginning: Beginning) -> Iterator[Moment]:
    """The moments of the table's log, in order. Raises DoesNotFit at an event that cannot come there."""
    if game.seq(beginning.state) != beginning.seq:
        behind = f"behind event {beginning.seq}, its state is behind {game.seq(beginning.state)}"
        raise DoesNotFit(f"the checkpoint says that it is {behind}")
    moment = Moment([], [beginning.state])
    for event in _log(table_id, beginning.seq):
        if moment.events and event.data.get("timestamp") != moment.events[0].data.get("timestamp"):
            yield moment
            moment = Moment([], moment.states[-1:])
        moment.states.append(_after(moment.states[-1], event, game))
        moment.events.append(event)
    if moment.events:
        yield moment


def _log(table_id: str, begun: int) -> Iterator[HappenedEvent]:
    lines = LoggedEvent.objects.filter(table_id=table_id).order_by("seq")
    rows = lines.values_list("seq", "event_type", "round_id", "data").iterator(chunk_size=READ_AT_ONCE)
    for place, (seq, event_type, round_id, text) in enumerate(rows, start=begun + 1):
        if seq != place:
            raise DoesNotFit(f"event {place} is missing in the log, {seq} comes instead")
        try:
            data = decode_json(text)
        except (msgspec.DecodeError, RecursionError) as error:
            raise DoesNotFit(f"event {seq} is no JSON: {error}") from error
        if not isinstance(data, dict):
            raise DoesNotFit(f"event {seq} is no JSON object")
        yield HappenedEvent(seq=seq, event_type=event_type, round_id=round_id, data=data)


def _after(before: Any, event: HappenedEvent, game: Game) -> Any:
    try:
        state = game.fold(before, event)
    except Exception as error:
        raise DoesNotFit(f"event {event.seq}, {event.event_type}, cannot be folded: {error!r}") from error
    if game.seq(state) != event.seq:
        raise DoesNotFit(f"event {event.seq} does not count in the fold")
    if event.round_id not in (game.round_id(before), game.round_id(state)):
        raise DoesNotFit(f"event {event.seq} has the round {event.round_id}, the log says {game.round_id(state)}")
    return state
