"""Generated plays: rules of many kinds, and players who answer, misbehave, come, go and fall silent."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

import msgspec
from hypothesis import strategies as st

from cardsharp.blackjack import commands as c
from cardsharp.blackjack.hands import VALUES
from cardsharp.blackjack.legal import Request, open_requests
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.table import OpenTo, Table
from cardsharp.cards import Card
from cardsharp.errors import GameError
from cardsharp.shoe import SecretShoes
from tests.cardsharp.blackjack.builders import NOON, Play, PlayersCommand

PLAYERS = ("Ada", "Ben", "Cyd", "Dan", "Eve", "Fay", "Gus", "Hal")


class RichShoes(SecretShoes):
    """Shoes whose aces, eights and tens come first: rounds of pairs, naturals and insurance."""

    def order(self, number: int, client_seeds: tuple[tuple[str, str], ...], decks: int) -> tuple[Card, ...]:
        cards = super().order(number, client_seeds, decks)
        return tuple(sorted(cards, key=lambda card: VALUES[card] not in (1, 8, 10)))


class Answer(NamedTuple):
    """Answers one of the open requests with one of the actions that it offers; with none open, helps the table on."""

    request: int
    action: int
    cents: int


class Wait(NamedTuple):
    """Lets time pass, past what is due next or not quite."""

    seconds: float


class Demand(NamedTuple):
    """A command of any player at any time, whether it makes sense or not."""

    kind: type[PlayersCommand]
    player: str
    seat: int | None
    request_id: str | None
    cents: int | None
    move: str
    seed: str


class Reopen(NamedTuple):
    """Tries to open the open table again."""


class HouseOrder(NamedTuple):
    """The house pauses the table, lets it go on, or says who may sit down."""

    kind: type[c.PauseTable] | type[c.ResumeTable] | type[c.ChangeSeating]
    open_to: OpenTo


Step = Answer | Wait | Demand | Reopen | HouseOrder

_KINDS = (c.Act, c.Act, c.Act, c.Act, c.JoinTable, c.LeaveTable, c.AddChips, c.PlaceBet, c.SitOut, c.SitIn)
_SENSIBLE = (
    c.JoinTable,
    c.JoinTable,
    c.JoinTable,
    c.AddChips,
    c.SitIn,
    c.SitIn,
    c.SitIn,
    c.LeaveTable,
    c.SetClientSeed,
)
_SEEDS = ("", "lucky", "♠", "0" * 64, "a\0b", "\U0001f0a1")


def steps(most: int = 160) -> st.SearchStrategy[list[Step]]:
    """Up to so many steps. Of a number rather than drawn one by one, which leads to full tables and long evenings;
    a failing play shrinks to its shortest beginning that fails."""
    return st.builds(script_of, st.integers(0, most), st.integers(0, 2**32))


def script_of(length: int, seed: int) -> list[Step]:
    """The first so many steps of the play of that number."""
    rng = random.Random(seed)
    return [_step(rng) for _ in range(length)]


def _step(rng: random.Random) -> Step:
    kind = rng.random()
    if kind < 0.72:
        return Answer(rng.randrange(8), rng.randrange(20), rng.randrange(1000))
    if kind < 0.83:
        player = rng.choice(PLAYERS)
        return Demand(
            rng.choice(_SENSIBLE), player, None, None, rng.choice((None, 100, 500)), "", rng.choice(_SEEDS[1:])
        )
    if kind < 0.89:
        return Wait(rng.choice((0, 0, 0, 0, 1, 30, 700)))
    if kind < 0.91:
        order = HouseOrder(
            rng.choice((c.PauseTable, c.ResumeTable, c.ChangeSeating)), rng.choice(("everybody", "members", "nobody"))
        )
        return rng.choice((Reopen(), Wait(-0.5), order, order))
    return Demand(
        kind=rng.choice(_KINDS),
        player=rng.choice(PLAYERS[: rng.choice((3, 8))]),
        seat=rng.choice((None, None, None, rng.randint(-1, 9))),
        request_id=rng.choice((None, None, None, "open", f"q{rng.randrange(200)}-{rng.randrange(9)}")),
        cents=rng.choice((None, 0, -1, 50, 75, 100, 250, 10**6, 2**53, -(2**70))),
        move=rng.choice((*c.MOVES, "BET", "hit", "")),
        seed=rng.choice(_SEEDS),
    )


@st.composite
def rule_sets(draw: st.DrawFn, *, timed: bool = False) -> Rules:
    """Rules of every kind that can be played, with stakes so near the buy-ins that stacks run out."""
    seconds = st.just(20) if timed else st.sampled_from((20, None))
    step = draw(st.sampled_from((1, 50)))
    max_hands = draw(st.integers(1, 4))
    seat_count = draw(st.sampled_from((1, 3, 7)))
    return Rules(
        decks=draw(st.sampled_from((1, 1, 2, 6))),
        dealer_hits_soft_17=draw(st.booleans()),
        blackjack_pays=draw(st.sampled_from(((3, 2), (6, 5), (1, 1)))),
        double_on=draw(st.sampled_from(("any", "9-11", "10-11"))),
        double_after_split=draw(st.booleans()),
        max_hands=max_hands,
        split_by=draw(st.sampled_from(("value", "rank"))),
        resplit_aces=max_hands > 2 and draw(st.booleans()),
        hit_split_aces=max_hands > 1 and draw(st.booleans()),
        surrender=draw(st.sampled_from(("none", "late", "early"))),
        insurance=draw(st.sampled_from((True, True, False))),
        even_money=draw(st.booleans()),
        hole_card=draw(st.sampled_from(("peek", "peek", "enhc", "obo"))),
        penetration_percent=draw(st.sampled_from((30, 75, 95))),
        seat_count=seat_count,
        seats_per_player=draw(st.integers(1, min(seat_count, 3))),
        min_bet_cents=50,
        max_bet_cents=500,
        bet_step_cents=step,
        min_buy_in_cents=100,
        max_buy_in_cents=5000,
        default_buy_in_cents=draw(st.sampled_from((300, 2000))),
        bet_seconds=draw(seconds),
        insurance_seconds=draw(seconds),
        act_seconds=draw(seconds),
        pause_seconds=draw(st.sampled_from((0, 0, 4))),
        away_seconds=draw(st.sampled_from((0, 600, None))),
        on_timeout=draw(st.sampled_from(("stand", "basic_strategy", "sit_out"))),
    ).checked()


@st.composite
def plays(draw: st.DrawFn, *, timed: bool = False, secret_only: bool = False) -> Play:
    """A table at which some players have sat down; without `secret_only`, half of the shoes are rich."""
    rules = draw(rule_sets(timed=timed))
    shoes = draw(st.sampled_from((SecretShoes,) if secret_only else (SecretShoes, RichShoes)))
    play = Play(rules, shoes=shoes(draw(st.integers(0, 999)).to_bytes(32, "big")))
    for player in PLAYERS[: draw(st.integers(1, rules.seat_count))]:
        play.join(player)
    return play


def run(play: Play, script: Sequence[Step]) -> None:
    """Plays the steps; what is refused changes nothing, as `Play` sees to."""
    for step in script:
        command = command_of(step, play.table, play.now)
        play.now = max(play.now, command.at)
        with suppress(GameError):
            play.do(command)


def command_of(step: Step, table: Table, now: float) -> c.Command:
    """The command that a step means at this table."""
    match step:
        case Answer():
            awaited = [request for request in open_requests(table) if not request.answered]
            if not awaited:
                return _help_on(step, table, now)
            request = awaited[step.request % len(awaited)]
            # Betting and splitting are what leads on to more; else every action is as likely.
            action = request.valid_actions[step.action % len(request.valid_actions) - 1]
            for preferred in {"BET", "SPLIT"}.intersection(request.valid_actions if step.action else ()):
                action = preferred
            return answer(request, action, now, step.cents)
        case Wait():
            due = table.next_deadline
            return c.CallTime(at=max(now, NOON if due is None else due) + step.seconds)
        case Demand():
            return _demanded(step, table, now)
        case Reopen():
            return c.OpenTable(at=now, table_id="t1", name="Again", rules=table.rules)
        case HouseOrder(kind, open_to):
            fields = {"reason": "a drill"} if kind is c.PauseTable else {}
            return kind(at=now, **(fields | ({"open_to": open_to} if kind is c.ChangeSeating else {})))  # type: ignore[arg-type]


def _help_on(step: Answer, table: Table, now: float) -> c.Command:
    """Time passes to what is due; a paused table goes on; where it waits, somebody sits in, with new chips, or down."""
    if table.phase == "paused":
        return c.ResumeTable(at=now)
    if table.next_deadline is not None and step.action:
        return c.CallTime(at=max(now, table.next_deadline))
    if not table.seats:
        player = PLAYERS[step.request]
        return c.JoinTable(at=now, player_id=player.lower(), player_name=player)
    seat = table.seats[step.request % len(table.seats)]
    if seat.stack < table.rules.min_bet_cents:
        return c.AddChips(at=now, player_id=seat.player_id, player_name=seat.player_name, amount_cents=step.cents)
    return c.SitIn(at=now, player_id=seat.player_id, player_name=seat.player_name)


def answer(request: Request, action: str, now: float, cents: int) -> c.PlaceBet | c.SitOut | c.Act:
    """The command that takes an action which the request offers, with a legal amount near the one given."""
    who = {
        "at": now,
        "player_id": request.player_id,
        "player_name": request.player_name,
        "request_id": request.request_id,
    }
    if action == "BET":
        return c.PlaceBet(**who, amount_cents=50 * (1 + cents % 3))  # type: ignore[arg-type]
    if action == "SIT_OUT":
        return c.SitOut(**who)  # type: ignore[arg-type]
    amount = None
    if action == "INSURANCE" and request.max_amount:
        amount = 1 + cents % request.max_amount
    return c.Act(**who, move=action, amount_cents=amount)  # type: ignore[arg-type]


def _demanded(demand: Demand, table: Table, now: float) -> PlayersCommand:
    open_ids = [request.request_id for request in open_requests(table)]
    given = {
        "request_id": open_ids[0] if demand.request_id == "open" and open_ids else demand.request_id,
        "seat": demand.seat,
        "move": demand.move,
        "client_seed": demand.seed,
        "buy_in_cents": demand.cents,
        "amount_cents": demand.cents if demand.kind is c.Act else demand.cents or 0,
    }
    fields = {name: given[name] for name in demand.kind.__struct_fields__ if name in given}
    return demand.kind(at=now, player_id=demand.player.lower(), player_name=demand.player, **fields)  # type: ignore[arg-type]


def public_bytes(table: Table) -> bytes:
    """The whole state as text: it holds nothing that is not public."""
    return msgspec.json.encode(table)
