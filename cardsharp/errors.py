"""Every refusal that CardSharp knows, each with the wire code that clients see.

A `GameError` means that nothing has happened: no event, no chip moved. `code` is stable and documented in
docs/protocol.md; `message` is one sentence a person can act on; `details` is what helps a client to do better.
"""

from __future__ import annotations

from typing import Any, ClassVar


class CardSharpError(Exception):
    """The root of the errors that this library raises on purpose."""


class InvalidRules(CardSharpError):
    """A table's rules contradict each other, are absurd, or ask for what is not built yet."""


class InvalidCard(CardSharpError, ValueError):
    """A text that names no card."""


class InvalidChips(CardSharpError, ValueError):
    """A number that is no amount of chips: not finite, too large, or finer than a hundredth."""


class InvalidShoe(CardSharpError):
    """A file that holds no finished shoe that could be checked."""


class OutcomeUnknown(CardSharpError):
    """A host has lost its database while it stored an action: nobody knows yet whether that has happened."""


class GameError(CardSharpError):
    """A refused message. Its subclasses are the protocol's error codes, one class a code.

    `detail_names` are what `details` may hold; a test holds every `raise` in the sources to it.
    """

    code: ClassVar[str] = "internal_error"
    detail_names: ClassVar[tuple[str, ...]] = ()
    default_message: ClassVar[str] = "Something went wrong on the server; nothing has changed."

    def __init__(self, message: str | None = None, **details: Any) -> None:
        self.message = message or self.default_message
        self.details = details
        super().__init__(self.message)


class InternalError(GameError):
    """The server failed at this message; it is logged there, and nothing has changed."""


class BadJson(GameError):
    code = "bad_json"
    default_message = "This is not a JSON text."


class BadMessage(GameError):
    code = "bad_message"
    default_message = "This is not a message of the protocol."


class UnknownType(GameError):
    code = "unknown_type"
    detail_names = ("types",)
    default_message = "There is no client message of this type."


class NotConnected(GameError):
    code = "not_connected"
    default_message = "Send a connect message first."


class AlreadyConnected(GameError):
    code = "already_connected"
    default_message = "This socket is connected already."


class NotAuthenticated(GameError):
    code = "not_authenticated"
    default_message = "Spectators cannot act; connect with a token or log in."


class Forbidden(GameError):
    code = "forbidden"
    default_message = "This token does not allow that."


class UnknownTable(GameError):
    code = "unknown_table"
    default_message = "There is no such table."


class UnknownEventType(GameError):
    code = "unknown_event_type"
    detail_names = ("event_types",)
    default_message = "There is no such event type."


class UnknownAction(GameError):
    code = "unknown_action"
    detail_names = ("actions",)
    default_message = "There is no such action."


class NotSeated(GameError):
    code = "not_seated"
    default_message = "You have no seat at this table; join it first."


class AlreadySeated(GameError):
    code = "already_seated"
    default_message = "You already sit at this table."


class SeatTaken(GameError):
    code = "seat_taken"
    detail_names = ("free_seats",)
    default_message = "Somebody sits there already; choose another seat."


class TableFull(GameError):
    code = "table_full"
    default_message = "Every seat of this table is taken."


class TableClosed(GameError):
    code = "table_closed"
    default_message = "This table is closed."


class TablePaused(GameError):
    """The house has paused the table: no betting opens until it goes on."""

    code = "table_paused"
    detail_names = ("reason",)
    default_message = "This table is paused; no bets are taken until it goes on."


class NotAdmitted(GameError):
    """The house has said who may take a seat at this table, and this player may not."""

    code = "not_admitted"
    detail_names = ("open_to",)
    default_message = "The house lets nobody new sit down at this table for now."


class NotYourTurn(GameError):
    code = "not_your_turn"
    default_message = "The table does not wait for you now."


class WrongPhase(GameError):
    code = "wrong_phase"
    detail_names = ("phase",)
    default_message = "This cannot be done in this phase of the round."


class IllegalAction(GameError):
    code = "illegal_action"
    detail_names = ("valid_actions", "seat_count")
    default_message = "The rules do not allow this now."


class StaleRequest(GameError):
    code = "stale_request"
    default_message = "This request is not open any more."


class InvalidAmount(GameError):
    code = "invalid_amount"
    detail_names = ("min_bet", "max_bet", "step", "min_buy_in", "max_buy_in", "max_amount")
    default_message = "This is no amount that the table takes."


class InsufficientChips(GameError):
    code = "insufficient_chips"
    detail_names = ("balance", "valid_actions")
    default_message = "There are not enough chips for that."


class RateLimited(GameError):
    code = "rate_limited"
    detail_names = ("retry_after",)
    default_message = "Too many messages; slow down."


class TooManySubscriptions(GameError):
    code = "too_many_subscriptions"
    detail_names = ("limit",)
    default_message = "Too many subscriptions on one socket; unsubscribe some first."


class Unavailable(GameError):
    """The host cannot do its work just now, and may be able to soon; `retry_after` is in seconds."""

    code = "unavailable"
    detail_names = ("retry_after",)
    default_message = "The server cannot do this just now, and nothing has changed; try again in a moment."


_ALL: tuple[type[GameError], ...] = (InternalError, *(c for c in GameError.__subclasses__() if c is not InternalError))
ERROR_CODES: dict[str, type[GameError]] = {error.code: error for error in _ALL}
"""Every code of the protocol, and the error behind it."""
