"""Form fields for what a table's rules are made of: amounts of chips and ratios, kept exactly as they are typed."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cardsharp.chips import to_cents, to_number
from cardsharp.errors import InvalidChips


class ChipsField(forms.DecimalField):
    """An amount of chips, cleaned to its hundredths; its initial value is in hundredths too."""

    # A number input would drop what it cannot read, and nobody could see any more what was wrong.
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {"invalid": "Type chips as a number: 1000 or 12.50."}  # noqa: RUF012 - as Django has it

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(decimal_places=2, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The chips behind hundredths; what was typed stays as it is."""
        return to_number(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        if number is None:
            return None
        try:
            return to_cents(number)
        except InvalidChips as error:
            raise ValidationError(f"This cannot be: {error}.") from error


class WholeField(forms.IntegerField):
    """A whole number."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class RatioField(forms.CharField):
    """A ratio such as 3:2, cleaned to its two numbers; `choices` are offered, and any other may be typed."""

    default_error_messages = {"invalid": "Type a ratio of two whole numbers, such as 3:2."}  # noqa: RUF012

    def prepare_value(self, value: Any) -> Any:
        """The ratio as it is typed."""
        return ":".join(str(number) for number in value) if isinstance(value, tuple) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        match = re.fullmatch(r"([0-9]{1,9})\s*(?::|/|to)\s*([0-9]{1,9})", text.lower())
        if match is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(match[1]), int(match[2])
