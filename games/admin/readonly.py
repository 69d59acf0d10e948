"""What the pages for staff have in common: they show and do not write, and no list counts a huge table."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from games.models import Player, Table

COUNTED_ROWS: Final = 10_000
"""How many rows a list shows at most; older ones are found by its filters."""

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")

UNSEEN_OF_TABLE: Final = ("state", "shoe_secret")
"""What is never read along with a row that names its table."""


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # generic in its stubs alone
    """Pages of the first rows, counted no further than they are shown."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, COUNTED_ROWS at most."""
        rows: Any = self.object_list
        return rows.order_by().values("pk")[:COUNTED_ROWS].count()  # type: ignore[no-any-return]


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in its stubs alone
    """Rows that staff may look at and nobody may add, change or delete here."""

    actions: Any = None
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class TableRowsAdmin(ReadOnlyAdmin):
    """Rows that each belong to a table, newest first, found by the table's id or a part of its name."""

    ordering = ("-id",)
    search_fields = ("table",)
    search_help_text = "The table's id, or a part of its name"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_table(super().get_queryset(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The rows of the tables that are meant. The tables are found first, so the rows come by their index."""
        if search_term:
            meant = Table.objects.filter(Q(pk=search_term) | Q(name__icontains=search_term))
            queryset = queryset.filter(table__in=meant.order_by().values("pk"))
        return queryset, False


class DatedRowsAdmin(TableRowsAdmin):
    """Rows of a table that have a date, too: a day, as 2026-11-25, finds those of that day."""

    date_field: ClassVar[str]
    search_help_text = "The table's id, or a part of its name; or a day, such as 2026-11-25, or both"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        words = search_term.split()
        days = {word: day for word in words if (day := _day_of(word)) is not None}
        for day in days.values():
            start = datetime.combine(day, datetime.min.time(), timezone.get_current_timezone())
            span = {f"{self.date_field}__gte": start, f"{self.date_field}__lt": start + timedelta(days=1)}
            # Ordered by the date, so that its index finds the rows and none has to be sorted.
            queryset = queryset.filter(**span).order_by(f"-{self.date_field}", "-id")
        rest = " ".join(word for word in words if word not in days)
        return super().get_search_results(request, queryset, rest)


def _day_of(word: str) -> date | None:
    try:
        return date.fromisoformat(word) if _DAY.fullmatch(word) else None
    except ValueError:
        return None


class ChosenFilter(admin.SimpleListFilter, ABC):
    """A filter that other pages link to. It offers no choice but the one that was made there."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        value = self.value()
        return [] if value is None else [(value, self.name_of(value))]

    @abstractmethod
    def name_of(self, value: str) -> str:
        """What people call the chosen thing."""


class TableFilter(ChosenFilter):
    """Rows of one table."""

    title = "table"
    parameter_name = "table"

    def name_of(self, value: str) -> str:
        return Table.objects.filter(pk=value).values_list("name", flat=True).first() or value

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() is None else queryset.filter(table=self.value())


class PlayerFilter(ChosenFilter):
    """Rows of one player; subclasses say how a row is one's own."""

    title = "player"
    parameter_name = "player"

    def name_of(self, value: str) -> str:
        return Player.objects.filter(pk=key_of(value)).values_list("username", flat=True).first() or value

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset if value is None else self.of_player(queryset, key_of(value))

    def of_player(self, queryset: QuerySet[Any], player_id: int) -> QuerySet[Any]:
        """The rows that are the player's own."""
        return queryset.filter(player=player_id)


def key_of(text: str) -> int:
    """The primary key in an address, or 0, which no row has; a longer number would not fit the column."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0


def with_table(rows: QuerySet[Any], *paths: str) -> QuerySet[Any]:
    """The rows with the tables that they name, by default as `table`, and without what is unseen of a table."""
    paths = paths or ("table",)
    return rows.select_related(*paths).defer(*(f"{path}__{field}" for path in paths for field in UNSEEN_OF_TABLE))
