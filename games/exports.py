"""A player's rounds as files, a little at a time, however many they are."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Callable, Sequence
from io import StringIO
from typing import Any, Final

from django.db.models import QuerySet

from cardsharp.chips import to_number
from cardsharp.wire import encode_json
from games.database import in_database
from games.models import Hand, PlayedRound
from games.played import Place, hands_of, page_of

AT_ONCE: Final = 500
"""Rounds that are in memory."""

COLUMNS: Final = (
    "ended_at",
    "table",
    "table_id",
    "game",
    "round",
    "result",
    "wagered",
    "net",
    "decisions",
    "by_book",
    "hands",
    "dealer_cards",
    "dealer_value",
)
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula."""

Row = dict[str, Any]


async def csv_lines(rounds: QuerySet[PlayedRound], player_key: int) -> AsyncIterator[bytes]:
    """The rounds as CSV, one a line, with the mark at its start by which spreadsheets know UTF-8."""
    yield b"\xef\xbb\xbf" + _lines([COLUMNS])
    async for rows in _chunks(rounds, player_key):
        yield _lines([[_cell(name, row[name]) for name in COLUMNS] for row in rows])


async def json_lines(rounds: QuerySet[PlayedRound], player_key: int) -> AsyncIterator[bytes]:
    """The rounds as one JSON object, a round a line."""
    yield b'{"rounds": ['
    before = b"\n"
    async for rows in _chunks(rounds, player_key):
        yield before + b",\n".join(encode_json(row) for row in rows)
        before = b",\n"
    yield b"\n]}\n"


async def _chunks(rounds: QuerySet[PlayedRound], player_key: int) -> AsyncIterator[list[Row]]:
    place: Place | None = None
    read: Callable[..., tuple[list[Row], Place | None]] = _read
    while True:
        rows, place = await in_database(read, rounds, player_key, place)
        if rows:
            yield rows
        if place is None:
            return


def _read(rounds: QuerySet[PlayedRound], player_key: int, place: Place | None) -> tuple[list[Row], Place | None]:
    page = page_of(rounds.select_related("round", "table"), AT_ONCE, before=place)
    hands = hands_of(page.rounds, player_key)
    return [_row(played, hands[played.round_id]) for played in page.rounds], page.older


def _row(played: PlayedRound, hands: Sequence[Hand]) -> Row:
    return {
        "ended_at": played.ended_at.isoformat(),
        "table": played.table.name,
        "table_id": played.table_id,
        "game": played.game,
        "round": played.round.number,
        "result": played.result,
        "wagered": to_number(played.wagered_cents),
        "net": to_number(played.net_cents),
        "decisions": played.decisions,
        "by_book": played.by_book,
        "hands": [_hand(hand) for hand in hands],
        "dealer_cards": played.round.dealer_cards.split(),
        "dealer_value": played.round.dealer_value,
    }


def _hand(hand: Hand) -> Row:
    amounts = {name: to_number(getattr(hand, f"{name}_cents")) for name in ("bet", "payout", "net", "insurance_net")}
    return {"seat": hand.seat, "cards": hand.cards.split(), "value": hand.value, "result": hand.result, **amounts}


def _cell(name: str, value: Any) -> Any:
    match name:
        case "hands":
            return "; ".join(f"{' '.join(hand['cards'])} ({hand['value']}) {hand['result']}" for hand in value)
        case "dealer_cards":
            return " ".join(value)
        case "table":
            return f"'{value}" if value.startswith(_FORMULAS) else value
        case _:
            return value


def _lines(rows: Sequence[Sequence[Any]]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
