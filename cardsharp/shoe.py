"""The committed shoe: an order of cards fixed by a server seed and the players' seeds, and provable afterwards.

Algorithm `cardsharp-shoe-1`, in bytes. `info` is, for each client seed in the order in which SHUFFLE lists them, the
UTF-8 player id and the UTF-8 seed, each behind its length as 4 bytes big-endian. Block `i` of a stream `label` is
HMAC-SHA256(server seed, label ‖ 0x00 ‖ SHA-256(info) ‖ i as 8 bytes big-endian); words are its 4-byte big-endian parts.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, Protocol

from cardsharp.cards import DECK, Card

ALGORITHM: Final = "cardsharp-shoe-1"

ClientSeeds = Sequence[tuple[str, str]]
"""Player id and client seed of each seat that gave one, in seat order."""


def commitment(server_seed: bytes) -> str:
    """The hex SHA-256 of a server seed: what is published before the client seeds are fixed."""
    return hashlib.sha256(server_seed).hexdigest()


def _words(server_seed: bytes, client_seeds: ClientSeeds, label: str) -> Iterator[int]:
    info = hashlib.sha256()
    for text in (text for pair in client_seeds for text in pair):
        raw = text.encode()
        info.update(struct.pack(">I", len(raw)) + raw)
    stream = hmac.new(server_seed, label.encode() + b"\0" + info.digest(), "sha256")
    for block in itertools.count():
        digest = stream.copy()
        digest.update(struct.pack(">Q", block))
        yield from struct.unpack(">8I", digest.digest())


def shuffled(cards: Sequence[Card], server_seed: bytes, client_seeds: ClientSeeds, label: str) -> tuple[Card, ...]:
    """The cards in the order that seeds and label fix: Fisher–Yates from the last place down, without modulo bias.

    For place i from the last down to 1, a word w below the largest multiple of i + 1 within 2**32 is drawn (others are
    thrown away), and places i and w mod (i + 1) change their cards.
    """
    order = list(cards)
    words = _words(server_seed, client_seeds, label)
    for i in range(len(order) - 1, 0, -1):
        limit = 2**32 - 2**32 % (i + 1)
        word = next(words)
        while word >= limit:
            word = next(words)
        j = word % (i + 1)
        order[i], order[j] = order[j], order[i]
    return tuple(order)


def shoe_order(server_seed: bytes, client_seeds: tuple[tuple[str, str], ...], decks: int) -> tuple[Card, ...]:
    """The whole shoe, first card first: the given number of decks, shuffled with the label `shoe`."""
    return shuffled(DECK * decks, server_seed, client_seeds, "shoe")


def refill_order(
    server_seed: bytes, client_seeds: ClientSeeds, discards: Sequence[Card], refill: int
) -> tuple[Card, ...]:
    """The discards in the order in which they are dealt again, for the shoe that runs out in mid-round.

    `refill` counts from 1 within a shoe; the label is `refill-` and that number. The same commitment fixes it.
    """
    return shuffled(discards, server_seed, client_seeds, f"refill-{refill}")


class ShoeSource(Protocol):
    """The secret side of a table: what `decide` may look at, and nothing else may.

    Shoes of a table are numbered from 1. Seeds are made by the host, never by the heart.
    """

    def server_seed(self, number: int) -> bytes:
        """The 32 bytes behind the commitment of that shoe."""

    def order(self, number: int, client_seeds: tuple[tuple[str, str], ...], decks: int) -> tuple[Card, ...]:
        """The cards of that shoe, first card first."""


class Secret(bytes):
    """Bytes that do not show themselves by accident, in a message, a log or a report; `hex()` is no accident.

    >>> Secret(b"x" * 32)
    Secret(…)
    """

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


def _derived_seed(secret: bytes, number: int) -> bytes:
    return Secret(hmac.digest(secret, b"cardsharp-seed\0" + struct.pack(">Q", number), "sha256"))


@lru_cache(maxsize=512)  # the order is asked for at every card that is dealt
def _derived_order(
    secret: bytes, number: int, client_seeds: tuple[tuple[str, str], ...], decks: int
) -> tuple[Card, ...]:
    return shoe_order(_derived_seed(secret, number), client_seeds, decks)


class SecretShoes:
    """The shoes of one table, all derived from its one secret of 32 bytes.

    The seed of shoe n is HMAC-SHA256(secret, "cardsharp-seed" ‖ 0x00 ‖ n as 8 bytes big-endian), so a revealed seed
    says nothing about the next, and nothing has to be stored when a shoe is changed.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 32:
            raise ValueError("a table's secret needs at least 32 bytes")
        self._secret = Secret(secret)

    def __repr__(self) -> str:
        return "SecretShoes(…)"

    def server_seed(self, number: int) -> bytes:
        """The 32 bytes behind the commitment of that shoe."""
        return _derived_seed(self._secret, number)

    def order(self, number: int, client_seeds: tuple[tuple[str, str], ...], decks: int) -> tuple[Card, ...]:
        """The cards of that shoe, first card first."""
        return _derived_order(self._secret, number, client_seeds, decks)


class StackedShoes(SecretShoes):
    """Shoes whose first cards are laid out by hand: for golden rounds and demonstrations, never for a room with stakes.

    The named cards are taken out of the committed order and put on top, so every shoe still has its full decks; such
    a shoe fails verification, as it must.
    """

    def __init__(self, cards: Sequence[Card], secret: bytes = bytes(32)) -> None:
        super().__init__(secret)
        self._cards = tuple(cards)

    def order(self, number: int, client_seeds: tuple[tuple[str, str], ...], decks: int) -> tuple[Card, ...]:
        """The stacked cards, then the rest of the committed order. Raises ValueError when the decks lack one."""
        rest = list(super().order(number, client_seeds, decks))
        for card in self._cards:
            rest.remove(card)
        return (*self._cards, *rest)
