"""Finding a table, taking a seat at it and giving it up."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

from cardsharp.client.errors import ClientError, Interrupted, NoOpenSeat, Refused
from cardsharp.client.messages import Event
from cardsharp.client.room import LOBBY, Room

LEAVING_SECONDS: Final = 5.0
_NOT_HERE: Final = {"table_full", "table_closed", "unknown_table", "insufficient_chips"}
"""Refusals after which another table is tried."""


async def take_seat(room: Room, buy_in: int | Decimal | None = None) -> None:
    """Takes a seat at the room's table, or the server's default, or the first of the lobby that has one.

    The table becomes the room's `table_id`, with all its events subscribed. Raises NoOpenSeat, Refused, or what ended
    the connection.
    """
    if room.table_id is None:
        before = set(room.session.subscriptions)
        subscribed = set((await room.subscribe()).subscriptions)
        if LOBBY in subscribed:
            room.table_id = await _take_lobby_seat(room, buy_in)
            return
        room.table_id = min(subscribed - before or subscribed)
    await _join(room, room.table_id, buy_in)


async def leave_seat(room: Room, table_id: str | None) -> None:
    """Gives up the seat, as far as the server can be told in a few seconds. Raises nothing: this is for the way out."""
    with suppress(ClientError, TimeoutError):
        async with asyncio.timeout(LEAVING_SECONDS):
            while True:
                with suppress(Interrupted):
                    await room.act("leave_table", table_id=table_id)
                    return


async def _take_lobby_seat(room: Room, buy_in: int | Decimal | None) -> str:
    tables = await _lobby_tables(room)
    await room.unsubscribe()
    why_not: ClientError = NoOpenSeat("No table has an open seat.")
    for row in tables:
        if row["seats_taken"] < row["seat_count"]:
            try:
                await _join(room, row["table_id"], buy_in)
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


async def _join(room: Room, table_id: str, buy_in: int | Decimal | None) -> None:
    """Subscribes to the table and takes a seat; one that the player has there already will do."""
    await room.subscribe(table_id=table_id)
    while True:
        try:
            await room.act("join_table", table_id=table_id, buy_in=buy_in)
        except Interrupted:
            continue
        except asyncio.CancelledError:
            await leave_seat(room, table_id)
            raise
        except Refused as refused:
            if refused.code != "already_seated":
                await room.unsubscribe(table_id=table_id)
                raise
        return
