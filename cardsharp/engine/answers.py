"""Answers to requests: from the word for a move, and for a player who does not answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from cardsharp import errors
from cardsharp.blackjack.rules import Rules
from cardsharp.blackjack.strategy import choose
from cardsharp.client.messages import ActionRequest
from cardsharp.client.policy import Answer, hand_in

_ACTIONS: Final = {"BET": "place_bet", "SIT_OUT": "sit_out", "SIT_IN": "sit_in", "LEAVE": "leave_table"}
_WAGERS: Final = frozenset({"DOUBLE", "SPLIT", "INSURANCE"})
_CAREFUL: Final = ("STAND", "DECLINE_INSURANCE", "DECLINE_SURRENDER")


def answer_for(move: str, amount: int | Decimal | None = None) -> Answer:
    """The action and data behind a word of `valid_actions`, or LEAVE. Raises InvalidAmount for a float.

    >>> answer_for("BET", 10), answer_for("hit")
    (('place_bet', {'amount': 10}), ('player_action', {'action': 'HIT'}))
    """
    move = move.upper()
    data: dict[str, Any] = {} if move in _ACTIONS else {"action": move}
    if amount is not None:
        data["amount"] = checked_amount(amount)
    return _ACTIONS.get(move, "player_action"), data


def checked_amount(amount: object) -> int | Decimal:
    """The amount, which is an int or a Decimal. Raises InvalidAmount."""
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
        raise errors.InvalidAmount(f"An amount of chips is an int or a Decimal, not {amount!r}.")
    return amount


def answers_for_absent(request: ActionRequest, state: dict[str, Any]) -> list[Answer]:
    """What the table's rule `on_timeout` does for a player who does not answer; nothing more is ever wagered."""
    if "SIT_IN" in request.valid_actions:
        return []
    if "BET" in request.valid_actions:
        return [("sit_out", {})]
    rules = Rules.parse(state["rules"])
    moves = tuple(move for move in request.valid_actions if move not in _WAGERS)
    if rules.on_timeout == "basic_strategy":
        move = choose(hand_in(state, request)["cards"], state["dealer"]["cards"][0], moves, rules)
    else:
        move = next(move for move in _CAREFUL if move in moves)
    played: Answer = ("player_action", {"action": move})
    return [("sit_out", {}), played] if rules.on_timeout == "sit_out" else [played]
