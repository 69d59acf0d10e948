"""The committed shoe against its definition, read a second time: byte by byte, and by its statistics."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsharp.cards import DECK, Card, parse_cards
from cardsharp.shoe import SecretShoes, StackedShoes, commitment, refill_order, shoe_order, shuffled

SEED = bytes(range(32))
CLIENTS = (("p1", "lucky"), ("p2", "♠ "))
Clients = tuple[tuple[str, str], ...]

seeds = st.binary(min_size=32, max_size=32)
client_seeds = st.lists(st.tuples(st.text(max_size=8), st.text(max_size=64)), max_size=7).map(tuple)


# The definition once more, from SHA-256 up: RFC 2104's HMAC by hand, bytes joined the slow way, and the shuffle as
# picks from a shrinking list. It shares no line with cardsharp.shoe, so that both are wrong together only by chance.
def hmac_sha256(key: bytes, message: bytes) -> bytes:
    key = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).digest()


def words(seed: bytes, clients: Clients, label: bytes) -> Iterator[int]:
    info = b""
    for player_id, client_seed in clients:
        for text in (player_id, client_seed):
            info += len(text.encode("utf-8")).to_bytes(4, "big") + text.encode("utf-8")
    for i in itertools.count():
        block = hmac_sha256(seed, label + b"\0" + hashlib.sha256(info).digest() + i.to_bytes(8, "big"))
        for start in range(0, 32, 4):
            yield int.from_bytes(block[start : start + 4], "big")


def reference_order(cards: tuple[Card, ...], seed: bytes, clients: Clients, label: str) -> tuple[Card, ...]:
    stream = words(seed, clients, label.encode("ascii"))
    left = list(cards)
    from_the_end = []
    while len(left) > 1:
        word = next(stream)
        while word // len(left) == 2**32 // len(left):
            word = next(stream)  # the incomplete last range, which would favour the first places
        j = word % len(left)
        left[j], left[-1] = left[-1], left[j]
        from_the_end.append(left.pop())
    return (*left, *reversed(from_the_end))


def without_rejection(cards: tuple[Card, ...], seed: bytes) -> tuple[Card, ...]:
    """The order that a shuffle would make which takes every word as it comes."""
    order = list(cards)
    for place, word in zip(range(len(order) - 1, 0, -1), words(seed, (), b"shoe"), strict=False):
        order[place], order[word % (place + 1)] = order[word % (place + 1)], order[place]
    return tuple(order)


class TestDefinition:
    @given(seeds, client_seeds, st.integers(1, 8))
    def test_a_shoe_is_its_decks_in_the_defined_order(self, seed: bytes, clients: Clients, decks: int) -> None:
        assert shoe_order(seed, clients, decks) == reference_order(DECK * decks, seed, clients, "shoe")

    @given(seeds, client_seeds, st.lists(st.sampled_from(DECK), max_size=60), st.integers(1, 3))
    def test_so_are_discards_that_are_dealt_again(
        self, seed: bytes, clients: Clients, discards: list[Card], refill: int
    ) -> None:
        order = refill_order(seed, clients, discards, refill)
        assert order == reference_order(tuple(discards), seed, clients, f"refill-{refill}")

    @pytest.mark.parametrize(
        ("clients", "first_cards", "digest"),
        [
            ((), "2♦ 5♠ 3♠ 4♥ A♦ 6♣ 6♥ 6♦ A♥ A♦", "ab3ea4b24edb56f97741b0cd64cbce2a48365d9e618463a50ff9c3a056953afc"),
            (
                CLIENTS,
                "9♣ 5♠ A♠ 10♦ 10♦ 2♣ 5♦ 9♠ 8♦ Q♣",
                "89abc0df4e0a0b195ca6bdce0ec5e5b71aa6ebf6027fe99e3c7c12d6cb11953c",
            ),
        ],
    )
    def test_vectors(self, clients: Clients, first_cards: str, digest: str) -> None:
        order = shoe_order(SEED, clients, 6)
        assert order[:10] == parse_cards(first_cards)
        assert hashlib.sha256(" ".join(order).encode()).hexdigest() == digest

    def test_the_commitment_is_the_hash_of_the_seed(self) -> None:
        assert commitment(SEED) == "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"

    def test_a_tables_seeds_come_from_its_secret(self) -> None:
        secret = b"s" * 40
        for number in (1, 2, 2**40):
            seed = hmac_sha256(secret, b"cardsharp-seed\0" + number.to_bytes(8, "big"))
            assert SecretShoes(secret).server_seed(number) == seed
        assert SecretShoes(secret).order(2, CLIENTS, 2) == shoe_order(SecretShoes(secret).server_seed(2), CLIENTS, 2)

    def test_words_beyond_the_last_full_range_are_thrown_away(self) -> None:
        # One shoe of eight decks in some fifty thousand meets such a word; this seed's does, at the 137th place.
        seed = (80963).to_bytes(32, "big")
        stream = words(seed, (), b"shoe")
        kept = [word for word, size in zip(stream, range(416, 1, -1), strict=False) if word < 2**32 - 2**32 % size]
        assert len(kept) == 414
        order = shoe_order(seed, (), 8)
        assert order == reference_order(DECK * 8, seed, (), "shoe")
        assert order != without_rejection(DECK * 8, seed)
        assert shoe_order(SEED, (), 8) == without_rejection(DECK * 8, SEED)  # where no word is beyond


class TestEverySeedCounts:
    def test_changing_any_seed_or_their_order_changes_the_shoe(self) -> None:
        orders = [
            shoe_order(seed, clients, 1)
            for seed in (SEED, SEED[::-1])
            for clients in (
                (),
                CLIENTS,
                CLIENTS[::-1],
                CLIENTS[:1],
                (("p1", "lucky"), ("p2", "♠")),
                (("p1l", "ucky"), ("p2", "♠ ")),
                (("p1", "luckyp2"), ("", "♠ ")),
                (("lucky", "p1"), ("p2", "♠ ")),
            )
        ]
        assert len(set(orders)) == len(orders)

    def test_labels_are_streams_of_their_own(self) -> None:
        orders = {shuffled(DECK, SEED, (), label) for label in ("shoe", "refill-1", "refill-2")}
        assert len(orders) == 3


class TestNoBias:
    """Chi-square with fixed seeds: the limits are the 99.99 % quantiles, and the outcome is always the same."""

    def test_every_card_comes_first_and_last_equally_often(self) -> None:
        shoes = [shuffled(DECK, i.to_bytes(32, "big"), (), "shoe") for i in range(5200)]
        for place in (0, 1, 25, 50, 51):
            assert chi_square(Counter(order[place] for order in shoes), 52, 5200) < 97.0

    def test_every_card_is_as_likely_in_every_place(self) -> None:
        shoes = [shuffled(DECK, i.to_bytes(32, "big"), (), "shoe") for i in range(5200)]
        places = Counter((card, place) for order in shoes for place, card in enumerate(order))
        # Each card and each place occurs in every shoe, so there are 51 times 51 degrees of freedom.
        assert chi_square(places, 52 * 52, 52 * 5200) < 2878.0

    def test_every_order_of_a_few_cards_is_as_likely(self) -> None:
        few = parse_cards("A♠ 2♠ 3♠ 4♠")
        orders = Counter(shuffled(few, i.to_bytes(32, "big"), (), "shoe") for i in range(4800))
        assert chi_square(orders, 24, 4800) < 57.0

    def test_neighbours_in_a_new_pack_are_none_in_the_shoe(self) -> None:
        distances = Counter[int]()
        for i in range(2000):
            order = shuffled(DECK, i.to_bytes(32, "big"), (), "shoe")
            distances[(order.index(Card("2♠")) - order.index(Card("A♠"))) % 52] += 1
        assert 0 not in distances
        assert chi_square(distances, 51, 2000) < 96.0


class TestCommitmentsDoNotPredict:
    """One part of a shoe is known and the other is not yet: the known one says nothing of the cards."""

    def test_under_one_commitment_the_client_seeds_make_any_order(self) -> None:
        shoes = [shoe_order(SEED, (("p1", f"seed {i}"),), 1) for i in range(5200)]
        assert len(set(shoes)) == 5200
        for place in (0, 1, 2, 3, 51):
            assert chi_square(Counter(order[place] for order in shoes), 52, 5200) < 97.0

    def test_for_the_same_client_seeds_the_server_seed_makes_any_order(self) -> None:
        source = SecretShoes(SEED)
        shoes = [source.order(number, CLIENTS, 1) for number in range(1, 5201)]
        assert len(set(shoes)) == 5200
        for place in (0, 1, 2, 3, 51):
            assert chi_square(Counter(order[place] for order in shoes), 52, 5200) < 97.0

    @pytest.mark.parametrize("clients", [(), CLIENTS])
    def test_no_digit_of_the_commitment_goes_with_a_suit_of_the_first_cards(self, clients: Clients) -> None:
        source = SecretShoes(SEED)
        shoes = [(commitment(source.server_seed(n)), source.order(n, clients, 1)) for n in range(1, 6401)]
        for digit in (0, 31, 63):
            for place in (0, 3):
                pairs = Counter((published[digit], order[place][-1]) for published, order in shoes)
                assert chi_square(pairs, 16 * 4, 6400) < 113.7

    def test_a_revealed_seed_says_nothing_of_the_next(self) -> None:
        source = SecretShoes(SEED)
        flipped = Counter[int]()
        for number in range(1, 2001):
            one, next_one = (int.from_bytes(source.server_seed(n)) for n in (number, number + 1))
            flipped[(one ^ next_one).bit_count()] += 1
        mean = sum(bits * count for bits, count in flipped.items()) / 2000
        assert abs(mean - 128) < 3.9 * 8 / 2000**0.5  # the spread of 256 fair coins is 8


def chi_square(counts: Counter, kinds: int, total: int) -> float:
    expected = total / kinds
    assert counts.total() == total
    return sum((count - expected) ** 2 / expected for count in counts.values()) + (kinds - len(counts)) * expected


class TestSources:
    def test_a_secret_has_32_bytes_and_is_never_shown(self) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            SecretShoes(b"short")
        assert b"s" * 32 not in repr(SecretShoes(b"s" * 32)).encode()

    @given(st.integers(1, 10**6), client_seeds, st.integers(1, 8))
    def test_shoes_hold_exactly_their_decks(self, number: int, clients: Clients, decks: int) -> None:
        order = SecretShoes(SEED).order(number, clients, decks)
        assert Counter(order) == Counter(DECK * decks)

    def test_shoes_of_a_table_differ(self) -> None:
        assert len({SecretShoes(SEED).order(number, (), 1) for number in range(1, 100)}) == 99

    def test_stacked_cards_come_first_out_of_the_full_decks(self) -> None:
        stacked = parse_cards("A♠ A♠ K♥")
        order = StackedShoes(stacked).order(1, (), 2)
        assert order[:3] == stacked
        assert Counter(order) == Counter(DECK * 2)

    def test_more_of_a_card_than_the_decks_hold_cannot_be_stacked(self) -> None:
        with pytest.raises(ValueError, match="not in list"):
            StackedShoes(parse_cards("A♠ A♠")).order(1, (), 1)
