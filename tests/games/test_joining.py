"""Files that are served as one: what is in them, in which order, and for how long a browser keeps them."""

import gzip
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from games import joining
from games.joining import CannotJoin, join_modules, joined


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of static files of its own."""
    (tmp_path / "js/table").mkdir(parents=True)

    def find(name: str) -> str | None:
        return str(tmp_path / name) if (tmp_path / name).exists() else None

    monkeypatch.setattr("games.joining.finders.find", find)
    return tmp_path


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / "js" / f"{name.replace('__', '/')}.js").write_text(text)


def test_each_module_has_its_own_names_and_comes_once_and_before_who_needs_it(modules: Path):
    write(
        modules,
        table__main='import { one } from "../one.js";\nimport { two as second } from "./two.js";\none(second);\n',
        one="const own = 1;\nexport function one(two) {\n  return own + two;\n}\n",
        table__two='import { one } from "../one.js";\nconst own = 2;\nexport const two = one(own);\n',
    )
    text = join_modules("js/table/main.js", [])
    assert text.count("const own = 1;") == 1
    places = [text.index(part) for part in ("const own = 1;", "const own = 2;", "one(second);")]
    assert places == sorted(places)
    assert "const { two: second } = module_js_table_two_js;" in text
    assert "import" not in text
    assert "export" not in text


def test_what_is_brought_later_is_brought_from_where_it_is(modules: Path):
    write(modules, table__main='const late = () => import("./late.js");\n')
    assert 'import("/static/js/table/late.js")' in join_modules("js/table/main.js", [])


def test_a_module_knows_where_it_stands_though_it_comes_with_others(modules: Path):
    write(modules, table__main='const own = new URL("../faces.svg", import.meta.url).pathname;\n')
    text = join_modules("js/table/main.js", [])
    assert 'new URL("../faces.svg", new URL("/static/js/table/main.js", location.href).href)' in text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('import * as all from "./two.js";\n', "says 'import"),
        ("export default 1;\n", "says 'export"),
        ("export let changing = 1;\n", "says 'export"),
        ('import { two } from "./nowhere.js";\n', "there is no js/table/nowhere.js"),
        ('import { two } from "./two.js";\n', "js/table/main.js imports js/table/two.js imports js/table/main.js"),
    ],
)
def test_what_is_not_understood_is_refused(modules: Path, text: str, why: str):
    write(modules, table__main=text, table__two='import { main } from "./main.js";\nexport const two = 2;\n')
    with pytest.raises(CannotJoin, match=why):
        join_modules("js/table/main.js", [])


@pytest.mark.parametrize("name", ["table.css", "table.js"])
def test_a_browser_keeps_it_as_long_as_it_stays_the_same(client: Client, name: str):
    file = joined(name)
    plain = client.get(reverse("joined", args=[file.digest, name]))
    packed = client.get(reverse("joined", args=[file.digest, name]), headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.content) == plain.content == file.text
    assert packed["Content-Encoding"] == "gzip"
    assert plain["Cache-Control"] == packed["Cache-Control"] == "public, max-age=31536000, immutable"
    assert packed["Vary"] == "Accept-Encoding"
    old = client.get(reverse("joined", args=["0" * 16, name]))
    assert (old.content, old["Cache-Control"]) == (file.text, "no-cache")


def test_it_follows_its_sources(modules: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(joining.JOINED, "own.js", lambda sources: join_modules("js/table/main.js", sources))
    write(modules, table__main="one();\n")
    before = joined("own.js")
    assert joined("own.js") is before
    write(modules, table__main="two();\n")
    after = joined("own.js")
    assert b"two();" in after.text
    assert after.digest != before.digest


def test_nothing_else_is_to_be_had(client: Client):
    assert client.get(reverse("joined", args=["0" * 16, "settings.py"])).status_code == 404
