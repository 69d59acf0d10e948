"""How much one connection may ask, with a clock that is set by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsharp.events.limits import Bucket, Window


def test_a_burst_passes_at_once_and_the_next_waits_for_its_token() -> None:
    bucket = Bucket(rate=50, burst=100, now=0.0)
    assert [bucket.take(0.0) for _ in range(100)] == [0.0] * 100
    assert bucket.take(0.0) == pytest.approx(1 / 50)


def test_the_wait_that_it_names_is_long_enough_and_no_longer() -> None:
    bucket = Bucket(rate=4, burst=1, now=0.0)
    bucket.take(0.0)
    assert bucket.take(0.0) == 0.25
    assert bucket.take(0.125) == 0.125
    assert bucket.take(0.25) == 0.0


def test_a_refusal_costs_no_token() -> None:
    bucket = Bucket(rate=1, burst=1, now=0.0)
    bucket.take(0.0)
    assert [bucket.take(0.5) for _ in range(100)] == [0.5] * 100
    assert bucket.take(1.0) == 0.0


def test_no_more_than_the_burst_is_saved_up() -> None:
    bucket = Bucket(rate=50, burst=3, now=0.0)
    assert [bucket.take(1_000.0) == 0.0 for _ in range(4)] == [True, True, True, False]


def test_the_rate_itself_can_be_kept_up_for_ever() -> None:
    bucket = Bucket(rate=4, burst=1, now=0.0)
    assert all(bucket.take(n / 4) == 0.0 for n in range(1_000))


def test_a_clock_that_is_set_back_takes_nothing_away() -> None:
    bucket = Bucket(rate=1, burst=2, now=1_000.0)
    assert bucket.take(0.0) == 0.0
    assert bucket.take(1.0) == 0.0


@given(st.lists(st.floats(0, 3), max_size=60))
def test_no_stretch_of_time_lets_more_pass_than_burst_and_rate_allow(pauses: list[float]) -> None:
    bucket, now, passed = Bucket(rate=2, burst=5, now=0.0), 0.0, []
    for pause in pauses:
        now += pause
        if bucket.take(now) == 0.0:
            passed.append(now)
    for first, begin in enumerate(passed):
        for last, end in enumerate(passed[first:], start=first):
            assert last - first + 1 <= 5 + 2 * (end - begin) + 1e-6


def test_the_window_is_full_at_its_limit() -> None:
    window = Window(10, 3)
    assert [window.add(now) for now in (0.0, 5.0, 10.0)] == [False, False, True]


def test_what_is_older_than_the_window_counts_no_more() -> None:
    window = Window(10, 3)
    assert [window.add(now) for now in (0.0, 5.0, 10.5, 15.5)] == [False, False, False, False]
    assert window.add(20.5) is True


@given(st.lists(st.floats(0, 4), max_size=60))
def test_the_window_says_what_counting_by_hand_says(pauses: list[float]) -> None:
    window, times = Window(10, 4), [0.0]
    for pause in pauses:
        times.append(times[-1] + pause)
        assert window.add(times[-1]) == (sum(times[-1] - then <= 10 for then in times[1:]) >= 4)
