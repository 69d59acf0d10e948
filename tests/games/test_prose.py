"""Names within sentences, as pages show them."""

import doctest

import pytest
from django.utils.safestring import mark_safe

from games.templatetags import prose


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("`one` and `two`", "<code>one</code> and <code>two</code>"),
        ("`<b>` & <i>", "<code>&lt;b&gt;</code> &amp; &lt;i&gt;"),
        ("a lone ` stays", "a lone ` stays"),
    ],
)
def test_what_stands_between_backticks_is_code(text: str, shown: str):
    assert prose.with_code(text) == shown


def test_names_lead_to_their_anchors_where_they_are_no_link_yet():
    html = mark_safe("<code>connect</code> <code>other</code> <a href='#x'><code>connect</code></a>")
    assert prose.linked(html, {"connect": "client.connect"}) == (
        "<a href=\"#client.connect\"><code>connect</code></a> <code>other</code> <a href='#x'><code>connect</code></a>"
    )


def test_the_example_is_true():
    assert doctest.testmod(prose) == (0, 1)
