"""The players of a room in memory, what lets them in, and their chips beside the tables."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from cardsharp import errors
from cardsharp.chips import to_number
from cardsharp.events.ports import PlayerInfo
from cardsharp.game import ChipMove

MOST_GUESTS: Final = 10_000
"""Guests beyond these are forgotten, the oldest first, unless they sit at a table."""


class _Player:
    def __init__(self, player_id: str, name: str, cents: int) -> None:
        self.player_id = player_id
        self.name = name
        self.cents = cents

    def info(self, *, may_act: bool = True, credential: str = "") -> PlayerInfo:
        return PlayerInfo(
            player_id=self.player_id,
            name=self.name,
            balance_cents=self.cents,
            may_act=may_act,
            credential=credential,
        )


class _Token(NamedTuple):
    player_id: str
    may_act: bool
    credential: str


class Players:
    """Who may play. Chips are conserved: `issued_cents` is what lies in wallets, at tables and with the house."""

    def __init__(self, guest_cents: int) -> None:
        self.issued_cents = 0
        self.house_cents = 0
        """What the players have lost to the house; below zero where they have won."""
        self._guest_cents = guest_cents
        self._players: dict[str, _Player] = {}
        self._tokens: dict[str, _Token] = {}
        self._guests: dict[str, str] = {}
        """The client id of each guest, to the player's id."""
        self._numbers = itertools.count(1)
        self._guest_numbers = itertools.count(1)

    def add(self, name: str, cents: int) -> PlayerInfo:
        """A new player with so many hundredths in the wallet. Raises InvalidChips for a debt."""
        if cents < 0:
            raise errors.InvalidChips("a wallet holds no less than zero chips")
        player_id = f"p{next(self._numbers)}"
        player = self._players[player_id] = _Player(player_id, name, cents)
        self.issued_cents += cents
        return player.info()

    def add_token(self, player_id: str, token: str, *, may_act: bool) -> None:
        """The token lets the player in. Raises ValueError for one that is taken."""
        if token in self._tokens:
            raise ValueError("this token lets somebody in already")
        self._tokens[token] = _Token(player_id, may_act, f"token:{next(self._numbers)};")

    def forget(self, player_id: str) -> None:
        """There is no such player any more, who must not sit anywhere: what lets them in, and their chips, are gone."""
        self.issued_cents -= self._players.pop(player_id).cents
        self._tokens = {token: found for token, found in self._tokens.items() if found.player_id != player_id}

    def guest(self, client_id: str, seated: Collection[str]) -> PlayerInfo:
        """The guest of that name, a new one at first."""
        if client_id not in self._guests:
            if len(self._guests) >= MOST_GUESTS:
                self._forget_a_guest(seated)
            self._guests[client_id] = self.add(f"Guest {next(self._guest_numbers)}", self._guest_cents).player_id
        player_id = self._guests[client_id]
        return self._players[player_id].info(credential=f"guest:{player_id};")

    def by_token(self, token: str) -> PlayerInfo | None:
        """Who the token lets in, or None where it is bad."""
        found = self._tokens.get(token)
        if found is None:
            return None
        return self._players[found.player_id].info(may_act=found.may_act, credential=found.credential)

    def get(self, player_id: str) -> PlayerInfo | None:
        """The player with the chips of now, or None where there is none of that id."""
        player = self._players.get(player_id)
        return None if player is None else player.info()

    def settle(self, moves: Iterable[ChipMove]) -> None:
        """Moves what goes over a table's edge. Raises InsufficientChips where a wallet does not cover it, and nothing
        has moved."""
        change: Counter[str] = Counter()
        lost = 0
        for move in moves:
            match move.kind:
                case "buy_in":
                    change[move.player_id] -= move.amount_cents
                case "cash_out":
                    change[move.player_id] += move.amount_cents
                case "hand" | "insurance":
                    lost -= move.amount_cents
        for player_id, cents in change.items():
            held = self._players[player_id].cents
            if held + cents < 0:
                raise errors.InsufficientChips("Your wallet does not hold so many chips.", balance=to_number(held))
        for player_id, cents in change.items():
            self._players[player_id].cents += cents
        self.house_cents += lost

    @property
    def wallets_cents(self) -> int:
        """What lies in all wallets."""
        return sum(player.cents for player in self._players.values())

    def _forget_a_guest(self, seated: Collection[str]) -> None:
        for client_id, player_id in self._guests.items():
            if player_id not in seated:
                del self._guests[client_id]
                self.forget(player_id)
                return
