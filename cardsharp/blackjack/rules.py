"""The rules of a blackjack table as one value, with the field's shorthand as its text: `6D S17 DAS LS 3:2`.

Every rule that a casino offers has its field here. `Rules.checked` refuses those that contradict each other.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, Literal

import msgspec

from cardsharp.blackjack.placard import read_words, write_words
from cardsharp.chips import format_chips
from cardsharp.errors import InvalidRules

DoubleOn = Literal["any", "9-11", "10-11"]
SplitBy = Literal["value", "rank"]
Surrender = Literal["none", "late", "early"]
HoleCard = Literal["peek", "enhc", "obo"]
OnTimeout = Literal["stand", "basic_strategy", "sit_out"]

MAX_SEATS: Final = 7
MAX_DECKS: Final = 8


class Rules(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False, cache_hash=True):
    """One table's rules; the defaults are the classic six-deck game. Amounts are hundredths of a chip."""

    decks: int = 6
    dealer_hits_soft_17: bool = False
    blackjack_pays: tuple[int, int] = (3, 2)
    double_on: DoubleOn = "any"
    double_after_split: bool = True
    max_hands: int = 4
    split_by: SplitBy = "value"
    resplit_aces: bool = False
    hit_split_aces: bool = False
    surrender: Surrender = "late"
    insurance: bool = True
    even_money: bool = True
    hole_card: HoleCard = "peek"
    penetration_percent: int = 75
    """How much of the shoe lies before the cut card."""
    seat_count: int = 5
    seats_per_player: int = 1
    min_bet_cents: int = 10_00
    max_bet_cents: int = 500_00
    bet_step_cents: int = 1_00
    min_buy_in_cents: int = 100_00
    max_buy_in_cents: int = 5_000_00
    default_buy_in_cents: int = 500_00
    bet_seconds: int | None = 20
    insurance_seconds: int | None = 12
    act_seconds: int | None = 25
    pause_seconds: int = 4
    """Seconds between the end of a round and the next betting, in which everybody sees the results."""
    away_seconds: int | None = 600
    """How long a seat that sits out is kept; None keeps it for ever."""
    on_timeout: OnTimeout = "stand"
    """What is done for a player who does not act in time: sit_out stands and then skips the next rounds."""

    def __str__(self) -> str:
        """The placard: the game in the field's shorthand, and behind a dot what else is not as at the classic table."""
        return _placard(self)

    @classmethod
    def parse(cls, text: str) -> Rules:
        """The rules that a placard names; what it leaves out is as in the classic game.

        Raises InvalidRules for a word that is no rule, and for rules that contradict each other or are absurd.

        >>> str(Rules.parse("2D H17 NDAS NS 6:5 D9-11"))
        '2D H17 NDAS NS 6:5 D9-11'
        >>> Rules.parse("6D ENHC BET5-100/5").max_bet_cents
        10000
        """
        return msgspec.convert(read_words(text), cls).checked()

    @property
    def cut_card(self) -> int:
        """How many cards are dealt from a shoe before the round under way is its last."""
        return self.decks * 52 * self.penetration_percent // 100

    def checked(self) -> Rules:
        """These rules, where they make sense. Raises InvalidRules with the reason otherwise."""
        for applies, reason in self._absurdities():
            if applies:
                raise InvalidRules(reason)
        return self

    def _absurdities(self) -> tuple[tuple[bool, str], ...]:
        pays, to = self.blackjack_pays
        seconds = (self.bet_seconds, self.insurance_seconds, self.act_seconds, self.away_seconds, self.pause_seconds)
        return (
            (not 1 <= self.decks <= MAX_DECKS, f"a shoe has 1 to {MAX_DECKS} decks"),
            (not (1 <= pays <= 999 and 1 <= to <= 999), "a blackjack pays a ratio of whole numbers from 1 to 999"),
            (to > 0 and not 1 <= Fraction(pays, max(to, 1)) <= 3, "a blackjack pays between 1:1 and 3:1"),
            (not 1 <= self.max_hands <= 4, "a seat plays 1 to 4 hands"),
            (not 30 <= self.penetration_percent <= 95, "the cut card lies between 30 % and 95 % of the shoe"),
            (not 1 <= self.seat_count <= MAX_SEATS, f"a table has 1 to {MAX_SEATS} seats"),
            (not 1 <= self.seats_per_player <= 3, "a player may hold 1 to 3 seats"),
            (self.seats_per_player > self.seat_count, "a player may not hold more seats than there are"),
            (self.bet_step_cents < 1, "bets go in steps of at least a hundredth of a chip"),
            (self.min_bet_cents < 1, "the smallest bet is above zero"),
            (self.min_bet_cents > self.max_bet_cents, "the smallest bet is above the largest"),
            (self.max_bet_cents > 1_000_000_000_00, "the largest bet is a billion chips at most"),
            (self.min_bet_cents % max(self.bet_step_cents, 1) != 0, "the smallest bet is a multiple of the step"),
            (self.max_bet_cents % max(self.bet_step_cents, 1) != 0, "the largest bet is a multiple of the step"),
            (self.min_buy_in_cents < self.min_bet_cents, "the smallest buy-in covers the smallest bet"),
            (self.max_buy_in_cents > 1_000_000_000_000_00, "the largest buy-in is a trillion chips at most"),
            (
                not self.min_buy_in_cents <= self.default_buy_in_cents <= self.max_buy_in_cents,
                "the default buy-in lies between the smallest and the largest",
            ),
            (any(s is not None and not 0 <= s <= 86_400 for s in seconds), "times lie between 0 and 86,400 seconds"),
            (
                0 in (self.bet_seconds, self.insurance_seconds, self.act_seconds),
                "a time to bet, insure or act is a second at least, or without limit",
            ),
            (self.max_hands < 3 and self.resplit_aces, "aces are resplit only where a seat may play 3 hands or more"),
            (self.max_hands < 2 and self.hit_split_aces, "split aces are hit only where something is split"),
        )

    def describe(self) -> list[str]:
        """The rules in sentences for people, the stakes included."""
        pays, to = self.blackjack_pays
        return [
            f"{self.decks} deck{'s' if self.decks > 1 else ''}, dealt to {self.penetration_percent} %.",
            f"The dealer {'hits' if self.dealer_hits_soft_17 else 'stands on'} soft 17. {_HOLE_CARD[self.hole_card]}",
            f"Blackjack pays {pays} to {to}; what falls below a hundredth of a chip goes to the house.",
            *self._describe_doubling_and_splitting(),
            _SURRENDER[self.surrender],
            f"Insurance pays 2 to 1{'; even money for a blackjack' if self.even_money else ''}."
            if self.insurance
            else "No insurance.",
            (
                f"Bets from {format_chips(self.min_bet_cents)} to {format_chips(self.max_bet_cents)} "
                f"in steps of {format_chips(self.bet_step_cents)}"
                f"{f'; up to {self.seats_per_player} seats a player' if self.seats_per_player > 1 else ''}."
            ),
            _ON_TIMEOUT[self.on_timeout],
        ]

    def printed(self) -> tuple[str, str]:
        """The two lines that are printed on the felt.

        >>> Rules.parse("6D H17 6:5").printed()
        ('Blackjack pays 6 to 5', 'Dealer must hit soft 17 · Insurance pays 2 to 1')
        """
        pays, to = self.blackjack_pays
        dealer = f"Dealer must {'hit' if self.dealer_hits_soft_17 else 'stand on'} soft 17"
        return f"Blackjack pays {pays} to {to}", f"{dealer} · Insurance pays 2 to 1" if self.insurance else dealer

    def _describe_doubling_and_splitting(self) -> tuple[str, str]:
        double = f"Double on {_DOUBLING[self.double_on]}"
        if self.max_hands == 1:
            return f"{double}.", "No splitting."
        double += ", after a split too." if self.double_after_split else ", not after a split."
        same = "ranks" if self.split_by == "rank" else "values"
        aces = "may be hit" if self.hit_split_aces else "get one card each"
        again = " and may be split again" if self.resplit_aces else ""
        return double, f"Split equal {same} up to {self.max_hands} hands; split aces {aces}{again}."


@lru_cache(maxsize=1024)  # every view of a table and every row of the lobby has it
def _placard(rules: Rules) -> str:
    return write_words(msgspec.structs.asdict(rules), _CLASSIC)


_HOLE_CARD: Final = {
    "peek": "Under an ace or a ten the dealer peeks for blackjack.",
    "enhc": "There is no hole card: a dealer’s blackjack takes doubled and split bets too.",
    "obo": "There is no hole card: a dealer’s blackjack takes the original bets only.",
}
_DOUBLING: Final = {"any": "any two cards", "9-11": "9, 10 and 11", "10-11": "10 and 11"}
_SURRENDER: Final = {
    "none": "No surrender.",
    "late": "Late surrender: half the bet comes back, unless the dealer has a blackjack.",
    "early": "Early surrender: half the bet comes back, whatever the dealer has.",
}
_ON_TIMEOUT: Final = {
    "stand": "Who does not act in time stands.",
    "basic_strategy": "Who does not act in time is played for by basic strategy, without a further bet.",
    "sit_out": "Who does not act in time stands, and sits out.",
}

_CLASSIC: Final[dict[str, Any]] = msgspec.structs.asdict(Rules())
