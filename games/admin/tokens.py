"""Tokens: whose they are and when they were used. A token can be revoked here, and its digest is never shown."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet

from games import accounts
from games.admin.ending import EndingAdmin
from games.admin.readonly import PlayerFilter
from games.models import Token


@admin.register(Token)
class TokenAdmin(EndingAdmin):
    """The tokens of programs."""

    list_display = ("name", "player", "scope", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_filter = (
        "scope",
        ("revoked_at", admin.EmptyFieldListFilter),
        ("last_used_at", admin.EmptyFieldListFilter),
        "created_at",
        "last_used_at",
        "expires_at",
        PlayerFilter,
    )
    list_select_related = ("player",)
    search_fields = ("name", "player__username")
    search_help_text = "A part of the token's or of its player's name"
    ordering = ("-id",)
    fields = ("name", "player", "scope", "created_at", "expires_at", "last_used_at", "revoked_at")
    done = "Revoked"
    note = "The programs that were let in by it are shown out at once."

    def still_open(self, rows: QuerySet[Token]) -> QuerySet[Token]:
        return rows.filter(revoked_at=None)

    def end(self, row: Token) -> None:
        accounts.revoke_token(row)
