"""Every action sent up to five times, over two tabs at two processes and a reconnect: one effect, and one answer."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import Amount, Figure
from tests.faults.processes import several_serving
from tests.servers import UNTIMED, Account, Server
from tests.wire_client import WireClient, connected

CARDS = "8♠ A♦ 8♥ 8♦ A♠ A♥ K♠ 9♦ 2♠ 3♠ 2♥ 3♥"
"""Alone against the dealer: a pair of eights and then a blackjack, each against an ace without a blackjack under it."""
RULES: dict[str, Any] = UNTIMED | {"insurance": True, "even_money": True, "surrender": "late"}
KINDS = {"late": RULES, "early": RULES | {"surrender": "early"}, "two": RULES}


@dataclass(frozen=True)
class Case:
    """An action, where it is sent, and what happens then, once."""

    action: str
    where: str
    happens: str
    data: dict[str, Any] = field(default_factory=dict)
    kind: str = "late"
    refusal: str | None = None
    """What a repetition without a request id gets; None where that is acknowledged and changes nothing."""

    def __str__(self) -> str:
        return self.data.get("action", self.action)


def move(name: str, where: str, happens: str = "PLAYER_ACTION", kind: str = "late", **more: Any) -> Case:
    return Case("player_action", where, happens, {"action": name, **more}, kind)


WITH_A_REQUEST_ID = [
    Case("place_bet", "betting", "PLAYER_BET", {"amount": 25}),
    Case("sit_out", "betting", "PLAYER_SAT_OUT"),
    Case("leave_table", "betting", "PLAYER_LEFT"),
    Case("add_chips", "betting", "BANKROLL_UPDATED", {"amount": 7.5}),
    Case("set_client_seed", "betting", "CLIENT_SEED_SET", {"client_seed": "mine"}),
    Case("sit_in", "away", "PLAYER_SAT_IN"),
    *(move(name, "turn") for name in ("HIT", "STAND", "DOUBLE", "SPLIT", "SURRENDER")),
    move("INSURANCE", "insurance", "INSURANCE_DECISION", amount=3),
    move("DECLINE_INSURANCE", "insurance", "INSURANCE_DECISION"),
    move("EVEN_MONEY", "blackjack", "INSURANCE_DECISION"),
    move("SURRENDER", "turn", kind="early"),
    move("DECLINE_SURRENDER", "turn", kind="early"),
]
WITHOUT_ONE = [
    Case("join_table", "outside", "PLAYER_JOINED", {"buy_in": 200}, refusal="already_seated"),
    Case("leave_table", "betting", "PLAYER_LEFT", refusal="not_seated"),
    Case("place_bet", "betting", "PLAYER_BET", {"amount": 25}, refusal="wrong_phase"),
    Case("sit_out", "betting", "PLAYER_SAT_OUT"),
    Case("sit_in", "away", "PLAYER_SAT_IN"),
    Case("set_client_seed", "betting", "CLIENT_SEED_SET", {"client_seed": "mine"}),
    Case("player_action", "turn", "PLAYER_ACTION", {"action": "STAND"}, refusal="wrong_phase"),
]
"""Those that count once by themselves. Without a request id `add_chips`, a bet while betting goes on, and a move while
the hand goes on are new actions, as the protocol says."""


class Evening:
    """Two servers, and for each case a player and a table that nobody has used."""

    def __init__(self, servers: Sequence[Server], kinds: list[str]) -> None:
        self.servers = servers
        self._players = iter(servers[0].players)
        opened = list(zip(servers[0].tables, kinds, strict=True))
        self._tables = {kind: iter([table for table, its in opened if its == kind]) for kind in KINDS}

    def take(self, kind: str) -> tuple[Account, str]:
        return next(self._players), next(self._tables[kind])


async def come_to(client: WireClient, table: str, where: str) -> str | None:
    """Plays until the player is there; the request that is open then."""
    request: str | None = None

    async def answer(what: str, /, **data: Any) -> None:
        nonlocal request
        await client.accepted(what, table, request_id=request, **data)
        request = (await client.request())["request_id"]

    if where == "outside":
        return request
    await client.accepted("join_table", table)
    request = (await client.request())["request_id"]
    if where == "betting":
        return request
    await answer("place_bet", amount=10)
    if where == "insurance":
        return request
    await answer("player_action", action="DECLINE_INSURANCE")
    if where == "blackjack":
        await answer("player_action", action="STAND")
        await answer("place_bet", amount=10)
    if where == "away":
        await client.accepted("sit_out", table)
    return request


class Tabs:
    """A player's sockets. The first and third copy of an action come from one that was cut off in between."""

    def __init__(self, servers: Sequence[Server], player: Account, stack: AsyncExitStack) -> None:
        self._servers = itertools.cycle(servers)
        self._player = player
        self._stack = stack
        self.tabs: list[WireClient] = []

    async def open(self) -> None:
        self.tabs = [await self._connected() for _ in range(2)]

    async def _connected(self) -> WireClient:
        return await self._stack.enter_async_context(connected(next(self._servers).url, self._player))

    async def for_copy(self, number: int) -> WireClient:
        """The tab that sends the copy of that number."""
        if number == 3:
            self.tabs[0].socket.transport.abort()
            self.tabs[0] = await self._connected()
        return self.tabs[(number - 1) % 2]


async def sent(tabs: Tabs, message: dict[str, Any], times: int, at_once: bool) -> list[dict[str, Any]]:
    """What became of each copy, so far as its tab lived to hear it."""
    asked: list[tuple[WireClient, str]] = []
    answers = []
    for number in range(1, times + 1):
        tab, id_ = await tabs.for_copy(number), f"copy-{number}"
        await tab.send("action", message, id=id_)
        if at_once:
            asked.append((tab, id_))
        else:
            answers.append(await answer_to(tab, id_))
    return answers + [await answer_to(tab, id_) for tab, id_ in asked if tab in tabs.tabs]


async def answer_to(tab: WireClient, id_: str) -> dict[str, Any]:
    return (await tab.until(lambda message: message.get("reply_to") == id_))["data"]


async def repeated(evening: Evening, case: Case, times: int, at_once: bool, with_id: bool) -> None:
    player, table = evening.take(case.kind)
    async with AsyncExitStack() as stack:
        guide = await stack.enter_async_context(connected(evening.servers[0].url, player, subscribe=table))
        request = await come_to(guide, table, case.where)
        before = (await guide.ask("heartbeat"))["data"]["seqs"][table]
        data = {**case.data, "request_id": request} if with_id else case.data
        tabs = Tabs(evening.servers, player, stack)
        await tabs.open()
        answers = await sent(tabs, {"action": case.action, "data": data, "table_id": table}, times, at_once)
        events = await events_after(evening.servers[1], table, before)
    assert Counter(event["event_type"] for event in events)[case.happens] == 1
    accepted = [answer["data"] for answer in answers if answer.get("event_type") == "ACTION_RECEIVED"]
    refused = [answer["code"] for answer in answers if "code" in answer]
    if with_id or case.refusal is None:
        assert refused == []
        assert {(got["action"], got["request_id"], got["seq"]) for got in accepted} == {
            (str(case), request if with_id else None, events[-1]["seq"])
        }
    else:
        assert len(accepted) <= 1, "it may have been the copy whose tab was cut off"
        assert set(refused) <= {case.refusal}


async def events_after(server: Server, table: str, seq: int) -> list[dict[str, Any]]:
    async with connected(server.url) as viewer:
        return [message["data"] for message in await viewer.replay(table, since=seq)]


@pytest.mark.slow
@pytest.mark.redis
async def test_every_action_counts_once(
    tmp_path: Path, postgres_url: str, redis_url: str, amount: Amount, figure: Figure, subtests: pytest.Subtests
):
    fewest, ways = amount(5, 1), amount(1, 2)
    runs = [
        (case, times, at_once, with_id)
        for cases, with_id in ((WITH_A_REQUEST_ID, True), (WITHOUT_ONE, False))
        for case in cases
        for times in range(fewest, 6)
        for at_once in (True, False)[:ways]
    ]
    kinds = [case.kind for case, *_ in runs]
    opened = [(kind, KINDS[kind]) for kind in kinds]
    with several_serving(
        2,
        tmp_path,
        opened,
        players=len(runs),
        watched=False,
        DATABASE_URL=postgres_url,
        REDIS_URL=redis_url,
        CARDSHARP_STACKED_SHOE=CARDS,
    ) as servers:
        evening = Evening(servers, kinds)
        for case, times, at_once, with_id in runs:
            how = ("with a request id" if with_id else "without one", "at once" if at_once else "one by one")
            with subtests.test(f"{case}, {times} times, {', '.join(how)}"):
                await repeated(evening, case, times, at_once, with_id)
    how_often = "1 to 5" if fewest == 1 else "5"
    figure(
        f"{len(WITH_A_REQUEST_ID)} actions with a request id and {len(WITHOUT_ONE)} without, {how_often} times each "
        f"over two tabs at two processes and a reconnect, at once{' and one by one' * (ways - 1)}, PostgreSQL, Redis",
        "one effect and one acknowledgement each; without a request id the documented refusal or no change",
    )
