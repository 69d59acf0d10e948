"""What a viewer sees of a table."""

from __future__ import annotations

from cardsharp.blackjack import commands as c
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.view import HandView, TableFacts, TableView, lobby_row, table_view
from tests.cardsharp.blackjack.builders import NOON, Play, dealt


def seen(play: Play) -> TableView:
    return table_view(play.table, spectators=3)


def hands(play: Play) -> list[HandView]:
    return [hand for seat in seen(play).seats for hand in seat.hands]


def test_an_empty_table_waits_and_names_what_it_offers() -> None:
    view = seen(Play())
    assert (view.table_id, view.name, view.game, view.rules) == ("t1", "Golden", "blackjack", "6D S17 DAS LS 3:2")
    assert (view.min_bet, view.max_bet, view.default_buy_in) == (10_00, 500_00, 500_00)
    assert (view.seat_count, view.seats_taken, view.spectators, view.phase) == (5, 0, 3, "waiting")
    assert (view.round_id, view.round_number, view.deadline, view.turn, view.seats) == (None, 0, None, None, ())
    assert (view.dealer.cards, view.dealer.value) == ((), 0)
    assert view.shoe.shoe_id is None
    assert view.shoe.next_commitment == Play().table.shoe.next_commitment


def test_the_lobby_row_is_the_views_first_part() -> None:
    play = dealt("10♠ 9♦ 6♠ 8♦", "Ada")
    row = lobby_row(play.table, 3)
    assert all(getattr(seen(play), name) == getattr(row, name) for name in TableFacts.__struct_fields__)


def test_the_hole_card_is_null_and_counts_nothing_until_it_is_shown() -> None:
    play = dealt("10♠ 9♦ 6♠ A♦", "Ada")
    assert (seen(play).dealer.cards, seen(play).dealer.value, seen(play).dealer.is_soft) == (("9♦", None), 9, False)
    play.act("Ada", "STAND")
    assert (seen(play).dealer.cards, seen(play).dealer.value, seen(play).dealer.is_soft) == (("9♦", "A♦"), 20, True)


def test_the_turn_is_the_decision_that_is_awaited() -> None:
    view = seen(dealt("10♠ 9♠ 9♦ 6♠ 9♥ 8♦", "Ada", "Ben"))
    assert view.turn is not None
    assert (view.turn.player_id, view.turn.seat, view.turn.hand_id) == ("ada", 1, "h1")
    assert view.turn.valid_actions == ("HIT", "STAND", "DOUBLE", "SURRENDER")
    assert view.deadline == view.turn.deadline == NOON + 25
    assert (view.round_id, view.round_number, view.phase) == ("r1", 1, "playing")


def test_a_hand_that_has_nothing_to_decide_is_not_playing() -> None:
    play = dealt("A♠ 8♠ 10♠ 9♦ K♠ 8♥ 6♠ 8♦", "Ada", "Ben", "Cyd")
    assert [hand.status for hand in hands(play)] == ["blackjack", "playing", "playing"]
    aces = dealt("A♠ 9♠ 9♦ A♥ 9♥ 8♦ 5♠ 10♥", "Ada", "Ben")
    aces.act("Ada", "SPLIT")
    assert [(hand.value, hand.status) for hand in hands(aces)] == [(16, "stood"), (21, "stood"), (18, "playing")]


def test_results_stay_on_the_table_until_the_next_betting() -> None:
    play = dealt("10♠ 9♠ 9♦ 6♠ 9♥ 8♦ K♠", "Ada", "Ben")
    play.act("Ada", "HIT")
    play.act("Ben", "STAND")
    assert [(hand.status, hand.result, hand.bet) for hand in hands(play)] == [
        ("bust", "bust", 10_00),
        ("stood", "win", 10_00),
    ]
    assert seen(play).phase == "settled"
    play.call_time()
    assert hands(play) == []


def test_seats_say_who_takes_part() -> None:
    play = dealt("10♠ 9♠ 2♠ 9♦ 6♠ 9♥ 3♠ 8♦", "Ada", "Ben", "Cyd")
    play.ask(c.SitOut, "Ben")
    play.ask(c.LeaveTable, "Cyd")
    assert [seat.status for seat in seen(play).seats] == ["active", "sitting_out", "leaving"]


def test_cards_remaining_counts_down_to_the_discards_that_fill_up_a_shoe() -> None:
    play = dealt("10♠ 9♦ 6♠ 8♦", "Ada", rules=Rules(decks=1, penetration_percent=95))
    assert seen(play).shoe.cards_remaining == 48
    remaining = []
    while not play.table.shoe.revealed:
        if play.table.phase == "betting":
            play.bet("Ada")
        else:
            play.call_time()
        remaining.append(seen(play).shoe.cards_remaining)
    assert min(remaining) >= 0
