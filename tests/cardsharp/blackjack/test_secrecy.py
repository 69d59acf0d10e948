"""No public byte depends on a card that nobody may see."""

from __future__ import annotations

import asyncio
import base64
import json
import random
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cardsharp.blackjack import commands as c
from cardsharp.blackjack import events as e
from cardsharp.blackjack.decide import step
from cardsharp.blackjack.hands import is_natural
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.table import Table
from cardsharp.cards import Card
from cardsharp.errors import GameError
from cardsharp.events.delivery import Delivery, request_text, state_text
from cardsharp.events.messages import encode_error
from cardsharp.events.ports import Commit, Snapshot
from cardsharp.games import GAMES
from cardsharp.shoe import SecretShoes, ShoeSource, commitment
from cardsharp.wire import encode_json
from tests.cardsharp.blackjack.builders import NOON, Play, dealt
from tests.cardsharp.blackjack.plays import PLAYERS, Step, command_of, plays, public_bytes, rule_sets, steps
from tests.cardsharp.events.house import Clock

GAME = GAMES["blackjack"]


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
    """Whether the hole card would make the natural that a dealer who goes on has shown not to have. While early
    surrender is asked about, nobody has peeked."""
    if table.stage != "playing" or None not in table.dealer or hole_place(table) >= len(order):
        return False
    if table.turn is not None and "DECLINE_SURRENDER" in table.turn.valid_actions:
        return False
    up = table.dealer[0]
    assert up is not None
    return is_natural((up, order[hole_place(table)]))


class Wire:
    """The groups as the channel layer carries them: every message to any of them, whoever listens."""

    def __init__(self) -> None:
        self.said: list[str] = []

    async def send(self, group: str, message: dict[str, Any]) -> None:
        if "news" in message:
            message = {**message, "news": json.loads(message["news"])}
        self.said.append(f"{group} {json.dumps(message, sort_keys=True)}")


class World:
    """A table and all that it gives to the world: what is put to the groups, refusals, and its log."""

    def __init__(self, rules: Rules, shoes: ShoeSource) -> None:
        self._shoes = shoes
        self._clock = Clock()
        self._wire = Wire()
        self._delivery = Delivery(self._wire, self._clock)
        self._state = GAME.new()
        self._snapshot: Snapshot | None = None
        self._newest: dict[str, int] = {}
        self._log: list[str] = []
        self._opening = GAME.open_command(table_id="t1", name="♠", rules=rules, at=NOON)

    async def trace(self, commands: Sequence[c.Command]) -> list[list[str]]:
        """What is said at each command; then what who comes at the end is sent first, and the whole log."""
        trace: list[list[str]] = []
        for command in (self._opening, *commands):
            await self._do(command)
            trace.append(self._wire.said)
            self._wire.said = []
        assert self._snapshot is not None
        now = self._clock.now
        arrival = [state_text(self._snapshot, at=now), *(request_text(r, at=now) for r in self._snapshot.requests)]
        return [*trace, arrival, self._log]

    async def _do(self, command: Any) -> None:
        self._clock.now = max(self._clock.now, command.at)
        try:
            outcome = GAME.step(self._state, command, self._shoes)
        except GameError as refusal:
            self._wire.said.append(encode_error(refusal, at=self._clock.now))
            return
        if not outcome.events:
            return
        self._state = outcome.state
        before, self._snapshot = self._snapshot, snapshot_of(outcome.state)
        previous = {event.event_type: self._newest.get(event.event_type, 0) for event in outcome.events}
        commit = Commit(table_id="t1", events=outcome.events, before=before, after=self._snapshot, previous=previous)
        await self._delivery.send_commit(commit)
        self._newest |= {event.event_type: event.seq for event in outcome.events}
        self._log += (encode_json(event.data).decode() for event in outcome.events)
        self._wire.said.append(public_bytes(outcome.state).decode())


def snapshot_of(state: Table) -> Snapshot:
    return Snapshot(
        seq=GAME.seq(state),
        round_id=GAME.round_id(state),
        view=GAME.view(state, 0),
        row=GAME.lobby_row(state, 0),
        players=GAME.players(state),
        requests=GAME.requests(state),
    )


def public_trace(rules: Rules, shoes: ShoeSource, commands: Sequence[c.Command]) -> list[list[str]]:
    """All that a table of these rules and shoes gives to the world while it is played at."""
    return asyncio.run(World(rules, shoes).trace(commands))


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


@settings(max_examples=50)
@given(rule_sets(), st.lists(st.sampled_from(PLAYERS), min_size=1, max_size=9), st.data())
def test_up_to_the_first_card_the_world_sees_of_a_shoe_nothing_but_commitments(
    rules: Rules, joining: list[str], data: st.DataObject
) -> None:
    """Tables with other secrets say the same before the deal, word for word, but for the hashes of their seeds."""
    one, other = (SecretShoes(data.draw(st.binary(min_size=32, max_size=32), name)) for name in ("one", "other"))
    commands: list[c.Command] = []
    for player in joining:
        who: dict[str, Any] = {"at": NOON, "player_id": player.lower(), "player_name": player}
        commands.append(c.JoinTable(**who, client_seed=data.draw(st.sampled_from((None, "lucky", "♠")))))
        commands.append(c.SetClientSeed(**who, client_seed=data.draw(st.text(min_size=1, max_size=64))))
        commands.append(c.SitOut(**who) if data.draw(st.booleans()) else c.SitIn(**who))
    said = json.dumps(public_trace(rules, one, commands))
    for number in (1, 2):
        said = said.replace(commitment(one.server_seed(number)), commitment(other.server_seed(number)))
    assert said == json.dumps(public_trace(rules, other, commands))


@settings(max_examples=30)
@given(plays(secret_only=True), steps())
def test_no_seed_is_on_the_wire_before_its_shoe_is_finished(play: Play, script: list[Step]) -> None:
    rules, shoes = play.table.rules, play.shoes
    commands: list[c.Command] = [
        c.JoinTable(at=play.now, player_id=seat.player_id, player_name=seat.player_name) for seat in play.table.seats
    ]
    for step_ in script:
        commands.append(command_of(step_, play.table, play.now))
        play.now = max(play.now, commands[-1].at)
        with suppress(GameError):
            play.do(commands[-1])
    *trace, _, _ = public_trace(rules, shoes, commands)
    finished = 0
    for said in map("".join, trace):
        while f'\\"server_seed\\":\\"{shoes.server_seed(finished + 1).hex()}' in said:
            finished += 1
        for number in range(finished + 1, finished + 3):
            seed = shoes.server_seed(number)
            assert not [text for text in (seed.hex(), base64.b64encode(seed).decode()) if text in said]
    assert finished == len([event for event in play.log if isinstance(event, e.ShoeRevealed)])


def test_the_same_table_for_a_dealer_with_and_without_a_natural_until_insurance_is_answered() -> None:
    natural = dealt("10♠ A♦ 9♠ K♣", "Ada")
    nothing = dealt("10♠ A♦ 9♠ 8♣", "Ada")
    assert public_bytes(natural.table) == public_bytes(nothing.table)
    assert natural.log == nothing.log
    decline = c.Act(at=natural.now, player_id="ada", player_name="Ada", move="DECLINE_INSURANCE")
    assert step(natural.table, decline, natural.shoes) != step(nothing.table, decline, nothing.shoes)
