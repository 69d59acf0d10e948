"""Tables in the database: loading a state, and the one transaction in which an action becomes durable.

Everything here is synchronous and belongs in a database thread; `games.tables` is the door that others use.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from cardsharp import errors
from cardsharp.cards import parse_cards
from cardsharp.events.ports import Commit, LoggedLine, Snapshot
from cardsharp.game import ChipMove, Game, HappenedEvent, Outcome, RoundRecord
from cardsharp.games import GAMES
from cardsharp.shoe import SecretShoes, ShoeSource, StackedShoes
from cardsharp.wire import encode_json
from games import ledger
from games.models import Answer, Hand, LoggedEvent, Player, Round, Table, Transfer

logger = logging.getLogger(__name__)

_ATTEMPTS = 20


class _Conflict(Exception):
    """Another process stored an action on the same version first."""


class AnswerKey(msgspec.Struct, frozen=True):
    """What makes an action the repetition of another: the same player, request and data."""

    player_key: int
    request_id: str
    digest: str


class Stored(msgspec.Struct, frozen=True):
    """What became of an action: its receipt's seq, and its commit where something happened now."""

    commit: Commit | None
    seq: int


class Loaded(msgspec.Struct, frozen=True):
    """A table as this process last saw it, good for as long as the row has its seq."""

    game: Game
    state: Any
    snapshot: Snapshot
    shoes: ShoeSource
    previous: dict[str, int] | None = None
    """The newest seq of each event type; None until a commit needs it."""


class Store:
    """Reads and writes tables, with a cache of states that the row's seq keeps honest."""

    def __init__(self, spectators: Callable[[str, Collection[str]], int]) -> None:
        self._spectators = spectators
        self._cache: dict[str, Loaded] = {}

    # -- reading ----------------------------------------------------------------------------------------------------

    def load(self, table_id: str) -> Loaded:
        """The table as it is now. Raises UnknownTable."""
        return self._load_all([table_id])[0]

    def load_open(self) -> list[Loaded]:
        """Every open table, in the lobby's order."""
        return self._load_all(list(Table.objects.filter(is_open=True).values_list("pk", flat=True)))

    def _load_all(self, table_ids: Sequence[str]) -> list[Loaded]:
        seqs = dict(Table.objects.filter(pk__in=table_ids).values_list("pk", "seq"))
        if len(seqs) < len(table_ids):
            raise errors.UnknownTable
        # Other threads change the cache meanwhile: what was found in it is kept at hand.
        found = {t: cached for t in table_ids if (cached := self._cache.get(t)) and cached.snapshot.seq == seqs[t]}
        stale = [t for t in table_ids if t not in found]
        for row in Table.objects.filter(pk__in=stale) if stale else ():
            game = GAMES[row.game]
            state = game.load(row.state)
            secret = bytes(row.shoe_secret)
            found[row.pk] = self._cache[row.pk] = Loaded(game, state, self._snapshot(game, state), _shoes(secret))
        return [found[table_id] for table_id in table_ids]

    def is_known(self, table_id: str) -> bool:
        """Whether this process has seen the table; False says nothing. Needs no database."""
        return table_id in self._cache

    @staticmethod
    def exists(table_id: str) -> bool:
        """Whether there is such a table, open or closed. PostgreSQL cannot be asked for U+0000."""
        return "\0" not in table_id and Table.objects.filter(pk=table_id).exists()

    def snapshot_of(self, loaded: Loaded) -> Snapshot:
        """The table as clients see it now, today's spectators included."""
        return self._snapshot(loaded.game, loaded.state)

    def _snapshot(self, game: Game, state: Any) -> Snapshot:
        players = game.players(state)
        view = game.view(state, 0)
        count = self._spectators(view["table_id"], players)
        return Snapshot(
            seq=game.seq(state),
            round_id=game.round_id(state),
            view={**view, "spectators": count},
            row=game.lobby_row(state, count),
            players=players,
            requests=game.requests(state),
        )

    @staticmethod
    def newest(table_ids: Collection[str]) -> dict[str, int]:
        """The newest seq of each of the tables."""
        return dict(Table.objects.filter(pk__in=table_ids).values_list("pk", "seq"))

    @staticmethod
    def log(table_id: str, after: int, event_types: Collection[str] | None, limit: int) -> list[LoggedLine]:
        """Events after a seq, oldest first."""
        lines = LoggedEvent.objects.filter(table_id=table_id, seq__gt=after).order_by("seq")
        if event_types is not None:
            lines = lines.filter(event_type__in=event_types)
        return [LoggedLine(*line) for line in lines.values_list("seq", "event_type", "round_id", "data")[:limit]]

    @staticmethod
    def due(now: float, limit: int) -> tuple[list[str], float | None]:
        """The tables whose deadline has passed, oldest first, and the next deadline that has not."""
        rows = Table.objects.filter(deadline_at__isnull=False).order_by("deadline_at")
        due = list(rows.filter(deadline_at__lte=now).values_list("pk", flat=True)[:limit])
        return due, rows.filter(deadline_at__gt=now).values_list("deadline_at", flat=True).first()

    # -- writing ----------------------------------------------------------------------------------------------------

    def open(self, game: Game, name: str, rules: Any, at: float) -> Commit:
        """Opens a table. Raises InvalidRules or GameError, and there is none."""
        table_id = secrets.token_urlsafe(6).replace("-", "x").replace("_", "y")
        secret = secrets.token_bytes(32)
        command = game.open_command(table_id=table_id, name=name, rules=rules, at=at)
        outcome = game.step(game.new(), command, _shoes(secret))
        with transaction.atomic():
            Table.objects.create(
                table_id=table_id,
                name=name,
                game=game.name,
                state=game.dump(outcome.state),
                seq=game.seq(outcome.state),
                shoe_secret=secret,
            )
            _write_log(table_id, outcome)
        after = self._snapshot(game, outcome.state)
        return Commit(table_id=table_id, events=outcome.events, before=None, after=after, previous={})

    def submit(self, table_id: str, make_command: Callable[[Game], Any], answer: AnswerKey | None = None) -> Stored:
        """Plays a command on the table, durably and at most once. Raises GameError, and nothing has changed."""
        conflict: Exception | None = None
        for attempt in range(_ATTEMPTS):
            try:
                with transaction.atomic():
                    if attempt:
                        _hold(table_id)
                    loaded = self.load(table_id)
                    command = make_command(loaded.game)
                    if answer is not None and (seq := _repeated(table_id, answer)) is not None:
                        return Stored(None, seq)
                    outcome = loaded.game.step(loaded.state, command, loaded.shoes)
                    seq = loaded.game.seq(outcome.state)
                    if outcome.events:
                        _write(table_id, loaded, outcome)
                    if answer is not None:
                        Answer.objects.create(
                            table_id=table_id,
                            player_id=answer.player_key,
                            request_id=answer.request_id,
                            digest=answer.digest,
                            seq=seq,
                        )
            except (_Conflict, IntegrityError) as error:
                # Two processes at one table: whoever was slower decides anew on what the faster one made of it, and
                # holds the row this time, so that nobody is slower for ever.
                self._cache.pop(table_id, None)
                conflict = error
                continue
            return Stored(self._committed(table_id, loaded, outcome) if outcome.events else None, seq)
        logger.error("Table %s had a conflict %d times in a row", table_id, _ATTEMPTS, exc_info=conflict)
        raise errors.InternalError("The table is too busy; try again.")

    def _committed(self, table_id: str, loaded: Loaded, outcome: Outcome) -> Commit:
        before, after = loaded.snapshot, self._snapshot(loaded.game, outcome.state)
        previous = _newest_by_type(table_id, before.seq) if loaded.previous is None else loaded.previous
        newest = previous | {event.event_type: event.seq for event in outcome.events}
        self._cache[table_id] = Loaded(loaded.game, outcome.state, after, loaded.shoes, newest)
        return Commit(
            table_id=table_id,
            events=outcome.events,
            before=before,
            after=after,
            previous={name: previous.get(name, 0) for name in loaded.game.event_types},
        )


def _shoes(secret: bytes) -> ShoeSource:
    if settings.CARDSHARP_STACKED_SHOE:
        return StackedShoes(parse_cards(settings.CARDSHARP_STACKED_SHOE), secret)
    return SecretShoes(secret)


def _repeated(table_id: str, answer: AnswerKey) -> int | None:
    return (
        Answer.objects.filter(
            table_id=table_id, player_id=answer.player_key, request_id=answer.request_id, digest=answer.digest
        )
        .values_list("seq", flat=True)
        .first()
    )


def _newest_by_type(table_id: str, until: int) -> dict[str, int]:
    types = LoggedEvent.objects.filter(table_id=table_id, seq__lte=until).order_by().values_list("event_type")
    return dict(types.annotate(newest=Max("seq")))


def _hold(table_id: str) -> None:
    """Makes other processes wait with the table until this transaction ends; SQLite's writers wait anyway."""
    Table.objects.select_for_update(no_key=True).filter(pk=table_id).values_list("pk").first()


def _write(table_id: str, loaded: Loaded, outcome: Outcome) -> None:
    game, state = loaded.game, outcome.state
    written = Table.objects.filter(pk=table_id, seq=game.seq(loaded.state)).update(
        state=game.dump(state),
        seq=game.seq(state),
        deadline_at=game.deadline(state),
        is_open=game.is_open(state),
    )
    if not written:
        raise _Conflict
    _write_log(table_id, outcome)
    # In the same order at every table: players who sit at two of them cannot make the two wait for each other.
    for move in sorted(outcome.moves, key=lambda move: move.player_id):
        _post(table_id, move)
    for record in outcome.rounds:
        _write_round(table_id, record)


def _write_log(table_id: str, outcome: Outcome) -> None:
    LoggedEvent.objects.bulk_create([_logged(table_id, event) for event in outcome.events])


def _logged(table_id: str, event: HappenedEvent) -> LoggedEvent:
    return LoggedEvent(
        table_id=table_id,
        seq=event.seq,
        round_id=event.round_id,
        event_type=event.event_type,
        data=encode_json(event.data).decode(),
    )


def _post(table_id: str, move: ChipMove) -> None:
    player = Player.key_of(move.player_id)
    stack = ledger.stack(player, table_id)
    match move.kind:
        case "buy_in":
            source, target = ledger.wallet(player), stack
        case "cash_out":
            source, target = stack, ledger.wallet(player)
        case _ if move.amount_cents > 0:
            source, target = ledger.house(table_id), stack
        case _:
            source, target = stack, ledger.house(table_id)
    ledger.move(source, target, abs(move.amount_cents), Transfer.Reason(move.kind), table_id=table_id, seq=move.seq)


def _write_round(table_id: str, record: RoundRecord) -> None:
    row = Round.objects.create(
        table_id=table_id,
        number=record.number,
        first_seq=record.first_seq,
        last_seq=record.last_seq,
        ended_at=datetime.now(UTC),
        dealer_cards=record.dealer_cards,
        dealer_value=record.dealer_value,
        house_net_cents=record.house_net_cents,
    )
    Hand.objects.bulk_create(
        Hand(
            round=row,
            player_id=Player.key_of(hand.player_id),
            **{name: getattr(hand, name) for name in hand.__struct_fields__ if name != "player_id"},
        )
        for hand in record.hands
    )
