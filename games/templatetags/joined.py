"""Where a page finds its joined files."""

from __future__ import annotations

from django import template
from django.urls import reverse

from games.joining import joined

register = template.Library()


@register.simple_tag
def joined_url(name: str) -> str:
    """The address of the joined file as it is now."""
    return reverse("joined", args=[joined(name).digest, name])
