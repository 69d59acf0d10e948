"""Tables in the database: loading a state, and the one transaction in which an action becomes durable.

Everything here is synchronous and belongs in a database thread; `games.tables` is the door that others use.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

import msgspec
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from cardsharp import errors
from cardsharp.cards import parse_cards
from cardsharp.events.ports import Commit, LoggedLine, Snapshot
from cardsharp.game import Game, Outcome
from cardsharp.games import GAMES
from cardsharp.shoe import SecretShoes, ShoeSource, StackedShoes
from games import house_players, invitations, listing, making, metrics
from games.database import GONE
from games.models import Answer, LoggedEvent, Table
from games.writing import write_log, write_outcome

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
    made_by: int | None = None
    """The key of the player who made it; None for the house's."""
    closes_at: float | None = None
    """When it closes unless somebody sits down."""
    is_private: bool = False
    is_practice: bool = False
    house_acts_at: float | None = None
    """When a house player does what is next for them."""
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

    def load_lobby(self) -> list[Loaded]:
        """Every open table that is not private, in the lobby's order."""
        return self._load_all(list(Table.objects.visible_to(None).filter(is_open=True).values_list("pk", flat=True)))

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
            shoes = _shoes(bytes(row.shoe_secret))
            found[row.pk] = self._cache[row.pk] = Loaded(
                game=game,
                state=state,
                snapshot=self._snapshot(game, state, is_private=row.is_private),
                shoes=shoes,
                made_by=row.made_by_id,
                closes_at=row.closes_at,
                is_private=row.is_private,
                is_practice=row.is_practice,
                house_acts_at=row.house_acts_at,
            )
        return [found[table_id] for table_id in table_ids]

    def is_public(self, table_id: str) -> bool:
        """Whether this process has seen the table, and everybody may; False says nothing. Needs no database."""
        loaded = self._cache.get(table_id)
        return loaded is not None and not loaded.is_private

    @staticmethod
    def exists(table_id: str, player_key: int | None) -> bool:
        """Whether there is such a table for the player, open or closed. PostgreSQL cannot be asked for U+0000.

        It takes the same query for a table that there is not as for one that the player may not know of.
        """
        return "\0" not in table_id and Table.objects.visible_to(player_key).filter(pk=table_id).exists()

    def snapshot_of(self, loaded: Loaded) -> Snapshot:
        """The table as clients see it now, today's spectators included."""
        return self._snapshot(loaded.game, loaded.state, is_private=loaded.is_private)

    def _snapshot(self, game: Game, state: Any, *, is_private: bool) -> Snapshot:
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
            is_private=is_private,
        )

    @staticmethod
    def newest(table_ids: Collection[str]) -> dict[str, int]:
        """The newest seq of each of the tables."""
        return dict(Table.objects.filter(pk__in=table_ids).values_list("pk", "seq"))

    @staticmethod
    def log(table_id: str, after: int, limit: int) -> list[LoggedLine]:
        """Events after a seq, oldest first."""
        lines = LoggedEvent.objects.filter(table_id=table_id, seq__gt=after).order_by("seq")
        return [LoggedLine(*line) for line in lines.values_list("seq", "event_type", "round_id", "data")[:limit]]

    @staticmethod
    def due(now: float, limit: int) -> tuple[list[str], float | None]:
        """The tables whose deadline has passed, oldest first, and the next deadline that has not."""
        rows = Table.objects.filter(deadline_at__isnull=False).order_by("deadline_at")
        due = list(rows.filter(deadline_at__lte=now).values_list("pk", flat=True)[:limit])
        return due, rows.filter(deadline_at__gt=now).values_list("deadline_at", flat=True).first()

    # -- writing ----------------------------------------------------------------------------------------------------

    def open(
        self,
        game: Game,
        name: str,
        rules: Any,
        at: float,
        made_by: int | None = None,
        is_private: bool = False,
        is_practice: bool = False,
    ) -> Commit:
        """Opens a table, the house's or a player's. Raises InvalidRules or TooManyTables, and there is none."""
        table_id = secrets.token_urlsafe(6).replace("-", "x").replace("_", "y")
        secret = secrets.token_bytes(32)
        command = game.open_command(table_id=table_id, name=name, rules=rules, at=at)
        outcome = game.step(game.new(), command, _shoes(secret))
        closes_at = making.closing_time(made_by, None, is_practice=is_practice, is_open=True, players=(), at=at)
        with transaction.atomic():
            if made_by is not None:
                making.hold_maker(made_by, is_practice=is_practice)
            Table.objects.create(
                table_id=table_id,
                name=name,
                game=game.name,
                state=game.dump(outcome.state),
                seq=game.seq(outcome.state),
                shoe_secret=secret,
                is_private=is_private,
                is_practice=is_practice,
                made_by_id=made_by,
                closes_at=closes_at,
                deadline_at=making.earliest(game.deadline(outcome.state), closes_at),
                **listing.columns_of(game.lobby_row(outcome.state, 0)),
            )
            write_log(table_id, outcome)
            if is_private and made_by is not None:
                invitations.found(table_id, made_by, alone=is_practice)
        after = self._snapshot(game, outcome.state, is_private=is_private)
        return Commit(table_id=table_id, events=outcome.events, before=None, after=after, previous={})

    def submit(self, table_id: str, make_command: Callable[[Game], Any], answer: AnswerKey | None = None) -> Stored:
        """Plays a command on the table, durably and at most once. Raises GameError, and nothing has changed."""
        return self.submit_seen(table_id, lambda loaded: make_command(loaded.game), answer)

    def submit_seen(
        self, table_id: str, make_command: Callable[[Loaded], Any], answer: AnswerKey | None = None
    ) -> Stored:
        """`submit` for a command that depends on the table as it is when the command is stored."""
        conflict: Exception | None = None
        for attempt in range(_ATTEMPTS):
            committing: Any = None
            try:
                with metrics.commit(), transaction.atomic():
                    if attempt:
                        _hold(table_id)
                    loaded = self.load(table_id)
                    command = make_command(loaded)
                    if answer is not None and (seq := _repeated(table_id, answer)) is not None:
                        return Stored(None, seq)
                    with metrics.decide():
                        outcome = loaded.game.step(loaded.state, command, loaded.shoes)
                    seq = loaded.game.seq(outcome.state)
                    times = _times(loaded, outcome)
                    if outcome.events:
                        _write(table_id, loaded, outcome, times)
                    if answer is not None:
                        Answer.objects.create(
                            table_id=table_id,
                            player_id=answer.player_key,
                            request_id=answer.request_id,
                            digest=answer.digest,
                            seq=seq,
                        )
                    committing = connection.connection
            except (_Conflict, IntegrityError) as error:
                # Two processes at one table: whoever was slower decides anew on what the faster one made of it, and
                # holds the row this time, so that nobody is slower for ever.
                self._cache.pop(table_id, None)
                conflict = error
                continue
            except GONE as error:
                # Where the connection was lost under the commit, only the database knows what became of it.
                if committing is not None and connection.connection is not committing:
                    raise errors.OutcomeUnknown from error
                raise
            return Stored(self._committed(table_id, loaded, outcome, times) if outcome.events else None, seq)
        logger.error("Table %s had a conflict %d times in a row", table_id, _ATTEMPTS, exc_info=conflict)
        raise errors.InternalError("The table is too busy; try again.")

    def _committed(self, table_id: str, loaded: Loaded, outcome: Outcome, times: _Times) -> Commit:
        before = loaded.snapshot
        after = self._snapshot(loaded.game, outcome.state, is_private=loaded.is_private)
        previous = _newest_by_type(table_id, before.seq) if loaded.previous is None else loaded.previous
        newest = previous | {event.event_type: event.seq for event in outcome.events}
        self._cache[table_id] = msgspec.structs.replace(
            loaded,
            state=outcome.state,
            snapshot=after,
            closes_at=times.closes_at,
            house_acts_at=times.house_acts_at,
            previous=newest,
        )
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


class _Times(NamedTuple):
    """The moments of a table beside the game's own deadline."""

    closes_at: float | None
    house_acts_at: float | None


def _times(loaded: Loaded, outcome: Outcome) -> _Times:
    if not outcome.events:
        return _Times(loaded.closes_at, loaded.house_acts_at)
    game, state, at = loaded.game, outcome.state, outcome.events[-1].data["timestamp"]
    closes_at = making.closing_time(
        loaded.made_by,
        loaded.closes_at,
        is_practice=loaded.is_practice,
        is_open=game.is_open(state),
        players=house_players.people(game, state),
        at=at,
    )
    return _Times(closes_at, house_players.acts_at(state, loaded.house_acts_at, at))


def _write(table_id: str, loaded: Loaded, outcome: Outcome, times: _Times) -> None:
    game, state = loaded.game, outcome.state
    written = Table.objects.filter(pk=table_id, seq=game.seq(loaded.state)).update(
        state=game.dump(state),
        seq=game.seq(state),
        deadline_at=making.earliest(game.deadline(state), *times),
        **times._asdict(),
        is_open=game.is_open(state),
        seats_taken=listing.seats_taken(game.lobby_row(state, 0)),
    )
    if not written:
        raise _Conflict
    house = house_players.ids(loaded.state) | house_players.ids(state)
    write_outcome(
        table_id,
        outcome,
        game=game,
        is_public=not loaded.is_private,
        is_practice=loaded.is_practice,
        house=house,
    )
