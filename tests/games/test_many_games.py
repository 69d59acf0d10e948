"""A second game beside blackjack: the durable host, the handler and a replay serve it without knowing what it is."""

import json
from typing import Any

import pytest

from cardsharp.events.audience import Audience
from cardsharp.events.bus import EventBus
from cardsharp.events.handler import WebSocketEventHandler
from cardsharp.events.ports import Credentials
from cardsharp.games import GAMES
from examples.high_card import HighCard
from games import accounts
from games.database import in_database
from games.models import LoggedEvent, Player, Table, Token
from games.tables import Tables
from games.verification import verify
from tests.games.admin.room import ledger_sum
from tests.games.durable import open_table

pytestmark = pytest.mark.usefixtures("database_threads")


@pytest.fixture
def second_game(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GAMES, "high_card", HighCard())


class Wire:
    """A socket whose groups deliver at once, as soon as the handler has nothing else to say."""

    is_full = False

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.groups: set[str] = set()
        self.mail: list[dict[str, Any]] = []

    async def send(self, text: str) -> None:
        self.messages.append(json.loads(text))

    async def drain(self) -> None:
        pass

    async def close(self, code: int) -> None:
        raise AssertionError(code)

    async def join(self, group: str) -> None:
        self.groups.add(group)

    async def leave(self, group: str) -> None:
        self.groups.discard(group)


class WireGroups:
    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    async def send(self, group: str, message: dict[str, Any]) -> None:
        if group in self.wire.groups:
            self.wire.mail.append(message)


async def test_both_games_are_played_over_one_socket(second_game: None, bus: EventBus, ada: Player) -> None:
    wire, audience = Wire(), Audience()
    tables = Tables(bus, audience)
    handler = WebSocketEventHandler(room=tables, bus=bus, groups=WireGroups(wire), audience=audience)
    token = await in_database(accounts.issue_token, ada, "test", Token.Scope.PLAY)
    session = await handler.open(wire, Credentials())

    async def say(kind: str, **data: Any) -> list[dict[str, Any]]:
        earlier = len(wire.messages)
        await handler.receive(session, json.dumps({"type": kind, "data": data}))
        while wire.mail:
            await handler.deliver(session, wire.mail.pop(0))
        return wire.messages[earlier:]

    async def events(kind: str, **data: Any) -> list[str]:
        messages = await say(kind, **data)
        assert messages[0]["type"] in ("event", "connected"), messages[0]
        return [m["data"]["event_type"] for m in messages[1:] if m["type"] == "event"]

    await say("connect", token=token)
    high_card = await tables.open("high_card", "For fun", None)
    blackjack = await in_database(open_classic)
    listed = await say("subscribe", event_types="*")
    assert {row["table_id"]: row["game"] for row in listed[1]["data"]["data"]["tables"]} == {
        high_card: "high_card",
        blackjack: "blackjack",
    }
    assert await events("subscribe", event_types="*", table_id=high_card) == ["TABLE_STATE", "TABLE_CHANGED"]
    joined = await events("action", action="join_table", table_id=high_card)
    assert joined[:2] == ["PLAYER_JOINED", "TABLE_STATE"]
    assert await events("action", action="draw", table_id=high_card) == ["CARDS_DRAWN", "TABLE_STATE"]
    assert (await say("action", action="draw", table_id=blackjack))[0]["data"]["code"] == "unknown_action"
    assert (await say("action", action="place_bet", table_id=high_card))[0]["data"]["code"] == "bad_message"
    drawn = await say("subscribe", event_types=["CARDS_DRAWN"], table_id=high_card, since=0)
    replayed = [m["data"]["data"]["result"] for m in drawn if m["type"] == "event"]
    assert len(replayed) == 1
    assert replayed[0] in ("win", "lose", "push")
    await in_database(lambda: assert_replay_is_the_state(high_card))
    assert await in_database(verify) == []


def open_classic() -> str:
    from games.store import Store

    return open_table(Store(lambda table_id, seated: 0))


def assert_replay_is_the_state(table_id: str) -> None:
    from cardsharp.game import HappenedEvent

    row = Table.objects.get(pk=table_id)
    game = GAMES[row.game]
    state = game.new()
    for line in LoggedEvent.objects.filter(table_id=table_id).order_by("seq"):
        event = HappenedEvent(
            seq=line.seq, event_type=line.event_type, round_id=line.round_id, data=json.loads(line.data)
        )
        state = game.fold(state, event)
    assert game.dump(state) == row.state
    assert ledger_sum() == 0
