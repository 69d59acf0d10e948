"""Several files as one: the sheets of a page, and a module with all that it imports, put together as they are served.

A phone's line makes each request wait, and one after the other asks for what the last one imports. There is nothing to
build and to keep: the files stay what they are, and what is joined follows them.
"""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from django.contrib.staticfiles import finders
from django.templatetags.static import static

_STYLES: Final = ("tokens", "base", "components", "forms", "header", "faces")
_TABLE_STYLES: Final = ("cards", "table", "felt", "seats", "felt_narrow", "controls", "sheets", "reactions", "company")
_IMPORT: Final = re.compile(r'^import (?:\{ (?P<names>[\w, ]+) \} from )?"(?P<path>\.[^"]+)";\n', re.MULTILINE)
_DYNAMIC: Final = re.compile(r'\bimport\("(?P<path>\.[^"]+)"\)')
_EXPORT: Final = re.compile(r"^export (?=(?:async )?(?:function|class|const) (?P<name>\w+))", re.MULTILINE)
_OTHER: Final = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class CannotJoin(Exception):
    """A file is not there, modules import each other in a ring, or a form of import is not understood."""


class Joined(NamedTuple):
    """What is served: the text, the same packed, and a name that changes with it."""

    text: bytes
    packed: bytes
    digest: str


class _Source(NamedTuple):
    name: str
    file: Path
    changed_ns: int


def joined(name: str) -> Joined:
    """The joined file of that name, as its sources are now. Raises KeyError for a name that is none, or CannotJoin."""
    known = _kept.get(name)
    if known is None or any(source.file.stat().st_mtime_ns != source.changed_ns for source in known[0]):
        sources: list[_Source] = []
        text = JOINED[name](sources).encode()
        digest = hashlib.sha256(text).hexdigest()[:16]
        known = _kept[name] = (sources, Joined(text, gzip.compress(text, mtime=0), digest))
    return known[1]


_kept: dict[str, tuple[list[_Source], Joined]] = {}


def _read(name: str, sources: list[_Source]) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        raise CannotJoin(f"there is no {name}")
    file = Path(found)
    sources.append(_Source(name, file, file.stat().st_mtime_ns))
    return file.read_text(encoding="utf-8")


def join_styles(names: Sequence[str], sources: list[_Source]) -> str:
    """The sheets one after the other: layers put their rules in order, wherever they stand."""
    return "\n".join(_read(name, sources) for name in names)


def join_modules(entry: str, sources: list[_Source]) -> str:
    """The module and what it imports, each in a scope of its own, after those that it needs itself."""
    order: list[str] = []
    _visit(entry, order, [], sources)
    return "\n".join(order)


def _visit(name: str, order: list[str], way: list[str], sources: list[_Source]) -> None:
    if name in way:
        raise CannotJoin(f"{' imports '.join([*way[way.index(name) :], name])}")
    if any(source.name == name for source in sources):
        return
    text = _read(name, sources)

    def taken(found: re.Match[str]) -> str:
        needed = _path(name, found["path"])
        _visit(needed, order, [*way, name], sources)
        if not found["names"]:
            return ""
        return f"const {{ {found['names'].replace(' as ', ': ')} }} = {_variable(needed)};\n"

    exported = [found["name"] for found in _EXPORT.finditer(text)]
    body = _EXPORT.sub("", _IMPORT.sub(taken, text))
    body = _DYNAMIC.sub(lambda found: f'import("{static(_path(name, found["path"]))}")', body)
    # What a module names beside itself is still there, and not beside the joined file.
    body = body.replace("import.meta.url", f'new URL("{static(name)}", location.href).href')
    if other := _OTHER.search(body):
        raise CannotJoin(f"{name} says {other[0]!r}")
    order.append(f"const {_variable(name)} = (() => {{\n{body}\nreturn {{ {', '.join(exported)} }};\n}})();")


def _path(importing: str, path: str) -> str:
    return posixpath.normpath(f"{posixpath.dirname(importing)}/{path}")


@cache
def _variable(name: str) -> str:
    return "module_" + re.sub(r"\W", "_", name)


JOINED: Final[dict[str, Callable[[list[_Source]], str]]] = {
    "table.css": lambda sources: join_styles([f"css/{name}.css" for name in (*_STYLES, *_TABLE_STYLES)], sources),
    "table.js": lambda sources: join_modules("js/table/main.js", sources),
}
"""What pages may ask for."""
