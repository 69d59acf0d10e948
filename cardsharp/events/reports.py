"""What the bus is told of clients, where somebody listens: descriptions are made for nobody else."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from cardsharp import errors
from cardsharp.events import clients as c
from cardsharp.events import messages as m
from cardsharp.events.bus import EventBus
from cardsharp.events.session import Session


class Reports:
    """Forwards what clients do to the bus. A listener that raises or hangs is the bus's affair, not the client's."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus

    async def opened(self, session: Session) -> None:
        """A socket is there."""
        await self._tell(c.CLIENT_OPENED, session.describe)

    async def connected(self, session: Session) -> None:
        """The client has said who it is."""
        await self._tell(c.CLIENT_CONNECTED, session.describe)

    async def message(self, session: Session, kind: str, message: m.ClientMessage | m.Custom) -> None:
        """The client says something; nothing of what it says before it has connected, tokens least of all."""
        if not session.is_connected or isinstance(message, m.Connect):
            return
        data = message.data if isinstance(message, m.Custom) else message
        await self._tell(c.CLIENT_MESSAGE, lambda: c.ClientMessage(client=session.describe(), type=kind, data=data))

    async def action(self, session: Session, table_id: str, message: m.Action) -> None:
        """The client's player is about to act."""
        await self._tell(
            c.CLIENT_ACTION,
            lambda: c.ClientAction(
                client=session.describe(), table_id=table_id, action=message.action, data=message.data
            ),
        )

    async def refused(self, session: Session, error: errors.GameError) -> None:
        """The client was answered by an error."""
        await self._tell(
            c.CLIENT_REFUSED,
            lambda: c.ClientRefused(client=session.describe(), code=error.code, message=error.message),
        )

    async def closed(self, session: Session) -> None:
        """The socket is gone."""
        await self._tell(c.CLIENT_CLOSED, session.describe)

    async def _tell(self, name: str, make: Callable[[], msgspec.Struct]) -> None:
        if self._bus.has_listeners(name):
            await self._bus.publish(name, make())
