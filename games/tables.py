"""The durable host: the one door to the tables, for consumers, the sweeper, pages and the admin.

An action is decided, stored in one transaction and then published; a process owns nothing, so any may serve any table.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from functools import partial
from operator import methodcaller
from typing import Any, TypeVar

from cardsharp import errors
from cardsharp.chips import to_number
from cardsharp.events.audience import Audience
from cardsharp.events.bus import EventBus
from cardsharp.events.commits import publish_commit
from cardsharp.events.ports import Commit, LoggedLine, PlayerInfo, Receipt, Snapshot
from cardsharp.events.receipts import receipt_for, repetition_of
from cardsharp.game import Actor, Game, Order
from cardsharp.games import GAMES
from cardsharp.log_context import about
from games import accounts, credentials, house_players, invitations, ledger, making, metrics
from games.database import in_database
from games.models import Player, Token
from games.store import AnswerKey, Loaded, Store, Stored

logger = logging.getLogger(__name__)

R = TypeVar("R")


class Tables:
    """The tables of the site; `cardsharp.events.ports.Room` says what the handler asks of them."""

    def __init__(self, bus: EventBus, audience: Audience, clock: Callable[[], float] = time.time) -> None:
        self.event_types = frozenset(name for game in GAMES.values() for name in game.event_types)
        self.actions = frozenset(name for game in GAMES.values() for name in game.actions)
        self._bus = bus
        self._clock = clock
        self._store = Store(audience.spectators)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._under_way: set[asyncio.Task[Any]] = set()

    # -- actions ----------------------------------------------------------------------------------------------------

    def check_shape(self, action: str, data: dict[str, Any]) -> None:
        """Raises BadMessage where the data is not what the action takes; unknown actions are left for later."""
        for game in GAMES.values():
            if action in game.actions:
                game.read_action(action, data, actor=Actor("", ""), at=0.0)

    async def act(self, table_id: str, player: PlayerInfo, action: str, data: dict[str, Any]) -> Receipt:
        """Plays a client's action; its events are durable and published when this returns."""
        at = self._clock()
        repetition = repetition_of(action, data)
        key = Player.key_of(player.player_id)
        answer = None if repetition is None else AnswerKey(key, *repetition)
        if action == "join_table" and data.get("client_seed") is None:
            data = {**data, "client_seed": await in_database(accounts.client_seed_of, key) or None}

        def command(loaded: Loaded) -> Any:
            is_member = _is_member(table_id, key, loaded)
            actor = Actor(player.player_id, player.name, is_member=is_member)
            return loaded.game.read_action(action, data, actor=actor, at=at)

        with about(request=repetition and repetition[0]), metrics.act():
            seq = await self._publish_stored(table_id, partial(self._store.submit_seen, table_id, command, answer))
        return receipt_for(action, data, seq)

    async def sit_down(self, table_id: str, player: Player, buy_in_cents: int) -> None:
        """Takes the first free seat for the player. Raises GameError, and nothing has changed."""
        await self.act(
            table_id,
            PlayerInfo(player_id=player.public_id, name=player.username, balance_cents=0),
            "join_table",
            {"buy_in": to_number(buy_in_cents)},
        )

    async def stand_up(self, table_id: str, player: Player) -> None:
        """Gives up every seat of the player, as if they had left: with cards in play, after the round."""
        at = self._clock()
        actor = Actor(player.public_id, player.username)
        seats = (await self.snapshot(table_id)).view["seats"]
        for number in [seat["seat"] for seat in seats if seat["player_id"] == player.public_id]:
            leave = methodcaller("read_action", "leave_table", {"seat": number}, actor=actor, at=at)
            try:
                await self._submit(table_id, leave)
            except (errors.NotSeated, errors.TableClosed):
                continue  # The seat was given up meanwhile.

    async def call_time(self, table_id: str) -> None:
        """Does what is due at the table, or closes it where it has been empty for too long. Raises WrongPhase when
        nothing is due."""
        at = self._clock()
        due_at = at

        def command(loaded: Loaded) -> Any:
            nonlocal due_at
            due_at = making.earliest(loaded.game.deadline(loaded.state), loaded.closes_at, loaded.house_acts_at) or at
            if loaded.closes_at is not None and loaded.closes_at <= at:
                return loaded.game.close_command(reason=making.EMPTY, at=at)
            if loaded.house_acts_at is not None and loaded.house_acts_at <= at:
                return house_players.command(loaded.game, loaded.state, loaded.shoes, at)
            return loaded.game.time_command(at=at)

        await self.submit_seen(table_id, command)
        metrics.lateness_seconds.observe(max(0.0, at - due_at))

    async def submit_seen(self, table_id: str, command: Callable[[Loaded], Any]) -> int:
        """Plays what the host itself has to do, decided on the table as it is when it is stored; the table's seq then.

        Raises GameError, also what the command raises, and nothing has changed.
        """
        return await self._publish_stored(table_id, partial(self._store.submit_seen, table_id, command))

    def now(self) -> float:
        """The host's clock, in UNIX seconds."""
        return self._clock()

    async def close(self, table_id: str, reason: str, *, play_out: bool = False) -> None:
        """Closes the table, and every stack goes to its wallet: after every bet of the round has come back, or after
        the table has played the cards out."""
        at = self._clock()
        await self._submit(table_id, lambda game: game.close_command(reason=reason, at=at, play_out=play_out))

    async def order(self, table_id: str, order: Order) -> None:
        """Does with the table what the house orders. Raises GameError, and nothing has changed."""
        at = self._clock()
        await self._submit(table_id, lambda game: game.house_command(order, at=at))

    async def close_own(self, table_id: str, player: Player) -> None:
        """Closes a table that the player has made. Raises GameError while it is not theirs to close."""
        at = self._clock()

        def command(loaded: Loaded) -> Any:
            phase = loaded.snapshot.view["phase"]
            others = house_players.people(loaded.game, loaded.state)
            making.check_close(loaded.made_by, player, players=others, phase=phase)
            return loaded.game.close_command(reason=making.BY_ITS_MAKER, at=at)

        await self.submit_seen(table_id, command)

    async def open(
        self,
        game: str,
        name: str,
        rules: Any,
        made_by: int | None = None,
        *,
        is_private: bool = False,
        is_practice: bool = False,
    ) -> str:
        """Opens a table, the house's or that of the player with this key, and returns its id.

        Raises InvalidRules, and TooManyTables for a player who has enough of them.
        """
        commit = await in_database(
            self._store.open, GAMES[game], name, rules, self._clock(), made_by, is_private, is_practice
        )
        await self._publish(commit)
        return commit.table_id

    async def _submit(self, table_id: str, make_command: Callable[[Game], Any], answer: AnswerKey | None = None) -> int:
        return await self._publish_stored(table_id, partial(self._store.submit, table_id, make_command, answer))

    async def _publish_stored(self, table_id: str, store: Callable[[], Stored]) -> int:
        """Stores and publishes; the seq that the table has then."""

        async def submit_and_publish() -> Stored:
            published = None
            # One at a time within the process, so that news leave in the order of the commits. They take their places
            # in the bus's queue here and are heard outside: a listener may itself play at the table.
            async with self._locks[table_id]:
                stored = await in_database(store)
                if stored.commit is not None:
                    published = asyncio.ensure_future(self._publish(stored.commit))
            if published is not None:
                await published
            return stored

        return (await self._finish(submit_and_publish())).seq

    async def _publish(self, commit: Commit) -> None:
        with about(table=commit.table_id, round=commit.after.round_id), metrics.publish():
            logger.debug("Committed events %d to %d", commit.events[0].seq, commit.events[-1].seq)
            await publish_commit(self._bus, commit)

    async def _finish(self, work: Coroutine[Any, Any, R]) -> R:
        """The work's result. A caller that goes away does not stop it: what was committed is also published."""
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def drain(self) -> None:
        """Waits for the actions that are under way, and until everybody has heard of them."""
        while self._under_way:
            await asyncio.wait(self._under_way)
        await self._bus.drain()

    # -- players ----------------------------------------------------------------------------------------------------

    async def player_for_token(self, token: str) -> PlayerInfo | None:
        """Who a token belongs to, or None where it is bad."""
        return await in_database(_player_for_token, token)

    async def player_for_session(self, session: str) -> PlayerInfo | None:
        """Who is logged in by the session with that key, or None where nobody is, or not any more."""
        return await in_database(_player_for_session, session)

    async def player(self, player_id: str) -> PlayerInfo | None:
        """The player with today's balance, or None where they are gone or banned."""
        return await in_database(_player, player_id)

    # -- tables -----------------------------------------------------------------------------------------------------

    async def has_table(self, table_id: str, player_id: str | None) -> bool:
        """Whether there is such a table for the player: a private one is there for its members alone."""
        key = None if player_id is None else Player.key_of(player_id)
        return self._store.is_public(table_id) or await in_database(self._store.exists, table_id, key)

    async def snapshots(self) -> Sequence[Snapshot]:
        """Every open table that is not private."""
        return [self._store.snapshot_of(loaded) for loaded in await in_database(self._store.load_lobby)]

    async def snapshot(self, table_id: str) -> Snapshot:
        """The table as it is now. Raises UnknownTable."""
        return self._store.snapshot_of(await in_database(self._store.load, table_id))

    async def load(self, table_id: str) -> Loaded:
        """The table as it is kept now, for what no client is sent. Raises UnknownTable."""
        return await in_database(self._store.load, table_id)

    async def newest(self, table_ids: Collection[str]) -> Mapping[str, int]:
        """The newest seq of each of the tables."""
        return await in_database(self._store.newest, list(table_ids)) if table_ids else {}

    async def log(self, table_id: str, *, after: int, limit: int) -> Sequence[LoggedLine]:
        """Events of the table's log after a seq."""
        return await in_database(self._store.log, table_id, after, limit)

    async def due(self, limit: int = 100) -> tuple[list[str], float | None]:
        """The tables at which time must be called now, and the next moment at which one must."""
        return await in_database(self._store.due, self._clock(), limit)


def _is_member(table_id: str, player_key: int, loaded: Loaded) -> bool:
    """Whether the player is a member, where that matters. Raises UnknownTable for a private table's stranger."""
    if loaded.is_private:
        invitations.hold_member(table_id, player_key)
        return True
    return loaded.snapshot.row.get("open_to") == "members" and invitations.is_member(table_id, player_key)


def _player_for_token(secret: str) -> PlayerInfo | None:
    token = accounts.token_for(secret)
    if token is None:
        return None
    return _info(token.player, may_act=token.scope == Token.Scope.PLAY, credential=credentials.of_token(token))


def _player_for_session(session: str) -> PlayerInfo | None:
    found = credentials.of_session(session)
    return None if found is None else _info(found[0], credential=found[1])


def _player(player_id: str) -> PlayerInfo | None:
    player = Player.objects.filter(pk=Player.key_of(player_id), is_active=True).first()
    return None if player is None else _info(player)


def _info(player: Player, *, may_act: bool = True, credential: str = "") -> PlayerInfo:
    return PlayerInfo(
        player_id=player.public_id,
        name=player.username,
        balance_cents=ledger.balance_of(player.pk),
        may_act=may_act,
        credential=credential,
    )
