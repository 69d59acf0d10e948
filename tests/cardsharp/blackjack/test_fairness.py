"""A table proves its own dealing: what the log publishes is enough to check every card of a finished shoe."""

from __future__ import annotations

from hypothesis import given, settings
from msgspec.structs import replace

from cardsharp.blackjack import commands as c
from cardsharp.blackjack import events as e
from cardsharp.blackjack.rules import Rules
from cardsharp.cards import Card
from cardsharp.dealt_shoe import check
from cardsharp.shoe import ALGORITHM, SecretShoes, commitment, refill_order, shoe_order
from tests.cardsharp.blackjack.builders import Play, dealt, types_of
from tests.cardsharp.blackjack.plays import Step, plays, run, steps
from tests.cardsharp.dealt_shoes import shoes_of

SHORT_SHOE = Rules(decks=1, penetration_percent=30, pause_seconds=0)


@settings(max_examples=100)
@given(plays(secret_only=True), steps())
def test_every_shoe_that_is_shown_verifies_from_the_log_alone(play: Play, script: list[Step]) -> None:
    run(play, script)
    play.do(c.CloseTable(at=play.now))
    promised = ""
    shuffle: e.Shuffle | None = None
    cards: list[Card | None] = []
    discards = 0
    for event in play.log:
        match event:
            case e.TableOpened():
                promised = event.next_commitment
            case e.Shuffle():
                assert (event.commitment, event.algorithm) == (promised, ALGORITHM)
                promised = event.next_commitment
                shuffle, cards, discards = event, [], 0
            case e.RoundStarted():
                discards = len(cards)
            case e.CardDealt():
                cards.append(event.card)
            case e.CardRevealed():
                cards[cards.index(None)] = event.card
            case e.ShoeRevealed():
                assert shuffle is not None
                assert (event.shoe_id, event.commitment) == (shuffle.shoe_id, shuffle.commitment)
                assert event.client_seeds == shuffle.client_seeds
                assert event.cards_dealt == len(cards)
                verify(event, play.table.rules.decks, cards, discards)
    finished = [shoe for shoe in shoes_of(play.log) if shoe.server_seed is not None] if shuffle else []
    assert len(finished) == len([event for event in play.log if isinstance(event, e.ShoeRevealed)])
    assert not [fault for shoe in finished for fault in check(shoe).faults]


def verify(shown: e.ShoeRevealed, decks: int, cards: list[Card | None], discards: int) -> None:
    seed = bytes.fromhex(shown.server_seed)
    clients = tuple((entry.player_id, entry.seed) for entry in shown.client_seeds)
    order = shoe_order(seed, clients, decks)
    order += refill_order(seed, clients, order[:discards], 1)
    assert commitment(seed) == shown.commitment
    assert tuple(cards) == order[: len(cards)]


def test_a_client_seed_counts_from_the_next_shuffle_on_in_seat_order() -> None:
    play = Play(SHORT_SHOE, shoes=SecretShoes(bytes(32)))
    play.ask(c.JoinTable, "Ada", seat=2, client_seed="late for shoe 1?")
    play.ask(c.JoinTable, "Ben", seat=1, client_seed="of Ben")
    play.ask(c.SetClientSeed, "Ada", client_seed="of Ada")
    play_to_the_next_shuffle(play)
    first, second = (event for event in play.log if isinstance(event, e.Shuffle))
    assert [(entry.player_id, entry.seed) for entry in first.client_seeds] == [("ada", "late for shoe 1?")]
    assert [(entry.player_id, entry.seed) for entry in second.client_seeds] == [("ben", "of Ben"), ("ada", "of Ada")]


def test_each_seat_of_a_player_gives_its_own_seed() -> None:
    rules = Rules(decks=1, penetration_percent=30, pause_seconds=0, seats_per_player=2, insurance=False)
    play = Play(rules, shoes=SecretShoes(bytes(32)))
    play.ask(c.JoinTable, "Ada", seat=1, client_seed="left")
    play.ask(c.JoinTable, "Ada", seat=3, client_seed="right")
    while play.table.shoe.number < 3:
        if play.table.phase == "betting":
            for seat in (1, 3):
                play.ask(c.PlaceBet, "Ada", seat=seat, amount_cents=10_00)
        elif play.table.turn is not None:
            play.ask(c.Act, "Ada", seat=play.table.turn.seat, move="STAND")
        else:
            play.call_time()
    _, second, _ = (event for event in play.log if isinstance(event, e.Shuffle))
    assert [(entry.player_id, entry.seed) for entry in second.client_seeds] == [("ada", "left"), ("ada", "right")]
    shoe = shoes_of(play.log)[1]
    assert check(shoe).faults == ()
    assert check(replace(shoe, client_seeds=shoe.client_seeds[::-1])).faults != ()


def play_to_the_next_shuffle(play: Play) -> None:
    shoe = play.table.shoe.number
    while play.table.shoe.number == shoe:
        if play.table.phase == "betting":
            play.bet("Ada")
            play.bet("Ben")
        else:
            play.call_time()


def test_a_seed_stays_secret_until_the_last_round_of_its_shoe_has_ended() -> None:
    play = dealt("", "Ada", "Ben", rules=SHORT_SHOE)
    seed = play.shoes.server_seed(1).hex()
    while not any(isinstance(event, e.ShoeRevealed) for event in play.log):
        assert seed not in repr(play.log)
        assert seed not in repr(play.table)
        if play.table.phase == "betting":
            play.bet("Ada")
            play.bet("Ben")
        else:
            play.call_time()
    types = [event.event_type for event in play.log]
    shown = types.index("SHOE_REVEALED")
    assert types[shown - 1] == "ROUND_ENDED"
    assert play.shoes.server_seed(2).hex() not in repr(play.log)


def test_the_next_commitment_is_known_before_the_seeds_that_go_into_that_shoe() -> None:
    play = Play(SHORT_SHOE)
    promised = play.table.shoe.next_commitment
    play.join("Ada")
    (shuffle,) = (event for event in play.log if isinstance(event, e.Shuffle))
    assert shuffle.commitment == promised == commitment(play.shoes.server_seed(1))
    assert shuffle.next_commitment == commitment(play.shoes.server_seed(2))


def test_a_shoe_is_finished_when_the_last_card_before_the_cut_card_is_dealt() -> None:
    rules = Rules(decks=1, penetration_percent=39)
    assert rules.cut_card == 20
    rounds = ("10♠ 9♠ J♠ 8♠", "10♥ 9♥ J♥ 8♥", "10♦ 9♦ J♦ 8♦", "10♣ 9♣ J♣ 8♣", "Q♠ 7♠ Q♥ K♠")
    play = Play(rules, " ".join(rounds))
    play.join("Ada")
    shown_after = []
    for number in range(1, 6):
        play.bet("Ada")
        if "SHOE_REVEALED" in types_of(play.act("Ada", "STAND")):
            shown_after.append(number)
        play.call_time()
    assert shown_after == [5]
    assert play.table.shoe.number == 2
