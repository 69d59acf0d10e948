"""The field's shorthand for the rules of a table: from words to the fields of `Rules`, and back.

First the game, `6D S17 DAS LS 3:2`, then behind a dot what is not as at the classic table: `· BET5-100/5 SEATS3`.
Every field has its word, so a placard is the whole of a table's rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from cardsharp.chips import to_cents, to_number
from cardsharp.errors import InvalidChips, InvalidRules

Fields = Mapping[str, Any]
"""The fields of `Rules` by name."""

_FIXED: Final[dict[str, Fields]] = {
    "S17": {"dealer_hits_soft_17": False},
    "H17": {"dealer_hits_soft_17": True},
    "DAS": {"double_after_split": True},
    "NDAS": {"double_after_split": False},
    "NS": {"surrender": "none"},
    "LS": {"surrender": "late"},
    "ES": {"surrender": "early"},
    "DANY": {"double_on": "any"},
    "D9-11": {"double_on": "9-11"},
    "D10-11": {"double_on": "10-11"},
    "SPV": {"split_by": "value"},
    "SPR": {"split_by": "rank"},
    "RSA": {"resplit_aces": True},
    "NRSA": {"resplit_aces": False},
    "HSA": {"hit_split_aces": True},
    "NHSA": {"hit_split_aces": False},
    "INS": {"insurance": True},
    "NI": {"insurance": False},
    "EM": {"even_money": True},
    "NEM": {"even_money": False},
    "PEEK": {"hole_card": "peek"},
    "ENHC": {"hole_card": "enhc"},
    "OBO": {"hole_card": "obo"},
    "UNTIMED": {"bet_seconds": None, "insurance_seconds": None, "act_seconds": None},
    "AFK-STAND": {"on_timeout": "stand"},
    "AFK-BASIC": {"on_timeout": "basic_strategy"},
    "AFK-OUT": {"on_timeout": "sit_out"},
}


def read_words(text: str) -> dict[str, Any]:
    """The fields that a placard sets. Raises InvalidRules for a word that is none, or that says a thing again."""
    fields: dict[str, Any] = {}
    for word in text.upper().replace("·", " ").split():
        read = _read(word)
        if fields.keys() & read.keys():
            raise InvalidRules(f"{word} says again what another word has said")
        fields |= read
    return fields


def write_words(fields: Fields, classic: Fields) -> str:
    """The placard of the fields: the game, and behind a dot what else is not as at the classic table."""
    game = " ".join(_game(fields, classic))
    rest = " ".join(_stakes_and_times(fields, classic))
    return f"{game} · {rest}" if rest else game


def _game(fields: Fields, classic: Fields) -> Iterator[str]:
    yield f"{fields['decks']}D"
    for name in ("dealer_hits_soft_17", "double_after_split", "surrender"):
        yield _fixed(name, fields[name])
    yield "{}:{}".format(*fields["blackjack_pays"])
    for name in ("double_on", "max_hands", "split_by", "resplit_aces", "hit_split_aces"):
        if fields[name] != classic[name]:
            yield f"SP{fields[name]}" if name == "max_hands" else _fixed(name, fields[name])
    for name in ("insurance", "even_money", "hole_card"):
        if fields[name] != classic[name]:
            yield _fixed(name, fields[name])
    if fields["penetration_percent"] != classic["penetration_percent"]:
        yield f"{fields['penetration_percent']}%"


def _stakes_and_times(fields: Fields, classic: Fields) -> Iterator[str]:
    for names, write in _WRITTEN:
        values = tuple(fields[name] for name in names)
        if values != tuple(classic[name] for name in names):
            yield write(*values)
    if fields["on_timeout"] != classic["on_timeout"]:
        yield _fixed("on_timeout", fields["on_timeout"])


def _fixed(name: str, value: object) -> str:
    return next(word for word, read in _FIXED.items() if read == {name: value})


def _seconds_word(*seconds: int | None) -> str:
    return "UNTIMED" if seconds == (None, None, None) else "T" + "/".join(_seconds(s) for s in seconds)


def _seconds(seconds: int | None) -> str:
    return "-" if seconds is None else str(seconds)


_WRITTEN: Final[tuple[tuple[tuple[str, ...], Callable[..., str]], ...]] = (
    (
        ("min_bet_cents", "max_bet_cents", "bet_step_cents"),
        lambda low, high, step: f"BET{to_number(low)}-{to_number(high)}/{to_number(step)}",
    ),
    (
        ("min_buy_in_cents", "max_buy_in_cents", "default_buy_in_cents"),
        lambda low, high, default: f"BUY{to_number(low)}-{to_number(high)}/{to_number(default)}",
    ),
    (("seat_count",), "SEATS{}".format),
    (("seats_per_player",), "EACH{}".format),
    (("bet_seconds", "insurance_seconds", "act_seconds"), _seconds_word),
    (("pause_seconds",), "PAUSE{}".format),
    (("away_seconds",), lambda seconds: f"AWAY{_seconds(seconds)}"),
)

_AMOUNT: Final = r"(\d{1,13}(?:\.\d{1,2})?)"
_TIME: Final = r"(\d{1,5}|-)"
_PATTERNS: Final[tuple[tuple[str, tuple[str, ...], Callable[[str], Any]], ...]] = (
    (r"(\d{1,2})D", ("decks",), int),
    (r"SP(\d)", ("max_hands",), int),
    (r"(\d{1,2})%", ("penetration_percent",), int),
    (rf"BET{_AMOUNT}-{_AMOUNT}/{_AMOUNT}", ("min_bet_cents", "max_bet_cents", "bet_step_cents"), lambda t: _cents(t)),
    (
        rf"BUY{_AMOUNT}-{_AMOUNT}/{_AMOUNT}",
        ("min_buy_in_cents", "max_buy_in_cents", "default_buy_in_cents"),
        lambda t: _cents(t),
    ),
    (r"SEATS(\d)", ("seat_count",), int),
    (r"EACH(\d)", ("seats_per_player",), int),
    (
        rf"T{_TIME}/{_TIME}/{_TIME}",
        ("bet_seconds", "insurance_seconds", "act_seconds"),
        lambda t: None if t == "-" else int(t),
    ),
    (r"PAUSE(\d{1,5})", ("pause_seconds",), int),
    (rf"AWAY{_TIME}", ("away_seconds",), lambda t: None if t == "-" else int(t)),
)


def _cents(text: str) -> int:
    try:
        return to_cents(Decimal(text))
    except InvalidChips as error:
        raise InvalidRules(f"{text} is no amount of chips") from error


def _read(word: str) -> dict[str, Any]:
    if word in _FIXED:
        return dict(_FIXED[word])
    if match := re.fullmatch(r"(\d{1,3}):(\d{1,3})", word):
        return {"blackjack_pays": (int(match[1]), int(match[2]))}
    for pattern, names, read in _PATTERNS:
        if match := re.fullmatch(pattern, word):
            return {name: read(part) for name, part in zip(names, match.groups(), strict=True)}
    raise InvalidRules(f"{word} is no rule of blackjack that this table knows")
