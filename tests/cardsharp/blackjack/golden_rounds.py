"""Reads the golden rounds: `golden/README.md` says what each line of them means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import msgspec

from cardsharp.blackjack import commands as c
from cardsharp.blackjack.rules import Rules
from cardsharp.chips import to_cents
from tests.cardsharp.blackjack.builders import PlayersCommand

FOLDER = Path(__file__).parent / "golden"


class Decision(NamedTuple):
    """A line of play: `kind` is None where time passes, `refusal` the code with which the table must refuse it."""

    player: str
    kind: type[PlayersCommand] | None
    fields: dict[str, object]
    refusal: str | None


class GoldenRound(NamedTuple):
    """A round as it is written down; what is expected of it stays text, to be compared with text."""

    name: str
    rules: Rules
    seats: list[tuple[int, str, int]]
    cards: str
    decisions: list[Decision]
    hands: list[str]
    insurance: list[str]
    dealer: str
    nets: list[str]
    left: list[str]
    events: list[str]
    order: list[str]


_MOVES = {
    "hits": "HIT",
    "stands": "STAND",
    "doubles": "DOUBLE",
    "splits": "SPLIT",
    "surrenders": "SURRENDER",
    "insures": "INSURANCE",
    "declines": "DECLINE_INSURANCE",
    "takes even money": "EVEN_MONEY",
}
_COMMANDS: dict[str, tuple[type[PlayersCommand], str]] = {
    "bets": (c.PlaceBet, "amount_cents"),
    "joins with": (c.JoinTable, "buy_in_cents"),
    "leaves": (c.LeaveTable, ""),
    "sits out": (c.SitOut, ""),
    "sits in": (c.SitIn, ""),
}


def read_all() -> Iterator[GoldenRound]:
    """Every round of every file."""
    for path in sorted(FOLDER.glob("*.txt")):
        for text in path.read_text(encoding="utf-8").split("=== ")[1:]:
            yield _read(text)


def cents(text: str) -> int:
    return to_cents(Decimal(text))


def _read(text: str) -> GoldenRound:
    name, *lines = text.strip().splitlines()
    parts: dict[str, list[str]] = {}
    key = ""
    for line in lines:
        if not line.startswith(" "):
            key, _, line = line.partition(" ")
        parts.setdefault(key, []).append(line.strip())
    unknown = parts.keys() - {*GoldenRound._fields, "stakes", "bets", "play"}
    if unknown:
        raise ValueError(f"{name}: {unknown} is no line of a golden round")
    bets = [_decision(bet.replace(" ", " bets ", 1)) for bet in _listed(parts.get("bets", []))]
    return GoldenRound(
        name=name,
        rules=_rules(" ".join(parts["rules"]), " ".join(parts.get("stakes", ["10 to 500 step 1"]))),
        seats=[_seat(seat) for seat in _listed(parts["seats"])],
        cards=" ".join(parts["cards"]).replace("|", " "),
        decisions=bets + [_decision(decision) for decision in _listed(parts.get("play", []))],
        hands=parts.get("hands", []),
        insurance=parts.get("insurance", []),
        dealer=" ".join(parts["dealer"]),
        nets=_listed(parts["nets"]),
        left=_listed(parts.get("left", [])),
        events=_listed(parts["events"]),
        order=" ".join(parts.get("order", [])).split(),
    )


def _listed(lines: list[str]) -> list[str]:
    return [item.strip() for line in lines for item in line.split(",") if item.strip()]


def _rules(placard: str, stakes: str) -> Rules:
    low, high, step = (cents(number) for number in re.fullmatch(r"(\S+) to (\S+) step (\S+)", stakes).groups())  # type: ignore[union-attr]
    stake = {"min_bet_cents": low, "max_bet_cents": high, "bet_step_cents": step, "min_buy_in_cents": low}
    return msgspec.structs.replace(Rules.parse(placard), seat_count=7, **stake).checked()


def _seat(text: str) -> tuple[int, str, int]:
    number, player, chips = text.split()
    return int(number), player, cents(chips)


def _decision(text: str) -> Decision:
    done, _, refusal = text.partition(" -> ")
    if done == "time passes":
        return Decision("", None, {}, None)
    player, _, what = done.partition(" ")
    verb, amount = re.fullmatch(r"(.*?)(?: ([\d.]+))?", what).groups()  # type: ignore[union-attr]
    if verb in _MOVES:
        fields: dict[str, object] = {"move": _MOVES[verb], "amount_cents": cents(amount) if amount else None}
        return Decision(player, c.Act, fields, refusal or None)
    kind, field = _COMMANDS[verb]
    return Decision(player, kind, {field: cents(amount)} if amount else {}, refusal or None)
