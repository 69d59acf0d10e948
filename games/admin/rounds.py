"""Finished rounds, each with its hands and its part of the log."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from games.admin.readable import readable
from games.admin.readonly import PlayerFilter, TableFilter, TableRowsAdmin, key_of
from games.models import Hand, LoggedEvent, Round
from games.templatetags.chips import net


class PlayedFilter(PlayerFilter):
    """Rounds that one player had a hand in."""

    def of_player(self, queryset: QuerySet[Round], player_id: int) -> QuerySet[Round]:
        return queryset.filter(pk__in=Hand.objects.filter(player=player_id).order_by().values("round"))


@admin.register(Round)
class RoundAdmin(TableRowsAdmin):
    """Rounds, newest first."""

    list_display = ("number", "table", "dealer_cards", "dealer_value", "house_net", "ended_at")
    list_filter = (TableFilter, PlayedFilter)
    date_hierarchy = "ended_at"
    fields = ("table", "number", "ended_at", "dealer_cards", "dealer_value", "house_net", "first_seq", "last_seq")

    @admin.display(ordering="house_net_cents")
    def house_net(self, played: Round) -> str:
        return net(played.house_net_cents)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The round with its hands and events."""
        played = Round.objects.filter(pk=key_of(unquote(object_id))).first()
        if played is not None:
            events = LoggedEvent.objects.filter(
                table=played.table_id, seq__range=(played.first_seq, played.last_seq)
            ).order_by("seq")
            extra_context = {
                **(extra_context or {}),
                "hands": played.hands.select_related("player").order_by("seat", "id"),
                "events": [readable(event) for event in events],
            }
        return super().change_view(request, object_id, form_url, extra_context)
