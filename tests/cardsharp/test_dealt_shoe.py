"""What was dealt as committed is found to be so, and nothing that was tampered with is."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cardsharp.cards import DECK, Card
from cardsharp.dealt_shoe import FORMAT, ClientSeed, DealtRound, DealtShoe, check
from cardsharp.errors import InvalidShoe
from cardsharp.shoe import ALGORITHM, commitment, refill_order, shoe_order
from tests.cardsharp.dealt_shoes import played, shoes_of

seeds = st.binary(min_size=32, max_size=32)
# Few ids and many entries: a player with several seats gives a seed for each of them.
clients = st.lists(st.builds(ClientSeed, st.sampled_from(("p1", "p2", "p11")), st.text(max_size=64)), max_size=7)


@dataclass
class Dealer:
    """Deals a shoe as the heart does, for tests that choose the seeds: card after card in rounds of these sizes."""

    seed: bytes
    client_seeds: tuple[ClientSeed, ...]
    decks: int

    def deal(self, sizes: list[int]) -> DealtShoe:
        pairs = tuple((entry.player_id, entry.seed) for entry in self.client_seeds)
        order = shoe_order(self.seed, pairs, self.decks)
        order += refill_order(self.seed, pairs, order[: sum(sizes[:-1])], 1)
        rounds, place = [], 0
        for number, size in enumerate(sizes, start=1):
            rounds.append(DealtRound(f"r{number}", order[place : place + size]))
            place += size
        return DealtShoe(
            format=FORMAT,
            algorithm=ALGORITHM,
            shoe_id="s1",
            decks=self.decks,
            promised=commitment(self.seed),
            commitment=commitment(self.seed),
            client_seeds=self.client_seeds,
            server_seed=self.seed.hex(),
            cards_dealt=place,
            rounds=tuple(rounds),
        )


@st.composite
def dealt_shoes(draw: st.DrawFn, *, decks: int = 8, least_clients: int = 0) -> DealtShoe:
    """A shoe of some rounds; the last may need the refill."""
    number = draw(st.integers(1, decks))
    given_seeds = draw(clients.filter(lambda entries: len(entries) >= least_clients))
    dealer = Dealer(draw(seeds), tuple(given_seeds), number)
    sizes = draw(st.lists(st.integers(4, 12), min_size=1, max_size=4))
    if draw(st.booleans()):  # up to the shoe's end and, where there are discards, beyond it
        sizes.append(number * 52 - sum(sizes) + draw(st.integers(0, sum(sizes))))
    return dealer.deal(sizes)


def with_card(shoe: DealtShoe, place: int, card: Card | None) -> tuple[DealtShoe, str]:
    """The shoe with another card at a place counted from 0, and how people call that place."""
    for number, played_round in enumerate(shoe.rounds):
        if place < len(played_round.cards):
            cards = (*played_round.cards[:place], card, *played_round.cards[place + 1 :])
            changed = replace(played_round, cards=cards)
            rounds = (*shoe.rounds[:number], changed, *shoe.rounds[number + 1 :])
            return replace(shoe, rounds=rounds), f"Card {place + 1} of round {played_round.round_id}"
        place -= len(played_round.cards)
    raise IndexError


def cards_of(shoe: DealtShoe) -> list[Card | None]:
    return [card for played_round in shoe.rounds for card in played_round.cards]


@given(dealt_shoes())
def test_what_the_seeds_make_was_dealt_as_committed(shoe: DealtShoe) -> None:
    verdict = check(shoe)
    assert (verdict.faults, verdict.misfit) == ((), None)
    assert verdict.cards == len(cards_of(shoe)) == shoe.cards_dealt


def test_shoes_of_a_played_table_are_in_order_and_one_ran_out() -> None:
    shoes = shoes_of(played())
    assert [check(shoe).faults for shoe in shoes] == [()] * 3
    assert max(check(shoe).cards for shoe in shoes) > 52


@given(dealt_shoes(), st.data())
def test_one_other_card_is_named_whichever_it_is(shoe: DealtShoe, data: st.DataObject) -> None:
    cards = cards_of(shoe)
    place = data.draw(st.integers(0, len(cards) - 1))
    was = cards[place]
    other = data.draw(st.sampled_from([card for card in DECK if card != was]))
    changed, which = with_card(shoe, place, other)
    verdict = check(changed)
    assert verdict.faults == (f"{which} was {other}, the seeds make it {was}.",)
    assert verdict.misfit is not None
    assert verdict.misfit.place == place + 1


@given(dealt_shoes(), st.data())
def test_of_two_cards_that_changed_places_the_first_is_named(shoe: DealtShoe, data: st.DataObject) -> None:
    cards = cards_of(shoe)
    one, other = sorted(data.draw(st.lists(st.integers(0, len(cards) - 1), min_size=2, max_size=2, unique=True)))
    changed, which = with_card(shoe, one, cards[other])
    changed, _ = with_card(changed, other, cards[one])
    expected = () if cards[one] == cards[other] else (f"{which} was {cards[other]}, the seeds make it {cards[one]}.",)
    assert check(changed).faults == expected


@given(dealt_shoes(decks=2), st.integers(0, 31), st.integers(1, 255))
def test_another_server_seed_breaks_the_commitment_and_the_order(shoe: DealtShoe, byte: int, flip: int) -> None:
    assert shoe.server_seed is not None
    seed = bytearray.fromhex(shoe.server_seed)
    seed[byte] ^= flip
    verdict = check(replace(shoe, server_seed=seed.hex()))
    assert "is not the one that was committed to" in verdict.faults[0]
    assert_first_misfit_is_named(verdict.faults[1:], shoe, bytes(seed), shoe.client_seeds)


@given(dealt_shoes(least_clients=1, decks=2), st.data())
def test_another_client_seed_breaks_the_order(shoe: DealtShoe, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(shoe.client_seeds) - 1))
    entries = list(shoe.client_seeds)
    change = data.draw(st.sampled_from(("seed", "player_id", "missing", "one more")))
    if change == "missing":
        del entries[place]
    elif change == "one more":
        entries.insert(place, ClientSeed("p1", "mine"))
    else:
        entries[place] = replace(entries[place], **{change: getattr(entries[place], change) + "x"})
    assert_order_is_broken(shoe, tuple(entries))


@given(dealt_shoes(least_clients=2, decks=2), st.data())
def test_another_order_of_the_client_seeds_breaks_the_order(shoe: DealtShoe, data: st.DataObject) -> None:
    entries = tuple(data.draw(st.permutations(shoe.client_seeds)))
    if entries == shoe.client_seeds:
        assert check(replace(shoe, client_seeds=entries)).faults == ()
    else:
        assert_order_is_broken(shoe, entries)


def assert_order_is_broken(shoe: DealtShoe, entries: tuple[ClientSeed, ...]) -> None:
    assert shoe.server_seed is not None
    verdict = check(replace(shoe, client_seeds=entries))
    assert_first_misfit_is_named(verdict.faults, shoe, bytes.fromhex(shoe.server_seed), entries)


def assert_first_misfit_is_named(
    faults: tuple[str, ...], shoe: DealtShoe, seed: bytes, entries: tuple[ClientSeed, ...]
) -> None:
    """The one fault names the first card that differs from what a dealer with these seeds would have dealt.

    Shoes of at least four cards that agree by chance in all of them are too rare for any run to meet.
    """
    other = cards_of(Dealer(seed, entries, shoe.decks).deal([len(r.cards) for r in shoe.rounds]))
    place = next(i for i, (was, made) in enumerate(zip(cards_of(shoe), other, strict=True)) if was != made)
    _, which = with_card(shoe, place, None)
    assert faults == (f"{which} was {cards_of(shoe)[place]}, the seeds make it {other[place]}.",)


@given(dealt_shoes(), st.data())
def test_a_card_that_is_left_out_or_put_in_is_missed_in_the_count(shoe: DealtShoe, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(shoe.rounds) - 1))
    cards = list(shoe.rounds[number].cards)
    if data.draw(st.booleans()):
        cards.insert(data.draw(st.integers(0, len(cards))), data.draw(st.sampled_from(DECK)))
    else:
        del cards[data.draw(st.integers(0, len(cards) - 1))]
    rounds = (*shoe.rounds[:number], DealtRound("r9", tuple(cards)), *shoe.rounds[number + 1 :])
    total = sum(len(r.cards) for r in rounds)
    said = f"The number of cards that left the shoe is {shoe.cards_dealt}, of those in the rounds {total}."
    assert check(replace(shoe, rounds=rounds)).faults[0] == said


def test_a_shoe_that_gave_more_cards_than_it_had_is_found_out() -> None:
    shoe = Dealer(bytes(32), (), 1).deal([52])
    rounds = (DealtRound("r1", (*shoe.rounds[0].cards, Card("A♠"))),)
    verdict = check(replace(shoe, rounds=rounds, cards_dealt=53))
    assert verdict.faults == ("Card 53 of round r1 was A♠, and the shoe had none left.",)


def test_a_card_that_was_never_turned_up_does_not_fit() -> None:
    shoe = Dealer(bytes(32), (), 6).deal([6, 8])
    changed, which = with_card(shoe, 9, None)
    assert check(changed).faults == (f"{which} was never turned up, the seeds make it {cards_of(shoe)[9]}.",)


def test_where_one_round_ends_and_the_next_begins_counts_for_the_refill() -> None:
    shoe = Dealer(bytes(32), (), 1).deal([20, 40])
    first, last = shoe.rounds
    moved = DealtRound("r1", (*first.cards, last.cards[0])), DealtRound("r2", last.cards[1:])
    (fault,) = check(replace(shoe, rounds=moved)).faults
    assert fault.startswith("Card 32 of round r2 was ")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"promised": "0" * 64}, "Before the shuffle the commitment 0000"),
        ({"promised": "0" * 64, "commitment": "0" * 64}, "The server seed is not the one that was committed to"),
        ({"cards_dealt": 3}, "The number of cards that left the shoe is 3, of those in the rounds 10."),
        ({"contradictions": ("client_seeds",)}, "SHOE_REVEALED repeats client_seeds otherwise than SHUFFLE said it."),
    ],
)
def test_what_does_not_agree_is_said(change: dict[str, object], said: str) -> None:
    shoe = Dealer(bytes(32), (ClientSeed("p1", "x"),), 6).deal([4, 6])
    assert check(replace(shoe, promised=None)).faults == ()
    (fault,) = check(replace(shoe, **change)).faults
    assert fault.startswith(said)


def test_an_unfinished_shoe_and_an_unknown_algorithm_cannot_be_checked() -> None:
    shoe = Dealer(bytes(32), (), 6).deal([4])
    with pytest.raises(InvalidShoe, match="not finished"):
        check(replace(shoe, server_seed=None, cards_dealt=None))
    with pytest.raises(InvalidShoe, match="only cardsharp-shoe-1 is known"):
        check(replace(shoe, algorithm="cardsharp-shoe-2"))
