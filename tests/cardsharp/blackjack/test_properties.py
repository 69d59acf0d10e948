"""What holds at every table, whatever its rules, its cards and the manners of its players."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import msgspec
from hypothesis import given, settings

from cardsharp.blackjack import commands as c
from cardsharp.blackjack import events as e
from cardsharp.blackjack.decide import step
from cardsharp.blackjack.evolve import evolve
from cardsharp.blackjack.legal import open_requests
from cardsharp.blackjack.table import Table
from cardsharp.blackjack.view import lobby_row, table_view
from cardsharp.cards import Card
from cardsharp.errors import GameError
from cardsharp.wire import decode_json, encode_json, from_wire, to_wire
from tests.cardsharp.blackjack.builders import Play
from tests.cardsharp.blackjack.plays import Step, answer, command_of, plays, public_bytes, run, steps

LONG = settings(max_examples=150)
SHORT = settings(max_examples=60)


def attempt(play: Play, command: c.Command) -> tuple[e.Event, ...]:
    """What the command causes; nothing where it is refused, by a GameError and without a trace."""
    before = public_bytes(play.table)
    try:
        return play.do(command)
    except GameError as error:
        refusal = error
    assert public_bytes(play.table) == before
    assert refusal.message
    assert encode_json(refusal.details)
    return ()


def chips_at(table: Table) -> int:
    return sum(seat.stack + seat.at_stake for seat in table.seats)


def chips_moved(command: c.Command, events: Sequence[e.Event]) -> int:
    """The chips that came to the table, from wallets or from the house, less those that went."""
    moved = 0
    for event in events:
        match event:
            case e.PlayerJoined():
                moved += event.stack
            case e.PlayerLeft():
                moved -= event.stack
            case e.HandResult() | e.InsuranceResult():
                moved += event.net
            case e.BankrollUpdated() if isinstance(command, c.AddChips):
                moved += command.amount_cents
    return moved


@LONG
@given(plays(), steps())
def test_chips_are_conserved(play: Play, script: list[Step]) -> None:
    for step_ in script:
        command = command_of(step_, play.table, play.now)
        play.now = max(play.now, command.at)
        before = chips_at(play.table)
        events = attempt(play, command)
        assert chips_at(play.table) == before + chips_moved(command, events)
        assert all(seat.stack >= 0 and seat.at_stake >= 0 for seat in play.table.seats)


@LONG
@given(plays(), steps())
def test_a_round_is_told_from_start_to_end(play: Play, script: list[Step]) -> None:
    run(play, script)
    table = Table()
    hole_cards = 0
    for event in play.log:
        before, table = table, evolve(table, event)
        match event:
            case e.RoundStarted():
                assert not before.in_round
                assert event.round_number == before.round_number + 1
                assert table.round_id == f"r{event.round_number}"
                hole_cards = 0
            case e.CardDealt(is_hole_card=True):
                hole_cards += 1
            case e.CardRevealed():
                hole_cards -= 1
            case e.DealerActed():
                assert None not in before.dealer, "the dealer acts only after the reveal"
            case e.RoundEnded():
                assert before.round_id == f"r{event.round_number}"
                assert table.round_id is None
                assert hole_cards == 0, "the hole card is shown in every round that dealt one"
                assert sum(result.net for result in event.results) + event.house_net == 0
                assert all(result.payout - result.bet == result.net for result in event.results)
                assert {result.seat for result in event.results} == {seat.number for seat in before.seats if seat.hands}
        assert before.in_round or table.in_round or not isinstance(event, e.HandEvent | e.CardDealt | e.CardRevealed)


class ShoeDealt(NamedTuple):
    """What a table dealt of one shoe, round by round; None is a hole card that nobody has seen yet."""

    order: tuple[Card, ...]
    rounds: list[list[Card | None]]


def shoes_dealt(play: Play) -> list[ShoeDealt]:
    found: list[ShoeDealt] = []
    table = Table()
    for event in play.log:
        table = evolve(table, event)
        match event:
            case e.Shuffle():
                order = play.shoes.order(table.shoe.number, table.shoe.client_seeds, table.rules.decks)
                found.append(ShoeDealt(order, []))
            case e.RoundStarted():
                found[-1].rounds.append([])
            case e.CardDealt():
                found[-1].rounds[-1].append(event.card)
            case e.CardRevealed():
                cards = found[-1].rounds[-1]
                cards[cards.index(None)] = event.card
    return found


@LONG
@given(plays(), steps())
def test_cards_come_in_the_order_of_the_shoe_and_discards_only_after_its_end(play: Play, script: list[Step]) -> None:
    run(play, script)
    shoes = shoes_dealt(play)
    for shoe in shoes:
        dealt = [card for cards in shoe.rounds for card in cards]
        on_table = Counter(card for card in shoe.rounds[-1] if card)
        discards = Counter(dealt[: len(dealt) - len(shoe.rounds[-1])])
        assert all(card in (place, None) for card, place in zip(dealt, shoe.order, strict=False))
        assert all(count <= play.table.rules.decks for count in on_table.values()), "no card lies on the table twice"
        assert Counter(card for card in dealt[len(shoe.order) :] if card) <= discards
    if shoes:
        assert play.table.shoe.position == sum(len(cards) for cards in shoes[-1].rounds)


@LONG
@given(plays(), steps())
def test_state_is_the_fold_of_its_log_also_through_json(play: Play, script: list[Step]) -> None:
    run(play, script)
    assert reduce(evolve, play.log, Table()) == play.table
    assert play.table.seq == len(play.log)
    assert msgspec.json.decode(public_bytes(play.table), type=Table) == play.table
    read = [from_wire(decode_json(encode_json(to_wire(event))), type(event)) for event in play.log]
    assert read == play.log


@LONG
@given(plays(), steps())
def test_every_offered_action_is_accepted_and_nothing_else_is_awaited(play: Play, script: list[Step]) -> None:
    run(play, script)
    requests = open_requests(play.table)
    assert len({request.request_id for request in requests}) == len(requests)
    for request in requests:
        for action in request.valid_actions:
            command = answer(request, action, play.now, cents=0)
            assert step(play.table, command, play.shoes).events
    if play.table.phase in ("betting", "insurance", "playing"):
        assert any(not request.answered for request in requests)
    else:
        assert play.table.phase in ("waiting", "paused") or play.table.next_deadline is not None


@LONG
@given(plays(timed=True), steps(40))
def test_silence_ends_every_round(play: Play, script: list[Step]) -> None:
    run(play, script)
    for _ in range(100):
        if play.table.next_deadline is None:
            break
        assert play.call_time(), "what is due does something"
    assert play.table.phase in ("waiting", "paused")
    assert play.table.next_deadline is None
    assert all(seat.sitting_out and seat.at_stake == 0 for seat in play.table.seats)
    assert play.table.rules.away_seconds is None or not play.table.seats


@SHORT
@given(plays(), steps())
def test_closing_sends_everybody_home_with_their_chips(play: Play, script: list[Step]) -> None:
    run(play, script)
    lost = {seat.number: seat.wagered - seat.returned for seat in play.table.seats if play.table.in_round}
    chips = {seat.number: seat.stack + seat.at_stake + lost.get(seat.number, 0) for seat in play.table.seats}
    events = play.do(c.CloseTable(at=play.now))
    left = {event.seat: event.stack for event in events if isinstance(event, e.PlayerLeft)}
    assert left == chips
    assert play.table.phase == "closed"
    assert play.table.shoe.revealed
    assert play.table.next_deadline is None


@SHORT
@given(plays(), steps(30))
def test_views_are_json(play: Play, script: list[Step]) -> None:
    run(play, script)
    view = decode_json(encode_json(to_wire(table_view(play.table, spectators=2))))
    assert view["seats_taken"] == len(view["seats"])
    assert view["shoe"]["cards_remaining"] >= 0
    row = decode_json(encode_json(to_wire(lobby_row(play.table, 2))))
    assert [player["seat"] for player in row.pop("players")] == [seat["seat"] for seat in view["seats"]]
    assert row.items() <= view.items()
