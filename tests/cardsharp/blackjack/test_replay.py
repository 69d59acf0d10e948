"""A round once more out of its own events: everybody who played sees what they saw."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cardsharp.blackjack import events as e
from cardsharp.blackjack.evolve import evolve
from cardsharp.blackjack.replay import replay
from cardsharp.blackjack.table import Table
from cardsharp.blackjack.view import table_view
from tests.cardsharp.blackjack.builders import Play, dealt
from tests.cardsharp.blackjack.plays import plays, run, steps


def test_it_begins_when_betting_opens_and_goes_on_event_by_event():
    play = dealt("10♠ 9♠ 6♥ 9♦ 10♥ 10♣", "Ada", "Bob")
    play.act("Ada", "STAND")
    play.act("Bob", "STAND")
    start = next(place for place, event in enumerate(play.log) if isinstance(event, e.RoundStarted))
    events = play.log[start:]
    tables = list(replay(play.table, events))
    assert len(tables) == len(events)
    # Ada's coming has opened the round, so Bob came into it.
    assert [(seat.player_name, seat.stack) for seat in tables[0].seats] == [("Ada", 500_00)]
    assert [seat.stack for seat in tables[-1].seats] == [seat.stack for seat in play.table.seats]
    hole = next(place for place, event in enumerate(events) if isinstance(event, e.CardRevealed))
    assert [table.dealer[1] for table in tables[:hole] if len(table.dealer) > 1] == [None] * sum(
        len(table.dealer) > 1 for table in tables[:hole]
    )
    assert tables[hole].dealer == ("6♥", "10♣")


def test_a_bet_that_was_replaced_leaves_the_stack_as_it_was():
    play = Play()
    play.join("Ada")
    play.join("Bob")
    play.bet("Ada", 10_00)
    play.bet("Ada", 30_00)
    start = next(place for place, event in enumerate(play.log) if isinstance(event, e.RoundStarted))
    tables = list(replay(play.table, play.log[start:]))
    assert [tables[place].seats[0].stack for place in (0, -1)] == [500_00, 470_00]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_who_played_sees_in_it_what_they_saw(data: st.DataObject):
    play = data.draw(plays())
    run(play, data.draw(steps()))
    begun, table = 0, Table()
    seen: list[Table] = []
    for place, event in enumerate(play.log):
        table = evolve(table, event)
        if isinstance(event, e.RoundStarted):
            begun, seen = place, []
        seen.append(table)
        if not isinstance(event, e.RoundEnded):
            continue
        tables = list(replay(table, play.log[begun : place + 1]))
        assert len(tables) == len(seen)
        players = {seat.seat for seat in event.results}
        for shown, real in zip(tables, seen, strict=True):
            ours, theirs = table_view(shown, 0), table_view(real, 0)
            assert (ours.dealer, ours.turn, ours.phase) == (theirs.dealer, theirs.turn, theirs.phase)
            for seat in theirs.seats:
                if seat.seat not in players or not seat.hands:
                    continue
                (own,) = (each for each in ours.seats if each.seat == seat.seat)
                assert (own.hands, own.bet, own.insurance, own.stack, own.player_id) == (
                    seat.hands,
                    seat.bet,
                    seat.insurance,
                    seat.stack,
                    seat.player_id,
                )
