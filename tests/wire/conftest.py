"""The servers for the tests of the wire, the site and the standalone one, which speak the same protocol.

Each test takes tables and players that nobody has used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.servers import UNTIMED, Account, Server, serving
from tests.standalone import Standalone, standing_alone

PLAIN_CARDS = "8♠ 6♦ 8♥ 10♦ 2♠ 2♥ 3♠ 3♥ 4♠ 4♥"
"""One player has 8♠ 8♥ against 6♦ and 10♦, two have 8♠ 10♦ and 6♦ 2♠ against 8♥ and 2♥; hits bust nobody soon."""
KINDS: dict[str, tuple[int, dict[str, Any]]] = {
    "untimed": (200, UNTIMED),
    "paused": (2, UNTIMED | {"pause_seconds": 86_400}),
    "two seats": (4, UNTIMED | {"seat_count": 2}),
    "two each": (10, UNTIMED | {"seats_per_player": 2}),
    "hasty": (4, UNTIMED | {"act_seconds": 1, "on_timeout": "stand"}),
    "long limits": (4, UNTIMED | {"max_buy_in_cents": 20_000_00, "max_bet_cents": 20_000_00}),
}
PLAYERS = 400


@dataclass
class Room:
    """A server and what of it is unused."""

    server: Server | Standalone
    _tables: dict[str, Iterator[str]]
    _players: Iterator[Account]

    def table(self, kind: str = "untimed") -> str:
        return next(self._tables[kind])

    def player(self) -> Account:
        return next(self._players)

    @property
    def url(self) -> str:
        return self.server.url


WANTED = [(kind, rules) for kind, (count, rules) in KINDS.items() for _ in range(count)]


def room_of(server: Server | Standalone) -> Room:
    opened = list(zip(server.tables, WANTED, strict=True))
    tables = {kind: iter([table_id for table_id, (name, _) in opened if name == kind]) for kind in KINDS}
    return Room(server, tables, iter(server.players))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with serving(
        tmp_path_factory.mktemp("wire"), WANTED, players=PLAYERS, CARDSHARP_STACKED_SHOE=PLAIN_CARDS
    ) as server:
        yield room_of(server)


@pytest.fixture(scope="session")
def standalone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with standing_alone(tmp_path_factory.mktemp("alone"), WANTED, players=PLAYERS, cards=PLAIN_CARDS) as server:
        yield room_of(server)


@pytest.fixture(params=["site", "standalone"])
def room(request: pytest.FixtureRequest) -> Room:
    room: Room = request.getfixturevalue(request.param)
    return room
