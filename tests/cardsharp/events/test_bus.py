"""The event bus: who hears what, in which order, and that no handler harms another."""

import asyncio
import logging
from typing import Any

import pytest

from cardsharp.events.bus import ALL, EventBus


class Heard:
    """What handlers have heard, in order."""

    def __init__(self) -> None:
        self.list: list[tuple[str, Any]] = []

    def by(self, who: str) -> Any:
        return lambda name, event: self.list.append((who, event))

    def by_async(self, who: str) -> Any:
        async def hear(name: str, event: Any) -> None:
            await asyncio.sleep(0)
            self.list.append((who, event))

        return hear


@pytest.fixture
def bus() -> EventBus:
    return EventBus()


@pytest.fixture
def heard() -> Heard:
    return Heard()


async def test_a_handler_hears_the_events_of_its_name_and_no_others(bus: EventBus, heard: Heard) -> None:
    bus.subscribe("DEALT", heard.by("a"))
    await bus.publish("DEALT", 1)
    await bus.publish("SHUFFLED", 2)
    assert heard.list == [("a", 1)]


async def test_a_handler_is_given_the_name_and_the_event(bus: EventBus) -> None:
    given: list[tuple[str, Any]] = []
    bus.subscribe(ALL, lambda *arguments: given.append(arguments))
    await bus.publish("DEALT", {"card": "A♠"})
    assert given == [("DEALT", {"card": "A♠"})]


async def test_higher_priorities_come_first_and_equal_ones_in_the_order_of_subscribing(
    bus: EventBus, heard: Heard
) -> None:
    bus.subscribe("DEALT", heard.by("first of 0"))
    bus.subscribe("DEALT", heard.by("low"), priority=-1)
    bus.subscribe(ALL, heard.by("second of 0"))
    bus.subscribe("DEALT", heard.by("high"), priority=9)
    bus.subscribe("DEALT", heard.by("third of 0"))
    await bus.publish("DEALT", 1)
    assert [who for who, _ in heard.list] == ["high", "first of 0", "second of 0", "third of 0", "low"]


async def test_sync_handlers_are_called_and_async_ones_awaited_one_after_the_other(bus: EventBus, heard: Heard) -> None:
    bus.subscribe("DEALT", heard.by_async("a"))
    bus.subscribe("DEALT", heard.by("b"))
    bus.subscribe("DEALT", heard.by_async("c"))
    await bus.publish("DEALT", 1)
    assert heard.list == [("a", 1), ("b", 1), ("c", 1)]


async def test_the_star_hears_everything(bus: EventBus, heard: Heard) -> None:
    bus.subscribe(ALL, heard.by("a"))
    await bus.publish("DEALT", 1)
    await bus.publish("SHUFFLED", 2)
    assert heard.list == [("a", 1), ("a", 2)]


async def test_once_is_once(bus: EventBus, heard: Heard) -> None:
    bus.subscribe("DEALT", heard.by("a"), once=True)
    await bus.publish("DEALT", 1)
    await bus.publish("DEALT", 2)
    assert heard.list == [("a", 1)]
    assert not bus.has_listeners("DEALT")


async def test_once_is_once_even_for_publications_at_the_same_time(bus: EventBus, heard: Heard) -> None:
    bus.subscribe("DEALT", heard.by_async("slow"), priority=1)
    bus.subscribe("DEALT", heard.by("a"), once=True)
    await asyncio.gather(bus.publish("DEALT", 1), bus.publish("DEALT", 2))
    assert [who for who, _ in heard.list].count("a") == 1


async def test_cancelling_a_second_time_does_nothing(bus: EventBus, heard: Heard) -> None:
    gone = bus.subscribe("DEALT", heard.by("a"))
    bus.subscribe("DEALT", heard.by("b"))
    gone.cancel()
    gone.cancel()
    await bus.publish("DEALT", 1)
    assert heard.list == [("b", 1)]


async def test_the_same_handler_may_listen_twice_and_stop_once(bus: EventBus, heard: Heard) -> None:
    handler = heard.by("a")
    first = bus.subscribe("DEALT", handler)
    bus.subscribe("DEALT", handler)
    first.cancel()
    await bus.publish("DEALT", 1)
    assert heard.list == [("a", 1)]


async def test_who_is_cancelled_by_an_earlier_handler_is_not_called_any_more(bus: EventBus, heard: Heard) -> None:
    bus.subscribe("DEALT", lambda name, event: late.cancel())
    late = bus.subscribe("DEALT", heard.by("late"))
    await bus.publish("DEALT", 1)
    assert heard.list == []


async def test_who_subscribes_during_a_publication_hears_the_next_one(bus: EventBus, heard: Heard) -> None:
    def bring_another(name: str, event: Any) -> None:
        bus.subscribe("DEALT", heard.by("new"))

    bus.subscribe("DEALT", bring_another, once=True)
    await bus.publish("DEALT", 1)
    await bus.publish("DEALT", 2)
    assert heard.list == [("new", 2)]


async def test_it_knows_whether_anybody_listens(bus: EventBus, heard: Heard) -> None:
    assert not bus.has_listeners("DEALT")
    subscription = bus.subscribe("DEALT", heard.by("a"))
    assert bus.has_listeners("DEALT")
    subscription.cancel()
    assert not bus.has_listeners("DEALT")
    bus.subscribe(ALL, heard.by("a"))
    assert bus.has_listeners("DEALT")


async def test_a_handler_that_raises_is_logged_and_harms_nobody(
    bus: EventBus, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(name: str, event: Any) -> None:
        raise ValueError("the handler's own affair")

    async def fail_later(name: str, event: Any) -> None:
        await asyncio.sleep(0)
        fail(name, event)

    bus.subscribe("DEALT", fail, priority=2)
    bus.subscribe("DEALT", fail_later, priority=1)
    bus.subscribe("DEALT", heard.by("a"))
    await bus.publish("DEALT", 1)
    assert heard.list == [("a", 1)]
    logged = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(logged) == 2
    assert all("DEALT" in record.getMessage() and record.exc_info for record in logged)


async def test_publications_of_one_key_keep_their_order_and_other_keys_go_on(bus: EventBus, heard: Heard) -> None:
    gate = asyncio.Event()

    async def wait_at_the_first(name: str, event: Any) -> None:
        if event == "t1: 1":
            await gate.wait()

    bus.subscribe("DEALT", wait_at_the_first, priority=1)
    bus.subscribe("DEALT", heard.by("a"))
    held = [asyncio.create_task(bus.publish("DEALT", f"t1: {n}", key="t1")) for n in (1, 2, 3)]
    await bus.publish("DEALT", "t2: 1", key="t2")
    await bus.publish("DEALT", "no key")
    assert [event for _, event in heard.list] == ["t2: 1", "no key"]
    gate.set()
    await asyncio.gather(*held)
    assert [event for _, event in heard.list] == ["t2: 1", "no key", "t1: 1", "t1: 2", "t1: 3"]


async def test_a_publication_that_is_cancelled_lets_the_next_of_its_key_pass(bus: EventBus, heard: Heard) -> None:
    started = asyncio.Event()

    async def wait_for_ever(name: str, event: Any) -> None:
        if event == 1:
            started.set()
            await asyncio.Event().wait()

    bus.subscribe("DEALT", wait_for_ever, priority=1)
    bus.subscribe("DEALT", heard.by("a"))
    held = asyncio.create_task(bus.publish("DEALT", 1, key="t1"))
    await started.wait()
    held.cancel()
    await bus.publish("DEALT", 2, key="t1")
    assert heard.list == [("a", 2)]


@pytest.mark.parametrize("key", [None, "t2"])
async def test_a_handler_may_publish_and_is_done_when_that_is_heard(
    bus: EventBus, heard: Heard, key: str | None
) -> None:
    async def pass_on(name: str, event: Any) -> None:
        await bus.publish("PASSED_ON", event, key=key)

    bus.subscribe("DEALT", pass_on, priority=1)
    bus.subscribe("PASSED_ON", heard.by("inner"))
    bus.subscribe("DEALT", heard.by("outer"))
    await bus.publish("DEALT", 1, key="t1")
    assert heard.list == [("inner", 1), ("outer", 1)]


# -- publishing from within -------------------------------------------------------------------------------------------


async def test_what_a_handler_publishes_under_its_own_key_comes_behind_and_nobody_waits_for_ever(
    bus: EventBus, heard: Heard
) -> None:
    async def answer(name: str, event: Any) -> None:
        if event < 3:
            await bus.publish("DEALT", event + 1, key="t1")

    bus.subscribe("DEALT", answer, priority=1)
    bus.subscribe("DEALT", heard.by_async("a"))
    await bus.publish("DEALT", 1, key="t1")
    await bus.drain()
    assert heard.list == [("a", 1), ("a", 2), ("a", 3)]


async def test_what_is_published_from_within_comes_behind_what_waited_already(bus: EventBus, heard: Heard) -> None:
    gate = asyncio.Event()

    async def answer(name: str, event: Any) -> None:
        if event == 1:
            await gate.wait()
            await bus.publish("DEALT", "1, answered", key="t1")

    bus.subscribe("DEALT", answer, priority=1)
    bus.subscribe("DEALT", heard.by("a"))
    held = [asyncio.create_task(bus.publish("DEALT", n, key="t1")) for n in (1, 2)]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*held)
    await bus.drain()
    assert [event for _, event in heard.list] == [1, 2, "1, answered"]


async def test_two_keys_whose_handlers_publish_under_each_other_do_not_wait_for_each_other(
    bus: EventBus, heard: Heard
) -> None:
    both = asyncio.Barrier(2)

    async def cross(name: str, event: str) -> None:
        if len(event) == 2:
            await both.wait()
            await bus.publish("DEALT", f"from {event}", key={"t1": "t2", "t2": "t1"}[event])

    bus.subscribe("DEALT", cross)
    bus.subscribe("DEALT", heard.by("a"))
    await asyncio.gather(bus.publish("DEALT", "t1", key="t1"), bus.publish("DEALT", "t2", key="t2"))
    await bus.drain()
    assert sorted(event for _, event in heard.list) == ["from t1", "from t2", "t1", "t2"]


async def test_a_task_that_a_handler_has_started_waits_like_anybody_once_the_handler_is_done(
    bus: EventBus, heard: Heard
) -> None:
    started: list[asyncio.Task[None]] = []
    gate = asyncio.Event()

    async def publish_later() -> None:
        await gate.wait()
        await bus.publish("DEALT", 2, key="t1")
        heard.list.append(("task", "done"))

    async def start(name: str, event: Any) -> None:
        if not started:
            started.append(asyncio.create_task(publish_later()))

    bus.subscribe("DEALT", start)
    await bus.publish("DEALT", 1, key="t1")
    bus.subscribe("DEALT", heard.by_async("a"))
    gate.set()
    await started[0]
    assert heard.list == [("a", 2), ("task", "done")]


async def test_one_that_is_cancelled_while_it_waits_lets_nobody_pass_who_was_before_it(
    bus: EventBus, heard: Heard
) -> None:
    gate = asyncio.Event()

    async def wait_at_the_first(name: str, event: Any) -> None:
        if event == 1:
            await gate.wait()

    bus.subscribe("DEALT", wait_at_the_first, priority=1)
    bus.subscribe("DEALT", heard.by("a"))
    first, second, third = (asyncio.create_task(bus.publish("DEALT", n, key="t1")) for n in (1, 2, 3))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait((second,))
    assert heard.list == []
    gate.set()
    await asyncio.gather(first, third)
    assert [event for _, event in heard.list] == [1, 3]


async def test_several_events_of_a_key_are_published_with_nothing_between_them(bus: EventBus, heard: Heard) -> None:
    bus.subscribe(ALL, heard.by_async("a"))
    await asyncio.gather(
        bus.publish_all([("DEALT", 1), ("DEALT", 2)], key="t1"), bus.publish_all([("DEALT", 3), ("DEALT", 4)], key="t1")
    )
    assert [event for _, event in heard.list] == [1, 2, 3, 4]


async def test_a_handler_that_hangs_is_cancelled_logged_and_harms_nobody(
    heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    bus = EventBus(handler_seconds=0.001)

    async def hang(name: str, event: Any) -> None:
        await asyncio.Event().wait()

    bus.subscribe("DEALT", hang, priority=1)
    bus.subscribe("DEALT", heard.by("a"))
    await bus.publish("DEALT", 1, key="t1")
    assert heard.list == [("a", 1)]
    assert "DEALT" in caplog.text
