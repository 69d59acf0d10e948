"""What an accepted action is acknowledged with, and what makes one the repetition of another."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from cardsharp.events.ports import Receipt

_canonical = msgspec.json.Encoder(order="sorted", decimal_format="number").encode


def repetition_of(action: str, data: dict[str, Any]) -> tuple[str, str] | None:
    """The request that the action answers and a digest of what it says; None for one that names no request.

    Of two actions of one player at one table with the same of both, the later is a repetition.
    """
    given = {key: value for key, value in data.items() if value is not None}
    request_id = given.pop("request_id", None)
    if not isinstance(request_id, str):
        return None
    return request_id, hashlib.sha256(_canonical([action, given])).hexdigest()


def receipt_for(action: str, data: dict[str, Any], seq: int) -> Receipt:
    """The acknowledgement of an action after which the table has that seq."""
    move = data.get("action") if action == "player_action" else action
    return Receipt(action=str(move), request_id=data.get("request_id"), seq=seq)
