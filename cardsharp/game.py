"""What a game is to everything above it: hosts, handler and pages know this interface and no rule.

A second game is a folder beside `blackjack/` that offers a `Game`, and one line in `cardsharp.games`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec

from cardsharp.shoe import ShoeSource


class Actor(msgspec.Struct, frozen=True):
    """The player who acts, as a game sees them."""

    player_id: str
    name: str
    is_house: bool = False
    """Whether it is a house player: the host itself plays for company."""
    is_member: bool = False
    """Whether the host has them among the table's members, for tables that are open to members only."""


class Pause(msgspec.Struct, frozen=True):
    """The house's order that no new round may begin, and why."""

    reason: str


class Resume(msgspec.Struct, frozen=True):
    """The house's order that a paused table goes on."""


class Admit(msgspec.Struct, frozen=True):
    """The house's order who may take a seat from now on; who sits there stays."""

    open_to: Literal["everybody", "members", "nobody"]


Order = Pause | Resume | Admit
"""What the house may tell an open table."""


class ChipMove(msgspec.Struct, frozen=True):
    """Chips that an event moved over a table's edge: in from a wallet, back to it, or between a stack and the house.

    `amount_cents` is positive towards the player's chips at the table for buy_in, positive towards the wallet for
    cash_out, and the player's net, of either sign, for hand and insurance.
    """

    seq: int
    player_id: str
    kind: Literal["buy_in", "cash_out", "hand", "insurance"]
    amount_cents: int


class HandRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A hand of a finished round, for history. Amounts in hundredths of a chip."""

    player_id: str
    seat: int
    hand_id: str
    cards: str
    value: int
    result: str
    bet_cents: int
    payout_cents: int
    net_cents: int
    insurance_net_cents: int


class RoundRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A finished round, for history."""

    number: int
    first_seq: int
    last_seq: int
    dealer_cards: str
    dealer_value: int
    house_net_cents: int
    hands: tuple[HandRecord, ...]


class ReviewedDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision of a player, and the one that the book of the game would have taken."""

    place: int
    """Which of the events it was made with, counted from 0."""
    player_id: str
    seat: int
    hand_id: str
    cards: tuple[str, ...]
    """The hand as it was decided on."""
    up_card: str
    valid_actions: tuple[str, ...]
    action: str
    advised: str

    @property
    def is_by_the_book(self) -> bool:
        """Whether the player did what the book advises."""
        return self.action == self.advised


class PlayerRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a table awaits from a player: the data of an `action_request` but for its time."""

    request_id: str
    player_id: str
    deadline: float | None
    answered: bool
    data: dict[str, Any]


class HappenedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as the log and the wire have it; `data` are builtins for `wire.encode_json`."""

    seq: int
    event_type: str
    round_id: str | None
    data: dict[str, Any]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a command did: what happened, the state after it, the chips that moved, and the rounds that ended."""

    state: Any
    events: tuple[HappenedEvent, ...]
    moves: tuple[ChipMove, ...]
    rounds: tuple[RoundRecord, ...]


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """A game's part of the protocol in structs and in words: what its documents are made of.

    In `words` and `field_words` a name is an event type, an action or a field; `Struct.field` where the same name means
    something else in one struct. Amounts in hundredths (`Cents`) are numbers of chips on the wire.
    """

    events: Mapping[str, type[msgspec.Struct]]
    actions: Mapping[str, type[msgspec.Struct]]
    row: type[msgspec.Struct]
    """A table's row in the lobby."""
    state: type[msgspec.Struct]
    """The `state` of TABLE_STATE."""
    request: type[msgspec.Struct]
    """The data of `action_request` but for `timeout_seconds`."""
    words: Mapping[str, str]
    field_words: Mapping[str, str]
    values: Mapping[str, Collection[str]]
    """The texts that a field may have, where they are not any text."""
    moves: Mapping[str, str]
    """Each move of a hand, and what it does."""
    phases: Mapping[str, str]
    """Each phase of a table, and what happens in it."""


class Game(Protocol):
    """A game's heart behind one door. States are opaque values to the callers."""

    name: str
    event_types: frozenset[str]
    actions: Mapping[str, type[msgspec.Struct]]
    """Each action's name and the struct of its data."""

    @property
    def description(self) -> Description | None:
        """What the protocol's documents say of the game; None for one that they only name."""

    def read_action(self, action: str, data: Any, *, actor: Actor, at: float) -> Any:
        """The command behind a client's action. Raises UnknownAction or BadMessage."""

    def open_command(self, *, table_id: str, name: str, rules: Any, at: float) -> Any:
        """The command that opens a table."""

    def close_command(self, *, reason: str, at: float, play_out: bool = False) -> Any:
        """The command that closes a table: it gives every bet of the round back, or plays the cards out first."""

    def house_command(self, order: Order, *, at: float) -> Any:
        """The command behind an order of the house. Raises IllegalAction for one that the game does not know."""

    def time_command(self, *, at: float) -> Any:
        """The command that does what is due."""

    def new(self) -> Any:
        """The state before the first event."""

    def step(self, state: Any, command: Any, shoes: ShoeSource) -> Outcome:
        """What the command does. Raises GameError, and nothing has happened."""

    def fold(self, state: Any, event: HappenedEvent) -> Any:
        """The state after a logged event."""

    def dump(self, state: Any) -> str:
        """The state as text; `load` makes it again."""

    def load(self, text: str) -> Any:
        """The state that `dump` made the text of."""

    def seq(self, state: Any) -> int:
        """How many events made the state."""

    def deadline(self, state: Any) -> float | None:
        """When time must be called next, in UNIX seconds, or None."""

    def is_open(self, state: Any) -> bool:
        """Whether the table is open."""

    def round_id(self, state: Any) -> str | None:
        """The round under way, or None."""

    def players(self, state: Any) -> frozenset[str]:
        """The ids of who sits at the table."""

    def chips_of(self, state: Any) -> Mapping[str, int]:
        """What each player has at the table, bets included, in hundredths."""

    def requests(self, state: Any) -> Sequence[PlayerRequest]:
        """Everything that the table awaits."""

    def lobby_row(self, state: Any, spectators: int) -> dict[str, Any]:
        """The table's row in the lobby, as builtins for the wire."""

    def view(self, state: Any, spectators: int) -> dict[str, Any]:
        """The `state` of TABLE_STATE, as builtins for the wire."""

    def review(self, state: Any, events: Sequence[HappenedEvent]) -> Sequence[ReviewedDecision]:
        """What players decided in a whole round of this table, beside what the game's book says; `state` is any of it.

        Nothing for a game without a book.
        """

    def replay(self, state: Any, events: Sequence[HappenedEvent]) -> Sequence[dict[str, Any]]:
        """What viewers saw of the table behind each event of a whole round, as far as these events tell it: `view`s.

        Nothing for a game without rounds.
        """
