"""How a player decides: a policy answers what the table asks, from nothing but what everybody may see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.strategy import choose
from cardsharp.client.messages import ActionRequest

Answer = tuple[str, dict[str, Any]]
"""An action and its data: `("place_bet", {"amount": 10})`, `("player_action", {"action": "HIT"})`."""

Policy = Callable[[ActionRequest, dict[str, Any]], Awaitable[Answer | None]]
"""Gives the answer to a request in a table's state, or None to send nothing. It is cancelled when it comes too late.

Who has several seats is asked for them one after the other; `request.seat` says which. An answer is for that seat,
unless its data name another. A seat that sits out is asked as well, once: with SIT_IN as the only valid action and
without a request id, since the table awaits nothing of it.
"""


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


def basic_strategy(bet: int | Decimal | None = None) -> Policy:
    """A policy that plays basic strategy and always bets the same; the table's smallest bet if none is given.

    When the stack does not cover the bet it goes down to the smallest, and when it does not cover that, it leaves. A
    bet that the table does not take is for the table to refuse.
    """

    async def policy(request: ActionRequest, state: dict[str, Any]) -> Answer:
        stack = seat_in(state, request.seat)["stack"]
        if "SIT_IN" in request.valid_actions:
            return ("sit_in" if stack >= state["min_bet"] else "leave_table"), {}
        if "BET" in request.valid_actions:
            goes_down = bet is None or stack < bet <= state["max_bet"]
            return "place_bet", {"amount": state["min_bet"] if goes_down else bet}
        return "player_action", {"action": advise(request, state)}

    return policy


def advise(request: ActionRequest, state: dict[str, Any]) -> str:
    """The move that basic strategy makes for a request about a hand; insurance is a request about a hand, too."""
    cards, up_card = hand_in(state, request)["cards"], state["dealer"]["cards"][0]
    return choose(cards, up_card, request.valid_actions, Rules.parse(state["rules"]))
