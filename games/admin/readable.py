"""Events of the log as staff read them: when, what, who, and the rest in words. Knows no game."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from cardsharp.wire import decode_json
from games.models import LoggedEvent

_MOMENTS: Final = frozenset({"deadline", "leaves_at", "next_round_at", "timestamp"})
_SAID_ELSEWHERE: Final = frozenset(
    {"timestamp", "player_id", "player_name", "seat", "hand_id", "is_dealer", "table_id", "rule_set"}
)


class ReadableEvent(NamedTuple):
    """One line of the log."""

    seq: int
    at: datetime
    title: str
    who: str
    details: str


def readable(event: LoggedEvent) -> ReadableEvent:
    """The event in words."""
    data = decode_json(event.data)
    return ReadableEvent(
        seq=event.seq,
        at=datetime.fromtimestamp(float(data["timestamp"]), UTC),
        title=words(event.event_type).capitalize(),
        who=_who(data),
        details=_details(data),
    )


def words(name: str) -> str:
    """A name of the wire as words.

    >>> words("PLAYER_BET"), words("is_soft")
    ('player bet', 'soft')
    """
    return name.lower().removeprefix("is_").replace("_", " ")


def _who(data: dict[str, Any]) -> str:
    if data.get("is_dealer"):
        return "Dealer"
    if "player_name" not in data:
        return ""
    hand = f", {data['hand_id']}" if data.get("hand_id") else ""
    return f"{data['player_name']} (seat {data['seat']}{hand})"


def _details(data: dict[str, Any]) -> str:
    said = [key for key in data if key not in _SAID_ELSEWHERE and data[key] is not None and data[key] is not False]
    return " · ".join(f"{words(key)} {_value(key, data[key])}".strip() for key in said)


def _value(key: str, value: Any) -> str:
    match value:
        case True:
            return ""
        case int() | Decimal() if key in _MOMENTS:
            return f"{datetime.fromtimestamp(float(value), UTC):%H:%M:%S}"
        case dict():
            return f"{_who(value)} ({_details(value)})".strip()
        case list():
            return ", ".join(_value(key, item) for item in value) or "none"
        case _:
            return str(value)
