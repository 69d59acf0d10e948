"""Putting a commit on the bus: as a whole for who sends it on, and event by event for who waits for one kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from cardsharp.events.bus import EventBus
from cardsharp.events.ports import COMMITTED, Commit


class TableEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a table's log, as the bus has it under its event type; `data` is what clients see."""

    table_id: str
    seq: int
    event_type: str
    round_id: str | None
    data: dict[str, Any]


async def publish_commit(bus: EventBus, commit: Commit) -> None:
    """Publishes the commit as COMMITTED, then each of its events that somebody listens to; a table's in their order."""
    await bus.publish_all(_news(bus, commit), key=commit.table_id)


def _news(bus: EventBus, commit: Commit) -> Iterator[tuple[str, Any]]:
    yield COMMITTED, commit
    for event in commit.events:
        if bus.has_listeners(event.event_type):
            yield (
                event.event_type,
                TableEvent(
                    table_id=commit.table_id,
                    seq=event.seq,
                    event_type=event.event_type,
                    round_id=event.round_id,
                    data=event.data,
                ),
            )
