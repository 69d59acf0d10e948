"""What a client can meet. Each error's text is one line that a person can act on.

ClientError
├── Refused      the server refused a message, and nothing has changed
├── Interrupted  the connection broke under a message that must not be repeated blindly
├── Unreachable  there is no connection to be had
├── Closed       the connection has ended for good
└── NoOpenSeat   no table of the lobby has a seat
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cardsharp.errors import CardSharpError


class ClientError(CardSharpError):
    """The root of what the client raises."""


class Refused(ClientError):
    """The server refused a message and nothing has changed; `code` is one of the protocol's error codes."""

    def __init__(self, code: str, message: str, details: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details


class Interrupted(ClientError):
    """The connection broke before the answer came: nobody here knows whether the message took effect."""


class Unreachable(ClientError):
    """There is no connection, or it broke; `retry_after` is when to come back, in seconds, where that is known."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Closed(ClientError):
    """The connection has ended for good; `reason` is the protocol's: requested, bad_token, signed_out, replaced."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The server closed the connection: {reason.replace('_', ' ')}.")
        self.reason = reason


class NoOpenSeat(ClientError):
    """No table of the lobby has a free seat."""
