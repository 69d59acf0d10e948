"""Private tables: their invitations, which staff may revoke, and their members, whom staff may remove."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from games import invitations, removal
from games.admin.ending import EndingAdmin
from games.admin.readonly import PlayerFilter, TableFilter, with_table
from games.models import Invitation, Member


class MakerFilter(PlayerFilter):
    """Invitations that one player has made."""

    def of_player(self, queryset: QuerySet[Invitation], player_id: int) -> QuerySet[Invitation]:
        return queryset.filter(made_by=player_id)


@admin.register(Invitation)
class InvitationAdmin(EndingAdmin):
    """Invitations, newest first. What stands in their links is shown to nobody here."""

    list_display = ("id", "table", "made_by", "created_at", "expires_at", "most_uses", "uses", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), TableFilter, MakerFilter)
    fields = ("table", "made_by", "created_at", "expires_at", "most_uses", "uses", "revoked_at")
    ordering = ("-id",)
    done = "Revoked"
    note = "Who came by it stays a member."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_table(super().get_queryset(request)).select_related("table", "made_by")

    def still_open(self, rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
        return rows.filter(revoked_at=None)

    def end(self, row: Invitation) -> None:
        invitations.revoke(row)


@admin.register(Member)
class MemberAdmin(EndingAdmin):
    """Members, those who were removed included."""

    list_display = ("player", "table", "invitation", "since", "removed_at")
    list_filter = (("removed_at", admin.EmptyFieldListFilter), TableFilter, PlayerFilter)
    fields = ("player", "table", "invitation", "since", "removed_at")
    ordering = ("-id",)
    done = "Removed"
    note = "Their seats are given up, with cards in play after the round; older invitations do not let them back in."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = with_table(super().get_queryset(request), "table", "invitation__table")
        return rows.select_related("player", "table", "invitation__table")

    def still_open(self, rows: QuerySet[Member]) -> QuerySet[Member]:
        return rows.filter(removed_at=None)

    def end(self, row: Member) -> None:
        removal.remove(row)
