"""How staff narrow the list of players down: by what they have, by when they were last there, and to who is banned."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from games.models import Account, Player, Token

_BALANCES: Final[dict[str, tuple[str, Q]]] = {
    "none": ("nothing", Q(wallet_cents=0)),
    "few": ("up to 100", Q(wallet_cents__gt=0, wallet_cents__lte=100_00)),
    "some": ("100 to 10,000", Q(wallet_cents__gt=100_00, wallet_cents__lte=10_000_00)),
    "many": ("more than 10,000", Q(wallet_cents__gt=10_000_00)),
    "playing": ("any at tables", Q(at_tables_cents__gt=0)),
}
_DAYS: Final = {"1": "a day", "7": "7 days", "30": "30 days", "365": "a year"}


class _ChoiceFilter(admin.SimpleListFilter):
    choices_of: dict[str, str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(self.choices_of.items())


class BalanceFilter(_ChoiceFilter):
    """Players by the chips in their wallet, or with any at tables."""

    title = "chips in the wallet"
    parameter_name = "balance"
    choices_of = {name: words for name, (words, _) in _BALANCES.items()}  # noqa: RUF012 - nobody changes it

    def queryset(self, request: HttpRequest, queryset: QuerySet[Player]) -> QuerySet[Player]:
        _, chosen = _BALANCES.get(self.value() or "", ("", Q()))
        return queryset.filter(chosen)


class ActiveSinceFilter(_ChoiceFilter):
    """Players who logged in, used a token or moved chips within some days, or did not."""

    title = "active within"
    parameter_name = "active"
    choices_of = {**_DAYS, "no": "not for 30 days"}  # noqa: RUF012 - nobody changes it

    def queryset(self, request: HttpRequest, queryset: QuerySet[Player]) -> QuerySet[Player]:
        value = self.value()
        if value not in self.choices_of:
            return queryset
        since = timezone.now() - timedelta(days=30 if value == "no" else int(value))
        used = Token.objects.filter(player=OuterRef("pk"), last_used_at__gte=since)
        own = Account.objects.filter(player=OuterRef("pk"))
        moved = own.filter(Q(outgoing__created_at__gte=since) | Q(incoming__created_at__gte=since))
        was_there = Q(last_login__gte=since) | Q(date_joined__gte=since) | Exists(used) | Exists(moved)
        return queryset.exclude(was_there) if value == "no" else queryset.filter(was_there)


class BannedFilter(_ChoiceFilter):
    """Players who are banned, or not."""

    title = "banned"
    parameter_name = "banned"
    choices_of = {"yes": "Yes", "no": "No"}  # noqa: RUF012 - nobody changes it

    def queryset(self, request: HttpRequest, queryset: QuerySet[Player]) -> QuerySet[Player]:
        return queryset.filter(is_active=self.value() == "no") if self.value() in self.choices_of else queryset
