"""Keeps what a round was to each of its players, in the transaction that keeps the round itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any, Final

import msgspec
from django.db import connection

from cardsharp.game import Game, HandRecord, HappenedEvent, ReviewedDecision
from cardsharp.wire import decode_json
from games.models import Career, LoggedEvent, PlayedRound, Player, Round

_TABLE: Final = "games_career"
_TOTALS: Final = ("won", "lost", "wagered_cents", "net_cents", "decisions", "by_book")
_PUBLIC: Final = ("rounds", "wagered_cents", "net_cents", "decisions", "by_book")
_COLUMNS: Final = ("rounds", *_TOTALS, *(f"public_{name}" for name in _PUBLIC))


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """What a round was to one of its players."""

    wagered_cents: int
    net_cents: int
    decisions: int
    by_book: int
    rounds: int = 1

    @property
    def result(self) -> PlayedRound.Result:
        """Whether the round was won."""
        if self.net_cents:
            return PlayedRound.Result.WON if self.net_cents > 0 else PlayedRound.Result.LOST
        return PlayedRound.Result.EVEN

    @property
    def won(self) -> int:
        """1 for a round that was won."""
        return int(self.net_cents > 0)

    @property
    def lost(self) -> int:
        """1 for a round that was lost."""
        return int(self.net_cents < 0)


def shares_of(hands: Iterable[HandRecord], decisions: Iterable[ReviewedDecision]) -> dict[int, Share]:
    """What the round was to each player who had a hand in it, by their key."""
    own_hands: dict[str, list[HandRecord]] = defaultdict(list)
    made: dict[str, list[bool]] = defaultdict(list)
    for hand in hands:
        own_hands[hand.player_id].append(hand)
    for decision in decisions:
        made[decision.player_id].append(decision.is_by_the_book)
    return {
        Player.key_of(player_id): Share(
            wagered_cents=sum(hand.bet_cents for hand in own),
            net_cents=sum(hand.net_cents + hand.insurance_net_cents for hand in own),
            decisions=len(made[player_id]),
            by_book=sum(made[player_id]),
        )
        for player_id, own in own_hands.items()
    }


def add_round(row: Round, game: Game, state: Any, hands: Sequence[HandRecord], *, is_public: bool) -> None:
    """Keeps a round that has just been written, with its log, for each of its players.

    To be called in the transaction that writes it, after the chips have moved: who plays at two tables has both wait
    for their career, in the order of the keys.
    """
    if not hands:
        return
    shares = shares_of(hands, game.review(state, events_of(row)))
    PlayedRound.objects.bulk_create(
        _played(row, game, career, shares[career.player_id]) for career in _grown(shares, is_public=is_public)
    )


def events_of(row: Round) -> list[HappenedEvent]:
    """The round's events, as far as the log still has them."""
    lines = LoggedEvent.objects.filter(table_id=row.table_id, seq__range=(row.first_seq, row.last_seq)).order_by("seq")
    return [
        HappenedEvent(seq=seq, event_type=event_type, round_id=round_id, data=decode_json(data))
        for seq, event_type, round_id, data in lines.values_list("seq", "event_type", "round_id", "data")
    ]


def _grown(shares: Mapping[int, Share], *, is_public: bool) -> list[Career]:
    """The players' careers with these shares in them, locked until the transaction ends."""
    rows = []
    for player, share in sorted(shares.items()):
        added = [getattr(share, name) for name in ("rounds", *_TOTALS)]
        rows.append([player, *added, *(getattr(share, name) if is_public else 0 for name in _PUBLIC)])
    with connection.cursor() as cursor:
        cursor.execute(_grow(len(rows)), list(chain.from_iterable(rows)))
    return list(Career.objects.filter(pk__in=shares))


@cache
def _grow(players: int) -> str:
    """The statement that adds to so many careers, or begins them, in one go and in the order of its rows."""
    row = f"({', '.join(['%s'] * (1 + len(_COLUMNS)))})"
    sums = ", ".join(f"{name} = {_TABLE}.{name} + excluded.{name}" for name in _COLUMNS)
    return (
        f"INSERT INTO {_TABLE} (player_id, {', '.join(_COLUMNS)}) VALUES {', '.join([row] * players)} "  # noqa: S608 - names of this module
        f"ON CONFLICT (player_id) DO UPDATE SET {sums}"
    )


def _played(row: Round, game: Game, career: Career, share: Share) -> PlayedRound:
    return PlayedRound(
        player_id=career.player_id,
        round=row,
        table_id=row.table_id,
        game=game.name,
        ended_at=row.ended_at,
        wagered_cents=share.wagered_cents,
        net_cents=share.net_cents,
        result=share.result,
        decisions=share.decisions,
        by_book=share.by_book,
        nth=career.rounds,
        **{f"total_{name}": getattr(career, name) for name in _TOTALS},
    )
