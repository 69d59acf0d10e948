"""Plays with a real server until every kind of message was sent. Of each it keeps what says most, and one session.

`python -m tests.protocol.recording` writes what it heard to cardsharp/protocol/examples.json.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import cardsharp.protocol
from cardsharp.protocol.examples import Examples, Line, pretty
from cardsharp.wire import encode_json
from tests.protocol.kinds import key_of
from tests.servers import UNTIMED, Account, Server
from tests.wire_client import WireClient, connected, opened

FILE = Path(cardsharp.protocol.__file__).with_name("examples.json")
CARDS = "8♠ A♦ 8♥ 9♦ 3♠ 10♥ 10♣ 9♣ 10♠ 7♦ 6♥ 10♦ 9♠ 8♦ 9♥ K♦ A♠ A♥ K♠ 5♦"
"""A pair of eights under an ace that is no blackjack; split, the first makes eleven and the second eighteen. Then
sixteen under a seven. Then eighteen under an eight, beyond the cut card of a short shoe. In a longer one, who gives up
every hand has a blackjack under an ace in the fifth round."""
RULES: dict[str, Any] = {**UNTIMED, "decks": 1, "penetration_percent": 30}
EARLY: dict[str, Any] = {"decks": 1, "penetration_percent": 75, "surrender": "early", "pause_seconds": 0}
CLOSING = """
import time
from cardsharp.game import Admit, Pause, Resume
from cardsharp.games import GAMES
from games.store import Store
store = Store(lambda table_id, seated: 0)
for order in (Pause("a short break"), Resume(), Admit("members")):
    store.submit("{table}", lambda game: game.house_command(order, at=time.time()))
store.submit("{table}", lambda game: game.close_command(reason="closed", at=time.time()))
"""


def record(directory: Path) -> Examples:
    """What a server in the directory and its clients say to each other."""
    server = Server(directory, {"CARDSHARP_STACKED_SHOE": CARDS})
    tables = [("Single deck", RULES), ("Busy single deck", RULES), ("Early surrender", EARLY), ("Closed", RULES)]
    server.prepare(tables, players=3, chips=1_000)
    server.shell(CLOSING.format(table=server.tables[3]))
    server.start()
    try:
        return asyncio.run(_play(server))
    finally:
        server.stop()


async def _play(server: Server) -> Examples:
    learner, player, quitter = server.players
    first, busy, early, closed = server.tables
    session = await _first_session(server, learner, first)
    heard = [*session, *await _round_of_everything(server, player, busy), *await _old_news(server, closed)]
    heard += [line for line in await _early_surrenders(server, quitter, early) if line[1]["type"] == "action_request"]
    messages: dict[str, dict[str, Any]] = {}
    for sender, message in sorted(heard, key=lambda line: len(encode_json(line[1]))):
        messages[key_of(sender, message) + _title(message)] = _without_secrets(message)
    lines = tuple(Line(sender, _without_secrets(message)) for sender, message in session)
    return Examples(dict(sorted(messages.items())), lines)


async def _first_session(server: Server, player: Account, table: str) -> list[tuple[Any, dict[str, Any]]]:
    """Connects, finds a table, plays one round and leaves, and answers nothing but requests."""
    async with opened(server.url) as client:
        await client.ask("connect", {"token": player.token})
        await client.ask("subscribe", {"event_types": ["*"]})
        await client.event("LOBBY_STATE")
        await client.ask("unsubscribe", {"event_types": ["*"]})
        await client.ask("subscribe", {"event_types": ["*"], "table_id": table})
        await client.event("TABLE_STATE")
        await client.accepted("join_table", table, buy_in=200, client_seed="my own luck")
        await _answer(client, table, "place_bet", amount=25)
        for move in ("DECLINE_INSURANCE", "HIT", "STAND"):
            await _answer(client, table, "player_action", action=move)
        await client.event("ROUND_ENDED")
        await client.accepted("leave_table", table)
        await client.event("PLAYER_LEFT")
        await client.ask("disconnect")
        await client.closed()
        return client.transcript


async def _answer(client: WireClient, table: str, action: str, /, **data: Any) -> None:
    """Answers the next request."""
    request = await client.request()
    await client.accepted(action, table, request_id=request["request_id"], **data)


async def _round_of_everything(server: Server, player: Account, table: str) -> list[tuple[Any, dict[str, Any]]]:
    """Three rounds with much in them: insurance, a split, a double, a bust, a player who goes, and a new shoe."""
    async with connected(server.url) as lobby, connected(server.url, player, subscribe=table) as client:
        await lobby.ask("subscribe", {"event_types": ["LOBBY_STATE", "TABLE_CHANGED"]})
        await client.accepted("join_table", table, seat=2, buy_in=200, client_seed="my own luck")
        await lobby.event("TABLE_CHANGED")
        request = await client.request()
        assert await client.refused("place_bet", table, request_id=request["request_id"], amount=7) == "invalid_amount"
        await client.accepted("set_client_seed", table, client_seed="another")
        await client.accepted("add_chips", table, amount=62.5)
        await client.accepted("sit_out", table, request_id=request["request_id"])
        await client.accepted("sit_in", table)
        await _answer(client, table, "place_bet", amount=25)
        await _answer(client, table, "player_action", action="INSURANCE", amount=12.5)
        for move in ("SPLIT", "DOUBLE", "HIT"):
            await _answer(client, table, "player_action", action=move)
        await client.event("ROUND_ENDED")
        await _answer(client, table, "place_bet", amount=25)
        await _answer(client, table, "player_action", action="STAND")
        await client.event("ROUND_ENDED")
        await _answer(client, table, "place_bet", amount=25)
        await client.request()
        await client.accepted("leave_table", table)
        await client.event("PLAYER_LEFT")
        await client.ask("heartbeat", {"timestamp": 1766400000.25, "seqs": {table: 1}})
        return lobby.transcript + client.transcript


async def _early_surrenders(server: Server, player: Account, table: str) -> list[tuple[Any, dict[str, Any]]]:
    """Gives up every hand at once, until there is even money to be had."""
    async with connected(server.url, player, subscribe=table) as client:
        await client.accepted("join_table", table, buy_in=200)
        move = ""
        while move != "EVEN_MONEY":
            request = await client.request()
            asked = {"request_id": request["request_id"]}
            if "BET" in request["valid_actions"]:
                await client.accepted("place_bet", table, amount=25, **asked)
                continue
            wanted = ("EVEN_MONEY", "DECLINE_INSURANCE", "SURRENDER")
            move = next(name for name in wanted if name in request["valid_actions"])
            await client.accepted("player_action", table, action=move, **asked)
        return client.transcript


def _title(message: dict[str, Any]) -> str:
    """What a request asks, so that there is an example of each."""
    if message["type"] != "action_request":
        return ""
    titles = {
        "BET": ": a bet",
        "EVEN_MONEY": ": insurance or even money",
        "INSURANCE": ": insurance",
        "DECLINE_SURRENDER": ": early surrender",
        "HIT": ": a move",
    }
    return next(title for name, title in titles.items() if name in message["data"]["valid_actions"])


async def _old_news(server: Server, table: str) -> list[tuple[Any, dict[str, Any]]]:
    """The log of a table that is closed."""
    async with connected(server.url) as client:
        await client.ask("subscribe", {"event_types": ["*"], "table_id": table, "since": 0})
        await client.event("TABLE_CLOSED")
        return client.transcript


def _without_secrets(message: dict[str, Any]) -> dict[str, Any]:
    if message["type"] == "connect" and "token" in message.get("data", {}):
        return {**message, "data": {**message["data"], "token": "cs_…"}}
    return message


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        recorded = record(Path(directory))
    lines = [{"sender": line.sender, "frame": line.frame} for line in recorded.session]
    FILE.write_text(pretty({"messages": recorded.messages, "session": lines}) + "\n")
