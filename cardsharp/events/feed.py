"""One socket's view of one table's events: in order, each once, and aware of what is missing.

News come per topic (an event type, or `*`), one a command. `position` is the seq up to which the socket has had every
event of its topics; a `previous` seq of one of them beyond it is a hole to heal from the log.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

import msgspec

from cardsharp.events.topics import ALL, TABLE_STATE, topics_of


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What a command brought to one topic of a table: ready texts with their seq, and the table's state after it."""

    table_id: str
    topic: str
    head: int
    base: int
    """The table's seq before the command."""
    previous: dict[str, int]
    """The seq of the last event of each type before the command, as far as it is known; 0 for none."""
    topics: tuple[str, ...]
    """Every topic that has a part of this command's news, `*` apart."""
    items: tuple[tuple[int, str], ...]
    state: str | None = None


class Feed:
    """Turns news into the texts to send. Subscribed names may change under way; `position` only grows."""

    def __init__(self, position: int, unlogged: Set[str] = frozenset()) -> None:
        """`unlogged` names what is not in the log, so that nothing of it can be missing."""
        self.position = position
        self._unlogged = unlogged
        self.names: set[str] = set()
        self.asked: set[str] = set()
        """The requests that the socket has been sent."""
        self._parts: dict[int, dict[str, News]] = {}

    @property
    def topics(self) -> frozenset[str]:
        """The topics that the feed listens to."""
        return topics_of(self.names)

    @property
    def wants_state(self) -> bool:
        """Whether TABLE_STATE goes out after every command."""
        return ALL in self.names or TABLE_STATE in self.names

    def wants(self, event_type: str) -> bool:
        """Whether events of the type go out."""
        return ALL in self.names or event_type in self.names

    def take(self, news: News) -> list[str] | None:
        """The texts to send now: none while it waits for a part or has had them, None where events are missing."""
        if news.head <= self.position or news.topic not in self.topics:
            return []
        if self.lacks(news.previous, news.base):
            return None
        parts = self._parts.setdefault(news.head, {})
        parts[news.topic] = news
        needed = {ALL} if news.topic == ALL else self.topics.intersection(news.topics)
        if not needed.issubset(parts):
            return []
        # A part of a topic that was left meanwhile is not among the needed ones.
        items = sorted(item for topic in needed for item in parts[topic].items if item[0] > self.position)
        texts = [text for _, text in items]
        if self.wants_state:
            texts += [state for topic in needed if (state := parts[topic].state) is not None]
        self.advance(news.head)
        return texts

    def lacks(self, newest: Mapping[str, int], head: int) -> bool:
        """Whether events of its topics may be missing, by the newest seq of each; a topic not named may have `head`."""
        return any(newest.get(topic, head) > self.position for topic in self.topics - self._unlogged)

    def advance(self, position: int) -> None:
        """Everything up to the position has been sent."""
        self.position = max(self.position, position)
        self._parts = {head: parts for head, parts in self._parts.items() if head > self.position}


def pack(news: News) -> dict[str, Any]:
    """The news as a channel layer carries them."""
    return msgspec.structs.asdict(news)


def unpack(message: dict[str, Any]) -> News:
    """The news out of a channel layer's message."""
    return msgspec.convert(message, News)
