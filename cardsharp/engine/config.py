"""The rules of an engine's table, from whatever a program has them in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from cardsharp.blackjack.rules import Rules
from cardsharp.chips import to_cents
from cardsharp.errors import InvalidChips, InvalidRules

Config = Rules | str | Mapping[str, Any] | None
"""Rules, a placard such as `6D H17 NDAS`, or a mapping of settings; None is the classic game."""

_CENTS: Final = "_cents"
SETTINGS: Final = tuple(name.removesuffix(_CENTS) for name in Rules.__struct_fields__)
"""The keys of a mapping: the fields of Rules, with amounts in chips, `min_bet` for `min_bet_cents`."""


def rules_from(config: Config) -> Rules:
    """The rules that a config describes. Raises InvalidRules, with the reason in one sentence.

    >>> str(rules_from({"decks": 2, "dealer_hits_soft_17": True, "min_bet": 5}))
    '2D H17 DAS LS 3:2 · BET5-500/1'
    """
    match config:
        case None:
            return Rules()
        case Rules():
            return config.checked()
        case str():
            return Rules.parse(config)
        case Mapping():
            return _from_settings(config)
        case _:
            raise InvalidRules(f"a config is Rules, a placard or a mapping of settings, not {type(config).__name__}")


def _from_settings(settings: Mapping[str, Any]) -> Rules:
    fields: dict[str, Any] = {}
    for name, value in settings.items():
        if name not in SETTINGS:
            raise InvalidRules(f"there is no setting {name!r}: a table has {', '.join(SETTINGS)}")
        if f"{name}{_CENTS}" in Rules.__struct_fields__:
            fields[f"{name}{_CENTS}"] = _cents(name, value)
        else:
            fields[name] = value
    try:
        rules = msgspec.convert(fields, Rules)
    except msgspec.ValidationError as error:
        raise InvalidRules(f"a setting has a wrong value: {error}") from error
    return rules.checked()


def _cents(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise InvalidRules(f"{name} is an amount of chips, an int or a Decimal, not {value!r}")
    try:
        return to_cents(value)
    except InvalidChips as error:
        raise InvalidRules(f"{name} is no amount of chips: {error}") from error
