"""The logs of several tables, read as any client reads them, and what must hold of them however often servers died."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from tests.faults.players import Stubborn
from tests.wire_client import connected

Log = list[dict[str, Any]]

OWN_EVENTS = {"PLAYER_BET", "PLAYER_ACTION", "INSURANCE_DECISION", "CLIENT_SEED_SET"}
"""Each is what one action of its player did; `add_chips` has none of its own."""


async def read_on(url: str, logs: dict[str, Log]) -> None:
    """Makes the logs of these tables longer by what has happened since."""
    async with connected(url) as viewer:
        for table, log in logs.items():
            for message in await viewer.replay(table, since=len(log)):
                event = message["data"]
                if event.get("table_id") == table and event.get("event_type") != "TABLE_STATE":
                    assert event["seq"] == len(log) + 1
                    log.append(event)
            await viewer.ask("unsubscribe", {"event_types": "*", "table_id": table})


async def settled(players: Sequence[Stubborn], url: str, logs: dict[str, Log]) -> None:
    """Waits until nothing is under way and every player has heard everything; `logs` then are whole."""
    async with asyncio.timeout(120):
        for player in players:
            player.rest()
        for player in players:
            await player.until(lambda player=player: player.is_idle)  # type: ignore[misc]
        await read_on(url, logs)
        for player in players:
            await player.until(lambda player=player: len(player.seen) >= len(logs[player.table]))  # type: ignore[misc]


def assert_told_is_kept(told: Sequence[Log], log: Log, since: int) -> None:
    """What players were told of a table is what its log says, from there on."""
    for seen in told:
        assert seen[since:] == log[since : len(seen)]


async def wallets(url: str, players: Sequence[Stubborn]) -> dict[str, float]:
    """What each player has beside the stack."""
    found = {}
    for player in players:
        async with connected(url, player.player) as client:
            found[player.player.id] = client.messages[0]["data"]["player"]["balance"]
    return found


def assert_nothing_lost_nothing_doubled(
    players: Sequence[Stubborn], logs: dict[str, Log], left: dict[str, float], wallet: float
) -> int:
    """How many actions were accepted: each of them happened, once, and every hand that was dealt was settled once.

    `wallet` is what everybody had left after joining, and `left` what each has now.
    """
    for log in logs.values():
        _assert_hands_are_settled_once(log)
    for player in players:
        assert player.seen == logs[player.table]
        own = [e for e in player.seen if e["data"].get("player_id") == player.player.id]
        assert [e["event_type"] for e in own].count("PLAYER_JOINED") == 1
        _assert_each_happened_once(player, own)
        assert left[player.player.id] == wallet - sum(name == "add_chips" for _, name in player.accepted)
    return sum(len(player.accepted) for player in players)


def _assert_each_happened_once(player: Stubborn, own: Log) -> None:
    happened = [event["seq"] for event in own if event["event_type"] in OWN_EVENTS]
    accepted = sorted(seq for (_, name), seq in player.accepted.items() if name != "add_chips")
    assert len(happened) == len(accepted) > 0
    # Each acknowledgement names the last event that the action caused: its own one is before it, the next one after.
    assert all(seq <= acknowledged for seq, acknowledged in zip(happened, accepted, strict=True))
    assert all(acknowledged < later for acknowledged, later in zip(accepted, happened[1:], strict=False))


def _assert_hands_are_settled_once(log: Log) -> None:
    dealt = {hand for hand in _hands(log, "CARD_DEALT") if hand[1] is not None}
    settled = Counter(_hands(log, "HAND_RESULT"))
    assert set(settled.values()) <= {1}
    ended = {event["round_id"] for event in log if event["event_type"] == "ROUND_ENDED"}
    assert {hand for hand in dealt if hand[0] in ended} == set(settled)
    assert all(one["seq"] + 1 == other["seq"] for one, other in pairwise(log))


def _hands(log: Log, event_type: str) -> Iterable[tuple[str, str | None]]:
    return [(e["round_id"], e["data"].get("hand_id")) for e in log if e["event_type"] == event_type]
