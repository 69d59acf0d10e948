"""Reads the golden rounds: `golden/README.md` says what each line of them means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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
    """A line of play: `kind` is None where the host acts, `request` says which of the requests is answered, `refusal`
    the code with which the table must refuse it."""

    text: str
    who: str
    kind: type[PlayersCommand] | None
    fields: dict[str, object]
    request: str
    refusal: str

    @property
    def player(self) -> str:
        return self.who.partition("@")[0]


class GoldenRound(NamedTuple):
    """A round as it is written down; what is expected of it stays text, to be compared with text."""

    name: str
    placard: str
    after: str
    rules: Rules
    seats: list[tuple[int, str, int]]
    cards: str
    decisions: list[Decision]
    offered: list[str] | None
    asked: list[str] | None
    timeouts: list[str] | None
    hands: list[str]
    insurance: list[str]
    dealer: str
    nets: list[str]
    left: list[str]
    next: list[str] | None
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
    "declines surrender": "DECLINE_SURRENDER",
    "takes even money": "EVEN_MONEY",
}
_COMMANDS: dict[str, tuple[type[PlayersCommand], str]] = {
    "bets": (c.PlaceBet, "amount_cents"),
    "joins": (c.JoinTable, ""),
    "joins with": (c.JoinTable, "buy_in_cents"),
    "joins as member": (c.JoinTable, ""),
    "adds": (c.AddChips, "amount_cents"),
    "leaves": (c.LeaveTable, ""),
    "sits out": (c.SitOut, ""),
    "sits in": (c.SitIn, ""),
}


HOST = (
    "time passes",
    "time is called",
    "an hour passes",
    "the table closes",
    "the table plays out and closes",
    "the table pauses",
    "the table goes on",
    "the table opens to everybody",
    "the table opens to members",
    "the table opens to nobody",
)
"""What the host does: it calls time when that is due, or when it is not, and gives the house's orders."""


def read_all() -> Iterator[GoldenRound]:
    """Every round of every file."""
    for path in sorted(FOLDER.glob("*.txt")):
        for text in path.read_text(encoding="utf-8").split("=== ")[1:]:
            yield _read(text)


def chain(golden: GoldenRound, by_name: Mapping[str, GoldenRound]) -> list[GoldenRound]:
    """The round with those before it that it comes `after` at the same table, first one first."""
    rounds = [golden]
    while rounds[0].after:
        rounds.insert(0, by_name[rounds[0].after])
    return rounds


def cents(text: str) -> int:
    return to_cents(Decimal(text))


def _read(text: str) -> GoldenRound:
    name, *lines = text.strip().splitlines()
    parts: dict[str, list[str]] = {}
    key = ""
    for line in lines:
        if not line.startswith(" "):
            key, _, line = line.partition(" ")
            if key in parts:
                raise ValueError(f"{name}: a second line {key}")
        parts.setdefault(key, []).append(line.strip())
    unknown = parts.keys() - {*GoldenRound._fields, "stakes", "bets", "play"} | parts.keys() & {"name", "placard"}
    if unknown:
        raise ValueError(f"{name}: {unknown} is no line of a golden round")
    bets = [_decision(bet.replace(" ", " bets ", 1)) for bet in _listed(parts.get("bets", []))]
    placard = " ".join(parts["rules"])
    return GoldenRound(
        name=name,
        placard=placard,
        after=" ".join(parts.get("after", [])),
        rules=_rules(placard, " ".join(parts.get("stakes", ["10 to 500 step 1"]))),
        seats=[_seat(seat) for seat in _listed(parts["seats"])],
        cards=" ".join(parts["cards"]).replace("|", " "),
        decisions=bets + [_decision(decision) for decision in _listed(parts.get("play", []))],
        offered=_optional(parts.get("offered")),
        asked=_optional(parts.get("asked")),
        timeouts=_optional(parts.get("timeouts")),
        hands=parts.get("hands", []),
        insurance=parts.get("insurance", []),
        dealer=" ".join(parts["dealer"]),
        nets=_listed(parts["nets"]),
        left=_listed(parts.get("left", [])),
        next=_optional(parts.get("next")),
        events=_listed(parts["events"]),
        order=" ".join(parts.get("order", [])).split(),
    )


def _listed(lines: list[str]) -> list[str]:
    return [item.strip() for line in lines for item in line.split(",") if item.strip()]


def _optional(lines: list[str] | None) -> list[str] | None:
    """What a line lists; `nobody` is an empty list, and a line that is not there says nothing."""
    return None if lines is None else [item for item in _listed(lines) if item != "nobody"]


def _rules(placard: str, stakes: str) -> Rules:
    """The placard's rules; where it says nothing of them, seven seats, these stakes and any buy-in that covers them."""
    low, high, step = (cents(number) for number in re.fullmatch(r"(\S+) to (\S+) step (\S+)", stakes).groups())  # type: ignore[union-attr]
    given: dict[str, int] = {}
    if "SEATS" not in placard:
        given |= {"seat_count": 7}
    if "BET" not in placard:
        given |= {"min_bet_cents": low, "max_bet_cents": high, "bet_step_cents": step}
    if "BUY" not in placard:
        given |= {"min_buy_in_cents": low}
    return msgspec.structs.replace(Rules.parse(placard), **given).checked()


def _seat(text: str) -> tuple[int, str, int]:
    number, player, chips = text.split()
    return int(number), player, cents(chips)


def _decision(text: str) -> Decision:
    done, _, refusal = text.partition(" -> ")
    if done in HOST:
        return Decision(done, "", None, {}, "", refusal)
    done, _, request = done.partition(" #")
    who, _, what = done.partition(" ")
    number = who.partition("@")[2]
    seat: dict[str, object] = {"seat": int(number)} if number else {}
    if what.startswith("tries "):
        return Decision(done, who, c.Act, seat | {"move": what.removeprefix("tries ")}, request, refusal)
    verb, amount = re.fullmatch(r"(.*?)(?: (-?[\d.]+))?", what).groups()  # type: ignore[union-attr]
    if verb in _MOVES:
        act: dict[str, object] = {"move": _MOVES[verb], "amount_cents": cents(amount) if amount else None}
        return Decision(done, who, c.Act, seat | act, request, refusal)
    kind, field = _COMMANDS[verb]
    if verb == "joins as member":
        seat |= {"is_member": True}
    return Decision(done, who, kind, seat | ({field: cents(amount)} if amount else {}), request, refusal)
