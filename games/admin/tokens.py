"""Tokens: whose they are and when they were used. A token can be revoked here, and its digest is never shown."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from games import accounts
from games.admin.readonly import PlayerFilter, ReadOnlyAdmin
from games.models import Token


@admin.register(Token)
class TokenAdmin(ReadOnlyAdmin):
    """The tokens of programs."""

    list_display = ("name", "player", "scope", "created_at", "last_used_at", "revoked_at")
    list_filter = ("scope", ("revoked_at", admin.EmptyFieldListFilter), PlayerFilter)
    list_select_related = ("player",)
    search_fields = ("name", "player__username")
    ordering = ("-id",)
    fields = ("name", "player", "scope", "created_at", "last_used_at", "revoked_at")
    actions = ("revoke_tokens",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Revoking is the one change that a token takes."""
        return request.user.has_perm("games.change_token")

    @admin.action(description="Revoke the selected tokens", permissions=["revoke"])
    def revoke_tokens(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        tokens = list(queryset.filter(revoked_at=None))
        for token in tokens:
            accounts.revoke_token(token)
            self.log_change(request, token, "Revoked.")
        self.message_user(request, f"Tokens revoked: {len(tokens)}.", messages.SUCCESS)
