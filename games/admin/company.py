"""Staff seat house players at tables, and send them away. Both go through the host, with a reason in the audit."""

from __future__ import annotations

from typing import Any, ClassVar

from asgiref.sync import async_to_sync
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from cardsharp.errors import GameError
from games.admin.asking import ask
from games.admin.forms import ReasonForm
from games.admin.readonly import ReadOnlyAdmin
from games.company import seat_one, send_away
from games.models import Table
from games.runtime import runtime

_NOTES = {
    "seat": (
        "One house player sits down at each of these tables, for company.",
        "They play basic strategy with the house's chips and are marked as what they are.",
        "They never take the last free seat, and leave when nobody else is there.",
    ),
    "leave": ("Every house player leaves these tables; with cards in play, after the round.",),
}


class CompanyAdmin(ReadOnlyAdmin):
    """The part of the tables' admin that is about house players."""

    company_actions: ClassVar = ("seat_house_players", "send_house_players_away")

    def has_company_permission(self, request: HttpRequest) -> bool:
        """Whoever may close tables may also seat company."""
        return request.user.has_perm("games.change_table")

    def company_urls(self) -> list[URLPattern]:
        """The pages that ask why."""
        view = self.admin_site.admin_view(self.company_view)
        return [path("house-players/<slug:deed>/", view, name="games_table_company")]

    @admin.action(description="Seat a house player at the selected tables", permissions=["company"])
    def seat_house_players(self, request: HttpRequest, queryset: QuerySet[Table]) -> HttpResponse:
        return redirect(company_url("seat", queryset))

    @admin.action(description="Send the house players of the selected tables away", permissions=["company"])
    def send_house_players_away(self, request: HttpRequest, queryset: QuerySet[Table]) -> HttpResponse:
        return redirect(company_url("leave", queryset))

    def company_view(self, request: HttpRequest, deed: str) -> HttpResponse:
        """Asks why, then does it at the tables that the address names."""
        if not self.has_company_permission(request) or deed not in _NOTES:
            raise PermissionDenied
        tables = self.get_queryset(request).filter(pk__in=request.GET.getlist("table"), is_open=True)
        form = ReasonForm(request.POST or None)
        if not tables:
            self.message_user(request, "Those tables are closed already.", messages.WARNING)
        elif not form.is_valid():
            title = "Seat house players" if deed == "seat" else "Send house players away"
            return ask(self, request, form, title=title, submit=title, about=tables, notes=_NOTES[deed])
        else:
            for table in tables:
                self._keep_company(request, table, deed, form.cleaned_data["reason"])
        return redirect("admin:games_table_changelist")

    def _keep_company(self, request: HttpRequest, table: Table, deed: str, reason: str) -> None:
        try:
            done = _seat(table) if deed == "seat" else _send_away(table)
        except GameError as error:
            self.message_user(request, f"{table}: {error.message}", messages.ERROR)
        else:
            self.log_change(request, table, f"{done}: {reason}")
            self.message_user(request, f"{table}: {done}.", messages.SUCCESS)


def company_url(deed: str, tables: QuerySet[Table] | list[Table]) -> str:
    """Where staff are asked why house players shall come to these tables, or leave them."""
    query = urlencode({"table": [table.pk for table in tables]}, doseq=True)
    return f"{reverse('admin:games_table_company', args=[deed])}?{query}"


def _seat(table: Table) -> str:
    name: Any = async_to_sync(seat_one)(runtime().tables, table.pk)
    return f"Seated the house player {name}"


def _send_away(table: Table) -> str:
    count = async_to_sync(send_away)(runtime().tables, table.pk)
    return "No house player sat there" if count == 0 else f"Sent away house players: {count}"
