"""The audit: what staff have done, to whom, when and why. It can be read and searched, and nothing in it be changed."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.models import LogEntry

from games.admin.readonly import ReadOnlyAdmin


@admin.register(LogEntry)
class AuditAdmin(ReadOnlyAdmin):
    """The lines that every deed of staff leaves, newest first."""

    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag", "message")
    list_filter = ("action_flag", "content_type", "action_time", ("user", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "change_message", "user__username", "=object_id")
    search_help_text = "Who, on what, or words of the reason"
    ordering = ("-id",)
    fields = ("action_time", "user", "content_type", "object_id", "object_repr", "action_flag", "message")

    @admin.display(description="what and why")
    def message(self, entry: LogEntry) -> str:
        return str(entry.get_change_message())
