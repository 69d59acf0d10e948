"""Chips: exact hundredths inside, JSON numbers of at most two decimals outside, no binary float between."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cardsharp.chips import MAX_CENTS, format_chips, to_cents, to_number
from cardsharp.errors import InvalidChips

amounts = st.integers(-MAX_CENTS, MAX_CENTS)


@given(amounts)
def test_an_amount_goes_out_and_comes_back_exactly(cents: int) -> None:
    number = to_number(cents)
    assert to_cents(number) == cents
    assert to_cents(Decimal(json.dumps(number, default=str).strip('"'))) == cents


@given(amounts)
def test_a_whole_number_of_chips_is_an_integer_and_no_other_has_more_than_two_decimals(cents: int) -> None:
    number = to_number(cents)
    assert isinstance(number, int) == (cents % 100 == 0)
    assert Fraction(number) == Fraction(cents, 100)
    if isinstance(number, Decimal):
        assert number.as_tuple().exponent == -2


@given(st.decimals(allow_nan=False, allow_infinity=False))
@example(Decimal("10.000000000000000000000000000000000001"))
@example(Decimal("1e-99999999"))
@example(Decimal("-1e-999999999999999999"))
@example(Decimal("0e999999999"))
@example(Decimal("0E-999999999999999999"))
@example(Decimal("1.00000000000000000000000000000000000000"))
def test_a_number_is_read_exactly_or_refused(number: Decimal) -> None:
    try:
        cents = to_cents(number)
    except InvalidChips:
        _, digits, exponent = number.as_tuple()
        assert isinstance(exponent, int)
        too_fine = exponent < -2 and any(digits[exponent + 2 :])
        assert too_fine or number.adjusted() >= 13
    else:
        assert number == Decimal(cents).scaleb(-2)
        assert abs(cents) <= MAX_CENTS


@pytest.mark.parametrize(
    "text", ["0.001", "0.005", "-0.001", "1e-3", "12.345", "99999999999.999", "1.0000000000000000001"]
)
def test_finer_than_a_hundredth_is_refused(text: str) -> None:
    with pytest.raises(InvalidChips, match="finer than a hundredth"):
        to_cents(Decimal(text))


@pytest.mark.parametrize(
    "text", ["NaN", "sNaN", "Infinity", "-Infinity", "1e999", "1e999999999", "1e15", "90071992547409.92"]
)
def test_what_no_table_can_hold_is_refused(text: str) -> None:
    with pytest.raises(InvalidChips, match="too large"):
        to_cents(Decimal(text))


@pytest.mark.parametrize("number", [2**53, -(2**53), 10**400, MAX_CENTS])
def test_integers_beyond_the_largest_amount_are_refused(number: int) -> None:
    with pytest.raises(InvalidChips, match="too large"):
        to_cents(number)


@pytest.mark.parametrize(
    ("text", "cents"),
    [("12.5", 1250), ("1e2", 10000), ("1.50000", 150), ("0.10", 10), ("-0.01", -1), ("-0", 0), ("0.0000", 0)],
)
def test_zeros_at_the_end_do_not_matter(text: str, cents: int) -> None:
    assert to_cents(Decimal(text)) == cents


@pytest.mark.parametrize(
    ("cents", "text"),
    [(0, "0"), (5, "0.05"), (-5, "-0.05"), (100, "1"), (123_456_789, "1,234,567.89"), (-100_000_00, "-100,000")],
)
def test_people_read_groups_of_thousands_and_decimals_only_where_there_are_any(cents: int, text: str) -> None:
    assert format_chips(cents) == text
