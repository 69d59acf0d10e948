"""The house's orders to its tables: close, pause, go on, and who may sit down. Each is asked why, and is in the audit.

They go through the host, as everything that happens at a table does.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final, NamedTuple

from asgiref.sync import async_to_sync
from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from cardsharp.errors import GameError
from cardsharp.game import Admit, Pause, Resume
from cardsharp.games import GAMES
from games import invitations
from games.admin.asking import ask
from games.admin.forms import CloseTablesForm, PauseTablesForm, ReasonForm, SeatingForm
from games.admin.readonly import ReadOnlyAdmin
from games.forms import GroupedForm
from games.models import Table
from games.runtime import runtime


class _Deed(NamedTuple):
    """What staff may do with several tables at once."""

    title: str
    submit: str
    done: str
    form: type[GroupedForm]
    notes: tuple[str, ...]
    do: Callable[[str, dict[str, Any]], Coroutine[Any, Any, None]]


async def _close(table_id: str, given: dict[str, Any]) -> None:
    await runtime().tables.close(table_id, given["reason"], play_out=given["cards"] == "play_out")


async def _pause(table_id: str, given: dict[str, Any]) -> None:
    await runtime().tables.order(table_id, Pause(given["reason"]))


async def _resume(table_id: str, given: dict[str, Any]) -> None:
    await runtime().tables.order(table_id, Resume())


_DEEDS: Final = {
    "close": _Deed(
        "Close tables",
        "Close for good",
        "Closed",
        CloseTablesForm,
        (
            "Every stack goes to its player's wallet, and all seats are given up.",
            "A closed table is never opened again; its rounds and its log are kept.",
        ),
        _close,
    ),
    "pause": _Deed(
        "Pause tables",
        "Pause",
        "Paused",
        PauseTablesForm,
        (
            "Cards in play are played on; then no betting opens until the table goes on.",
            "Where bets are being taken, they come back at once.",
            "Everybody at the table is told, and may leave with their chips.",
        ),
        _pause,
    ),
    "resume": _Deed(
        "Let tables go on",
        "Go on",
        "Let go on",
        ReasonForm,
        ("Betting opens at once where anybody is there to play.",),
        _resume,
    ),
}


class OrdersAdmin(ReadOnlyAdmin):
    """Tables, and what the house may order them."""

    actions: Any = ("close_tables", "pause_tables", "resume_tables")

    def has_close_permission(self, request: HttpRequest) -> bool:
        """Orders are the one change that staff may make of a table."""
        return request.user.has_perm("games.change_table")

    def get_urls(self) -> list[URLPattern]:
        deeds = [
            path(f"{name}/", self.admin_site.admin_view(self.order_view), {"name": name}, name=f"games_table_{name}")
            for name in _DEEDS
        ]
        seating = path(
            "<path:table_id>/seating/", self.admin_site.admin_view(self.seating_view), name="games_table_seating"
        )
        return [*deeds, seating, *super().get_urls()]

    @admin.action(description="Close the selected tables", permissions=["close"])
    def close_tables(self, request: HttpRequest, queryset: QuerySet[Table]) -> HttpResponse:
        return redirect(order_url("close", queryset))

    @admin.action(description="Pause the selected tables", permissions=["close"])
    def pause_tables(self, request: HttpRequest, queryset: QuerySet[Table]) -> HttpResponse:
        return redirect(order_url("pause", queryset))

    @admin.action(description="Let the selected tables go on", permissions=["close"])
    def resume_tables(self, request: HttpRequest, queryset: QuerySet[Table]) -> HttpResponse:
        return redirect(order_url("resume", queryset))

    def order_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Asks why, and what else the deed needs to know, then does it with the tables that the address names."""
        if not self.has_close_permission(request):
            raise PermissionDenied
        deed = _DEEDS[name]
        tables = self.get_queryset(request).filter(pk__in=request.GET.getlist("table"), is_open=True)
        form = deed.form(request.POST or None)
        if not tables:
            self.message_user(request, "Those tables are closed already.", messages.WARNING)
        elif not form.is_valid():
            return ask(self, request, form, title=deed.title, submit=deed.submit, about=tables, notes=deed.notes)
        else:
            for table in tables:
                self._do(request, deed, table, form.cleaned_data)
        return redirect("admin:games_table_changelist")

    def _do(self, request: HttpRequest, deed: _Deed, table: Table, given: dict[str, Any]) -> None:
        try:
            async_to_sync(deed.do)(table.pk, given)
        except GameError as error:
            self.message_user(request, f"{table}: {error.message}", messages.ERROR)
            return
        how = " after playing its cards out" if given.get("cards") == "play_out" else ""
        self.log_change(request, table, f"{deed.done}{how}: {given['reason']}")
        self.message_user(request, f"{deed.done}: {table}.", messages.SUCCESS)

    def seating_view(self, request: HttpRequest, table_id: str) -> HttpResponse:
        """Asks who may sit down at a table from now on, and why."""
        if not self.has_close_permission(request):
            raise PermissionDenied
        table = self.get_queryset(request).filter(pk=unquote(table_id), is_open=True).first()
        if table is None:
            raise Http404("There is no such open table.")
        game = GAMES[table.game]
        now = game.view(game.load(table.state), 0).get("open_to", "everybody")
        form = SeatingForm(request.POST or None, initial={"open_to": now})
        if not form.is_valid():
            members = ", ".join(str(member.player) for member in invitations.members_of(table))
            notes = (
                f"Members now: {members or 'nobody'}.",
                "Who sits at the table stays, whoever they are.",
                "Everybody may watch a public table, as before. Of a private one only members know.",
            )
            return ask(
                self,
                request,
                form,
                title=f"Who may sit at {table}",
                submit="Change who may sit",
                about=[table],
                notes=notes,
            )
        open_to, players = form.cleaned_data["open_to"], form.cleaned_data["members"]
        names = f" (new members: {', '.join(map(str, players))})" if players else ""
        try:
            with transaction.atomic():
                invitations.admit(table, players)
                self.log_change(request, table, f"Open to {open_to}{names}: {form.cleaned_data['reason']}")
            async_to_sync(runtime().tables.order)(table.pk, Admit(open_to))
        except (GameError, invitations.TooManyMembers) as error:
            self.message_user(request, f"{table}: {error}", messages.ERROR)
        else:
            self.message_user(request, f"{table} is open to {open_to} from now on{names}.", messages.SUCCESS)
        return redirect("admin:games_table_change", quote(table.pk))


def order_url(name: str, tables: QuerySet[Table] | list[Table]) -> str:
    """Where staff are asked about such an order to the tables."""
    query = urlencode({"table": [table.pk for table in tables]}, doseq=True)
    return f"{reverse(f'admin:games_table_{name}')}?{query}"
