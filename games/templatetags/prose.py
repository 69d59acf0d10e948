"""Sentences with names in them, as pages show them."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from games.documents import document

register = template.Library()


@register.filter
def with_code(text: str) -> SafeString:
    """The text with what stands between backticks as code.

    >>> with_code("`a<b` & c")
    '<code>a&lt;b</code> &amp; c'
    """
    return mark_safe(re.sub("`([^`]+)`", r"<code>\1</code>", escape(text)))  # noqa: S308 - escaped before


@register.simple_tag(takes_context=True)
def section(context: dict[str, Any], slug: str, *, tables: bool = False) -> SafeString:
    """A section of docs/protocol.md without its tables, or with them; the names in `anchors` lead there.

    Raises KeyError where there is no such section.
    """
    found = document("protocol.md")[slug]
    return linked(found.html if tables else found.prose, context["anchors"])


def linked(html: SafeString, anchors: dict[str, str]) -> SafeString:
    """The HTML with links around the names that have an anchor, where they are code and no link yet."""

    def link(name: re.Match[str]) -> str:
        return f'<a href="#{anchors[name[1]]}">{name[0]}</a>' if name[1] in anchors else name[0]

    return mark_safe(re.sub(r"<code>(\w+)</code>(?!</a>)", link, html))  # noqa: S308 - was safe, and stays so
