"""What players decided in a finished round, each decision beside what basic strategy would have done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cardsharp.blackjack import events as e
from cardsharp.blackjack.hands import is_natural
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.strategy import choose
from cardsharp.cards import Card
from cardsharp.game import ReviewedDecision


def review(events: Sequence[e.Event], rules: Rules) -> tuple[ReviewedDecision, ...]:
    """The decisions that the players of a round made, in the order in which they made them.

    `events` are a whole round's, from its ROUND_STARTED on. Moves and answers to offers are decisions, bets are none,
    and neither is what the table did for somebody who was away. Where the stack did not cover more, the book's advice
    is the best of what was open.
    """
    return tuple(_decisions(events, rules))


def _decisions(events: Sequence[e.Event], rules: Rules) -> Iterator[ReviewedDecision]:
    up_card: Card | None = None
    hands: dict[str, tuple[Card, ...]] = {}
    asked: dict[str, tuple[str, ...]] = {}
    """What each hand was asked that nobody has answered yet."""
    for place, event in enumerate(events):
        match event:
            case e.CardDealt(is_dealer=True):
                up_card = up_card or event.card
            case e.CardDealt(hand_id=str(hand_id), card=str(card)):
                hands[hand_id] = (*hands.get(hand_id, ()), card)
            case e.HandSplit():
                hands[event.hand_id] = hands[event.hand_id][:1]
                hands[event.new_hand_id] = (event.card,)
            case e.InsuranceOffered():
                asked[event.hand_id] = _answers(event, hands[event.hand_id], rules)
            case e.PlayerDecisionNeeded():
                asked[event.hand_id] = event.valid_actions
            case e.PlayerTimedOut(hand_id=str(hand_id)):
                asked.pop(hand_id, None)
            case e.PlayerActed() | e.InsuranceDecision() if event.hand_id in asked:
                assert up_card is not None, "nobody decides before the deal"
                cards, valid_actions = hands[event.hand_id], asked.pop(event.hand_id)
                yield ReviewedDecision(
                    place=place,
                    player_id=event.player_id,
                    seat=event.seat,
                    hand_id=event.hand_id,
                    cards=cards,
                    up_card=up_card,
                    valid_actions=valid_actions,
                    action=event.action,
                    advised=choose(cards, up_card, valid_actions, rules),
                )


def _answers(offer: e.InsuranceOffered, cards: tuple[Card, ...], rules: Rules) -> tuple[str, ...]:
    """What could be answered to the offer, as `legal.insurance_answers` has it while it is open."""
    insurance = ("INSURANCE",) if offer.max_amount else ()
    even_money = ("EVEN_MONEY",) if rules.even_money and is_natural(cards) else ()
    return (*insurance, "DECLINE_INSURANCE", *even_money)
