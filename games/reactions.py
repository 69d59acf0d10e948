"""Quick reactions instead of a chat: a few fixed words that a player at the table shows to everybody there.

They are news and no more: in no log, and gone with the moment.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from cardsharp import errors
from cardsharp.events.clients import Client
from cardsharp.events.handler import WebSocketEventHandler
from cardsharp.events.limits import Bucket
from games.tables import Tables

Reaction = Literal["hello", "good_luck", "nice_hand", "thanks", "ouch"]

A_SECOND: Final = 0.5
BURST: Final = 3
_MOST_BUCKETS: Final = 10_000


class SendReaction(msgspec.Struct, frozen=True):
    """What is shown, and at which of the player's seats: at the lowest if none is named."""

    reaction: Reaction
    seat: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None


class Pace:
    """Holds each player to so many reactions; every process counts for itself."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}

    def take(self, player_id: str, now: float) -> None:
        """Counts one more of the player. Raises RateLimited."""
        if len(self._buckets) >= _MOST_BUCKETS:
            self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.is_full(now)}
        bucket = self._buckets.setdefault(player_id, Bucket(A_SECOND, BURST, now))
        if wait := bucket.take(now):
            raise errors.RateLimited("One reaction after the other; wait a moment.", retry_after=round(wait + 0.05, 1))


def setup(handler: WebSocketEventHandler, tables: Tables) -> None:
    """Adds the action and its event to the protocol."""
    pace = Pace()

    @handler.event("PLAYER_REACTED")
    class PlayerReacted(msgspec.Struct, frozen=True, kw_only=True):
        """A player at the table has reacted. Spectators are sent it, too."""

        player_id: str
        player_name: str
        seat: int
        reaction: Reaction

    @handler.action("send_reaction", SendReaction)
    async def send_reaction(client: Client, table_id: str, wanted: SendReaction) -> None:
        """Shows a reaction to everybody at the table where you have a seat; who sends too many is `rate_limited`."""
        assert client.player_id is not None, "actions are for players"
        assert client.player_name is not None, "who has an id has a name"
        view = (await tables.snapshot(table_id)).view
        own = [seat["seat"] for seat in view["seats"] if seat["player_id"] == client.player_id]
        if not own or wanted.seat not in (None, *own):
            raise errors.NotSeated("Take a seat first; only who plays can react." if not own else None)
        pace.take(client.player_id, tables.now())
        seat = own[0] if wanted.seat is None else wanted.seat
        event = PlayerReacted(
            player_id=client.player_id, player_name=client.player_name, seat=seat, reaction=wanted.reaction
        )
        await handler.emit(event, table_id=table_id)
