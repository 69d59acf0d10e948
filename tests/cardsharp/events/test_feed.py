"""One socket's feed: whatever becomes of the news, its events come in order, each once, and a hole is noticed."""

import asyncio
import json
import random
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsharp.events.audience import Audience
from cardsharp.events.bus import EventBus
from cardsharp.events.delivery import Delivery
from cardsharp.events.feed import Feed, News, pack, unpack
from cardsharp.events.ports import COMMITTED, Commit
from cardsharp.events.topics import ALL, TABLE_STATE, table_group
from tests.cardsharp.events.house import NOON
from tests.cardsharp.events.room import ADA, BEN, GAME, MemoryRoom

TYPES = sorted(GAME.event_types)
COMMON = ["CARD_DEALT", "PLAYER_BET", "ROUND_STARTED", "ROUND_ENDED", "BANKROLL_UPDATED", "PLAYER_ACTION"]

subscribed = st.sets(st.sampled_from([*COMMON, TABLE_STATE]) | st.sampled_from([*TYPES, TABLE_STATE, ALL]), min_size=1)
mishaps = st.lists(st.sampled_from(["kept", "kept", "kept", "dropped", "doubled"]), min_size=1)


class Played:
    """A table that was played, and the news of it, by topic, in the order in which they were sent."""

    def __init__(self, choices: Sequence[int], *, tells_all: bool = True) -> None:
        self.news: list[News] = []
        asyncio.run(self._play(choices, tells_all))

    async def send(self, group: str, message: dict[str, Any]) -> None:
        if message["kind"] == "news":
            news = unpack(message["news"])
            assert group == table_group("t1", news.topic)
            self.news.append(news)

    async def _play(self, choices: Sequence[int], tells_all: bool) -> None:
        bus = EventBus()
        delivery = Delivery(self, clock=lambda: NOON)

        async def send_on(name: str, commit: Commit) -> None:
            await delivery.send_commit(commit)

        bus.subscribe(COMMITTED, send_on)
        room = MemoryRoom(bus, Audience(), lambda: NOON)
        room.tells_all = tells_all
        self.log = (await room.open("t1")).log
        for player in (ADA, BEN):
            await room.act("t1", player, "join_table", {})
        for choice in choices:
            await room.go_on("t1", choice)

    def wanted(self, names: Iterable[str], until: int) -> list[int]:
        """The seqs that a subscription to the names is to be sent."""
        return [e.seq for e in self.log if e.seq <= until and (ALL in names or e.event_type in names)]


class Reader:
    """A feed, what it has said to send, and the log to heal it from. `holes` counts how often it had to."""

    def __init__(self, played: Played, names: Iterable[str], position: int = 0) -> None:
        self.feed = Feed(position)
        self.feed.names = set(names)
        self.sent: list[int] = []
        self.states: list[int] = []
        self.holes = 0
        self._played = played

    def take(self, news: News) -> None:
        texts = self.feed.take(news)
        if texts is None:
            self.holes += 1
            self.heal(news.head)
        else:
            self._note(texts)

    def heal(self, newest: int) -> None:
        lines = self._played.log[self.feed.position : newest]
        self.sent += [event.seq for event in lines if self.feed.wants(event.event_type, event.seq)]
        self.feed.advance(newest)

    def _note(self, texts: list[str]) -> None:
        for text in texts:
            data = json.loads(text)["data"]
            (self.states if data["event_type"] == TABLE_STATE else self.sent).append(data["seq"])


def tampered(news: Sequence[News], fates: Sequence[str], disorder: int | None) -> list[News]:
    """The news as a layer may bring them: some dropped, some twice, some late or in any order."""
    copies = {"kept": 1, "dropped": 0, "doubled": 2}
    brought = [part for n, part in enumerate(news) for _ in range(copies[fates[n % len(fates)]])]
    if disorder is not None:
        chance = random.Random(disorder)
        lateness = chance.choice([0, 3, 10_000])
        brought = [
            part for _, part in sorted(enumerate(brought), key=lambda pair: pair[0] + chance.random() * lateness)
        ]
    return brought


@given(
    st.lists(st.integers(0, 20), max_size=25),
    subscribed,
    mishaps,
    st.none() | st.integers(0, 1_000),
    st.booleans(),
)
def test_whatever_the_layer_does_the_wanted_events_come_in_order_each_once(
    choices: list[int], names: set[str], fates: list[str], disorder: int | None, tells_all: bool
) -> None:
    played = Played(choices, tells_all=tells_all)
    reader = Reader(played, names)
    for news in tampered(played.news, fates, disorder):
        reader.take(news)
        assert reader.sent == played.wanted(names, reader.feed.position), "without hole, disorder or repetition so far"
    reader.heal(played.log[-1].seq)
    assert reader.sent == played.wanted(names, played.log[-1].seq)
    assert reader.states == sorted(set(reader.states))
    assert not reader.states or reader.feed.wants_state


@given(st.lists(st.integers(0, 20), max_size=25), subscribed)
def test_a_layer_that_does_its_work_needs_no_log(choices: list[int], names: set[str]) -> None:
    played = Played(choices)
    reader = Reader(played, names)
    for news in played.news:
        reader.take(news)
    assert reader.holes == 0
    assert reader.sent == played.wanted(names, played.log[-1].seq)
    heads = sorted({news.head for news in played.news})
    assert reader.states == (heads if names & {ALL, TABLE_STATE} else [])


@given(st.lists(st.integers(0, 20), max_size=25), st.sampled_from([ALL, TABLE_STATE, *COMMON]))
def test_nor_does_a_single_name_where_only_the_types_that_happened_are_told(choices: list[int], name: str) -> None:
    played = Played(choices, tells_all=False)
    reader = Reader(played, [name])
    for news in played.news:
        reader.take(news)
    assert reader.holes == 0
    assert reader.sent == played.wanted([name], played.log[-1].seq)


@given(
    st.lists(st.integers(0, 20), min_size=4, max_size=25),
    st.lists(st.tuples(st.integers(0, 60), subscribed), min_size=1, max_size=4),
    mishaps,
    st.integers(0, 1_000),
)
def test_names_that_are_left_under_way_bring_nothing_more_and_the_others_go_on(
    choices: list[int], leavings: list[tuple[int, set[str]]], fates: list[str], disorder: int
) -> None:
    played = Played(choices)
    reader = Reader(played, [*COMMON, TABLE_STATE])
    leave_at = dict(leavings)
    for n, news in enumerate(tampered(played.news, fates, disorder)):
        reader.feed.names -= leave_at.get(n, set())
        since, before = reader.feed.position, len(reader.sent)
        reader.take(news)
        expected = [seq for seq in played.wanted(reader.feed.names, reader.feed.position) if seq > since]
        assert reader.sent[before:] == expected


# -- one rule at a time ------------------------------------------------------------------------------------------------


def part(
    topic: str, head: int, *seqs: int, previous: dict[str, int], topics: Sequence[str] = (), base: int = 0
) -> News:
    """News whose texts are the seqs themselves."""
    items = tuple((seq, str(seq)) for seq in seqs)
    state = f"state {head}" if topic in (ALL, TABLE_STATE) else None
    return News(
        table_id="t1",
        topic=topic,
        head=head,
        base=base or head - 1,
        previous=previous,
        topics=tuple(topics) or (topic,),
        items=items,
        state=state,
    )


def feed(*names: str, position: int = 0) -> Feed:
    made = Feed(position)
    made.names = set(names)
    return made


def test_an_event_of_one_name_is_not_passed_over_by_a_later_one_of_another() -> None:
    both = feed("A", "B")
    assert both.take(part("B", 2, 2, previous={"A": 1, "B": 0})) is None
    assert both.position == 0
    assert feed("B").take(part("B", 2, 2, previous={"A": 1, "B": 0})) == ["2"]


def test_a_part_that_is_still_awaited_is_not_passed_over_by_a_later_command() -> None:
    both = feed("A", TABLE_STATE)
    assert both.take(part(TABLE_STATE, 1, previous={"A": 0, TABLE_STATE: 0}, topics=["A", TABLE_STATE])) == []
    assert both.take(part(TABLE_STATE, 2, previous={"A": 1, TABLE_STATE: 0})) is None


def test_the_parts_of_a_command_go_out_together_in_the_order_of_their_seqs() -> None:
    both = feed("A", "B")
    assert both.take(part("B", 3, 2, previous={"A": 0, "B": 0}, topics=["A", "B", "C"])) == []
    assert both.take(part("A", 3, 1, 3, previous={"A": 0, "B": 0}, topics=["A", "B", "C"])) == ["1", "2", "3"]
    assert both.position == 3


def test_where_an_earlier_type_is_not_told_the_log_has_to_say() -> None:
    both = feed("A", "B", position=4)
    assert both.take(part("A", 6, 6, previous={"A": 2}, base=5)) is None
    assert both.take(part("A", 5, 5, previous={"A": 2}, base=4)) == ["5"]


def test_the_same_part_twice_completes_nothing() -> None:
    both = feed("A", "B")
    news = part("A", 2, 1, previous={"A": 0, "B": 0}, topics=["A", "B"])
    assert both.take(news) == []
    assert both.take(news) == []


def test_news_that_were_had_or_are_of_other_topics_bring_nothing() -> None:
    assert feed("A", position=5).take(part("A", 5, 5, previous={"A": 4})) == []
    assert feed("A").take(part("B", 1, 1, previous={"B": 0})) == []
    assert feed("A", ALL).take(part("A", 1, 1, previous={"A": 0})) == []


def test_a_name_that_was_left_while_its_part_waited_brings_nothing() -> None:
    both = feed("A", "B")
    assert both.take(part("B", 2, 2, previous={"A": 0, "B": 0}, topics=["A", "B"])) == []
    both.names = {"A"}
    assert both.take(part("A", 2, 1, previous={"A": 0, "B": 0}, topics=["A", "B"])) == ["1"]


def test_only_what_lies_beyond_the_position_goes_out() -> None:
    assert feed(ALL, position=2).take(part(ALL, 3, 1, 2, 3, previous={}, base=0)) == ["3", "state 3"]


def test_the_state_comes_once_behind_the_events_of_its_command() -> None:
    both = feed("A", TABLE_STATE)
    previous = {"A": 0, TABLE_STATE: 0}
    assert both.take(part(TABLE_STATE, 1, previous=previous, topics=["A", TABLE_STATE])) == []
    assert both.take(part("A", 1, 1, previous=previous, topics=["A", TABLE_STATE])) == ["1", "state 1"]
    assert feed("A").take(part("A", 1, 1, previous=previous, topics=["A", TABLE_STATE])) == ["1"]


def test_states_that_were_missed_are_no_hole() -> None:
    states = feed(TABLE_STATE)
    assert states.take(part(TABLE_STATE, 9, previous={TABLE_STATE: 0}, base=7)) == ["state 9"]


def test_the_position_never_goes_back() -> None:
    here = feed(ALL, position=5)
    here.advance(3)
    assert here.position == 5


@pytest.mark.parametrize("state", [None, "{}"])
def test_news_survive_the_way_through_a_layer(state: str | None) -> None:
    news = News(
        table_id="t1", topic="A", head=2, base=0, previous={"A": 0}, topics=("A", "B"), items=((1, "{}"),), state=state
    )
    assert unpack(pack(news)) == news
