"""Amounts of chips: integers of a hundredth inside, JSON numbers with at most two decimals outside.

`Cents` marks a struct field as such an amount; the protocol's encoder finds the mark and writes the number of chips.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

import msgspec

from cardsharp.errors import InvalidChips

CENTS_PER_CHIP: Final = 100
MAX_CENTS: Final = 2**53 - 1
"""The largest amount in hundredths: the largest integer that every JSON reader keeps exactly."""

Cents = Annotated[int, msgspec.Meta(extra={"chips": True})]

Chips = Annotated[int | Decimal, msgspec.Meta(extra={"chips": True})]
"""A number of chips as JSON has it, in a struct that is encoded as it is: what `to_number` gives."""


def to_cents(number: int | Decimal) -> int:
    """The hundredths in a number of chips.

    Raises InvalidChips when the number is not finite, has more than two decimals, or is beyond MAX_CENTS.

    >>> to_cents(10), to_cents(Decimal("12.5")), to_cents(Decimal("1e2"))
    (1000, 1250, 10000)
    >>> to_cents(Decimal("0.005"))
    Traceback (most recent call last):
    cardsharp.errors.InvalidChips: 0.005 is finer than a hundredth of a chip
    """
    if isinstance(number, Decimal):
        # Looked at by its digits: 1e999999 must be refused without computing it, and arithmetic would round the number
        # to the 28 digits of Decimal's context before it was compared.
        _, digits, exponent = number.as_tuple()
        if not isinstance(exponent, int) or number.adjusted() > 16:
            raise InvalidChips("the amount is too large")
        if exponent < -2 and any(digits[exponent + 2 :]):
            raise InvalidChips(f"{number} is finer than a hundredth of a chip")
        number_of_cents = int(number.scaleb(2))
    else:
        number_of_cents = number * CENTS_PER_CHIP
    if abs(number_of_cents) > MAX_CENTS:
        raise InvalidChips("the amount is too large")
    return number_of_cents


def to_number(cents: int) -> int | Decimal:
    """The JSON number of chips for an amount in hundredths: an integer where it is whole.

    >>> to_number(1000), to_number(1250), to_number(-5)
    (10, Decimal('12.50'), Decimal('-0.05'))
    """
    whole, rest = divmod(cents, CENTS_PER_CHIP)
    return whole if rest == 0 else Decimal(cents).scaleb(-2)


def format_chips(cents: int) -> str:
    """An amount as people read it: thousands grouped, decimals only where there are any.

    >>> format_chips(123_450_00), format_chips(1250)
    ('123,450', '12.50')
    """
    return f"{to_number(cents):,}"
