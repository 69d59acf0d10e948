"""What is sent to many: a commit's news encoded once, and put to each group that listens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import msgspec

from cardsharp.events.answers import TableStateData
from cardsharp.events.feed import News, pack
from cardsharp.events.messages import encode, encode_event
from cardsharp.events.ports import Commit, Groups, Snapshot
from cardsharp.events.topics import ALL, LOBBY, TABLE_STATE, player_group, table_group
from cardsharp.game import PlayerRequest


def state_text(snapshot: Snapshot, *, at: float, resync: bool = False) -> str:
    """The TABLE_STATE of a snapshot."""
    data = TableStateData(state=snapshot.view, timestamp=at, resync=True if resync else msgspec.UNSET)
    return encode_event(
        TABLE_STATE, data, at=at, table_id=snapshot.row["table_id"], round_id=snapshot.round_id, seq=snapshot.seq
    )


def request_text(request: PlayerRequest, *, at: float) -> str:
    """The `action_request` for something that a table awaits, with the time that is left now."""
    left = None if request.deadline is None else max(0.0, round(request.deadline - at, 3))
    return encode("action_request", {**request.data, "timeout_seconds": left}, at=at)


class Delivery:
    """Sends commits on to the groups of tables, players and lobby."""

    def __init__(self, groups: Groups, clock: Callable[[], float]) -> None:
        self._groups = groups
        self._clock = clock

    async def send_commit(self, commit: Commit) -> None:
        """Sends a commit's events, the state after them, what the table awaits from whom, and the lobby's rows."""
        await self._send_news(commit)
        await self._send_requests(commit)
        if not commit.after.is_private:
            await self._send_lobby(commit)

    async def _send_news(self, commit: Commit) -> None:
        at = self._clock()
        head = commit.after.seq
        state = state_text(commit.after, at=at)
        by_topic: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for event in commit.events:
            text = encode_event(
                event.event_type,
                event.data,
                at=at,
                table_id=commit.table_id,
                round_id=event.round_id,
                seq=event.seq,
            )
            by_topic[event.event_type].append((event.seq, text))
            by_topic[ALL].append((event.seq, text))
        by_topic[TABLE_STATE] = []
        topics = tuple(sorted(topic for topic in by_topic if topic != ALL))
        for topic, items in by_topic.items():
            news = News(
                table_id=commit.table_id,
                topic=topic,
                head=head,
                base=head - len(commit.events),
                previous={} if topic == ALL else {**commit.previous, TABLE_STATE: 0},
                topics=topics,
                items=tuple(items),
                state=state if topic in (ALL, TABLE_STATE) else None,
            )
            await self._groups.send(table_group(commit.table_id, topic), {"kind": "news", "news": pack(news)})

    async def _send_requests(self, commit: Commit) -> None:
        known = {request.request_id for request in commit.before.requests} if commit.before else set()
        at = self._clock()
        head = commit.after.seq
        newest = {**commit.previous, **{event.event_type: event.seq for event in commit.events}, TABLE_STATE: head}
        for request in commit.after.requests:
            if request.request_id in known or request.answered:
                continue
            await self._groups.send(
                player_group(request.player_id),
                {
                    "kind": "request",
                    "table_id": commit.table_id,
                    "head": head,
                    "newest": newest,
                    "request_id": request.request_id,
                    "text": request_text(request, at=at),
                },
            )

    async def _send_lobby(self, commit: Commit) -> None:
        at = self._clock()
        texts = [
            encode_event(event.event_type, event.data, at=at, table_id=commit.table_id)
            for event in commit.events
            if event.event_type in ("TABLE_OPENED", "TABLE_CLOSED")
        ]
        names = [e.event_type for e in commit.events if e.event_type in ("TABLE_OPENED", "TABLE_CLOSED")]
        if not texts and commit.before is not None and commit.before.row != commit.after.row:
            names, texts = ["TABLE_CHANGED"], [row_text(commit.after.row, at=at)]
        for name, text in zip(names, texts, strict=True):
            await self._groups.send(LOBBY, {"kind": "lobby", "event_type": name, "text": text})

    async def send_row(self, row: dict[str, Any]) -> None:
        """Tells the lobby that a table's row has changed."""
        text = row_text(row, at=self._clock())
        await self._groups.send(LOBBY, {"kind": "lobby", "event_type": "TABLE_CHANGED", "text": text})


def row_text(row: dict[str, Any], *, at: float) -> str:
    """The TABLE_CHANGED of a lobby row."""
    return encode_event("TABLE_CHANGED", {**row, "timestamp": at}, at=at, table_id=row["table_id"])
