"""The documents of docs/ that are pages of the site."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from cardsharp.blackjack.rules import Rules
from cardsharp.games import GAMES
from games import documents
from games.documents import Section, document
from games.store import Store

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], dict[str, Section]]]:
    """Reads a text as the site reads a document."""
    monkeypatch.setattr(documents, "DOCS", tmp_path)

    def read(text: str) -> dict[str, Section]:
        (tmp_path / "odd.md").write_text(text)
        document.cache_clear()
        return document("odd.md")

    yield read
    document.cache_clear()


@pytest.fixture
def page(client: Client, db: None) -> str:
    answer = client.get("/fairness/")
    assert answer.status_code == 200
    return answer.text


def test_the_whole_document_on_checking_shoes_is_a_page(page: str):
    text = (DOCS / "fairness.md").read_text()
    blocks = re.findall(r"^```\w*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) > 2
    for block in blocks:
        assert block.rstrip() in unescape(page)
    shown = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", page)))
    for line in re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL).splitlines():
        plain = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", line.strip("# ").replace("`", ""))
        cells = plain.strip("|").split("|") if line.startswith("|") else [re.sub(r"^(- |\d+\. )", "", plain)]
        for cell in cells:
            assert set(cell) <= {"-", " "} or cell.strip() in shown, line


def test_every_link_of_the_page_leads_somewhere(client: Client, page: str):
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    main = page[page.index("<main") : page.index("</main>")]
    links = set(re.findall(r'href="([^"]+)"', main))
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert {"/protocol/", "/fairness/cardsharp-shoe-1.json", "/fairness/shoe.json"} <= links
    for link in links:
        assert link.startswith("#") or client.get(link).status_code == 200


@pytest.mark.parametrize("name", ["cardsharp-shoe-1", "shoe"])
def test_test_vectors_are_served_as_they_are(client: Client, name: str):
    answer = client.get(f"/fairness/{name}.json")
    assert answer.content == (DOCS / f"test_vectors/{name}.json").read_bytes()
    assert (answer["Content-Type"], answer["Access-Control-Allow-Origin"]) == ("application/json", "*")
    assert client.post(f"/fairness/{name}.json").status_code == 405


def test_there_are_no_other_files(client: Client, db: None):
    assert client.get("/fairness/shoes.json").status_code == 404


@pytest.mark.parametrize("path", ["/shoes/{}/", "/tables/{}/"])
def test_pages_about_shoes_lead_there(client: Client, db: None, path: str):
    opened = Store(lambda table_id, seated: 0).open(GAMES["blackjack"], "Corner", Rules(), time.time())
    assert 'href="/fairness/"' in client.get(path.format(opened.table_id)).text


def test_a_section_goes_from_one_heading_to_the_next(read: Callable[[str], dict[str, Section]]):
    found = read("# One `x`\n\nFirst.\n\n## Two, and more\n\n- a\n- b\n")
    assert [(s.level, s.slug, s.title) for s in found.values()] == [
        (1, "one-x", "One <code>x</code>"),
        (2, "two-and-more", "Two, and more"),
    ]
    assert found["one-x"].html == "<p>First.</p>\n"
    assert found["two-and-more"].html == "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"


def test_prose_is_without_tables(read: Callable[[str], dict[str, Section]]):
    section = read("# T\n\nBefore.\n\n| a | b | c |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n\nBehind.\n")["t"]
    assert section.prose == "<p>Before.</p>\n<p>Behind.</p>\n"
    assert '<th scope="col">a</th>' in section.html
    assert '<td>1</td>\n<td data-label="b">2</td>\n<td data-label="c">3</td>' in section.html


def test_html_and_code_are_text(read: Callable[[str], dict[str, Section]]):
    section = read('# T\n\n<script>x</script> `<b>`\n\n```json client\n{"<": 1}\n```\n\n    <i>\n')["t"]
    assert "<script" not in section.html
    assert "<code>&lt;b&gt;</code>" in section.html
    assert (
        '<pre class="frame" data-sender="client" tabindex="0"><code>{&quot;&lt;&quot;: 1}</code></pre>' in section.html
    )
    assert '<pre class="frame" tabindex="0"><code>&lt;i&gt;</code></pre>' in section.html


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        ("#two", "#two"),
        ("protocol.md#errors", "/protocol/#errors"),
        ("fairness.md", "/fairness/"),
        ("test_vectors/shoe.json", "/fairness/shoe.json"),
        ("https://example.org/?a=1&b=2", "https://example.org/?a=1&amp;b=2"),
    ],
)
def test_links_lead_to_the_sites_own_pages(read: Callable[[str], dict[str, Section]], link: str, leads_to: str):
    assert read(f"# T\n\n[x]({link})\n")["t"].html == f'<p><a href="{leads_to}">x</a></p>\n'


@pytest.mark.parametrize("link", ["clients.md", "../README.md", "test_vectors/../x.json", "javascript.md"])
def test_a_link_that_the_site_cannot_follow_is_an_error(read: Callable[[str], dict[str, Section]], link: str):
    with pytest.raises(ValueError, match="does not serve"):
        _ = read(f"# T\n\n[x]({link})\n")["t"].html
