"""Three rounds with everything in them: after each command the row, the log, the ledger and the history agree."""

from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from cardsharp.chips import to_cents
from cardsharp.wire import decode_json
from games import ledger
from games.models import Account, Hand, LoggedEvent, Player, Round, Table, Transfer
from games.store import Store
from tests.games.durable import NOON, assert_all_is_kept, call_time, close_table, open_table, play

pytestmark = pytest.mark.django_db

SHOE = (
    # Insurance loses; Ada splits eights, wins a doubled hand and loses the other; Bob doubles and wins.
    "8♠ 5♦ A♠ 8♥ 6♣ 9♣ 3♥ 10♠ 10♥ 10♣",
    # Ada has a blackjack, Bob surrenders.
    "A♥ 10♦ K♠ K♥ 6♥ 8♦",
    # Ada busts, Bob ties.
    "10♠ 9♠ 10♥ 6♠ 9♥ 8♣ K♦",
)

ROUNDS: tuple[tuple[tuple[str, str, dict[str, Any]], ...], ...] = (
    (
        ("ada", "place_bet", {"amount": 15}),
        ("bob", "place_bet", {"amount": 10}),
        ("ada", "player_action", {"action": "INSURANCE"}),
        ("bob", "player_action", {"action": "DECLINE_INSURANCE"}),
        ("ada", "player_action", {"action": "SPLIT"}),
        ("ada", "player_action", {"action": "DOUBLE"}),
        ("ada", "player_action", {"action": "STAND"}),
        ("bob", "player_action", {"action": "DOUBLE"}),
    ),
    (
        ("ada", "place_bet", {"amount": 15}),
        ("bob", "place_bet", {"amount": 15}),
        ("bob", "player_action", {"action": "SURRENDER"}),
    ),
    (
        ("bob", "place_bet", {"amount": 10}),
        ("ada", "place_bet", {"amount": 10}),
        ("ada", "player_action", {"action": "HIT"}),
        ("bob", "player_action", {"action": "STAND"}),
    ),
)

HANDS = [
    # round, who, hand, cards, value, result, bet, payout, net, insurance
    (1, "Ada", "h1", "8♠ 3♥ 10♥", 21, "win", 30_00, 60_00, 30_00, -7_50),
    (1, "Ada", "h3", "8♥ 10♠", 18, "lose", 15_00, 0, -15_00, 0),
    (1, "Bob", "h2", "5♦ 6♣ 10♣", 21, "win", 20_00, 40_00, 20_00, 0),
    (2, "Ada", "h1", "A♥ K♥", 21, "blackjack", 15_00, 37_50, 22_50, 0),
    (2, "Bob", "h2", "10♦ 6♥", 16, "surrender", 15_00, 7_50, -7_50, 0),
    (3, "Ada", "h1", "10♠ 6♠ K♦", 26, "bust", 10_00, 0, -10_00, 0),
    (3, "Bob", "h2", "9♠ 9♥", 18, "push", 10_00, 10_00, 0, 0),
]


@pytest.fixture
def played(store: Store, settings: Settings, ada: Player, bob: Player) -> str:
    """A table after three rounds; everything was looked at after each command."""
    settings.CARDSHARP_STACKED_SHOE = " ".join(SHOE)
    table_id = open_table(store)
    players = {"ada": ada, "bob": bob}
    at = NOON
    play(store, table_id, ada, "join_table", at=at, buy_in=100)
    play(store, table_id, bob, "join_table", at=at, client_seed="clover")
    for turns in ROUNDS:
        for who, what, data in turns:
            at += 1
            play(store, table_id, players[who], what, at=at, **data)
            assert_all_is_kept(table_id)
        at += 4
        call_time(store, table_id, at)
        assert_all_is_kept(table_id)
    return table_id


def data_of(table_id: str, event_type: str) -> list[tuple[int, dict[str, Any]]]:
    lines = LoggedEvent.objects.filter(table=table_id, event_type=event_type).order_by("seq")
    return [(line.seq, decode_json(line.data)) for line in lines]


def test_every_hand_is_kept_with_what_it_bet_and_got(played: str):
    kept = Hand.objects.order_by("round__number", "seat", "id").values_list(
        "round__number",
        "player__username",
        "hand_id",
        "cards",
        "value",
        "result",
        "bet_cents",
        "payout_cents",
        "net_cents",
        "insurance_net_cents",
    )
    assert list(kept) == HANDS


def test_rounds_are_what_the_log_says_of_their_ends(played: str):
    ends = data_of(played, "ROUND_ENDED")
    starts = data_of(played, "ROUND_STARTED")
    rounds = list(Round.objects.order_by("number"))
    assert [row.number for row in rounds] == [1, 2, 3]
    for row, (last_seq, end), (first_seq, _) in zip(rounds, ends, starts[:3], strict=True):
        assert (row.first_seq, row.last_seq, row.number) == (first_seq, last_seq, end["round_number"])
        assert row.dealer_cards.split() == end["dealer_cards"]
        assert (row.dealer_value, row.house_net_cents) == (end["dealer_value"], to_cents(end["house_net"]))
        for result in end["results"]:
            hands = row.hands.filter(player=Player.key_of(result["player_id"]), seat=result["seat"])
            assert sum(hand.net_cents + hand.insurance_net_cents for hand in hands) == to_cents(result["net"])


def test_the_ledger_has_moved_what_the_rounds_were_won_and_lost_by(played: str, ada: Player, bob: Player):
    assert ledger.stack(ada.pk, played).balance_cents == 100_00 - 7_50 + 15_00 + 22_50 - 10_00
    assert ledger.stack(bob.pk, played).balance_cents == 500_00 + 20_00 - 7_50
    assert ledger.house(played).balance_cents == sum(Round.objects.values_list("house_net_cents", flat=True))
    assert [ledger.balance_of(player.pk) for player in (ada, bob)] == [900_00, 500_00]


def test_a_transfer_names_the_event_that_moved_its_chips(played: str):
    moved_by = {"buy_in": "PLAYER_JOINED", "hand": "HAND_RESULT", "insurance": "INSURANCE_RESULT"}
    transfers = Transfer.objects.filter(table=played)
    assert {transfer.reason for transfer in transfers} == set(moved_by)
    for transfer in transfers:
        assert transfer.seq is not None
        event = LoggedEvent.objects.get(table=played, seq=transfer.seq)
        assert event.event_type == moved_by[transfer.reason]


def test_everybody_gets_their_stack_back_when_the_table_closes(store: Store, played: str, ada: Player, bob: Player):
    close_table(store, played)
    assert_all_is_kept(played)
    assert set(Account.objects.filter(kind="stack").values_list("balance_cents", flat=True)) == {0}
    assert [ledger.balance_of(player.pk) for player in (ada, bob)] == [1_020_00, 1_012_50]
    assert Table.objects.get().deadline_at is None


def test_chips_that_are_added_come_from_the_wallet(store: Store, played: str, ada: Player):
    play(store, played, ada, "add_chips", amount=Decimal("12.5"))
    assert_all_is_kept(played)
    assert ledger.balance_of(ada.pk) == 887_50


def test_a_round_that_nobody_bets_on_is_kept_without_hands(store: Store, ada: Player):
    table_id = open_table(store)
    play(store, table_id, ada, "join_table")
    call_time(store, table_id, NOON + 20)
    assert_all_is_kept(table_id)
    row = Round.objects.get()
    assert (row.dealer_cards, row.dealer_value, row.house_net_cents, row.hands.count()) == ("", 0, 0, 0)
