"""Players with their chips, ledger, tokens and hands. Chips are granted through the ledger, and nobody is deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import BigIntegerField, Model, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from cardsharp.chips import format_chips
from cardsharp.errors import InsufficientChips
from games import accounts, ledger, presence
from games.admin.asking import ask
from games.admin.forms import GrantForm, NewPlayerForm, PlayerForm, ReasonForm
from games.admin.ledger import of_player, transfers
from games.admin.player_filters import ActiveSinceFilter, BalanceFilter, BannedFilter
from games.admin.readonly import BoundedPaginator, key_of, with_table
from games.models import Account, Hand, Player, Token, Transfer

ROWS_SHOWN: Final = 20
"""How much of a player's ledger and how many hands their page shows."""

_WHAT_A_BAN_DOES: Final = (
    "Who is banned is shown out of every page and socket at once, tokens included, and cannot log in.",
    "Seats are kept until the table gives them up by its rules; the chips then are in the wallet.",
)
_RANKS: Final = ("is_staff", "is_superuser", "groups", "user_permissions")


def _chips_in(kind: Account.Kind) -> Coalesce:
    own = Account.objects.filter(player=OuterRef("pk"), kind=kind).order_by().values("player")
    return Coalesce(Subquery(own.values(total=Sum("balance_cents"))), Value(0), output_field=BigIntegerField())


@admin.register(Player)
class PlayerAdmin(UserAdmin):  # type: ignore[type-arg]  # generic in its stubs alone
    """People, guests and bots."""

    form = PlayerForm
    add_form = NewPlayerForm
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_display = ("username", "kind", "wallet", "at_tables", "is_banned", "is_staff", "date_joined", "last_login")
    list_filter = (
        "is_guest",
        "is_bot",
        "is_house",
        BannedFilter,
        "is_staff",
        BalanceFilter,
        ActiveSinceFilter,
        "date_joined",
    )
    search_fields = ("username", "email")
    search_help_text = "A part of the name or of the e-mail, or the player's id, such as p17"
    ordering = ("-date_joined", "-id")
    readonly_fields = ("is_active", "is_guest", "is_bot", "wallet", "at_tables", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password", "email", "is_active", ("is_guest", "is_bot"))}),
        ("Chips and dates", {"fields": (("wallet", "at_tables"), ("date_joined", "last_login"))}),
        ("Permissions", {"fields": _RANKS, "classes": ("collapse",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Player]:
        players: QuerySet[Player] = super().get_queryset(request)
        return players.annotate(
            wallet_cents=_chips_in(Account.Kind.WALLET), at_tables_cents=_chips_in(Account.Kind.STACK)
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By name and e-mail, and by the id that the wire and the log have."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        key = key_of(search_term.strip().removeprefix("p"))
        return (found | queryset.filter(pk=key), may_repeat) if key else (found, may_repeat)

    # -- what is shown ----------------------------------------------------------------------------------------------

    @admin.display
    def kind(self, player: Player) -> str:
        if player.is_house:
            return "house player"
        return "bot" if player.is_bot else "guest" if player.is_guest else "account"

    @admin.display(description="banned", ordering="-is_active", boolean=True)
    def is_banned(self, player: Player) -> bool:
        return not player.is_active

    @admin.display(ordering="wallet_cents")
    def wallet(self, player: Any) -> str:
        return format_chips(player.wallet_cents)

    @admin.display(ordering="at_tables_cents")
    def at_tables(self, player: Any) -> str:
        return format_chips(player.at_tables_cents)

    def get_fieldsets(self, request: HttpRequest, obj: Player | None = None) -> Any:
        """Guests and bots have no password, so they are shown none to set."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not _has_no_password(obj):
            return fieldsets
        return [
            (name, {**options, "fields": tuple(field for field in options["fields"] if field != "password")})
            for name, options in fieldsets
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The player with the newest of their ledger and hands, and all their tokens."""
        key = key_of(unquote(object_id))
        hands = Hand.objects.filter(player=key).select_related("round__table").order_by("-round_id", "id")
        context = {
            "player_key": key,
            "sockets": presence.sockets_of(f"p{key}") if request.user.has_perm("games.view_servingprocess") else None,
            "may_grant": self.has_grant_permission(request),
            "may_ban": self.has_change_permission(request, Player.objects.filter(pk=key).first()),
            "transfers": transfers(Transfer.objects.filter(of_player(key)).order_by("-id"))[:ROWS_SHOWN],
            "tokens": Token.objects.filter(player=key),
            "hands": with_table(hands, "round__table")[:ROWS_SHOWN],
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    # -- what may be changed ----------------------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever is staff is changed by superusers alone, or staff could make themselves superusers."""
        allowed = super().has_change_permission(request, obj)
        if isinstance(obj, Player) and (obj.is_staff or obj.is_superuser):
            return allowed and request.user.is_superuser
        return allowed

    def get_readonly_fields(self, request: HttpRequest, obj: Player | None = None) -> tuple[str, ...]:
        """Ranks are given by superusers alone."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if request.user.is_superuser else (*fields, *_RANKS)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """The ledger and the rounds name every player for good; who must go is made inactive."""
        return False

    def has_grant_permission(self, request: HttpRequest) -> bool:
        """Granting chips is the one transfer that staff may make."""
        return request.user.has_perm("games.add_transfer")

    def save_model(self, request: HttpRequest, obj: Player, form: Any, change: bool) -> None:
        """Saves the player; a new one gets the chips that everybody begins with."""
        super().save_model(request, obj, form, change)
        if not change:
            ledger.grant(obj, accounts.starting_cents(), "chips to begin with")

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """Sets a password, where the player is one who has any."""
        player = self.get_object(request, unquote(id))
        if player is not None and _has_no_password(player):
            self.message_user(request, "Guests and bots have no password.", messages.ERROR)
            return redirect("admin:games_player_change", quote(player.pk))
        return super().user_change_password(request, id, form_url)

    def get_urls(self) -> list[URLPattern]:
        grant = path("<int:player_id>/grant/", self.admin_site.admin_view(self.grant_view), name="games_player_grant")
        ban = path("<int:player_id>/ban/", self.admin_site.admin_view(self.ban_view), name="games_player_ban")
        take = path("<int:player_id>/take/", self.admin_site.admin_view(self.take_view), name="games_player_take")
        return [grant, take, ban, *super().get_urls()]

    def ban_view(self, request: HttpRequest, player_id: int) -> HttpResponse:
        """Asks why, then shows the player out and lets them in no more; or lets in again who was banned."""
        player = self.get_queryset(request).filter(pk=player_id).first()
        if not self.has_change_permission(request, player):
            raise PermissionDenied
        if player is None:
            raise Http404("There is no such player.")
        deed, done = ("Ban", "Banned") if player.is_active else ("Let in again", "Let in again")
        form = ReasonForm(request.POST or None)
        if not form.is_valid():
            return ask(self, request, form, title=f"{deed}: {player}", submit=deed, notes=_WHAT_A_BAN_DOES)
        with transaction.atomic():
            self.log_change(request, player, f"{done}: {form.cleaned_data['reason']}")
            accounts.set_banned(player, banned=player.is_active)
        self.message_user(request, f"{done}: {player}.", messages.SUCCESS)
        return redirect(reverse("admin:games_player_change", args=[player.pk]))

    def grant_view(self, request: HttpRequest, player_id: int) -> HttpResponse:
        """Asks how many chips and why, then grants them."""
        return self._move_chips(request, player_id, ledger.grant, "Grant", "Grant chips to", "Granted", "more")

    def take_view(self, request: HttpRequest, player_id: int) -> HttpResponse:
        """Asks how many chips and why, then takes them out of the wallet."""
        return self._move_chips(request, player_id, ledger.take, "Take", "Take chips from", "Took", "less")

    def _move_chips(
        self,
        request: HttpRequest,
        player_id: int,
        move: Callable[[Player, int, str], None],
        submit: str,
        title: str,
        done: str,
        than_before: str,
    ) -> HttpResponse:
        if not self.has_grant_permission(request):
            raise PermissionDenied
        player = self.get_queryset(request).filter(pk=player_id).first()
        if player is None:
            raise Http404("There is no such player.")
        form = GrantForm(request.POST or None)
        if form.is_valid():
            cents, reason = form.cleaned_data["amount_cents"], form.cleaned_data["reason"]
            try:
                with transaction.atomic():
                    move(player, cents, reason)
                    self.log_change(request, player, f"{done} {format_chips(cents)} chips: {reason}")
            except InsufficientChips:
                form.add_error("amount_cents", "The wallet does not hold that many chips.")
            else:
                text = f"{player} has {format_chips(cents)} chips {than_before}."
                self.message_user(request, text, messages.SUCCESS)
                return redirect(reverse("admin:games_player_change", args=[player.pk]))
        notes = (f"{player} has {self.wallet(player)} in the wallet and {self.at_tables(player)} at tables.",)
        return ask(self, request, form, title=f"{title} {player}", submit=submit, notes=notes)


def _has_no_password(player: Player) -> bool:
    return player.is_guest or player.is_bot
