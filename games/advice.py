"""What the site tells a player who practises: a hint when they ask for one, and how the last round was decided.

Only at practice tables, to their own player. Elsewhere chips are won from the house, and both are refused.
"""

from __future__ import annotations

from typing import Any

import msgspec

from cardsharp import errors
from cardsharp.blackjack.hands import total
from cardsharp.blackjack.strategy import advise
from cardsharp.cards import parse_cards
from cardsharp.events.clients import Client
from cardsharp.events.handler import WebSocketEventHandler
from cardsharp.game import HappenedEvent, ReviewedDecision
from cardsharp.wire import decode_json
from games.database import in_database
from games.models import LoggedEvent, Round
from games.store import Loaded
from games.tables import Tables


class PracticeTable(msgspec.Struct, frozen=True):
    """Which table is meant."""

    table_id: str


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """What basic strategy would answer to a request."""

    request_id: str
    seat: int
    hand_id: str
    action: str


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision of the round: the hand as it was, what the player did, and what basic strategy advises."""

    seat: int
    hand_id: str
    cards: list[str]
    value: int
    is_soft: bool
    up_card: str
    action: str
    advised: str


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """The player's decisions in the table's last round, in their order; the number is null before the first."""

    round_number: int | None
    decisions: list[Decision]


def setup(handler: WebSocketEventHandler, tables: Tables) -> None:
    """Adds the two messages to the protocol."""

    @handler.message("get_hint", PracticeTable, answer=Hint)
    async def get_hint(client: Client, asked: PracticeTable) -> Hint:
        """What basic strategy does with your hand that is to play, at your practice table; `forbidden` at any other."""
        return _hint(await _own_practice(tables, client, asked.table_id), client)

    @handler.message("get_review", PracticeTable, answer=Review)
    async def get_review(client: Client, asked: PracticeTable) -> Review:
        """Your decisions in your practice table's last round, beside basic strategy's; `forbidden` at any other."""
        loaded = await _own_practice(tables, client, asked.table_id)
        number, decisions = await in_database(_last_round, asked.table_id, loaded)
        own = [_decision(decision) for decision in decisions if decision.player_id == client.player_id]
        return Review(round_number=number, decisions=own)


async def _own_practice(tables: Tables, client: Client, table_id: str) -> Loaded:
    """The table, where it is one for practice and the client may see it. Raises UnknownTable or Forbidden."""
    if not await tables.has_table(table_id, client.player_id):
        raise errors.UnknownTable
    loaded = await tables.load(table_id)
    if not loaded.is_practice:
        raise errors.Forbidden("Hints and reviews are for practice tables only.")
    return loaded


def _hint(loaded: Loaded, client: Client) -> Hint:
    for request in loaded.snapshot.requests:
        hand_id: str | None = request.data["hand_id"]
        if request.player_id == client.player_id and hand_id is not None:
            seat: int = request.data["seat"]
            return Hint(request_id=request.request_id, seat=seat, hand_id=hand_id, action=advise(loaded.state, seat))
    raise errors.WrongPhase("There is nothing to decide about a hand now.", phase=loaded.snapshot.view["phase"])


def _last_round(table_id: str, loaded: Loaded) -> tuple[int | None, list[ReviewedDecision]]:
    last = Round.objects.filter(table=table_id).order_by("-number").first()
    if last is None:
        return None, []
    lines = LoggedEvent.objects.filter(table=table_id, seq__gte=last.first_seq, seq__lte=last.last_seq).order_by("seq")
    rows = lines.values_list("seq", "event_type", "round_id", "data")
    events = [HappenedEvent(seq=s, event_type=kind, round_id=r, data=_data(text)) for s, kind, r, text in rows]
    return last.number, list(loaded.game.review(loaded.state, events))


def _data(text: str) -> dict[str, Any]:
    data: dict[str, Any] = decode_json(text)
    return data


def _decision(decision: ReviewedDecision) -> Decision:
    value, is_soft = total(parse_cards(" ".join(decision.cards)))
    return Decision(
        seat=decision.seat,
        hand_id=decision.hand_id,
        cards=list(decision.cards),
        value=value,
        is_soft=is_soft,
        up_card=decision.up_card,
        action=decision.action,
        advised=decision.advised,
    )
