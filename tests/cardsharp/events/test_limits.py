"""How much may be asked, with a clock that is set by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsharp.events.limits import Bucket, Limits, Window, network_of


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


def test_a_bucket_that_is_full_again_is_as_good_as_new() -> None:
    bucket = Bucket(rate=4, burst=3, now=0.0)
    assert bucket.is_full(0.0)
    bucket.take(0.0)
    bucket.take(0.0)
    assert not bucket.is_full(0.49)
    assert bucket.is_full(0.5)


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


@pytest.mark.parametrize("name", Limits.__struct_fields__)
@pytest.mark.parametrize("value", [0, -1])
def test_a_limit_is_above_zero(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"{name} is above zero"):
        Limits(**{name: value})


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("/run/proxy.sock", "/run/proxy.sock"),
    ],
)
def test_what_counts_as_one_address(address: str, network: str) -> None:
    assert network_of(address) == network
