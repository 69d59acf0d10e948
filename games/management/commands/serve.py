"""Serves the site on Daphne; SIGTERM and Ctrl-C tell every client before the process ends."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from games.hosts import names_of


class Command(BaseCommand):
    """`manage.py serve`."""

    help = "Serves the card room on Daphne."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serves until it is told to stop. Raises CommandError where the address cannot be had."""
        # Importing this installs Twisted's reactor, which no other command wants.
        from games.serving import RoomServer

        host, port = options["host"], options["port"]
        if settings.DEBUG:
            settings.ALLOWED_HOSTS += names_of(host)

        def ready() -> None:
            shown = f"[{host}]" if ":" in host else host
            self.stdout.write(f"CardSharp is open at http://{shown}:{port}/ (Ctrl-C stops it)")
            self.stdout.flush()

        server = RoomServer(host, port, ready)
        server.run()
        if server.failure is not None:
            raise CommandError(f"Cannot listen on {host} port {port}: {server.failure}")
