"""Rows that staff may bring to an end, each with a reason: tokens and invitations are revoked, members removed."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from games.admin.asking import ask
from games.admin.forms import ReasonForm
from games.admin.readonly import ReadOnlyAdmin, key_of


class EndingAdmin(ReadOnlyAdmin):
    """Rows to look at, and one deed, which needs the permission to change them and leaves a line in the audit."""

    actions = ("end_selected",)
    done: ClassVar[str]
    """What the audit calls the deed."""
    note: ClassVar[str]
    """What one should know before."""

    @abstractmethod
    def still_open(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those that have not ended."""

    @abstractmethod
    def end(self, row: Any) -> None:
        """Brings the row to its end."""

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Ending is the one change that such a row takes."""
        return request.user.has_perm(f"games.change_{self.opts.model_name}")

    def get_urls(self) -> list[URLPattern]:
        end = path("end/", self.admin_site.admin_view(self.end_view), name=f"games_{self.opts.model_name}_end")
        return [end, *super().get_urls()]

    @admin.action(description="End the selected ones", permissions=["end"])
    def end_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        return redirect(self.end_url(queryset))

    def end_url(self, rows: QuerySet[Any] | list[Model]) -> str:
        """Where staff are asked why these shall end."""
        query = urlencode({"row": [row.pk for row in rows]}, doseq=True)
        return f"{reverse(f'admin:games_{self.opts.model_name}_end')}?{query}"

    def end_view(self, request: HttpRequest) -> HttpResponse:
        """Asks why, then ends the rows that the address names."""
        if not self.has_end_permission(request):
            raise PermissionDenied
        keys = [key_of(text) for text in request.GET.getlist("row")]
        rows = list(self.still_open(self.get_queryset(request).filter(pk__in=keys)))
        form = ReasonForm(request.POST or None)
        if not rows:
            self.message_user(request, "Nothing of that is open any more.", messages.WARNING)
        elif not form.is_valid():
            title = f"{self.done}: {self.opts.verbose_name_plural}"
            return ask(self, request, form, title=title, submit="End for good", about=rows, notes=(self.note,))
        else:
            for row in rows:
                # Written first: nothing that staff do goes unwritten, whatever happens in between.
                self.log_change(request, row, f"{self.done}: {form.cleaned_data['reason']}")
                self.end(row)
            self.message_user(request, f"{self.done}: {len(rows)}.", messages.SUCCESS)
        return redirect(f"admin:games_{self.opts.model_name}_changelist")
