"""A shoe as it was dealt, and whether it was dealt as committed.

`DealtShoe` is the value behind the shoe's file, which docs/fairness.md describes; `check` makes the cards anew.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from cardsharp.cards import DECK, Card
from cardsharp.errors import InvalidShoe
from cardsharp.shoe import ALGORITHM, commitment, refill_order, shoe_order

FORMAT: Final = "cardsharp-shoe-file-1"

Hash = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Name = Annotated[str, msgspec.Meta(pattern=r"\A[\w-]{1,24}\Z")]
Decks = Annotated[int, msgspec.Meta(ge=1, le=8)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2 * 8 * 52)]
"""A number of cards: no shoe gives any of them more than twice."""

_CARDS: Final = frozenset(DECK)


class ClientSeed(msgspec.Struct, frozen=True):
    """A seat's part in the order of a shoe. A player with several seats occurs once for each of them."""

    player_id: str
    seed: str


class DealtRound(msgspec.Struct, frozen=True):
    """The cards of one round in the order in which they left the shoe; null lies face down."""

    round_id: Name
    cards: tuple[Card | None, ...]

    def __post_init__(self) -> None:
        for card in self.cards:
            if card is not None and card not in _CARDS:
                raise ValueError(f"{card!a} names no card")


class DealtShoe(msgspec.Struct, frozen=True, kw_only=True):
    """All that is public about one shoe; times are UNIX seconds. Rounds without a card are left out."""

    format: Literal["cardsharp-shoe-file-1"]
    algorithm: str
    table_id: str = ""
    table_name: str = ""
    shoe_id: Name
    decks: Decks
    published_at: float | None = None
    promised: Hash | None = None
    """The commitment as it was published before the shuffle, null where that is not known."""
    shuffled_at: float | None = None
    commitment: Hash
    client_seeds: tuple[ClientSeed, ...]
    revealed_at: float | None = None
    server_seed: Hash | None
    """Null for as long as the shoe is not finished."""
    cards_dealt: Count | None
    contradictions: tuple[Name, ...] = ()
    """What SHOE_REVEALED repeats of SHUFFLE, and repeats otherwise."""
    rounds: tuple[DealtRound, ...]


class Misfit(msgspec.Struct, frozen=True):
    """The first card that is not the one which the seeds make; `place` counts from 1 in the shoe."""

    place: int
    fault: str


class Verdict(msgspec.Struct, frozen=True):
    """What is wrong with a shoe, a sentence each; nothing where it was dealt as committed."""

    cards: int
    faults: tuple[str, ...]
    misfit: Misfit | None


def check(shoe: DealtShoe) -> Verdict:
    """Makes the shoe's cards anew out of its seeds. Raises InvalidShoe where it cannot be checked."""
    if shoe.algorithm != ALGORITHM:
        raise InvalidShoe(f"{shoe.shoe_id} was made by {shoe.algorithm!a}; only {ALGORITHM} is known here")
    if shoe.server_seed is None or shoe.cards_dealt is None:
        raise InvalidShoe(f"{shoe.shoe_id} is not finished: its server seed is published after its last card")
    seed = bytes.fromhex(shoe.server_seed)
    dealt = sum(len(played.cards) for played in shoe.rounds)
    misfit = _first_misfit(shoe, seed)
    faults = []
    if shoe.promised not in (None, shoe.commitment):
        faults.append(
            f"Before the shuffle the commitment {shoe.promised} was published, with the shuffle {shoe.commitment}."
        )
    if commitment(seed) != shoe.commitment:
        faults.append(
            f"The server seed is not the one that was committed to: its SHA-256 is {commitment(seed)}, the commitment "
            f"is {shoe.commitment}."
        )
    faults += (f"SHOE_REVEALED repeats {name} otherwise than SHUFFLE said it." for name in shoe.contradictions)
    if dealt != shoe.cards_dealt:
        faults.append(f"The number of cards that left the shoe is {shoe.cards_dealt}, of those in the rounds {dealt}.")
    if misfit is not None:
        faults.append(misfit.fault)
    return Verdict(cards=dealt, faults=tuple(faults), misfit=misfit)


def _first_misfit(shoe: DealtShoe, seed: bytes) -> Misfit | None:
    order = _dealing_order(shoe, seed)
    place = 0
    for played in shoe.rounds:
        for number, card in enumerate(played.cards, start=1):
            made = order[place] if place < len(order) else None
            place += 1
            if card != made or made is None:
                return Misfit(place, _sentence(f"Card {number} of round {played.round_id}", card, made))
    return None


def _sentence(which: str, card: Card | None, made: Card | None) -> str:
    was = "was never turned up" if card is None else f"was {card}"
    return (
        f"{which} {was}, and the shoe had none left." if made is None else f"{which} {was}, the seeds make it {made}."
    )


def _dealing_order(shoe: DealtShoe, seed: bytes) -> tuple[Card, ...]:
    """The cards of the shoe, then those that its refill makes of what had been dealt before its last round."""
    client_seeds = tuple((entry.player_id, entry.seed) for entry in shoe.client_seeds)
    order = shoe_order(seed, client_seeds, shoe.decks)
    discards = sum(len(played.cards) for played in shoe.rounds[:-1])
    return order + refill_order(seed, client_seeds, order[:discards], 1)
