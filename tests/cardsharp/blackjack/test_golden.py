"""Rounds of blackjack, worked out by hand in `golden/`, against what the heart makes of the same cards."""

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

import pytest

from cardsharp.blackjack import events as e
from cardsharp.cards import parse_cards
from cardsharp.chips import format_chips
from cardsharp.errors import GameError
from tests.cardsharp.blackjack.builders import Play, types_of
from tests.cardsharp.blackjack.golden_rounds import Decision, GoldenRound, read_all

ROUNDS = list(read_all())
E = TypeVar("E", bound=e.Event)


@pytest.mark.parametrize("golden", ROUNDS, ids=[golden.name for golden in ROUNDS])
def test_round(golden: GoldenRound) -> None:
    play = Play(golden.rules, golden.cards)
    for number, player, chips in golden.seats:
        play.join(player, chips, number)
    first = len(play.log)
    for decision in golden.decisions:
        make(play, decision)
    log = play.log[first:]
    (ended,) = of_type(log, e.RoundEnded)

    assert golden.hands == hands(play, log)
    assert golden.insurance == [
        f"{i.player_name} {i.result} {format_chips(i.bet)} {signed(i.net)}" for i in of_type(log, e.InsuranceResult)
    ]
    assert golden.dealer == f"{' '.join(ended.dealer_cards)} = {ended.dealer_value}".strip()
    assert golden.nets == [
        *(f"{result.player_name} {signed(result.net)}" for result in ended.results),
        f"house {signed(ended.house_net)}",
    ]
    assert golden.left == [f"{left.player_name} {format_chips(left.stack)}" for left in of_type(log, e.PlayerLeft)]
    assert dict(Counter(types_of(log))) == {name: int(count) for name, count in map(str.split, golden.events)}
    assert golden.order in ([], types_of(log))
    assert play.table.shoe.position == len(parse_cards(golden.cards))
    assert {seat.player_name: seat.stack for seat in play.table.seats} == stacks_after(golden, ended, log)


def make(play: Play, decision: Decision) -> None:
    if decision.kind is None:
        play.call_time()
    elif decision.refusal is None:
        play.ask(decision.kind, decision.player, **decision.fields)
    else:
        with pytest.raises(GameError) as refused:
            play.ask(decision.kind, decision.player, **decision.fields)
        assert refused.value.code == decision.refusal


def hands(play: Play, log: list[e.Event]) -> list[str]:
    """The hands as HAND_RESULT tells them, with the cards that CARD_DEALT and HAND_SPLIT gave to each."""
    cards: dict[str, list[str]] = {}
    for event in log:
        if isinstance(event, e.CardDealt) and isinstance(event.hand_id, str) and event.card:
            cards.setdefault(event.hand_id, []).append(event.card)
        if isinstance(event, e.HandSplit):
            cards[event.hand_id].remove(event.card)
            cards[event.new_hand_id] = [event.card]
    return [
        f"{r.player_name} {' '.join(cards[r.hand_id])} = {r.value} {r.result} {format_chips(r.bet)} {signed(r.net)}"
        for r in of_type(log, e.HandResult)
    ]


def stacks_after(golden: GoldenRound, ended: e.RoundEnded, log: list[e.Event]) -> dict[str, int]:
    """What each player brought and won, without those who have left."""
    stacks = {player: chips for _, player, chips in golden.seats}
    stacks |= {joined.player_name: joined.stack for joined in of_type(log, e.PlayerJoined)}
    for result in ended.results:
        stacks[result.player_name] += result.net
    return {player: stack for player, stack in stacks.items() if f"{player} {format_chips(stack)}" not in golden.left}


def signed(cents: int) -> str:
    return f"+{format_chips(cents)}" if cents > 0 else format_chips(cents)


def of_type(log: Iterable[e.Event], kind: type[E]) -> list[E]:
    return [event for event in log if isinstance(event, kind)]
