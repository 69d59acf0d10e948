"""Time that cannot be played with: deadlines stand, the absent are played for, and tables where nobody plays rest."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests import meters
from tests.protocol.frames import Frames
from tests.servers import UNTIMED, Account, serving
from tests.standalone import standing_alone
from tests.wire.conftest import Room
from tests.wire_client import WireClient, connected

ELEVEN = "5♠ 6♦ 6♥ 10♦ 10♠ 2♥ 3♠ 3♥ 4♠ 4♥"
"""The only player has 5♠ 6♥ against 6♦: who plays it by the book draws, and gets 21."""
TIMED: dict[str, Any] = UNTIMED | {"act_seconds": 2, "bet_seconds": 2}
POLICIES = ("stand", "basic_strategy", "sit_out")
TABLES: list[tuple[str, dict[str, Any]]] = [
    *(("timed", TIMED) for _ in range(3)),
    *((policy, UNTIMED | {"act_seconds": 1, "on_timeout": policy}) for policy in POLICIES for _ in range(2)),
]
FLAP_SECONDS = 0.05


@pytest.fixture(scope="module", params=["site", "standalone"])
def timed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A server of either kind, with tables of each policy."""
    directory = tmp_path_factory.mktemp("time")
    opened = (
        serving(directory, TABLES, players=20, CARDSHARP_STACKED_SHOE=ELEVEN)
        if request.param == "site"
        else standing_alone(directory, TABLES, players=20, cards=ELEVEN)
    )
    with opened as server:
        ids = list(zip(server.tables, TABLES, strict=True))
        kinds = {kind: iter([table for table, (name, _) in ids if name == kind]) for kind, _ in TABLES}
        yield Room(server, kinds, iter(server.players))


class Flapper:
    """A player who comes and goes without end, in several tabs, and says everything but the answer."""

    def __init__(self, room: Room, player: Account, table: str) -> None:
        self.rounds = 0
        self.deadlines: dict[str, set[float]] = {"betting": set(), "playing": set()}
        """Every deadline that one of the tabs was shown, by the table's phase."""
        self._room, self._player, self._table = room, player, table

    async def flap(self) -> None:
        """Goes on for ever."""
        async with AsyncExitStack() as tabs:
            for self.rounds in itertools.count(1):
                name = "tab" if self.rounds % 2 else None
                tab = await tabs.enter_async_context(connected(self._room.url, self._player, client_id=name))
                await self._annoy(tab)
                if self.rounds % 3 == 0:
                    await tabs.aclose()
                await asyncio.sleep(FLAP_SECONDS)

    async def _annoy(self, tab: WireClient) -> None:
        place = {"event_types": "*", "table_id": self._table}
        await tab.ask("subscribe", {**place, "since": 0})
        await tab.ask("unsubscribe", place)
        await tab.ask("subscribe", place)
        await tab.ask("heartbeat")
        await tab.act("set_client_seed", self._table, client_seed=f"seed {self.rounds}")
        await tab.act("player_action", self._table, action="SPLIT")
        await tab.act("place_bet", self._table, amount=0.5)
        await tab.act("join_table", self._table)
        await tab.act("sit_in", self._table)
        for message in tab.messages:
            state = message["data"].get("data", {}).get("state")
            if state and state["phase"] in self.deadlines:
                self.deadlines[state["phase"]].add(state["deadline"])


async def seated(room: Room, player: Account, table: str) -> None:
    async with connected(room.url, player) as client:
        await client.accepted("join_table", table)


async def timed_out(watcher: WireClient, flapper: Flapper) -> dict[str, Any]:
    """The PLAYER_TIMEOUT that comes while the player is at it."""
    flapping = asyncio.create_task(flapper.flap())
    timeout = await watcher.event("PLAYER_TIMEOUT")
    assert not flapping.done(), flapping.result()
    flapping.cancel()
    await asyncio.gather(flapping, return_exceptions=True)
    assert flapper.rounds > 1
    return timeout["data"]


async def test_no_reconnecting_tab_replay_or_chatter_moves_the_deadline_of_a_turn(timed: Room):
    table, player = timed.table("timed"), timed.player()
    async with connected(timed.url, subscribe=table) as watcher:
        async with connected(timed.url, player) as client:
            await client.accepted("join_table", table)
            await client.accepted("place_bet", table, amount=10)
        deadline = (await watcher.event("PLAYER_DECISION_NEEDED"))["data"]["deadline"]
        flapper = Flapper(timed, player, table)
        timeout = await timed_out(watcher, flapper)
    assert flapper.deadlines["playing"] == {deadline}
    assert (timeout["player_id"], timeout["action"]) == (player.id, "STAND")
    assert timeout["timestamp"] >= deadline


async def test_nor_that_of_betting_and_the_others_get_their_cards(timed: Room):
    table, player, other = timed.table("timed"), timed.player(), timed.player()
    async with connected(timed.url, other, subscribe=table) as watcher:
        await watcher.accepted("join_table", table)
        deadline = (await watcher.event("ROUND_STARTED"))["data"]["deadline"]
        await seated(timed, player, table)
        await watcher.accepted("place_bet", table, amount=10)
        flapper = Flapper(timed, player, table)
        timeout = await timed_out(watcher, flapper)
        assert (timeout["player_id"], timeout["action"]) == (player.id, "SIT_OUT")
        assert (await watcher.event("CARD_DEALT"))["data"]["player_id"] == other.id
    assert flapper.deadlines["betting"] == {deadline}
    assert timeout["timestamp"] >= deadline


@pytest.mark.parametrize("way", ["cut", "leaves"])
@pytest.mark.parametrize("policy", POLICIES)
async def test_who_goes_in_mid_hand_is_played_for_by_the_tables_policy(timed: Room, policy: str, way: str):
    table, player = timed.table(policy), timed.player()
    async with connected(timed.url, subscribe=table) as watcher:
        async with connected(timed.url, player) as client:
            await client.accepted("join_table", table)
            await client.accepted("place_bet", table, amount=10)
            if way == "leaves":
                await client.accepted("leave_table", table)
        await watcher.event("ROUND_ENDED")
        await watcher.settle()
        told = [(event["event_type"], event["data"]) for event in watcher.events]
    moves = [(name, data["action"]) for name, data in told if name in ("PLAYER_TIMEOUT", "PLAYER_ACTION")]
    move = "HIT" if policy == "basic_strategy" else "STAND"
    assert moves == [("PLAYER_TIMEOUT", move), ("PLAYER_ACTION", move)]
    names = [name for name, _ in told]
    assert ("PLAYER_SAT_OUT" in names) == (way == "leaves" or policy == "sit_out")
    after = names[names.index("ROUND_ENDED") + 1 :]
    assert ("PLAYER_LEFT" in after) == (way == "leaves")
    async with connected(timed.url, player) as client:
        balance = (await client.ask("unsubscribe", {"event_types": "*"}))["data"]["player"]["balance"]
    stack = next(data["balance"] for name, data in reversed(told) if name == "BANKROLL_UPDATED")
    assert balance == 9_500 + (stack if way == "leaves" else 0)


# -- tables at rest ---------------------------------------------------------------------------------------------------

HASTY: dict[str, Any] = UNTIMED | {"bet_seconds": 1}
AT_REST: list[tuple[str, dict[str, Any]]] = [
    ("nobody sits out for ever", HASTY | {"away_seconds": 1}),
    ("everybody sits out", HASTY | {"away_seconds": None}),
    ("everybody sits out by themselves", UNTIMED | {"away_seconds": None}),
    ("somebody is awaited", UNTIMED),
    *((f"empty {number}", {}) for number in range(20)),
]
LOOKS = ('SELECT "games_table"."table_id" AS "pk" FROM', 'SELECT "games_table"."deadline_at" AS "deadline_at"')
OF_THE_PROCESS = ("BEGIN", "SAVEPOINT", '"games_servingprocess"')
"""It says every few seconds that it is there, however many tables there are."""


async def test_tables_where_nobody_plays_rest_without_work(tmp_path: Path):
    """No events, and no query but the sweeper's own look at one index and the process's sign of life."""
    settings: dict[str, Any] = {"CARDSHARP_HEARTBEAT_SECONDS": "2", "CARDSHARP_EXTENSIONS": meters.SETUP}
    with serving(tmp_path, AT_REST, players=4, **settings) as server:
        given_up, timed_out, sat_out, awaited, *_ = server.tables
        async with (
            connected(server.url, subscribe=given_up) as first,
            connected(server.url, subscribe=timed_out) as other,
        ):
            for player, table in zip(server.players, server.tables, strict=False):
                async with connected(server.url, player) as client:
                    await client.accepted("join_table", table)
                    if table == sat_out:
                        await client.accepted("sit_out", table)
            await first.event("PLAYER_LEFT")
            await other.event("PLAYER_SAT_OUT")
        before = await heads(server.url, server.tables)
        assert before[awaited] > 1
        async with connected(server.url, checked=Frames(meters.extensions())) as client:
            while (await client.ask("meters"))["data"]["open"] > 1:
                pass  # what is done when others go is not done yet
            start = await queries(client)
            beats = 0
            # Until the sweeper has looked at least once.
            while (done := queries_since(start, await queries(client))) == {} or beats < 3:
                await client.until(lambda message: message["type"] == "heartbeat")
                await client.ask("heartbeat")
                beats += 1
        assert all(sql.startswith(LOOKS) for sql in done), done
        assert max(done.values()) < beats
        assert await heads(server.url, server.tables) == before


async def queries(client: WireClient) -> dict[str, int]:
    read: dict[str, int] = (await client.ask("meters"))["data"]["queries"]
    return read


def queries_since(before: dict[str, int], now: dict[str, int]) -> dict[str, int]:
    """How often each statement was sent, but for those of the process's own sign of life."""
    of_tables = {sql: count for sql, count in now.items() if not any(word in sql for word in OF_THE_PROCESS)}
    return {sql: count - before.get(sql, 0) for sql, count in of_tables.items() if count > before.get(sql, 0)}


async def heads(url: str, tables: list[str]) -> dict[str, int]:
    """The newest seq of each table."""
    async with connected(url) as client:
        for table in tables:
            await client.ask("subscribe", {"event_types": ["TABLE_CLOSED"], "table_id": table})
        newest: dict[str, int] = (await client.ask("heartbeat"))["data"]["seqs"]
        for table in tables:  # so that nothing is left to do when this client goes
            await client.ask("unsubscribe", {"event_types": "*", "table_id": table})
        return newest
