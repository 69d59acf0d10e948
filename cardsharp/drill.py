"""Hands to practise basic strategy on: decisions out of rounds of the game that is served, and what the book says."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import msgspec

from cardsharp.blackjack.decide import step
from cardsharp.blackjack.hands import total
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.strategy import advise, choose
from cardsharp.blackjack.strategy_chart import UP_CARDS
from cardsharp.blackjack.table import Table
from cardsharp.cards import SUITS, parse_card
from cardsharp.shoe import ShoeSource
from cardsharp.simulation import ACTS, BETS_A_ROUND, bet_of, seated, table_rules


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One hand to decide about, as its player sees it."""

    cards: tuple[str, ...]
    up_card: str
    valid_actions: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The chart that it is found in: early, hard, soft or pairs."""
        if "DECLINE_SURRENDER" in self.valid_actions:
            return "early"
        if "SPLIT" in self.valid_actions:
            return "pairs"
        return "soft" if total([parse_card(card) for card in self.cards])[1] else "hard"

    def answer(self, rules: Rules) -> str:
        """The valid action that basic strategy takes."""
        return choose(self.cards, self.up_card, self.valid_actions, rules)

    def depends_on_the_dealer(self, rules: Rules) -> bool:
        """Whether another up card would change the answer; what is always hit or always stood on teaches little."""
        up_cards = (up_card + SUITS[0] for up_card in UP_CARDS)
        return len({choose(self.cards, up_card, self.valid_actions, rules) for up_card in up_cards}) > 1


def kinds_of(rules: Rules) -> tuple[str, ...]:
    """The kinds of questions that come up under the rules."""
    early = ("early",) if rules.surrender == "early" and rules.hole_card == "peek" else ()
    pairs = ("pairs",) if rules.max_hands > 1 else ()
    return (*early, "hard", "soft", *pairs)


def questions(rules: Rules, shoes: ShoeSource, kinds: Sequence[str], chance: random.Random) -> Iterator[Question]:
    """Questions that depend on the up card, each kind as often as the others; ends after some thousands of rounds.

    Raises InvalidRules where the rules cannot be played.
    """
    wanted = chance.choice(kinds)
    for question in _decisions(table_rules(rules), shoes):
        if question.kind == wanted and question.depends_on_the_dealer(rules):
            yield question
            wanted = chance.choice(kinds)


def _decisions(rules: Rules, shoes: ShoeSource) -> Iterator[Question]:
    """Every decision about a hand, of rounds that basic strategy plays for as long as its chips last."""
    table = seated(rules, shoes)
    while table.seats[0].stack >= BETS_A_ROUND * rules.min_bet_cents:
        table = step(table, bet_of(rules), shoes).table
        while table.stage != "betting":
            if table.turn is not None:
                yield _question(table)
            table = step(table, ACTS[advise(table, 1)], shoes).table


def _question(table: Table) -> Question:
    turn, up_card = table.turn, table.dealer[0]
    assert turn is not None
    assert up_card is not None  # it is the hole card that lies face down
    (hand,) = (hand for hand in table.seats[0].hands if hand.hand_id == turn.hand_id)
    return Question(cards=hand.cards, up_card=up_card, valid_actions=turn.valid_actions)
