"""The processes that serve sockets just now, each with its clients: what no process knows of the others by itself."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ServingProcess(models.Model):
    """What a serving process last told of itself. It tells every few seconds; one that does not is gone."""

    key = models.CharField(primary_key=True, max_length=16)
    host = models.CharField(max_length=200)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    sockets = models.PositiveIntegerField(default=0)
    """How many there are; `clients` may hold fewer."""
    clients = models.TextField(default="[]")
    """JSON of `cardsharp.events.clients.Client`."""
    to_close = models.TextField(default="[]")
    """JSON of the keys of sockets that staff want closed; the process does so when it tells next."""

    class Meta:
        verbose_name = "connection"
        ordering: ClassVar = ["host", "pid"]

    def __str__(self) -> str:
        return f"{self.host} {self.pid}"
