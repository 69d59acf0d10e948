"""`verify`: checks every table against its log and every balance against its transfers."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from games.models import LoggedEvent, Table, Transfer
from games.verification import verify


class Command(BaseCommand):
    """Changes nothing; may run while the room is open."""

    help = "Check every table against its log and every balance against its transfers."

    def handle(self, *args: Any, **options: Any) -> None:
        """Checks. Raises CommandError with what does not hold, a line each."""
        found = verify()
        if found:
            raise CommandError("\n".join(found))
        counts = f"{Table.objects.count()} tables, {LoggedEvent.objects.count()} events"
        self.stdout.write(f"All is well: {counts}, {Transfer.objects.count()} transfers.")
