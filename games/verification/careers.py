"""What rounds were to their players: each as its log and its hands say, and the totals as the rounds add up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from cardsharp.game import Game, HappenedEvent
from games.models import Career, Hand, PlayedRound, Player, Table
from games.trimming import Beginning
from games.verification.moments import READ_AT_ONCE, DoesNotFit, Moment

_TOTALS: Final = ("won", "lost", "wagered_cents", "net_cents", "decisions", "by_book")
_PUBLIC: Final = ("rounds", "wagered_cents", "net_cents", "decisions", "by_book")


class Decisions:
    """Follows a table's log with the decisions that the history counts in its rounds."""

    def __init__(self, row: Table, game: Game, beginning: Beginning) -> None:
        self._row = row
        self._game = game
        self._state = beginning.state
        self._events: list[HappenedEvent] = []
        """The round under way; nothing of one whose beginning is in the log no more."""
        later = PlayedRound.objects.filter(table=row, round__last_seq__gt=beginning.seq)
        rows = later.order_by("round__number", "player_id").annotate(number=F("round__number"))
        kept = rows.values_list("number", "player", "decisions", "by_book").iterator(chunk_size=READ_AT_ONCE)
        self._rounds = groupby(kept, key=lambda played: int(played[0]))
        self._without_career = set(Player.objects.filter(is_house=True).values_list("pk", flat=True))
        self._newest: tuple[int, Any] | None = None
        self._misfit: DoesNotFit | None = None
        """What does not fit is told at the end: a log that is wrong itself is worth more to know."""

    def follow(self, moment: Moment) -> None:
        """Looks at every round that has ended, whether the history counts its decisions."""
        for event, after in zip(moment.events, moment.states[1:], strict=True):
            if event.event_type == "ROUND_STARTED":
                self._events = [event]
            elif self._events:
                self._events.append(event)
            if event.event_type == "ROUND_ENDED" and self._events:
                try:
                    self._check(event.data["round_number"], after)
                except DoesNotFit as misfit:
                    self._misfit = self._misfit or misfit
                self._events = []

    def _check(self, number: int, state: Any) -> None:
        told: dict[int, list[bool]] = {}
        for decision in self._game.review(state, self._events):
            told.setdefault(Player.key_of(decision.player_id), []).append(decision.is_by_the_book)
        for player, decisions, by_book in self._kept(number):
            made = told.pop(player, [])
            if (decisions, by_book) != (len(made), sum(made)):
                counted = f"{by_book} of {decisions} decisions"
                raise DoesNotFit(
                    f"round {number} counts {counted} of player {player}, the log says {sum(made)} of {len(made)}"
                )
        for player in told.keys() - self._without_career:
            raise DoesNotFit(f"round {number} is not among those of player {player}, who decided in it")

    def _kept(self, number: int) -> list[tuple[int, int, int]]:
        """Player, decisions and those by the book, as the history has them of that round."""
        if self._newest is None or self._newest[0] < number:
            self._newest = None
            for kept, rows in self._rounds:
                self._newest = (kept, [row[1:] for row in rows])
                if kept >= number:
                    break
        if self._newest is None or self._newest[0] != number:
            return []
        found: list[tuple[int, int, int]] = self._newest[1]
        return found

    def finish(self) -> None:
        """Raises DoesNotFit where the history counts the decisions of a round otherwise. Rounds that the log does not
        have are found with their hands."""
        if self._misfit is not None:
            raise self._misfit


def check_careers() -> None:
    """Raises DoesNotFit with the first thing that does not hold of what rounds were to their players."""
    _check_rounds()
    careers = Career.objects.order_by("pk").iterator(chunk_size=READ_AT_ONCE)
    rows = PlayedRound.objects.order_by("player_id", "nth").annotate(is_private=F("table__is_private"))
    by_player = groupby(rows.iterator(chunk_size=READ_AT_ONCE), key=lambda played: played.player_id)
    for player, played in by_player:
        career = next(careers, None)
        if career is None or career.pk != player:
            raise DoesNotFit(f"Player {player} has rounds and no career, or a career and no rounds")
        _check_career(career, played)
    if (career := next(careers, None)) is not None:
        raise DoesNotFit(f"Player {career.pk} has a career and no rounds")


def _check_career(career: Career, rounds: Iterator[Any]) -> None:
    sums = dict.fromkeys(("rounds", *_TOTALS, *(f"public_{name}" for name in _PUBLIC)), 0)
    for played in rounds:
        share = {name: getattr(played, name) for name in ("wagered_cents", "net_cents", "decisions", "by_book")}
        share |= {"rounds": 1, "won": int(played.net_cents > 0), "lost": int(played.net_cents < 0)}
        for name in ("rounds", *_TOTALS):
            sums[name] += share[name]
        for name in () if played.is_private else _PUBLIC:
            sums[f"public_{name}"] += share[name]
        _compare(f"Round {played.round_id} of player {career.pk}", played.nth, "nth", sums["rounds"])
        for name in _TOTALS:
            what = f"Round {played.round_id} of player {career.pk}"
            _compare(what, getattr(played, f"total_{name}"), f"total_{name}", sums[name])
    for name, total in sums.items():
        _compare(f"The career of player {career.pk}", getattr(career, name), name, total)


def _compare(what: str, kept: int, name: str, summed: int) -> None:
    if kept != summed:
        raise DoesNotFit(f"{what} has the {name} {kept}, the rounds add up to {summed}")


def _check_rounds() -> None:
    """Every player of a round has it once, with what their hands say."""
    own = PlayedRound.objects.filter(round=OuterRef("round"), player=OuterRef("player"))
    counted = Hand.objects.filter(player__is_house=False, round__table__is_practice=False)
    lone: Any = counted.filter(~Exists(own)).order_by("pk").first()
    if lone is not None:
        raise DoesNotFit(f"Round {lone.round_id} has a hand of player {lone.player_id}, and is not among their rounds")
    hands = Hand.objects.filter(round=OuterRef("round"), player=OuterRef("player")).order_by().values("player")
    sums = {
        "hands": Coalesce(Subquery(hands.annotate(sum=Count("pk")).values("sum")), 0),
        "bets": Coalesce(Subquery(hands.annotate(sum=Sum("bet_cents")).values("sum")), 0),
        "nets": Coalesce(Subquery(hands.annotate(sum=Sum(F("net_cents") + F("insurance_net_cents"))).values("sum")), 0),
    }
    result = (
        Q(net_cents__gt=0, result=PlayedRound.Result.WON)
        | Q(net_cents__lt=0, result=PlayedRound.Result.LOST)
        | Q(net_cents=0, result=PlayedRound.Result.EVEN)
    )
    fits = result & Q(
        hands__gt=0,
        wagered_cents=F("bets"),
        net_cents=F("nets"),
        table=F("round__table"),
        game=F("table__game"),
        ended_at=F("round__ended_at"),
        by_book__lte=F("decisions"),
    )
    odd = PlayedRound.objects.annotate(**sums).exclude(fits).order_by("pk").first()
    if odd is not None:
        raise DoesNotFit(f"Round {odd.round_id} is kept for player {odd.player_id} otherwise than their hands say")
