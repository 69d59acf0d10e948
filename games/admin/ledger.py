"""The ledger: accounts and the transfers between them, in chips. Nothing here moves any."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from cardsharp.chips import format_chips
from games.admin.readable import words
from games.admin.readonly import DatedRowsAdmin, PlayerFilter, ReadOnlyAdmin, TableFilter, with_table
from games.models import Account, Transfer
from games.templatetags.chips import net


class LedgerFilter(PlayerFilter):
    """Transfers from or to any account of one player."""

    def of_player(self, queryset: QuerySet[Transfer], player_id: int) -> QuerySet[Transfer]:
        return queryset.filter(of_player(player_id))


def of_player(player_id: int) -> Q:
    """Whether a transfer touches an account of the player."""
    own = list(Account.objects.filter(player=player_id).values_list("pk", flat=True))
    return Q(source__in=own) | Q(target__in=own)


def transfers(rows: QuerySet[Transfer]) -> QuerySet[Transfer]:
    """The transfers with everything that their line says."""
    tables = with_table(rows, "table", "source__table", "target__table")
    return tables.select_related("table", "source__table", "target__table", "source__player", "target__player")


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """Where chips are."""

    list_display = ("__str__", "kind", "player", "table", "balance")
    list_filter = ("kind", PlayerFilter, TableFilter)
    search_fields = ("player__username", "table__name", "=table__table_id")
    search_help_text = "The player's or the table's name, or the table's id"
    ordering = ("-id",)
    fields = ("kind", "player", "table", "balance")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        return with_table(super().get_queryset(request)).select_related("table", "player")

    @admin.display(ordering="balance_cents")
    def balance(self, account: Account) -> str:
        if account.kind not in (Account.Kind.WALLET, Account.Kind.STACK):
            return net(account.balance_cents)
        return format_chips(account.balance_cents)


@admin.register(Transfer)
class TransferAdmin(DatedRowsAdmin):
    """Every movement of chips, newest first."""

    list_display = ("created_at", "amount", "why", "giver", "taker", "note")
    list_filter = ("reason", "created_at", LedgerFilter, TableFilter)
    date_field = "created_at"
    fields = ("created_at", "reason", "source", "target", "amount", "note", "table", "seq")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return transfers(super().get_queryset(request))

    # An account's own column would not wrap, and those of two accounts are wider than the page.
    @admin.display(description="from")
    def giver(self, transfer: Transfer) -> str:
        return str(transfer.source)

    @admin.display(description="to")
    def taker(self, transfer: Transfer) -> str:
        return str(transfer.target)

    @admin.display(ordering="reason")
    def why(self, transfer: Transfer) -> str:
        return words(transfer.reason)

    @admin.display(ordering="amount_cents")
    def amount(self, transfer: Transfer) -> str:
        return format_chips(transfer.amount_cents)
