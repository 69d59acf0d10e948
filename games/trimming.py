"""Logs that are kept in part: the oldest events go, and a checkpoint is what they had made of the table.

The log is trimmed in the background and by small steps, so that nobody waits for it; processes that do it at the same
time are harmless.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from cardsharp.game import Game, HappenedEvent
from cardsharp.games import GAMES
from cardsharp.wire import decode_json
from games.database import in_database
from games.models import Checkpoint, LoggedEvent, Table

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS: Final = 60
STEP: Final = 500
"""Events that go at a time, and those of the same command; a log has about this many more than are to be kept."""
_ROWS: Final = 600


class Beginning(NamedTuple):
    """Where a table's log begins: behind the event `seq`, with the table in this state."""

    seq: int
    state: Any
    promise: str = ""
    """The data of the last event before that published a commitment for the shoe to come."""


def beginning_of(table_id: str, game: Game) -> Beginning:
    """Where the table's log begins: at its checkpoint, or with nothing."""
    kept = Checkpoint.objects.filter(table=table_id).first()
    return Beginning(kept.seq, game.load(kept.state), kept.promise) if kept else Beginning(0, game.new())


def events_of(table_id: str) -> Iterator[tuple[HappenedEvent, str]]:
    """The events that are kept, oldest first, each with the text of its data."""
    lines = LoggedEvent.objects.filter(table_id=table_id).order_by("seq")
    for line in lines.iterator(chunk_size=_ROWS):
        data = decode_json(line.data)
        yield HappenedEvent(seq=line.seq, event_type=line.event_type, round_id=line.round_id, data=data), line.data


def overlong(kept: int) -> list[str]:
    """The tables whose logs have a step more than so many events."""
    begun = Coalesce("checkpoint__seq", Value(0))
    rows = Table.objects.annotate(begun=begun).filter(seq__gte=F("begun") + kept + STEP)
    return list(rows.values_list("pk", flat=True))


def trim(table_id: str, kept: int) -> bool:
    """Takes a step off the beginning of the table's log; False where too few events would be left.

    It goes up to the end of a command, whose events all have its timestamp: nothing that belongs together is parted.
    """
    row = Table.objects.only("seq", "game").get(pk=table_id)
    game = GAMES[row.game]
    begun, state, promise = beginning_of(table_id, game)
    if row.seq - begun - STEP < kept:
        return False
    until, at = begun, None
    for event, data in events_of(table_id):
        if until >= begun + STEP and event.data["timestamp"] != at:
            break
        state, until, at = game.fold(state, event), event.seq, event.data["timestamp"]
        if "next_commitment" in event.data:
            promise = data
    if row.seq - until < kept:
        return False
    with transaction.atomic():
        gone, _ = LoggedEvent.objects.filter(table_id=table_id, seq__lte=until).delete()
        if gone != until - begun:
            # Another process was faster. What was read may be half of what it left.
            transaction.set_rollback(True)
            return False
        made = {"seq": until, "state": game.dump(state), "promise": promise}
        Checkpoint.objects.update_or_create(table_id=table_id, defaults=made)
    return True


class Trimmer:
    """A task that keeps every log to about so many events; 0 keeps all."""

    def __init__(self, kept: int) -> None:
        self._kept = kept

    async def run(self) -> None:
        """Trims for ever, beginning now."""
        while self._kept:
            try:
                await self.trim()
            except Exception:
                logger.exception("The logs could not be trimmed; the next look tries again")
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def trim(self) -> None:
        """Trims every log that has grown too long."""
        for table_id in await in_database(overlong, self._kept):
            while await in_database(trim, table_id, self._kept):
                pass
