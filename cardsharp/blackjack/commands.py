"""What can be asked of a blackjack table: the players' commands and the host's.

Every command carries `at`, the host's clock in UNIX seconds, since the heart reads none. A player's command names who
asks, and may name the seat and the request it answers.
"""

from __future__ import annotations

from typing import Final

import msgspec

from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.table import OpenTo
from cardsharp.chips import Cents

MOVES: Final = (
    "HIT",
    "STAND",
    "DOUBLE",
    "SPLIT",
    "SURRENDER",
    "DECLINE_SURRENDER",
    "INSURANCE",
    "DECLINE_INSURANCE",
    "EVEN_MONEY",
)


class OpenTable(msgspec.Struct, frozen=True, kw_only=True):
    """Opens an empty table; the first command of every table."""

    at: float
    table_id: str
    name: str
    rules: Rules


class CloseTable(msgspec.Struct, frozen=True, kw_only=True):
    """Closes the table. A round under way is void, and every bet of it comes back, lost ones too; or `play_out` has the
    table play its cards to the end first, as for players who are away."""

    at: float
    reason: str = "closed"
    play_out: bool = False


class PauseTable(msgspec.Struct, frozen=True, kw_only=True):
    """Pauses the table: no betting opens. Bets before the deal come back; cards in play are played on."""

    at: float
    reason: str


class ResumeTable(msgspec.Struct, frozen=True, kw_only=True):
    """Lets a paused table go on."""

    at: float


class ChangeSeating(msgspec.Struct, frozen=True, kw_only=True):
    """Says who may take a seat from now on; who sits there stays."""

    at: float
    open_to: OpenTo


class CallTime(msgspec.Struct, frozen=True, kw_only=True):
    """Does what is due once a deadline has passed; refused with `wrong_phase` while nothing is due."""

    at: float


class PlayerCommand(msgspec.Struct, frozen=True, kw_only=True):
    """What every player's command carries."""

    at: float
    player_id: str
    player_name: str
    seat: int | None = None
    request_id: str | None = None


class JoinTable(PlayerCommand, frozen=True, kw_only=True):
    """Takes a seat with chips from the wallet."""

    is_house: bool = False
    buy_in_cents: Cents | None = None
    client_seed: str | None = None
    is_member: bool = False
    """Whether the host counts the player among the table's members."""


class LeaveTable(PlayerCommand, frozen=True, kw_only=True):
    """Gives the seat up; the stack goes back to the wallet."""


class AddChips(PlayerCommand, frozen=True, kw_only=True):
    """Moves chips from the wallet to the stack."""

    amount_cents: Cents


class PlaceBet(PlayerCommand, frozen=True, kw_only=True):
    """Bets on the coming round, or replaces the bet."""

    amount_cents: Cents


class Act(PlayerCommand, frozen=True, kw_only=True):
    """A move in the round: what the protocol calls `player_action`."""

    move: str
    amount_cents: Cents | None = None


class SitOut(PlayerCommand, frozen=True, kw_only=True):
    """Keeps the seat and skips rounds."""


class SitIn(PlayerCommand, frozen=True, kw_only=True):
    """Plays again."""


class SetClientSeed(PlayerCommand, frozen=True, kw_only=True):
    """Gives the player's own part in the order of the next shoe."""

    client_seed: str


Command = (
    OpenTable
    | CloseTable
    | PauseTable
    | ResumeTable
    | ChangeSeating
    | CallTime
    | JoinTable
    | LeaveTable
    | AddChips
    | PlaceBet
    | Act
    | SitOut
    | SitIn
    | SetClientSeed
)
