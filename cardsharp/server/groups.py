"""`cardsharp.events.ports.Groups` within one process: a message to a group goes into each member's inbox, in order."""

from __future__ import annotations

import asyncio
from typing import Any

Message = dict[str, Any]


class Inbox(asyncio.Queue[Message]):
    """What groups have sent to one client and nobody has delivered yet."""

    def drop(self) -> None:
        """Nobody will deliver it any more, and nobody waits for that."""
        while not self.empty():
            self.get_nowait()
            self.task_done()


class LocalGroups:
    """The groups and their members. Sending never waits: each client's own task delivers from its inbox."""

    def __init__(self) -> None:
        self._members: dict[str, dict[Inbox, None]] = {}

    async def send(self, group: str, message: Message) -> None:
        """Puts the message into the inbox of each member of the group."""
        for inbox in self._members.get(group, ()):
            inbox.put_nowait(message)

    def join(self, group: str, inbox: Inbox) -> None:
        """The inbox gets every later message to the group."""
        self._members.setdefault(group, {})[inbox] = None

    def leave(self, group: str, inbox: Inbox) -> None:
        """It gets them no longer."""
        members = self._members.get(group, {})
        members.pop(inbox, None)
        if not members:
            self._members.pop(group, None)

    async def settle(self) -> None:
        """Waits until everything that was sent is delivered."""
        for inbox in {inbox: None for members in self._members.values() for inbox in members}:
            await inbox.join()
