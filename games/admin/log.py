"""The log: every event of every table, to be read and searched and never written."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator

from cardsharp.games import GAMES
from games.admin.readable import readable, words
from games.admin.readonly import TableFilter, TableRowsAdmin
from games.models import LoggedEvent

SEARCHED_EVENTS: Final = 200_000
"""How far back a type is looked for where no table is chosen."""


class EventTypeFilter(admin.SimpleListFilter):
    """Events of one type. The types are those of the games: asking the log would read all of it."""

    title = "event type (without a table: of the newest 200,000)"
    parameter_name = "event_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        types = sorted({name for game in GAMES.values() for name in game.event_types})
        return [(name, words(name).capitalize()) for name in types]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LoggedEvent]) -> QuerySet[LoggedEvent]:
        """Within a table by the index for that; without one among the newest events, since no index has them all."""
        if self.value() is None:
            return queryset
        if TableFilter.parameter_name not in request.GET:
            newest = LoggedEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
            queryset = queryset.filter(id__gt=newest - SEARCHED_EVENTS)
        return queryset.filter(event_type=self.value())


@admin.register(LoggedEvent)
class LogAdmin(TableRowsAdmin):
    """The tables' logs."""

    list_display = ("seq", "at", "table", "round_id", "what", "who", "details")
    list_filter = (EventTypeFilter, TableFilter)
    fields = ("table", "seq", "round_id", "event_type", "at", "who", "data")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Newest first, by the index that finds the rows: within a table that is its seq."""
        return ("-table", "-seq") if TableFilter.parameter_name in request.GET else ("-id",)

    @admin.display(description="event", ordering="event_type")
    def what(self, event: LoggedEvent) -> str:
        return readable(event).title

    @admin.display
    def who(self, event: LoggedEvent) -> str:
        return readable(event).who

    @admin.display
    def details(self, event: LoggedEvent) -> str:
        return Truncator(readable(event).details).chars(160)

    @admin.display(description="happened")
    def at(self, event: LoggedEvent) -> str:
        return f"{readable(event).at:%Y-%m-%d %H:%M:%S}"
