"""What players do at tables: the games' actions, which the room plays, and those that programs have registered."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from cardsharp import errors
from cardsharp.events import messages as m
from cardsharp.events.answers import ReceiptData
from cardsharp.events.calls import Calls
from cardsharp.events.counts import Counts
from cardsharp.events.extensions import Extensions
from cardsharp.events.ports import Receipt, Room
from cardsharp.events.reports import Reports
from cardsharp.events.session import Session
from cardsharp.log_context import about


class Actions:
    """Checks and plays action messages."""

    def __init__(
        self,
        room: Room,
        extensions: Extensions,
        calls: Calls,
        reports: Reports,
        counts: Counts,
        clock: Callable[[], float],
    ) -> None:
        self._room = room
        self._extensions = extensions
        self._calls = calls
        self._reports = reports
        self._counts = counts
        self._clock = clock

    def read(self, message: m.Action) -> msgspec.Struct | None:
        """The data of a program's own action, or None for one of a game. Raises BadMessage for either."""
        custom = self._extensions.actions.get(message.action)
        if custom is not None:
            return m.read_data(message.data, custom.data)
        self._room.check_shape(message.action, message.data)
        return None

    async def act(self, session: Session, message: m.Action, own: msgspec.Struct | None, reply_to: str | None) -> None:
        """Plays the action, with the data that `read` has made of it, and acknowledges it."""
        table_id = message.table_id or session.default_table
        if table_id is None or not await self._room.has_table(table_id, session.player_id):
            raise errors.UnknownTable
        if session.player is None:
            raise errors.NotAuthenticated
        if not session.player.may_act:
            raise errors.Forbidden("This token may watch but not play.")
        if own is None and message.action not in self._room.actions:
            raise errors.UnknownAction(actions=sorted({*self._room.actions, *self._extensions.actions}))
        await self._reports.action(session, table_id, message)
        with about(table=table_id, action=message.action):
            if own is None:
                receipt = await self._room.act(table_id, session.player, message.action, message.data)
            else:
                receipt = await self._act_own(session, table_id, message.action, own)
        self._counts.actions[message.action] += 1
        await session.send(self._acknowledgement(table_id, receipt, reply_to))

    async def _act_own(self, session: Session, table_id: str, action: str, data: msgspec.Struct) -> Receipt:
        await self._calls.act(action, session.describe(), table_id, data)
        newest = await self._room.newest([table_id])
        return Receipt(action=action, request_id=None, seq=newest[table_id])

    def _acknowledgement(self, table_id: str, receipt: Receipt, reply_to: str | None) -> str:
        at = self._clock()
        data = ReceiptData(action=receipt.action, request_id=receipt.request_id, seq=receipt.seq, timestamp=at)
        return m.encode_event("ACTION_RECEIVED", data, at=at, table_id=table_id, reply_to=reply_to)
