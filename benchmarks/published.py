"""The published figures of `published.toml`, and the page on which they stand beside our own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs/house_edges.md"


class Source(msgspec.Struct, frozen=True):
    """Where figures were published, and what they assume."""

    title: str
    url: str
    assumes: str


class Part(msgspec.Struct, frozen=True):
    """A published edge or effect of a rule, in percent of the first bet, and the name of its source."""

    percent: Decimal
    what: str
    source: str


class Edge(msgspec.Struct, frozen=True):
    """The published house edge of a rule set."""

    rules: str
    parts: tuple[Part, ...]

    @property
    def percent(self) -> float:
        return float(sum(part.percent for part in self.parts))


class Dealer(msgspec.Struct, frozen=True):
    """The published probabilities of the dealer's final totals, by up card and in the order of `OUTCOMES`."""

    rules: str
    source: str
    percents: dict[str, tuple[Decimal, ...]]


class Published(msgspec.Struct, frozen=True):
    """All of it."""

    sources: dict[str, Source]
    edges: tuple[Edge, ...]
    dealers: tuple[Dealer, ...]


def read_published() -> Published:
    """What `published.toml` says."""
    text = Path(__file__).with_name("published.toml").read_text()
    return msgspec.convert(tomllib.loads(text, parse_float=Decimal), Published)


def read_results(path: Path) -> dict[str, Any]:
    """The results kept in a file, by placard; none where there is no such file yet."""
    return dict(msgspec.json.decode(path.read_bytes())) if path.exists() else {}


def keep_result(path: Path, rules: str, result: dict[str, Any]) -> None:
    """Writes the result of a placard to the file, in place of an older one."""
    results = read_results(path) | {rules: result}
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results)) + b"\n")


def write_part(page: Path, name: str, lines: Iterable[str]) -> None:
    """Puts the lines between the marks `<!-- name -->` and `<!-- end of name -->` of the page."""
    before, rest = page.read_text().split(f"<!-- {name} -->\n")
    _, after = rest.split(f"<!-- end of {name} -->\n")
    text = "".join(f"{line}\n" for line in lines)
    page.write_text(f"{before}<!-- {name} -->\n{text}<!-- end of {name} -->\n{after}")
