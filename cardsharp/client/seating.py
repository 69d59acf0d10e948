"""Finding a table, taking seats at it and giving them up."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

from cardsharp.blackjack.rules import Rules
from cardsharp.client.errors import ClientError, Interrupted, NoOpenSeat, Refused
from cardsharp.client.messages import Event
from cardsharp.client.room import LOBBY, Room

LEAVING_SECONDS: Final = 5.0
_NOT_HERE: Final = {"table_full", "table_closed", "unknown_table", "insufficient_chips"}
"""Refusals after which another table is tried, unless there is a seat at this one already."""


async def take_seats(room: Room, buy_in: int | Decimal | None = None, seats: int = 1) -> None:
    """Takes seats at the room's table, or the server's default, or the first of the lobby that has one.

    Seats that the player has there already count; more than the table gives to one player, or has free, are not taken.
    The table becomes the room's `table_id`, with all its events subscribed. Raises NoOpenSeat, Refused, or what ended
    the connection; ValueError for no seat at all.
    """
    if seats < 1:
        raise ValueError("who plays takes a seat")
    if room.table_id is None:
        before = set(room.session.subscriptions)
        subscribed = set((await room.subscribe()).subscriptions)
        if LOBBY in subscribed:
            room.table_id = await _take_lobby_seats(room, buy_in, seats)
            return
        room.table_id = min(subscribed - before or subscribed)
    await _join(room, room.table_id, buy_in, seats)


async def leave(room: Room) -> None:
    """Gives up every seat of the player at the room's table; those with cards in play after the round.

    Raises Refused, or what ended the connection.
    """
    assert room.table_id is not None, "who has taken a seat has a table"
    while True:
        with suppress(Interrupted):
            for seat in own_seats(room, (await room.look(room.table_id)).state):
                await room.act("leave_table", seat=seat["seat"])
            return


async def leave_if_possible(room: Room) -> None:
    """Gives up every seat, as far as the server can be told in a few seconds. Raises nothing, for the way out."""
    with suppress(ClientError, TimeoutError):
        async with asyncio.timeout(LEAVING_SECONDS):
            await leave(room)


def own_seats(room: Room, state: dict[str, Any]) -> list[dict[str, Any]]:
    """The seats of the room's player in a table's state, lowest first."""
    me = room.session.player.id if room.session.player else None
    return [seat for seat in state["seats"] if seat["player_id"] == me]


async def _take_lobby_seats(room: Room, buy_in: int | Decimal | None, seats: int) -> str:
    tables = await _lobby_tables(room)
    await room.unsubscribe()
    why_not: ClientError = NoOpenSeat("No table has an open seat.")
    for row in tables:
        if row["seats_taken"] < row["seat_count"]:
            try:
                await _join(room, row["table_id"], buy_in, seats)
            except Refused as refused:
                if refused.code not in _NOT_HERE:
                    raise
                why_not = refused
            else:
                return str(row["table_id"])
    raise why_not


async def _lobby_tables(room: Room) -> list[dict[str, Any]]:
    async for message in room:
        if isinstance(message, Event) and message.event_type == "LOBBY_STATE":
            return list(message.data["tables"])
    return []


async def _join(room: Room, table_id: str, buy_in: int | Decimal | None, seats: int) -> None:
    """Subscribes to the table and takes as many seats as are missing. Who is cancelled meanwhile gives them up.

    Whether a join whose answer was lost took effect, the table shows: joining blindly might take one seat too many.
    """
    try:
        while not await _take_missing_seats(room, table_id, buy_in, seats):
            pass
    except asyncio.CancelledError:
        room.table_id = table_id
        await leave_if_possible(room)
        raise


async def _take_missing_seats(room: Room, table_id: str, buy_in: int | Decimal | None, seats: int) -> bool:
    """Whether it is known that the seats were taken. Raises Refused when there is none to be had."""
    state = (await room.look(table_id)).state
    held = len(own_seats(room, state))
    wanted = seats if seats == 1 else min(seats, Rules.parse(state["rules"]).seats_per_player)
    while held < wanted:
        try:
            await room.act("join_table", table_id=table_id, buy_in=buy_in)
        except Interrupted:
            return False
        except Refused as refused:
            if refused.code == "already_seated" or (held and refused.code in _NOT_HERE):
                break
            await room.unsubscribe(table_id=table_id)
            raise
        held += 1
    if seats > 1:
        # Nothing is asked of the player before the room has heard of all the seats.
        await room.look(table_id)
    return True
