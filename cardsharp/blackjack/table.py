"""A blackjack table as a value: everything public about it, and nothing secret.

The hole card is a place in the shoe (None here) until it is revealed, so one snapshot suits every viewer. Amounts are
hundredths of a chip, times UNIX seconds.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from cardsharp.blackjack.rules import Rules
from cardsharp.cards import Card
from cardsharp.chips import Cents

Phase = Literal["waiting", "betting", "insurance", "playing", "dealer", "settled", "paused", "closed"]
OpenTo = Literal["everybody", "members", "nobody"]
HandStatus = Literal["playing", "stood", "bust", "surrendered", "even_money"]


class Hand(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One hand of a seat."""

    hand_id: str
    cards: tuple[Card, ...] = ()
    bet: Cents
    status: HandStatus = "playing"
    result: str | None = None
    from_split: bool = False


class Offer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Insurance that a seat may take and has not answered yet; `asked` is the offer's own seq."""

    hand_id: str
    max_amount: Cents
    asked: int


class Seat(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A taken seat. `stack` is what lies beside the bets; `bet` is the round's first bet, 0 for none."""

    number: int
    player_id: str
    player_name: str
    is_house: bool = False
    """Whether a house player sits here, whom the host plays."""
    stack: Cents
    bet: Cents = 0
    bet_asked: int = 0
    """The seq at which this seat was asked for its bet on the round; 0 when it was not."""
    insurance: Cents = 0
    offer: Offer | None = None
    hands: tuple[Hand, ...] = ()
    sitting_out: bool = False
    leaving: bool = False
    leaves_at: float | None = None
    client_seed: str = ""
    wagered: Cents = 0
    """What this round's settled hands and insurance cost, and `returned` what they gave back."""
    returned: Cents = 0

    @property
    def status(self) -> Literal["active", "sitting_out", "leaving"]:
        """How the seat takes part in the coming round."""
        return "leaving" if self.leaving else "sitting_out" if self.sitting_out else "active"

    @property
    def at_stake(self) -> int:
        """The chips of this seat that lie in bets: hands, insurance, or the bet before the deal."""
        in_hands = sum(hand.bet for hand in self.hands if hand.result is None)
        return self.insurance + (in_hands if self.hands else self.bet)


class Shoe(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The public side of the shoe in use; number 0 is a table that has not shuffled yet."""

    number: int = 0
    commitment: str = ""
    next_commitment: str = ""
    client_seeds: tuple[tuple[str, str], ...] = ()
    position: int = 0
    """How many cards have left the shoe, burnt or dealt: the next card's place."""
    round_start: int = 0
    """The position at which the round under way began: what lies before it are discards."""
    revealed: bool = True


class Turn(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The decision that the table awaits; `asked` is the seq at which it was asked."""

    seat: int
    hand_id: str
    valid_actions: tuple[str, ...]
    deadline: float | None
    asked: int


class Table(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A table's whole public state. `seq` is the number of events that made it."""

    table_id: str = ""
    name: str = ""
    rules: Rules = Rules()
    seq: int = 0
    stage: Phase = "closed"
    """The phase as the last event left it; `phase` is what clients see."""
    round_number: int = 0
    round_seq: int = 0
    """The seq of the last ROUND_STARTED."""
    deadline: float | None = None
    seats: tuple[Seat, ...] = ()
    dealer: tuple[Card | None, ...] = ()
    turn: Turn | None = None
    shoe: Shoe = Shoe()
    paused: str | None = None
    """Why the house has paused the table, or None. A round under way is played on; no betting opens."""
    open_to: OpenTo = "everybody"
    """Who may take a seat: everybody, members only, or nobody new."""

    @property
    def phase(self) -> Phase:
        """The phase; between rounds a table is paused where the house says so, and waits without anybody to play."""
        if self.stage == "settled" and self.paused is not None:
            return "paused"
        if self.stage == "settled" and not any(not seat.sitting_out for seat in self.seats):
            return "waiting"
        return self.stage

    @property
    def in_round(self) -> bool:
        """Whether a round is under way, betting included."""
        return self.stage in ("betting", "insurance", "playing", "dealer")

    @property
    def round_id(self) -> str | None:
        """The round under way, or None between rounds."""
        return f"r{self.round_number}" if self.in_round else None

    @property
    def next_deadline(self) -> float | None:
        """When the host must call time next, or None: the phase's deadline, or a seat whose absence ends."""
        times = [
            seat.leaves_at for seat in self.seats if seat.leaves_at is not None and not (self.in_round and seat.hands)
        ]
        if self.turn is not None and self.turn.deadline is not None:
            times.append(self.turn.deadline)
        if self.deadline is not None and self.phase not in ("waiting", "paused"):
            times.append(self.deadline)
        return min(times, default=None)

    def seat(self, number: int) -> Seat | None:
        """The taken seat of that number, or None."""
        for seat in self.seats:
            if seat.number == number:
                return seat
        return None

    def seats_of(self, player_id: str) -> tuple[Seat, ...]:
        """The player's seats, lowest first."""
        return tuple([seat for seat in self.seats if seat.player_id == player_id])
