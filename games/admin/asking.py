"""The page on which staff fill in a form that belongs to no row."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import AdminForm
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse

from games.admin.forms import StaffForm


def ask(
    model_admin: admin.ModelAdmin[Any],
    request: HttpRequest,
    form: StaffForm,
    *,
    title: str,
    submit: str,
    about: Collection[Model] = (),
    notes: Collection[str] = (),
) -> TemplateResponse:
    """The form in the admin's dress; `about` are the rows that it concerns, `notes` what one should know before."""
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": title,
        "submit": submit,
        "about": about,
        "notes": notes,
        "form": form,
        "adminform": AdminForm(form, form.fieldsets, {}),  # type: ignore[arg-type]  # it takes any form
        "media": model_admin.media,
    }
    return TemplateResponse(request, "admin/games/ask.html", context, status=400 if form.errors else 200)
