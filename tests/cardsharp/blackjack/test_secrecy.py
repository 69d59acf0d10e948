"""No public byte depends on a card that nobody may see."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from cardsharp.blackjack import commands as c
from cardsharp.blackjack.decide import step
from cardsharp.blackjack.hands import is_natural
from cardsharp.blackjack.legal import open_requests
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.table import Table
from cardsharp.blackjack.view import lobby_row, table_view
from cardsharp.cards import Card
from cardsharp.errors import GameError
from cardsharp.shoe import ShoeSource
from cardsharp.wire import encode_json, to_wire
from tests.cardsharp.blackjack.builders import Play, dealt
from tests.cardsharp.blackjack.plays import PLAYERS, Step, command_of, plays, public_bytes, steps


class OtherCards:
    """The shoes of a table with every card that is hidden there in another place, behind the same commitments."""

    def __init__(self, shoes: ShoeSource, table: Table, rng: random.Random) -> None:
        self._shoes = shoes
        self._rng = rng
        self._orders = {table.shoe.number: self._rearranged(table)} if not table.shoe.revealed else {}
        self._seen = table.shoe.number

    def server_seed(self, number: int) -> bytes:
        return self._shoes.server_seed(number)

    def order(self, number: int, client_seeds: tuple[tuple[str, str], ...], decks: int) -> tuple[Card, ...]:
        order = self._shoes.order(number, client_seeds, decks)
        if number <= self._seen:
            return self._orders.get(number, order)
        return tuple(reversed(order))

    def _rearranged(self, table: Table) -> tuple[Card, ...]:
        order = list(self._shoes.order(table.shoe.number, table.shoe.client_seeds, table.rules.decks))
        hidden = list(range(table.shoe.position, len(order)))
        if None in table.dealer and (hole := hole_place(table)) < len(order):
            hidden.append(hole)
        while True:
            cards = [order[place] for place in hidden]
            self._rng.shuffle(cards)
            for place, card in zip(hidden, cards, strict=True):
                order[place] = card
            if not contradicts_the_peek(table, order):
                return tuple(order)


def hole_place(table: Table) -> int:
    hands = sum(1 for seat in table.seats if seat.hands)
    return table.shoe.round_start + 2 * hands + 1


def contradicts_the_peek(table: Table, order: Sequence[Card]) -> bool:
    """Whether the hole card would make the natural that a dealer who goes on has shown not to have."""
    if table.stage != "playing" or hole_place(table) >= len(order):
        return False
    up = table.dealer[0]
    assert up is not None
    return is_natural((up, order[hole_place(table)]))


def public_trace(rules: Rules, shoes: ShoeSource, commands: Sequence[c.Command]) -> list[list[bytes]]:
    """All that the table gave to the world after each command: refusals, events, state, views and requests."""
    play = Play(rules, shoes=shoes)
    trace: list[list[bytes]] = []
    for command in commands:
        try:
            said = [to_wire(event) for event in play.do(command)]
        except GameError as refusal:
            said = [{"code": refusal.code, "message": refusal.message, "details": refusal.details}]
        trace.append(
            [
                encode_json(said),
                public_bytes(play.table),
                encode_json(to_wire(table_view(play.table, 0))),
                encode_json(to_wire(lobby_row(play.table, 0))),
                encode_json([to_wire(request) for request in open_requests(play.table)]),
            ]
        )
    return trace


def refused_probes(table: Table, shoes: ShoeSource, now: float) -> list[c.Command]:
    """Of all that the players might try at this moment what is refused: refusals are public bytes too."""
    tried: list[c.Command] = [c.CallTime(at=now)]
    for player in PLAYERS:
        tried += [c.Act(at=now, player_id=player.lower(), player_name=player, move=move) for move in (*c.MOVES, "")]
        tried.append(c.PlaceBet(at=now, player_id=player.lower(), player_name=player, amount_cents=1))
        tried.append(c.AddChips(at=now, player_id=player.lower(), player_name=player, amount_cents=0))
    return [command for command in tried if is_refused(table, command, shoes)]


def is_refused(table: Table, command: c.Command, shoes: ShoeSource) -> bool:
    try:
        step(table, command, shoes)
    except GameError:
        return True
    return False


@settings(max_examples=200)
@given(plays(), steps(), st.randoms(use_true_random=False))
def test_two_tables_that_differ_in_hidden_cards_are_the_same_to_the_world(
    play: Play, script: list[Step], rng: random.Random
) -> None:
    rules, shoes = play.table.rules, play.shoes
    commands: list[c.Command] = [
        c.JoinTable(at=play.now, player_id=seat.player_id, player_name=seat.player_name) for seat in play.table.seats
    ]
    states = {len(commands): play.table}
    for step_ in script:
        command = command_of(step_, play.table, play.now)
        play.now = max(play.now, command.at)
        commands.append(command)
        with suppress(GameError):
            play.do(command)
        states[len(commands)] = play.table
    # Where there is a moment with a hidden hole card the play is cut there, as it proves most.
    end = rng.choice([at for at, table in states.items() if None in table.dealer] or list(states))
    commands[end:] = refused_probes(states[end], shoes, play.now)
    others = OtherCards(shoes, states[end], rng)
    assert public_trace(rules, shoes, commands) == public_trace(rules, others, commands)


def test_the_same_table_for_a_dealer_with_and_without_a_natural_until_insurance_is_answered() -> None:
    natural = dealt("10♠ A♦ 9♠ K♣", "Ada")
    nothing = dealt("10♠ A♦ 9♠ 8♣", "Ada")
    assert public_bytes(natural.table) == public_bytes(nothing.table)
    assert natural.log == nothing.log
    decline = c.Act(at=natural.now, player_id="ada", player_name="Ada", move="DECLINE_INSURANCE")
    assert step(natural.table, decline, natural.shoes) != step(nothing.table, decline, nothing.shoes)
