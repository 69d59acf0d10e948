"""The page on which staff fill in a form that belongs to no row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import AdminForm
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse

from games.forms import GroupedForm


def ask(
    model_admin: admin.ModelAdmin[Any],
    request: HttpRequest,
    form: GroupedForm,
    *,
    title: str,
    submit: str,
    about: Collection[Model] = (),
    notes: Collection[str] = (),
    template: str = "admin/games/ask.html",
    more: Mapping[str, Any] = MappingProxyType({}),
) -> TemplateResponse:
    """The form in the admin's dress; `about` are the rows that it concerns, `notes` what one should know before, and
    `more` is what another template shows besides."""
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
        **more,
    }
    return TemplateResponse(request, template, context, status=400 if form.errors else 200)
