"""How a player decides: a policy answers what the table asks, from nothing but what everybody may see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from inspect import isawaitable
from typing import Any, Protocol, TypeAlias, TypeVar

from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.strategy import choose
from cardsharp.client.messages import ActionRequest

Answer = tuple[str, dict[str, Any]]
"""An action and its data: `("place_bet", {"amount": 10})`, `("player_action", {"action": "HIT"})`."""

Policy = Callable[[ActionRequest, dict[str, Any]], Awaitable[Answer | None] | Answer | None]
"""Gives the answer to a request in a table's state, or None to send nothing.

A coroutine function is cancelled when its answer comes too late. A plain function must be quick: while it thinks,
nothing else is done, not even heartbeats (`cardsharp.client.sync` lifts that).

Who has several seats is asked for them one after the other; `request.seat` says which. An answer is for that seat,
unless its data name another. A seat that sits out is asked as well, once: with SIT_IN as the only valid action and
without a request id, since the table awaits nothing of it.
"""

T = TypeVar("T")
Soon: TypeAlias = Awaitable[T] | T


class Strategy(Protocol):
    """A policy as an object with a method for each kind of question; each may be a coroutine."""

    def bet(self, request: ActionRequest, state: dict[str, Any], /) -> Soon[int | Decimal | None]:
        """The amount to bet, or None to sit out."""

    def insurance(self, request: ActionRequest, state: dict[str, Any], /) -> Soon[bool]:
        """Whether to take it: as even money where that is offered."""

    def move(self, request: ActionRequest, state: dict[str, Any], /) -> Soon[str]:
        """One of the request's valid actions, for the hand `hand_in(state, request)`."""


def as_policy(policy: Policy | Strategy) -> Policy:
    """The policy, or the one that asks the methods of a strategy.

    A seat that sits out comes back while its stack covers the smallest bet, and is given up otherwise.
    """
    if callable(policy):
        return policy
    strategy = policy

    async def ask(request: ActionRequest, state: dict[str, Any]) -> Answer:
        if "SIT_IN" in request.valid_actions:
            return _come_back(request, state)
        if "BET" in request.valid_actions:
            amount = await awaited(strategy.bet(request, state))
            return ("sit_out", {}) if amount is None else ("place_bet", {"amount": amount})
        if "DECLINE_INSURANCE" in request.valid_actions:
            takes = await awaited(strategy.insurance(request, state))
            insured = "EVEN_MONEY" if "EVEN_MONEY" in request.valid_actions else "INSURANCE"
            return "player_action", {"action": insured if takes else "DECLINE_INSURANCE"}
        return "player_action", {"action": await awaited(strategy.move(request, state))}

    return ask


async def awaited(value: Soon[T]) -> T:
    """The value, waited for where it is to come."""
    return await value if isawaitable(value) else value


def checked(answer: object) -> Answer | None:
    """What a policy gave, if it can be sent. Raises TypeError otherwise."""
    match answer:
        case None:
            return None
        case (str() as action, dict() as data):
            return action, data
    raise TypeError(f"a policy answers with an action and its data, or with None, and not with {answer!r}")


def seat_in(state: dict[str, Any], number: int) -> dict[str, Any]:
    """The seat of that number in a table's state. Raises LookupError when nobody sits there."""
    for seat in state["seats"]:
        if seat["seat"] == number:
            return dict(seat)
    raise LookupError(f"nobody sits on seat {number}")


def hand_in(state: dict[str, Any], request: ActionRequest) -> dict[str, Any]:
    """The hand that a request is about. Raises LookupError when the state has no such hand."""
    for hand in seat_in(state, request.seat)["hands"]:
        if hand["hand_id"] == request.hand_id:
            return dict(hand)
    raise LookupError(f"seat {request.seat} has no hand {request.hand_id}")


def basic_strategy(
    bet: int | Decimal | None = None,
) -> Callable[[ActionRequest, dict[str, Any]], Awaitable[Answer]]:
    """A policy that plays basic strategy and always bets the same; the table's smallest bet if none is given.

    When the stack does not cover the bet it goes down to the smallest, and when it does not cover that, it leaves. A
    bet that the table does not take is for the table to refuse.
    """

    async def policy(request: ActionRequest, state: dict[str, Any]) -> Answer:
        if "SIT_IN" in request.valid_actions:
            return _come_back(request, state)
        if "BET" in request.valid_actions:
            stack = seat_in(state, request.seat)["stack"]
            goes_down = bet is None or stack < bet <= state["max_bet"]
            return "place_bet", {"amount": state["min_bet"] if goes_down else bet}
        return "player_action", {"action": advise(request, state)}

    return policy


def advise(request: ActionRequest, state: dict[str, Any]) -> str:
    """The move that basic strategy makes for a request about a hand; insurance is a request about a hand, too."""
    cards, up_card = hand_in(state, request)["cards"], state["dealer"]["cards"][0]
    return choose(cards, up_card, request.valid_actions, Rules.parse(state["rules"]))


def _come_back(request: ActionRequest, state: dict[str, Any]) -> Answer:
    can_bet = seat_in(state, request.seat)["stack"] >= state["min_bet"]
    return ("sit_in" if can_bet else "leave_table"), {}
