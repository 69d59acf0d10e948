"""Shoes: what was committed to, and the seed of those that are finished. A seed in use is known to no page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cardsharp.wire import decode_json
from games.admin.readonly import TableFilter, TableRowsAdmin
from games.models import LoggedEvent, Shoe
from games.shoes import number_of


@admin.register(Shoe)
class ShoeAdmin(TableRowsAdmin):
    """The shoes of every table, newest first."""

    list_display = ("shoe", "table", "shuffled", "commitment", "cards_dealt", "server_seed", "public_page")
    list_display_links = None

    class Media:
        css: ClassVar = {"all": ["css/admin.css"]}

    list_filter = (TableFilter,)
    search_help_text = "The table's id, a part of its name, or the beginning of a commitment (8 characters or more)"
    fields = ("table", "seq", "shoe", "shuffled", "commitment", "cards_dealt", "server_seed", "public_page")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        ends = LoggedEvent.objects.filter(
            table=OuterRef("table"), event_type="SHOE_REVEALED", seq__gt=OuterRef("seq")
        ).order_by("seq")
        shoes: QuerySet[Any] = super().get_queryset(request)
        annotated: QuerySet[Any] = shoes.annotate(revealed=Subquery(ends.values("data")[:1]))
        return annotated

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        word = search_term.strip().lower()
        if len(word) >= 8 and set(word) <= set("0123456789abcdef"):
            return queryset.filter(data__contains=f'"commitment":"{word}'), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(ordering="id")
    def shoe(self, shoe: Shoe) -> str:
        return f"s{number_of(shoe.data)}"

    @admin.display
    def shuffled(self, shoe: Shoe) -> datetime:
        return datetime.fromtimestamp(float(decode_json(shoe.data)["timestamp"]), UTC)

    @admin.display
    def commitment(self, shoe: Shoe) -> SafeString:
        return format_html('<code class="room-hash">{}</code>', decode_json(shoe.data)["commitment"])

    @admin.display
    def cards_dealt(self, shoe: Any) -> str:
        return "in use" if shoe.revealed is None else str(decode_json(shoe.revealed)["cards_dealt"])

    @admin.display(description="server seed")
    def server_seed(self, shoe: Any) -> SafeString | str:
        if shoe.revealed is None:
            return "secret until the shoe is finished"
        return format_html('<code class="room-hash">{}</code>', decode_json(shoe.revealed)["server_seed"])

    @admin.display(description="public page")
    def public_page(self, shoe: Shoe) -> SafeString | str:
        if shoe.table.is_private:
            return "for members only"
        url = reverse("shoe", args=[shoe.table_id, number_of(shoe.data)])
        return format_html('<a href="{}">Check it</a>', url)
