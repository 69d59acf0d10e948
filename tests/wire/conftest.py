"""One server for the tests of the wire; each test takes tables and players of it that nobody has used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.servers import UNTIMED, Account, Server, serving

PLAIN_CARDS = "8♠ 6♦ 8♥ 10♦ 2♠ 2♥ 3♠ 3♥ 4♠ 4♥"
"""One player has 8♠ 8♥ against 6♦ and 10♦, two have 8♠ 10♦ and 6♦ 2♠ against 8♥ and 2♥; hits bust nobody soon."""
KINDS: dict[str, tuple[int, dict[str, Any]]] = {
    "untimed": (200, UNTIMED),
    "two seats": (4, UNTIMED | {"seat_count": 2}),
    "two each": (5, UNTIMED | {"seats_per_player": 2}),
    "long limits": (4, UNTIMED | {"max_buy_in_cents": 20_000_00, "max_bet_cents": 20_000_00}),
}
PLAYERS = 400


@dataclass
class Room:
    """The server and what of it is unused."""

    server: Server
    _tables: dict[str, Iterator[str]]
    _players: Iterator[Account]

    def table(self, kind: str = "untimed") -> str:
        return next(self._tables[kind])

    def player(self) -> Account:
        return next(self._players)

    @property
    def url(self) -> str:
        return self.server.url


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    wanted = [(kind, rules) for kind, (count, rules) in KINDS.items() for _ in range(count)]
    with serving(
        tmp_path_factory.mktemp("wire"), wanted, players=PLAYERS, CARDSHARP_STACKED_SHOE=PLAIN_CARDS
    ) as server:
        opened = list(zip(server.tables, wanted, strict=True))
        tables = {kind: iter([table_id for table_id, (name, _) in opened if name == kind]) for kind in KINDS}
        yield Room(server, tables, iter(server.players))
