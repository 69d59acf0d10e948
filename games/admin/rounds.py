"""Finished rounds, each with its hands and its part of the log, and step by step through the eyes of any seat."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from cardsharp.games import GAMES
from games.admin.readable import readable
from games.admin.readonly import DatedRowsAdmin, PlayerFilter, TableFilter, key_of
from games.admin.replay import replay_of
from games.models import Hand, LoggedEvent, Round
from games.templatetags.chips import net


class PlayedFilter(PlayerFilter):
    """Rounds that one player had a hand in."""

    def of_player(self, queryset: QuerySet[Round], player_id: int) -> QuerySet[Round]:
        return queryset.filter(pk__in=Hand.objects.filter(player=player_id).order_by().values("round"))


class GameFilter(admin.SimpleListFilter):
    """Rounds of one game; the games are those that the site knows."""

    title = "game"
    parameter_name = "game"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in sorted(GAMES)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Round]) -> QuerySet[Round]:
        return queryset if self.value() is None else queryset.filter(table__game=self.value())


@admin.register(Round)
class RoundAdmin(DatedRowsAdmin):
    """Rounds, newest first."""

    list_display = ("number", "table", "dealer_cards", "dealer_value", "house_net", "ended_at")
    list_filter = ("ended_at", GameFilter, TableFilter, PlayedFilter)
    date_field = "ended_at"
    fields = ("table", "number", "ended_at", "dealer_cards", "dealer_value", "house_net", "first_seq", "last_seq")

    @admin.display(ordering="house_net_cents")
    def house_net(self, played: Round) -> str:
        return net(played.house_net_cents)

    def get_urls(self) -> list[URLPattern]:
        replay = path("<int:round_id>/replay/", self.admin_site.admin_view(self.replay_view), name="games_round_replay")
        return [replay, *super().get_urls()]

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

    def replay_view(self, request: HttpRequest, round_id: int) -> HttpResponse:
        """One step of the round, with ways to the others and to other seats' eyes."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        played = self.get_queryset(request).filter(pk=round_id).first()
        if played is None:
            raise Http404("There is no such round.")
        seat = key_of(request.GET.get("seat", "")) or None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Replay of {played}",
            "played": played,
            "seat": seat,
            "replay": replay_of(played, key_of(request.GET.get("step", "1")), seat),
        }
        return TemplateResponse(request, "admin/games/round/replay.html", context)
