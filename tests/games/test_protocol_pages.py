"""What the site serves of the protocol: a page with everything on it, and the documents with their types and tags."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
import yaml
from django.test import Client, override_settings
from django.urls import reverse

from cardsharp import errors
from cardsharp.events import messages as m
from cardsharp.protocol.catalog import catalog
from cardsharp.protocol.examples import examples, pretty
from cardsharp.protocol.schema import json_schema
from games.runtime import runtime

DOCUMENTS = [
    ("schema", "/protocol/schema.json", "application/schema+json"),
    ("asyncapi", "/protocol/asyncapi.yaml", "application/vnd.aai.asyncapi+yaml;version=3.0.0"),
]


@pytest.mark.parametrize(("name", "path", "content_type"), DOCUMENTS)
def test_documents_have_their_type_and_are_not_sent_twice(client: Client, name: str, path: str, content_type: str):
    assert reverse(name) == path
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, content_type)
    assert answer["Cache-Control"] == "public, max-age=300"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert client.get(path).content == answer.content
    again = client.get(path, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200
    assert client.head(path)["ETag"] == answer["ETag"]
    assert client.post(path).status_code == 405


def test_the_schema_is_the_librarys_with_what_the_site_adds(client: Client):
    served = json.loads(client.get("/protocol/schema.json").content)
    assert served == json_schema(catalog(runtime().handler.extensions))
    assert json_schema()["$defs"].keys() < served["$defs"].keys()


def test_the_asyncapi_document_names_the_host_that_was_asked(client: Client):
    with override_settings(ALLOWED_HOSTS=["cards.example", "testserver"], SECURE_PROXY_SSL_HEADER=None):
        plain = yaml.safe_load(client.get("/protocol/asyncapi.yaml").content)
        secure = client.get("/protocol/asyncapi.yaml", headers={"host": "cards.example"}, secure=True)
    assert plain["servers"]["site"]["host"] == "testserver"
    assert plain["servers"]["site"]["protocol"] == "ws"
    site = yaml.safe_load(secure.content)["servers"]["site"]
    assert (site["host"], site["protocol"]) == ("cards.example", "wss")


@pytest.fixture
def page(client: Client, db: None) -> str:
    answer = client.get("/protocol/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_everything_is_on_the_page(page: str):
    ids = set(re.findall(r'id="([^"]+)"', page))
    protocol = catalog()
    assert {message.key for message in protocol.messages} <= ids
    assert {f"error-{code}" for code in errors.ERROR_CODES} <= ids
    for close in protocol.closes:
        assert f"<td>{close.code}</td>" in page
        assert f"<code>{close.reason}</code>" in page
    for name in (*m.CLOSE_CODES, *(limit.name for limit in protocol.limits), *protocol.games[0].moves):
        assert f"<code>{name}</code>" in page


def test_every_message_is_shown_with_its_example(page: str):
    text = unescape(page)
    for key, message in examples().messages.items():
        assert pretty(message) in text, key


def test_every_link_within_the_page_leads_somewhere(page: str):
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_the_page_says_what_the_document_says(page: str):
    """Word for word, but for the tables: those on the page are made from the structs."""
    on_the_page = " ".join(unescape(re.sub(r"<[^>]+>", "", page)).split())
    told = {slug: paragraphs(text) for slug, text in sections(DOCUMENT.read_text()).items() if slug not in UNTOLD}
    assert len(told) > 15
    for slug, texts in told.items():
        assert f'id="{slug}"' in page
        assert [text for text in texts if text not in on_the_page] == []


DOCUMENT = Path(__file__).parents[2] / "docs/protocol.md"
UNTOLD = {"the-protocol", "a-first-session"}
"""How to read the document, and a session: the page has its own."""


def sections(text: str) -> dict[str, str]:
    """What stands under each heading, by the name that links have for it."""
    parts = re.split(r"^#+ (.+)$", text, flags=re.MULTILINE)[1:]
    slugs = [re.sub(r"[^\w-]", "", title.lower().replace(" ", "-")) for title in parts[::2]]
    return dict(zip(slugs, parts[1::2], strict=True))


def paragraphs(text: str) -> list[str]:
    """The paragraphs and points of a section as people read them, without tables and frames."""
    text = re.sub(r"^```.*?^```$|^\|.*?$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", text.replace("**", ""))
    text = re.sub("`([^`]+)`", r"\1", text)
    parts = re.split(r"\n\n|^(?:- |\d+\. )", text, flags=re.MULTILINE)
    return [" ".join(part.split()) for part in parts if part.strip()]


def test_every_link_of_the_document_leads_somewhere():
    text = DOCUMENT.read_text()
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert {link.removeprefix("#") for link in links if link.startswith("#")} <= sections(text).keys()
    assert all((DOCUMENT.parent / link.partition("#")[0]).is_file() for link in links if not link.startswith("#"))


def test_names_of_messages_and_errors_lead_to_them(page: str):
    steps = page[page.index('id="a-client-in-eight-steps"') : page.index('id="endpoints"')]
    for anchor, name in (
        ("client.connect", "connect"),
        ("client.action.join_table", "join_table"),
        ("server.action_request", "action_request"),
        ("server.event.TABLE_STATE", "TABLE_STATE"),
        ("error-stale_request", "stale_request"),
    ):
        assert f'<a href="#{anchor}"><code>{name}</code></a>' in steps


def test_the_page_has_no_script_or_style_of_its_own(client: Client, page: str):
    console = client.get("/protocol/console/").content.decode()
    for text in (page, console):
        scripts = re.findall(r"<script([^>]*)>", text)
        assert all("src=" in script or 'type="application/json"' in script for script in scripts)
        assert "<style" not in text
        assert not re.search(r"\s(style|on\w+)=", re.sub(r"<code>.*?</code>", "", text, flags=re.DOTALL))


def test_other_pages_lead_there(client: Client, db: None):
    lobby = client.get("/").content.decode()
    assert 'href="/protocol/"' in lobby
    assert 'href="/protocol/console/"' in lobby
