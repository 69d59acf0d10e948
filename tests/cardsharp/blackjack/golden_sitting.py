"""Plays a golden round at a real table, and tells what came of it in the words in which the rounds are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TypeVar, get_args

import pytest

from cardsharp.blackjack import commands as c
from cardsharp.blackjack import events as e
from cardsharp.blackjack.legal import open_requests
from cardsharp.blackjack.table import OpenTo
from cardsharp.blackjack.view import table_view
from cardsharp.cards import parse_cards
from cardsharp.chips import format_chips
from cardsharp.errors import GameError
from cardsharp.wire import encode_json, to_wire
from tests.cardsharp.blackjack.builders import Play, types_of
from tests.cardsharp.blackjack.golden_rounds import Decision, GoldenRound, chain
from tests.cardsharp.blackjack.plays import public_bytes

E = TypeVar("E", bound=e.Event)

_HOUSE: Mapping[str, Callable[..., c.Command]] = {
    "the table closes": c.CloseTable,
    "the table plays out and closes": partial(c.CloseTable, play_out=True),
    "the table pauses": partial(c.PauseTable, reason="a fire drill"),
    "the table goes on": c.ResumeTable,
    **{f"the table opens to {whom}": partial(c.ChangeSeating, open_to=whom) for whom in get_args(OpenTo)},
}


class Sitting:
    """A golden round at its table: the players sit down, what it comes `after` is played, and then the round itself."""

    def __init__(self, golden: GoldenRound, by_name: Mapping[str, GoldenRound]) -> None:
        rounds = chain(golden, by_name)
        self.cards = parse_cards(" ".join(each.cards for each in rounds))
        shoe = self.cards[: 52 * golden.rules.decks]
        self.play = Play(golden.rules, " ".join(shoe))
        self._ids: dict[str, list[str]] = {}
        for number, player, chips in rounds[0].seats:
            self.play.join(player, chips, number)
        for former in rounds[:-1]:
            assert former.rules == golden.rules
            self._play(former)
            self.play.call_time()
        assert [(seat.number, seat.player_name, seat.stack) for seat in self.play.table.seats] == sorted(golden.seats)
        self._first = len(self.play.log)
        self._stacks = Counter({seat.number: seat.stack for seat in self.play.table.seats})
        self._play(golden)
        self.log = self.play.log[self._first :]

    def _play(self, golden: GoldenRound) -> None:
        self._note_requests()
        for decision in golden.decisions:
            self._make(decision)

    def _make(self, decision: Decision) -> None:
        """Does what the line says. A refusal has its code, and leaves every public byte as it was."""
        if not decision.refusal:
            self._do(decision)
            self._note_requests()
            return
        before, seen = self._public(), len(self.play.log)
        with pytest.raises(GameError) as refused:
            self._do(decision)
        assert refused.value.code == decision.refusal, decision.text
        assert refused.value.message
        assert self._public() == before, decision.text
        assert len(self.play.log) == seen

    def _public(self) -> list[bytes]:
        table = self.play.table
        return [
            public_bytes(table),
            encode_json(to_wire(table_view(table, 0))),
            encode_json([to_wire(request) for request in open_requests(table)]),
        ]

    def _do(self, decision: Decision) -> None:
        play = self.play
        if decision.kind is not None:
            fields = {**decision.fields, "request_id": self._request_id(decision)}
            for event in play.ask(decision.kind, decision.player, **fields):
                if isinstance(event, e.BankrollUpdated) and decision.kind is c.AddChips:
                    self._stacks[event.seat] += int(str(fields["amount_cents"]))
        elif decision.text == "time passes":
            play.call_time()
        elif decision.text in _HOUSE:
            play.do(_HOUSE[decision.text](at=play.now))
        else:
            play.now += 3600 if decision.text == "an hour passes" else 0
            play.do(c.CallTime(at=play.now))

    def _request_id(self, decision: Decision) -> str | None:
        """`now` is what this player, or the named seat, is asked; `old` what was asked last and is asked no more; a
        name is what that player is asked. Anything else is the id of no request."""
        whose, which = decision.who, decision.request
        is_open = self._open()
        if not which:
            return None
        if which == "now":
            return is_open[whose]
        if which == "old":
            return [was for was in self._ids[whose] if was not in is_open.values()][-1]
        return is_open.get(which, which)

    def _open(self) -> dict[str, str]:
        """The ids of the open requests, each by its player and by its seat; a player's are the lowest seat's."""
        requests = open_requests(self.play.table)[::-1]
        by_player = {request.player_name: request.request_id for request in requests}
        return by_player | {f"{r.player_name}@{r.seat}": r.request_id for r in requests}

    def _note_requests(self) -> None:
        turn = self.play.table.turn
        if turn is not None:
            (request,) = open_requests(self.play.table)
            assert (request.seat, request.hand_id, request.valid_actions) == (
                turn.seat,
                turn.hand_id,
                turn.valid_actions,
            )
        for whose, request_id in self._open().items():
            ids = self._ids.setdefault(whose, [])
            if request_id not in ids:
                ids.append(request_id)

    def _name(self, whose: e.PlayerEvent | e.SeatResult) -> str:
        """The player's name, with the seat where the player has held several."""
        seats = {joined.seat for joined in self._all(e.PlayerJoined) if joined.player_name == whose.player_name}
        return f"{whose.player_name}@{whose.seat}" if len(seats) > 1 else whose.player_name

    def _all(self, kind: type[E]) -> list[E]:
        return [event for event in self.play.log if isinstance(event, kind)]

    def _of(self, kind: type[E]) -> list[E]:
        return [event for event in self.log if isinstance(event, kind)]

    def offered(self) -> list[str]:
        return [f"{self._name(event)} {format_chips(event.max_amount)}" for event in self._of(e.InsuranceOffered)]

    def asked(self) -> list[str]:
        return [f"{self._name(event)} {_moves(event.valid_actions)}" for event in self._of(e.PlayerDecisionNeeded)]

    def timeouts(self) -> list[str]:
        return [f"{self._name(event)} {_words(event.action)}" for event in self._of(e.PlayerTimedOut)]

    def hands(self) -> list[str]:
        """The hands as HAND_RESULT tells them, with the cards that CARD_DEALT and HAND_SPLIT gave to each."""
        cards: dict[str, list[str]] = {}
        for event in self.log:
            if isinstance(event, e.CardDealt) and isinstance(event.hand_id, str) and event.card:
                cards.setdefault(event.hand_id, []).append(event.card)
            if isinstance(event, e.HandSplit):
                cards[event.hand_id].remove(event.card)
                cards[event.new_hand_id] = [event.card]
        return [
            f"{self._name(r)} {' '.join(cards[r.hand_id])} = {r.value} "
            f"{r.result} {format_chips(r.bet)} {_signed(r.net)}"
            for r in self._of(e.HandResult)
        ]

    def insurance(self) -> list[str]:
        return [
            f"{self._name(event)} {event.result} {format_chips(event.bet)} {_signed(event.net)}"
            for event in self._of(e.InsuranceResult)
        ]

    def dealer(self) -> str:
        ended = self.ended()
        return f"{' '.join(ended.dealer_cards)} = {ended.dealer_value}".strip()

    def nets(self) -> list[str]:
        ended = self.ended()
        seats = [f"{self._name(result)} {_signed(result.net)}" for result in ended.results]
        return [*seats, f"house {_signed(ended.house_net)}"]

    def left(self) -> list[str]:
        return [f"{self._name(event)} {format_chips(event.stack)}" for event in self._of(e.PlayerLeft)]

    def ended(self) -> e.RoundEnded:
        (ended,) = self._of(e.RoundEnded)
        return ended

    def events(self) -> dict[str, int]:
        return dict(Counter(types_of(self.log)))

    def stacks_expected(self) -> dict[int, int]:
        """What each seat brought, added and won; who has left has taken exactly that along."""
        stacks = self._stacks.copy()
        stacks.update({joined.seat: joined.stack for joined in self._of(e.PlayerJoined)})
        for result in self.ended().results:
            stacks[result.seat] += result.net
        for left in self._of(e.PlayerLeft):
            assert stacks.pop(left.seat) == left.stack
        return stacks

    def asked_next(self) -> list[str]:
        """The seats that are asked for a bet after the pause; ends the sitting."""
        if self.play.table.phase != "waiting":
            self.play.call_time()
        requests = open_requests(self.play.table)
        assert all(request.valid_actions == ("BET", "SIT_OUT") for request in requests)
        return [self._name(j) for r in requests for j in self._all(e.PlayerJoined) if j.seat == r.seat]


def _moves(valid_actions: Iterable[str]) -> str:
    """The moves of a decision as the golden rounds write them, such as hit/stand/double or surrender/decline."""
    return "/".join(move.removesuffix("_SURRENDER").lower() for move in valid_actions)


def _words(action: str) -> str:
    return action.lower().replace("_", " ")


def _signed(cents: int) -> str:
    return f"+{format_chips(cents)}" if cents > 0 else format_chips(cents)
