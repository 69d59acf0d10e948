"""The newest state of each table, kept for who asks how a table is and for nobody who reads what happens."""

from __future__ import annotations

import asyncio

from cardsharp.client.errors import ClientError
from cardsharp.client.messages import TableState


class Snapshots:
    """What `newest` gives has come after the last `forget`."""

    def __init__(self) -> None:
        self._newest: dict[str, TableState] = {}
        self._end: ClientError | None = None
        self._news = asyncio.Event()

    def keep(self, table_id: str, state: TableState) -> None:
        self._newest[table_id] = state
        self._wake()

    def forget(self) -> None:
        self._newest.clear()

    def end(self, error: ClientError) -> None:
        """No more states will come: who waits for one gets the error."""
        self._end = error
        self._wake()

    async def newest(self, table_id: str) -> TableState:
        """The table's newest state, as soon as there is one. Raises what `end` was told."""
        while table_id not in self._newest:
            if self._end is not None:
                raise self._end
            await self._news.wait()
        return self._newest[table_id]

    def _wake(self) -> None:
        self._news.set()
        self._news.clear()
