"""Serves the site on Daphne; SIGTERM and Ctrl-C tell every client before the process ends.

It ends with 0, or with 1 where something had to be cut off: see docs/decisions/0008-serve-drives-daphne.md.
"""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from games import database
from games.hosts import names_of

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """`manage.py serve`."""

    help = "Serves the card room on Daphne."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen, and how long leaving may take."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--leave-within",
            type=float,
            default=8.0,
            metavar="SECONDS",
            help="how long finishing what is under way may take when told to stop (default: 8)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Serves until it is told to stop. Raises CommandError where the address cannot be had, and OperationalError
        where there is no database yet; one that goes away later is waited for."""
        database.check()
        # Importing this installs Twisted's reactor, which no other command wants.
        from games.serving import RoomServer

        host, port = options["host"], options["port"]
        if settings.DEBUG:
            settings.ALLOWED_HOSTS += names_of(host)

        def ready() -> None:
            shown = f"[{host}]" if ":" in host else host
            greeting = f"CardSharp is open at http://{shown}:{port}/"
            if settings.CARDSHARP_LOG_FORMAT == "json":
                logger.info(greeting)
                return
            self.stdout.write(f"{greeting} (Ctrl-C stops it)")
            self.stdout.flush()

        server = RoomServer(host, port, ready, options["leave_within"])
        server.run()
        if server.failure is not None:
            raise CommandError(f"Cannot listen on {host} port {port}: {server.failure}")
