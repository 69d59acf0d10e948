"""Sentences with names in them, as pages show them."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def with_code(text: str) -> SafeString:
    """The text with what stands between backticks as code.

    >>> with_code("`a<b` & c")
    '<code>a&lt;b</code> &amp; c'
    """
    return mark_safe(re.sub("`([^`]+)`", r"<code>\1</code>", escape(text)))  # noqa: S308 - escaped before
