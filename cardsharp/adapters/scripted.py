"""An adapter that plays by itself: from a list of answers, or by a policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from cardsharp.client.messages import ActionRequest
from cardsharp.client.policy import Answer, Policy, Strategy, as_policy, awaited
from cardsharp.engine import TableHost, answer_for
from cardsharp.game import HappenedEvent


class ScriptedAdapter:
    """Answers by a policy or strategy as clients have them, or from a script: `["BET 10", "HIT", "STAND"]`.

    The words of a script are those of `valid_actions`, and LEAVE; bets and insurance have their amount behind them.
    Whoever is asked when the script is over leaves the table. `watch` is called with every event.
    """

    def __init__(
        self,
        script: Policy | Strategy | Iterable[str],
        *,
        player_names: Sequence[str] = ("Player",),
        watch: Callable[[HappenedEvent], None] | None = None,
    ) -> None:
        self.player_names = tuple(player_names)
        self.state: dict[str, Any] | None = None
        """The table as it was shown last."""
        self._policy = _reading(iter(script)) if isinstance(script, Iterable) else as_policy(script)
        self._watch = watch

    def attach(self, host: TableHost) -> None:
        """It needs nothing of the engine."""

    async def initialize(self) -> None:
        """It is always ready."""

    async def notify(self, event: HappenedEvent) -> None:
        """Shows the event to who watches."""
        if self._watch is not None:
            self._watch(event)

    async def render_state(self, state: dict[str, Any]) -> None:
        """Keeps the state."""
        self.state = state

    async def request_action(self, request: ActionRequest, state: dict[str, Any]) -> Answer | None:
        """What the policy says, or the script."""
        return await awaited(self._policy(request, state))

    async def shutdown(self) -> None:
        """There is nothing to end."""


def _reading(words: Iterator[str]) -> Policy:
    async def policy(request: ActionRequest, state: dict[str, Any]) -> Answer:
        return _answer(next(words, "LEAVE"))

    return policy


def _answer(words: str) -> Answer:
    move, _, amount = words.partition(" ")
    try:
        return answer_for(move, Decimal(amount) if amount else None)
    except InvalidOperation as error:
        raise ValueError(f"{words!r} has no amount that could be read") from error
