"""Which sockets there are, of all serving processes: each writes its own into one row, every few seconds.

The database is the one thing that every process of a site shares, with Redis or without. Staff who want a socket closed
write its key into its process's row, and the process looks there when it writes.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Collection
from datetime import timedelta
from typing import Final, NamedTuple

import msgspec
from django.db import transaction
from django.utils import timezone

from cardsharp.events.clients import Client
from cardsharp.events.handler import WebSocketEventHandler
from games.database import in_database
from games.models import ServingProcess

logger = logging.getLogger(__name__)

TOLD_EVERY_SECONDS: Final = 5
GONE_AFTER: Final = timedelta(seconds=4 * TOLD_EVERY_SECONDS)
LISTED: Final = 2_000
"""How many clients a process tells of; the number of all of them is told as well."""

_encode = msgspec.json.Encoder().encode
_read_clients = msgspec.json.Decoder(list[Client]).decode
_read_keys = msgspec.json.Decoder(list[str]).decode


class Presence:
    """Tells of this process's clients while it serves."""

    def __init__(self, handler: WebSocketEventHandler) -> None:
        self._handler = handler
        self.key = secrets.token_hex(8)
        self._started_at = timezone.now()

    async def run(self) -> None:
        """Tells for ever."""
        while True:
            try:
                await self.tell()
            except Exception:
                logger.exception("This process could not tell who is connected; it will the next time")
            await asyncio.sleep(TOLD_EVERY_SECONDS)

    async def tell(self) -> None:
        """Writes who is connected, and closes the sockets that staff want closed."""
        clients = self._handler.clients(LISTED)
        counted = self._handler.connection_count()
        keys = await in_database(self._write, counted, _encode(clients).decode())
        await self._handler.show_out_clients(keys)

    def _write(self, sockets: int, clients: str) -> list[str]:
        now = timezone.now()
        with transaction.atomic():
            row, _ = ServingProcess.objects.select_for_update(no_key=True).update_or_create(
                key=self.key,
                defaults={"seen_at": now, "sockets": sockets, "clients": clients},
                create_defaults={
                    "host": socket.gethostname()[:200],
                    "pid": os.getpid(),
                    "started_at": self._started_at,
                    "seen_at": now,
                    "sockets": sockets,
                    "clients": clients,
                },
            )
            wanted = _read_keys(row.to_close)
            if wanted:
                ServingProcess.objects.filter(pk=self.key).update(to_close="[]")
        return wanted

    async def forget(self) -> None:
        """Takes the row away, for a process that is about to end; without it, it is taken for gone after a while."""
        try:
            await in_database(ServingProcess.objects.filter(pk=self.key).delete)
        except Exception:
            logger.exception("This process could not take its row away; it is taken for gone after a while")


class Process(NamedTuple):
    """A serving process as staff see it."""

    row: ServingProcess
    clients: list[Client]


def processes() -> list[Process]:
    """The processes that serve now, and what they last told."""
    rows = ServingProcess.objects.filter(seen_at__gte=timezone.now() - GONE_AFTER)
    return [Process(row, _read_clients(row.clients)) for row in rows]


def sockets_of(player_id: str) -> list[Client]:
    """The player's sockets in every process."""
    return [client for process in processes() for client in process.clients if client.player_id == player_id]


def ask_to_close(keys: Collection[str]) -> list[Client]:
    """Has the sockets closed by their processes within seconds; gives those that there are."""
    asked: list[Client] = []
    for process in processes():
        own = [client for client in process.clients if client.key in keys]
        if not own:
            continue
        with transaction.atomic():
            row = ServingProcess.objects.select_for_update(no_key=True).filter(pk=process.row.pk).first()
            if row is None:
                continue
            row.to_close = _encode(sorted({*_read_keys(row.to_close), *(client.key for client in own)})).decode()
            row.save(update_fields=["to_close"])
        asked += own
    return asked


def forget_the_gone() -> None:
    """Deletes the rows of processes that have not told for long: they were killed."""
    ServingProcess.objects.filter(seen_at__lt=timezone.now() - GONE_AFTER * 10).delete()
