"""Tables of real blackjack in memory, behind the Room that the handler asks for."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from msgspec import structs

from cardsharp import errors
from cardsharp.blackjack.rules import Rules
from cardsharp.events.audience import Audience
from cardsharp.events.bus import EventBus
from cardsharp.events.commits import publish_commit
from cardsharp.events.ports import Commit, LoggedLine, PlayerInfo, Receipt, Snapshot
from cardsharp.game import Actor, HappenedEvent, PlayerRequest
from cardsharp.games import GAMES
from cardsharp.shoe import SecretShoes, ShoeSource
from cardsharp.wire import encode_json

GAME = GAMES["blackjack"]
SHOES = SecretShoes(b"a secret of thirty-two bytes.....")

ADA = PlayerInfo(player_id="pAda", name="Ada", balance_cents=1_000_00, credential="token:1;")
BEN = PlayerInfo(player_id="pBen", name="Ben", balance_cents=500_50, credential="token:2;")
EVE = PlayerInfo(player_id="pEve", name="Eve", balance_cents=0, may_act=False, credential="token:3;")
TOKENS = {"token of Ada": ADA, "token of Ben": BEN, "token of Eve, who may only watch": EVE}


class Broken(Exception):
    """The world behind the room fails, as a database may."""


class Game:
    """One table: its state and its log."""

    def __init__(self, shoes: ShoeSource) -> None:
        self.state = GAME.new()
        self.log: list[HappenedEvent] = []
        self.shoes = shoes

    @property
    def seq(self) -> int:
        return GAME.seq(self.state)


class MemoryRoom:
    """The room. `failing` names the methods that fail now with a `failure`, `kept` says how many events a log keeps.

    `tells_all` makes commits name the previous seq of every event type, not only of those that happened now.
    """

    event_types = GAME.event_types
    actions = frozenset(GAME.actions)

    def __init__(self, bus: EventBus, audience: Audience, clock: Callable[[], float]) -> None:
        self.games: dict[str, Game] = {}
        self.tokens = dict(TOKENS)
        self.failing: set[str] = set()
        self.failure: Callable[[str], Exception] = Broken
        self.kept = 1_000_000
        self.tells_all = False
        self.members: dict[str, set[str]] = {}
        """Who may see the private tables; the other tables everybody may see."""
        self._bus = bus
        self._audience = audience
        self._clock = clock

    # -- what tests do ----------------------------------------------------------------------------------------------

    async def open(self, table_id: str, rules: Rules | None = None, shoes: ShoeSource = SHOES) -> Game:
        self.games[table_id] = Game(shoes)
        rules = rules or Rules(bet_seconds=None, act_seconds=None, insurance_seconds=None)
        await self._do(table_id, GAME.open_command(table_id=table_id, name="♠", rules=rules, at=self._clock()))
        return self.games[table_id]

    async def close(self, table_id: str) -> None:
        await self._do(table_id, GAME.close_command(reason="closed", at=self._clock()))

    async def call_time(self, table_id: str) -> None:
        """Does what is due next, as if it were its time."""
        deadline = GAME.deadline(self.games[table_id].state)
        if deadline is not None:
            await self._do(table_id, GAME.time_command(at=deadline))

    def awaited(self, table_id: str) -> list[PlayerRequest]:
        return [request for request in GAME.requests(self.games[table_id].state) if not request.answered]

    async def go_on(self, table_id: str, choice: int = 0) -> None:
        """Answers something that the table awaits, or calls time where it awaits nothing."""
        requests = self.awaited(table_id)
        if not requests:
            await self.call_time(table_id)
            return
        request = requests[choice % len(requests)]
        moves = request.data["valid_actions"]
        action, data = "player_action", {"action": moves[choice % len(moves)]}
        if "BET" in moves:
            action, data = ("sit_out", {}) if choice % 7 == 6 else ("place_bet", {"amount": 10})
        player = next(player for player in self.tokens.values() if player.player_id == request.player_id)
        await self.act(table_id, player, action, {**data, "request_id": request.request_id})

    # -- Room -------------------------------------------------------------------------------------------------------

    async def player_for_token(self, token: str) -> PlayerInfo | None:
        self._work("player_for_token")
        return self.tokens.get(token)

    async def player_for_session(self, session: str) -> PlayerInfo | None:
        """Sessions are called after their players: `of pAda`."""
        self._work("player_for_session")
        player = await self.player(session.removeprefix("of "))
        return player and structs.replace(player, credential=f"session:{session};")

    async def player(self, player_id: str) -> PlayerInfo | None:
        self._work("player")
        return next((player for player in self.tokens.values() if player.player_id == player_id), None)

    async def has_table(self, table_id: str, player_id: str | None) -> bool:
        self._work("has_table")
        members = self.members.get(table_id)
        return table_id in self.games and (members is None or player_id in members)

    async def snapshots(self) -> Sequence[Snapshot]:
        self._work("snapshots")
        return [
            self._snapshot(game)
            for id_, game in self.games.items()
            if GAME.is_open(game.state) and id_ not in self.members
        ]

    async def snapshot(self, table_id: str) -> Snapshot:
        self._work("snapshot")
        return self._snapshot(self._game(table_id))

    async def newest(self, table_ids: Collection[str]) -> Mapping[str, int]:
        self._work("newest")
        return {table_id: self.games[table_id].seq for table_id in table_ids}

    async def log(self, table_id: str, *, after: int, limit: int) -> Sequence[LoggedLine]:
        self._work("log")
        lines = [e for e in self.games[table_id].log[-self.kept :] if e.seq > after]
        return [LoggedLine(e.seq, e.event_type, e.round_id, encode_json(e.data).decode()) for e in lines[:limit]]

    def check_shape(self, action: str, data: dict[str, Any]) -> None:
        if action in GAME.actions:
            GAME.read_action(action, data, actor=Actor("", ""), at=0.0)

    async def act(self, table_id: str, player: PlayerInfo, action: str, data: dict[str, Any]) -> Receipt:
        self._work("act")
        actor = Actor(player.player_id, player.name)
        await self._do(table_id, GAME.read_action(action, data, actor=actor, at=self._clock()))
        move = data["action"] if action == "player_action" else action
        return Receipt(action=move, request_id=data.get("request_id"), seq=self.games[table_id].seq)

    # -- within -----------------------------------------------------------------------------------------------------

    def _work(self, name: str) -> None:
        if name in self.failing:
            raise self.failure(name)

    def _game(self, table_id: str) -> Game:
        if table_id not in self.games:
            raise errors.UnknownTable
        return self.games[table_id]

    def _snapshot(self, game: Game) -> Snapshot:
        players = GAME.players(game.state)
        count = self._audience.spectators(GAME.view(game.state, 0)["table_id"], players)
        return Snapshot(
            seq=game.seq,
            round_id=GAME.round_id(game.state),
            view=GAME.view(game.state, count),
            row=GAME.lobby_row(game.state, count),
            players=players,
            requests=GAME.requests(game.state),
            is_private=GAME.view(game.state, 0)["table_id"] in self.members,
        )

    async def _do(self, table_id: str, command: Any) -> None:
        game = self._game(table_id)
        before = self._snapshot(game) if game.log else None
        outcome = GAME.step(game.state, command, game.shoes)
        if not outcome.events:
            return
        newest = dict.fromkeys(sorted(self.event_types), 0) | {e.event_type: e.seq for e in game.log}
        happened = self.event_types if self.tells_all else {e.event_type for e in outcome.events}
        game.state = outcome.state
        game.log += outcome.events
        commit = Commit(
            table_id=table_id,
            events=outcome.events,
            before=before,
            after=self._snapshot(game),
            previous={name: newest[name] for name in happened},
        )
        await publish_commit(self._bus, commit)
