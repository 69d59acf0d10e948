"""One table of blackjack for a program: its players, their bets and moves, and the adapter that speaks to them."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from types import TracebackType
from typing import Any

from cardsharp import errors
from cardsharp.chips import to_number
from cardsharp.engine.answers import answer_for, checked_amount
from cardsharp.engine.conductor import Conductor, Played
from cardsharp.engine.config import Config, rules_from
from cardsharp.engine.ports import PlatformAdapter
from cardsharp.events.bus import EventBus
from cardsharp.events.ports import Receipt
from cardsharp.memory_room import MemoryRoom
from cardsharp.shoe import ShoeSource

TABLE_ID = "table"


class BlackjackEngine:
    """The in-memory host of one table. Initialize it, start the game or play rounds, and shut it down.

    `config` is Rules, a placard, or a mapping of settings (`cardsharp.engine.config.SETTINGS`). Amounts are chips, int
    or Decimal. What the table refuses is raised as a GameError, and nothing has changed.
    """

    def __init__(
        self,
        adapter: PlatformAdapter,
        config: Config = None,
        *,
        name: str = "Blackjack",
        guest_chips: int | Decimal | None = None,
        shoes: ShoeSource | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Raises InvalidRules for a config that is none. `shoes` stacks the cards, for tests and demonstrations.

        A guest, who comes over WebSockets without a token, begins with `guest_chips`, two buy-ins if left out.
        """
        self.adapter = adapter
        self.rules = rules_from(config)
        self.bus = EventBus()
        chips = 2 * to_number(self.rules.default_buy_in_cents) if guest_chips is None else guest_chips
        self.room = MemoryRoom(self.bus, guest_chips=chips, clock=clock)
        self.table_id = TABLE_ID
        self._name = name
        self._shoes = shoes
        self._conductor = Conductor(self.room, TABLE_ID, adapter, clock)
        self._state = "new"
        adapter.attach(self)

    async def __aenter__(self) -> BlackjackEngine:
        await self.initialize()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.shutdown()

    # -- from the beginning to the end ------------------------------------------------------------------------------

    async def initialize(self) -> None:
        """Opens the table, with the adapter ready; a second call does nothing. Raises TableClosed after `shutdown`."""
        if self._state == "over":
            raise errors.TableClosed("This engine has been shut down; make a new one.")
        if self._state == "open":
            return
        await self.adapter.initialize()
        self._state = "open"
        await self.room.__aenter__()
        await self.room.open(self._name, self.rules, table_id=TABLE_ID, shoes=self._shoes)
        self._conductor.start()
        await self._conductor.settle()

    async def start_game(self) -> None:
        """Lets the game begin and returns: from now on the adapter is asked whatever the table awaits.

        Where nobody has been added, the adapter's own players sit down.
        """
        await self._sit_down()
        self._conductor.ask(None)

    async def play(self, rounds: int | None = None) -> Played:
        """What came of so many rounds, or of all until nobody plays any more; afterwards the adapter is not asked.

        Initializes what is not initialized. Who sits out is sat in first, and where nobody has been added, the
        adapter's own players sit down. An adapter that has none waits for players to come, and for others when they
        have gone. A round that has begun when this returns goes on with the next call.
        """
        await self._sit_down()
        for seat in self._view()["seats"]:
            if seat["status"] == "sitting_out" and seat["stack"] >= to_number(self.rules.min_bet_cents):
                await self.act(seat["player_id"], "sit_in", {"seat": seat["seat"]})
        return await self._conductor.play(rounds)

    async def shutdown(self) -> None:
        """Closes the table, so that bets and stacks go back, and ends the adapter; a second call does nothing."""
        if self._state == "over":
            return
        was_open, self._state = self._state == "open", "over"
        if was_open:
            await self.room.close_all("the engine is shut down")
            await self._conductor.stop()
        await self._conductor.within_time("to shut down", self.adapter.shutdown)
        if was_open:
            await self.room.__aexit__(None, None, None)

    # -- what players do --------------------------------------------------------------------------------------------

    async def add_player(
        self,
        name: str,
        *,
        chips: int | Decimal | None = None,
        buy_in: int | Decimal | None = None,
        seat: int | None = None,
        token: str | None = None,
    ) -> str:
        """The id of a new player, who sits down with `buy_in` out of a wallet of so many chips.

        Without amounts, both are the table's default buy-in. With a token a client may connect as this player. Raises
        GameError where there is no seat for them, and ValueError for a token that is another player's.
        """
        self._check_open()
        bought = to_number(self.rules.default_buy_in_cents) if buy_in is None else checked_amount(buy_in)
        wallet = bought if chips is None else checked_amount(chips)
        try:
            player = self.room.add_player(name, wallet)
        except errors.InvalidChips as error:
            raise errors.InvalidAmount(f"{wallet} is no amount of chips: {error}.") from error
        try:
            if token is not None:
                self.room.add_token(player.player_id, token)
            await self.act(player.player_id, "join_table", {"buy_in": bought, "seat": seat})
        except (errors.GameError, ValueError):
            self.room.players.forget(player.player_id)
            raise
        return player.player_id

    async def place_bet(self, player_id: str, amount: int | Decimal, *, seat: int | None = None) -> Receipt:
        """Bets so many chips on the player's seat. Raises GameError."""
        return await self.act(player_id, "place_bet", {"amount": checked_amount(amount), "seat": seat})

    async def execute_player_action(
        self,
        player_id: str,
        move: str,
        *,
        amount: int | Decimal | None = None,
        seat: int | None = None,
        request_id: str | None = None,
    ) -> Receipt:
        """Makes a move of the player's hand, or SIT_OUT, SIT_IN or LEAVE; `amount` is for INSURANCE. Raises GameError.

        With the `request_id` of what it answers, it takes effect at most once.
        """
        action, data = answer_for(move, amount)
        return await self.act(player_id, action, {**data, "seat": seat, "request_id": request_id})

    async def act(self, player_id: str, action: str, data: dict[str, Any]) -> Receipt:
        """Plays an action of the protocol; when it returns, the adapter has been told what came of it."""
        self._check_open()
        player = await self.room.player(player_id)
        if player is None:
            raise errors.NotSeated(f"There is no player {player_id}.")
        receipt = await self.room.act(TABLE_ID, player, action, data)
        await self._conductor.settle()
        return receipt

    async def render_state(self) -> dict[str, Any]:
        """The table as it is now, the `state` of TABLE_STATE, which the adapter is shown too."""
        self._check_open()
        await self._conductor.render()
        return self._view()

    # -- within -----------------------------------------------------------------------------------------------------

    async def _sit_down(self) -> None:
        await self.initialize()
        if not self._view()["seats"]:
            for name in self.adapter.player_names:
                await self.add_player(name)

    def _check_open(self) -> None:
        if self._state == "new":
            raise errors.UnknownTable("The engine has no table yet; initialize it first.")
        if self._state == "over":
            raise errors.TableClosed("This engine has been shut down; make a new one.")

    def _view(self) -> dict[str, Any]:
        return self._conductor.view()
