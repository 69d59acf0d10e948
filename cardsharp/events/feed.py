"""One socket's view of one table's events: in order, each once, and aware of what is missing.

News come per topic (an event type, or `*`), one a command. `position` is the seq up to which the socket has had every
event of its topics; a `previous` seq of one of them beyond it is a hole. A feed that is behind takes no news: what it
lacks comes out of the log, as far as to the table as it is then.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Set
from copy import copy
from functools import lru_cache

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


class Ending(enum.Enum):
    """What a client is told when it has everything that it lacked."""

    REPLAYED = enum.auto()
    STATE = enum.auto()
    RESYNC = enum.auto()


class Feed:
    """Turns news into the texts to send. Subscribed names may change under way."""

    def __init__(self, position: int, unlogged: Set[str] = frozenset()) -> None:
        """`unlogged` names what is not in the log, so that nothing of it can be missing."""
        self.position = position
        self.is_behind = False
        self.endings: list[Ending] = []
        self.asks_anew = False
        """Whether the end of being behind repeats requests that the socket has been sent."""
        self.names: set[str] = set()
        self.asked: set[str] = set()
        """The requests that the socket has been sent."""
        self.asked_at = 0
        """The seq at which it was last compared with what the table awaits."""
        self.wanted_after: dict[str, int] = {}
        """For names that are not wanted from the position on, the seq beyond which they are."""
        self._unlogged = unlogged
        self._parts: dict[int, dict[str, News]] = {}

    @property
    def topics(self) -> frozenset[str]:
        """The topics that the feed listens to."""
        return topics_of(self.names)

    @property
    def wants_state(self) -> bool:
        """Whether TABLE_STATE goes out after every command."""
        return ALL in self.names or TABLE_STATE in self.names

    def wants(self, event_type: str, seq: int) -> bool:
        """Whether an event of the log, beyond the position, goes out."""
        return any(self.wanted_after.get(name, 0) < seq for name in self.names.intersection((ALL, event_type)))

    # -- news -------------------------------------------------------------------------------------------------------

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

    # -- the log ----------------------------------------------------------------------------------------------------

    def subscribed(self, names: Set[str], after: int, ending: Ending) -> Feed:
        """The feed with more names, which are wanted beyond the seq `after`; those it had go on where they are."""
        feed = copy(self)
        had = {name: max(self.position, self.wanted_after.get(name, 0)) for name in self.names}
        feed.wanted_after = had | {name: min(after, had.get(name, after)) for name in names}
        feed.names = self.names | names
        feed.position = min(self.position, after)
        feed.endings = [*self.endings, ending]
        feed.is_behind = feed.asks_anew = True
        return feed

    def fall_behind(self) -> None:
        """There are events beyond the position which are to come out of the log."""
        self.is_behind = True
        if self.wants_state and Ending.STATE not in self.endings:
            self.endings.append(Ending.STATE)

    def catch_up(self) -> None:
        """Nothing is missing any more; news may come again."""
        self.is_behind = self.asks_anew = False
        self.endings = []
        self.wanted_after = {}


def pack(news: News) -> str:
    """The news as a channel layer carries them, whatever it makes of a message."""
    return msgspec.json.encode(news).decode()


@lru_cache(maxsize=64)
def unpack(packed: str) -> News:
    """The news out of a channel layer's message; the many members of a group share what was read once."""
    return msgspec.json.decode(packed, type=News)
