"""A second game, for nothing but fun: you draw a card, the house draws one, and the higher rank wins; aces are low.

It is all that a game must be: `GAMES["high_card"] = HighCard()` registers it, and hosts, handler, log and replay serve
it like blackjack. Nobody bets here, so no chips move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from cardsharp import errors
from cardsharp.cards import RANKS, rank
from cardsharp.game import Actor, HappenedEvent, Order, Outcome, PlayerRequest, ReviewedDecision
from cardsharp.shoe import ShoeSource


class NoData(msgspec.Struct):
    """Nothing beside the action's name."""


class Command(msgspec.Struct, frozen=True):
    """What is to be done: `what` is open, close, time, or an action."""

    what: str
    at: float
    data: dict[str, Any] = {}


class Table(msgspec.Struct, frozen=True):
    """The whole state of a table."""

    table_id: str = ""
    name: str = ""
    seq: int = 0
    drawn: int = 0
    players: dict[str, str] = {}
    is_open: bool = True


class HighCard:
    """`cardsharp.game.Game` for high card."""

    name = "high_card"
    event_types = frozenset({"TABLE_OPENED", "TABLE_CLOSED", "PLAYER_JOINED", "PLAYER_LEFT", "CARDS_DRAWN"})
    actions: Mapping[str, type[msgspec.Struct]] = {"join_table": NoData, "leave_table": NoData, "draw": NoData}
    description = None

    def read_action(self, action: str, data: Any, *, actor: Actor, at: float) -> Command:
        if action not in self.actions:
            raise errors.UnknownAction(actions=sorted(self.actions))
        return Command(action, at, {"player_id": actor.player_id, "player_name": actor.name})

    def open_command(self, *, table_id: str, name: str, rules: Any, at: float) -> Command:
        return Command("open", at, {"table_id": table_id, "name": name})

    def close_command(self, *, reason: str, at: float, play_out: bool = False) -> Command:
        return Command("close", at, {"reason": reason})

    def house_command(self, order: Order, *, at: float) -> Command:
        raise errors.IllegalAction("High card is always on, and for everybody.")

    def time_command(self, *, at: float) -> Command:
        return Command("time", at)

    def new(self) -> Table:
        return Table()

    def step(self, state: Table, command: Command, shoes: ShoeSource) -> Outcome:
        if not state.is_open:
            raise errors.TableClosed
        event_type, more = self._decide(state, command, shoes)
        data = {"timestamp": command.at, **command.data, **more}
        event = HappenedEvent(seq=state.seq + 1, event_type=event_type, round_id=None, data=data)
        return Outcome(state=self.fold(state, event), events=(event,), moves=(), rounds=())

    def _decide(self, state: Table, command: Command, shoes: ShoeSource) -> tuple[str, dict[str, Any]]:
        """The one event that the command causes, and what is in it beside the command's own data."""
        seated = command.data.get("player_id") in state.players
        match command.what:
            case "open":
                return "TABLE_OPENED", {}
            case "close":
                return "TABLE_CLOSED", {"table_id": state.table_id}
            case "join_table" if seated:
                raise errors.AlreadySeated
            case "join_table":
                return "PLAYER_JOINED", {}
            case _ if not seated:
                raise errors.NotSeated if "player_id" in command.data else errors.WrongPhase
            case "leave_table":
                return "PLAYER_LEFT", {}
        yours, ours = shoes.order(state.drawn + 1, (), 1)[:2]
        lead = RANKS.index(rank(yours)) - RANKS.index(rank(ours))
        result = "win" if lead > 0 else "lose" if lead < 0 else "push"
        return "CARDS_DRAWN", {"card": yours, "house_card": ours, "result": result}

    def fold(self, state: Table, event: HappenedEvent) -> Table:
        data, players = event.data, dict(state.players)
        match event.event_type:
            case "TABLE_OPENED":
                state = msgspec.structs.replace(state, table_id=data["table_id"], name=data["name"])
            case "PLAYER_JOINED":
                players[data["player_id"]] = data["player_name"]
            case "PLAYER_LEFT":
                del players[data["player_id"]]
            case "CARDS_DRAWN":
                state = msgspec.structs.replace(state, drawn=state.drawn + 1)
            case "TABLE_CLOSED":
                state = msgspec.structs.replace(state, is_open=False)
                players = {}
        return msgspec.structs.replace(state, seq=event.seq, players=players)

    def dump(self, state: Table) -> str:
        return msgspec.json.encode(state).decode()

    def load(self, text: str) -> Table:
        return msgspec.json.decode(text, type=Table)

    def seq(self, state: Table) -> int:
        return state.seq

    def deadline(self, state: Table) -> float | None:
        return None

    def is_open(self, state: Table) -> bool:
        return state.is_open

    def round_id(self, state: Table) -> str | None:
        return None

    def players(self, state: Table) -> frozenset[str]:
        return frozenset(state.players)

    def chips_of(self, state: Table) -> Mapping[str, int]:
        return dict.fromkeys(state.players, 0)

    def requests(self, state: Table) -> Sequence[PlayerRequest]:
        return ()

    def lobby_row(self, state: Table, spectators: int) -> dict[str, Any]:
        phase = "playing" if state.is_open else "closed"
        seats = {"seats_taken": len(state.players), "spectators": spectators}
        return {"table_id": state.table_id, "name": state.name, "game": self.name, "phase": phase, **seats}

    def view(self, state: Table, spectators: int) -> dict[str, Any]:
        return {**self.lobby_row(state, spectators), "players": sorted(state.players.values()), "drawn": state.drawn}

    def review(self, state: Table, events: Sequence[HappenedEvent]) -> Sequence[ReviewedDecision]:
        return ()

    def replay(self, state: Table, events: Sequence[HappenedEvent]) -> Sequence[dict[str, Any]]:
        return ()
