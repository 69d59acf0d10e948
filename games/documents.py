"""The documents in docs/ as the site shows them, so that a page and its document are one text.

A document is read in sections, each from a heading to the next one of any level. What a document may hold is what its
readers need: paragraphs, lists, tables, code and links. HTML in it is text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

DOCS: Path = settings.BASE_DIR / "docs"
PAGES = {"protocol.md": "protocol", "fairness.md": "fairness"}
"""The documents that are pages, and the names of these."""
VECTORS = re.compile(r"test_vectors/([\w-]+)\.json")


class Section:
    """A part of a document under its heading; `slug` is the heading as links name it."""

    def __init__(self, tokens: list[Token]) -> None:
        heading, self._body = tokens[1], tokens[3:]
        self.level = int(tokens[0].tag.removeprefix("h"))
        self.title = _rendered([heading])
        self.slug = re.sub(r"[^\w-]", "", heading.content.lower().replace(" ", "-"))

    @cached_property
    def html(self) -> SafeString:
        """All of it. Raises ValueError for a link that the site cannot follow."""
        return _rendered(self._body)

    @cached_property
    def prose(self) -> SafeString:
        """The same without its tables."""
        return _rendered(_without_tables(self._body))


@cache
def document(name: str) -> dict[str, Section]:
    """The sections of docs/<name> by their slugs, in order."""
    tokens = _labelled(_MARKDOWN.parse((DOCS / name).read_text(encoding="utf-8")))
    starts = [place for place, token in enumerate(tokens) if token.type == "heading_open"]
    sections = (Section(tokens[start:end]) for start, end in zip(starts, [*starts[1:], None], strict=True))
    return {section.slug: section for section in sections}


def _labelled(tokens: list[Token]) -> list[Token]:
    """The tokens, in which the cells of wide tables say under what head they stand: phones show them without it."""
    labels: list[str] = []
    column = 0
    for token, inner in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "table_open":
            labels = []
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            token.attrSet("scope", "col")
            labels.append(inner.content if inner else "")
        elif token.type == "td_open":
            if column and len(labels) > 2:
                token.attrSet("data-label", labels[column])
            column += 1
    return tokens


def _rendered(tokens: list[Token]) -> SafeString:
    html: str = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return mark_safe(html)  # noqa: S308 - the renderer escapes, and lets no HTML through


def _without_tables(tokens: list[Token]) -> list[Token]:
    kept, is_within = [], False
    for token in tokens:
        is_within = is_within or token.type == "table_open"
        if not is_within:
            kept.append(token)
        is_within = is_within and token.type != "table_close"
    return kept


def _table_open(renderer: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    return '<div class="table-scroll"><table class="data fields stacking">\n'


def _table_close(renderer: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    return "</table></div>\n"


def _code(renderer: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    """A block of code; one of the protocol's frames says by whom it was sent."""
    _, _, sender = tokens[place].info.partition(" ")
    data = f' data-sender="{escape(sender)}"' if sender else ""
    return f'<pre class="frame"{data} tabindex="0"><code>{escape(tokens[place].content.rstrip())}</code></pre>\n'


def _link_open(renderer: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    return f'<a href="{escape(_address(str(tokens[place].attrs["href"])))}">'


def _address(href: str) -> str:
    """Where a document's link leads on the site."""
    path, hash_, anchor = href.partition("#")
    if not path or re.match("https?://", path):
        return href
    if path in PAGES:
        return reverse(PAGES[path]) + hash_ + anchor
    if vectors := VECTORS.fullmatch(path):
        return reverse("vectors", args=[vectors[1]])
    raise ValueError(f"The site does not serve {path}, which a document links to")


_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_MARKDOWN.add_render_rule("table_open", _table_open)
_MARKDOWN.add_render_rule("table_close", _table_close)
_MARKDOWN.add_render_rule("fence", _code)
_MARKDOWN.add_render_rule("code_block", _code)
_MARKDOWN.add_render_rule("link_open", _link_open)
