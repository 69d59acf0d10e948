"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class GamesConfig(AppConfig):
    """Configuration of the `games` app."""

    name = "games"
    verbose_name = "Card room"

    def ready(self) -> None:
        """Connects the signals."""
        from games import signouts  # noqa: F401 - importing it connects them
