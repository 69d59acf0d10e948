"""Tables: their state as everybody sees it. Opening them goes through the host, as orders do (`orders`), and nothing
else is written.

The shoe's secret is never even read here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from asgiref.sync import async_to_sync
from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from cardsharp.games import GAMES
from games import invitations
from games.admin.asking import ask
from games.admin.company import CompanyAdmin, company_url
from games.admin.forms import InviteForm, OpenTableForm
from games.admin.orders import OrdersAdmin, order_url
from games.models import Account, Player, Table
from games.rules_form import PRESETS, PlacardForm, RulesForm
from games.runtime import runtime
from games.templatetags.chips import net, wire_chips
from games.templatetags.placards import game_part

_OPEN_TO: Final = {"everybody": "everybody", "members": "members only", "nobody": "nobody new"}


@admin.register(Table)
class TableAdmin(CompanyAdmin, OrdersAdmin):
    """The room's tables."""

    list_display = (
        "name",
        "game_rules",
        "stakes",
        "seats",
        "doing",
        "open_to",
        "seq",
        "made_by",
        "is_private",
        "is_open",
        "created_at",
    )
    list_filter = ("is_open", "is_private", "is_practice", "game", "created_at")
    list_select_related = ("made_by",)
    search_fields = ("name", "=table_id", "made_by__username")
    search_help_text = "The table's id, or a part of its name or of its maker's"
    ordering = ("-is_open", "-created_at")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("name", "table_id"),
                    ("is_open", "is_private", "is_practice"),
                    ("made_by", "created_at", "closes"),
                )
            },
        ),
        ("Rules", {"fields": (("game", "placard"), ("stakes", "buy_ins"))}),
        ("Shoe", {"fields": ("shoe", "commitment", "next_commitment")}),
        ("Now", {"fields": (("phase", "paused", "open_to"), ("round_number", "deadline"), ("seq", "house"))}),
    )
    actions = (*OrdersAdmin.actions, *CompanyAdmin.company_actions)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Table]:
        return super().get_queryset(request).defer("shoe_secret")

    def get_urls(self) -> list[URLPattern]:
        invite = path(
            "<path:table_id>/invite/", self.admin_site.admin_view(self.invite_view), name="games_table_invite"
        )
        return [invite, *self.company_urls(), *super().get_urls()]

    # -- what is shown ----------------------------------------------------------------------------------------------

    @admin.display
    def placard(self, table: Table) -> str:
        return str(_view(table)["rules"])

    @admin.display(description="rules")
    def game_rules(self, table: Table) -> str:
        return game_part(self.placard(table))

    @admin.display
    def stakes(self, table: Table) -> str:
        return "{} to {}".format(*_chips(table, "min_bet", "max_bet"))

    @admin.display(description="buy-ins")
    def buy_ins(self, table: Table) -> str:
        return "{} to {}, usually {}".format(*_chips(table, "min_buy_in", "max_buy_in", "default_buy_in"))

    @admin.display
    def seats(self, table: Table) -> str:
        return "{seats_taken} of {seat_count}".format_map(_view(table))

    @admin.display
    def phase(self, table: Table) -> str:
        return str(_view(table)["phase"])

    @admin.display(description="phase")
    def doing(self, table: Table) -> str:
        view = _view(table)
        return f"{view['phase']} (to be paused)" if view["paused"] and view["round_id"] else str(view["phase"])

    @admin.display
    def paused(self, table: Table) -> str | None:
        reason: str | None = _view(table)["paused"]
        return reason

    @admin.display(description="who may sit down")
    def open_to(self, table: Table) -> str:
        return _OPEN_TO[_view(table)["open_to"]]

    @admin.display(description="round")
    def round_number(self, table: Table) -> int:
        number: int = _view(table)["round_number"]
        return number

    @admin.display
    def deadline(self, table: Table) -> str:
        return "" if table.deadline_at is None else f"{datetime.fromtimestamp(table.deadline_at, UTC):%H:%M:%S}"

    @admin.display(description="closes if nobody sits down")
    def closes(self, table: Table) -> str:
        return "" if table.closes_at is None else f"{datetime.fromtimestamp(table.closes_at, UTC):%H:%M:%S}"

    @admin.display(description="house has won")
    def house(self, table: Table) -> str:
        houses = Account.objects.filter(kind=Account.Kind.HOUSE, table=table)
        return net(houses.values_list("balance_cents", flat=True).first() or 0)

    @admin.display
    def shoe(self, table: Table) -> str:
        shoe = _view(table)["shoe"]
        return f"{shoe['shoe_id']}, {shoe['cards_remaining']} cards left" if shoe["shoe_id"] else "not shuffled yet"

    @admin.display
    def commitment(self, table: Table) -> str | None:
        return _commitment(table, "commitment")

    @admin.display
    def next_commitment(self, table: Table) -> str | None:
        return _commitment(table, "next_commitment")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The table with who sits there and what lies there."""
        table = self.get_queryset(request).filter(pk=unquote(object_id)).first()
        if table is not None:
            view = _view(table)
            seats = [{**seat, "key": Player.key_of(seat["player_id"])} for seat in view["seats"]]
            extra_context = {
                **(extra_context or {}),
                "view": view,
                "seats": seats,
                "may_invite": _takes_members(table) and self.has_invite_permission(request),
                "members": invitations.members_of(table),
                "may_close": table.is_open and self.has_close_permission(request),
                "order_urls": {name: order_url(name, [table]) for name in ("close", "pause", "resume")},
                "company_urls": {deed: company_url(deed, [table]) for deed in ("seat", "leave")},
            }
        return super().change_view(request, object_id, form_url, extra_context)

    # -- what goes through the host ---------------------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("games.add_table")

    def has_invite_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("games.add_invitation")

    def invite_view(self, request: HttpRequest, table_id: str) -> HttpResponse:
        """Asks for how long, for how many and why, then makes an invitation to a private table and shows its link."""
        if not self.has_invite_permission(request) or request.user.pk is None:
            raise PermissionDenied
        tables = self.get_queryset(request).filter(
            pk=unquote(table_id), is_private=True, is_practice=False, is_open=True
        )
        table = tables.first()
        if table is None:
            raise Http404("There is no such table.")
        form = InviteForm(request.POST or None)
        if not form.is_valid():
            notes = ("Whoever follows the link becomes a member of this private table.",)
            return ask(self, request, form, title=f"Invite to {table}", submit="Make a link", notes=notes)
        try:
            with transaction.atomic():
                made = invitations.invite(table, request.user.pk, **form.invitation())
                self.log_change(request, table, f"Made {made}: {form.cleaned_data['reason']}")
        except invitations.TooManyInvitations as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            link = request.build_absolute_uri(reverse("invitation", args=[invitations.code_of(made)]))
            self.message_user(request, f"The link of the new invitation: {link}", messages.SUCCESS)
        return redirect("admin:games_table_change", quote(table.pk))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Opens a table.

        Django's own page would hold a transaction open meanwhile, and the host, which writes in a thread of its own,
        would wait for it in vain.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        placard = PlacardForm(request.GET if "rules" in request.GET else None)
        form: RulesForm = OpenTableForm.starting_with(placard.start())
        if request.method == "POST":
            form = OpenTableForm(request.POST)
        if not form.is_valid():
            more = {"placard": placard, "presets": PRESETS}
            template = "admin/games/table/open.html"
            return ask(self, request, form, title="Open a table", submit="Open the table", template=template, more=more)
        table_id = async_to_sync(runtime().tables.open)(
            "blackjack", form.cleaned_data["name"], form.rules(), is_private=form.cleaned_data["is_private"]
        )
        table = self.get_queryset(request).get(pk=table_id)
        self.log_addition(request, table, f"Opened, {form.rules()}: {form.cleaned_data['reason']}")
        url = reverse("admin:games_table_change", args=[quote(table_id)])
        self.message_user(request, format_html('Opened <a href="{}">{}</a>.', url, table), messages.SUCCESS)
        return redirect(url)


def _takes_members(table: Table) -> bool:
    return table.is_open and table.is_private and not table.is_practice


def _view(table: Table) -> dict[str, Any]:
    """The table as every client sees it, made once for all columns."""
    if not hasattr(table, "seen"):
        game = GAMES[table.game]
        table.seen = game.view(game.load(table.state), 0)  # type: ignore[attr-defined]  # only these pages have it
    seen: dict[str, Any] = table.seen  # type: ignore[attr-defined]
    return seen


def _chips(table: Table, *names: str) -> list[str]:
    view = _view(table)
    return [wire_chips(view[name]) for name in names]


def _commitment(table: Table, name: str) -> str | None:
    text: str | None = _view(table)["shoe"][name]
    return text
