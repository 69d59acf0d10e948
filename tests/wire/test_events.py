"""An evening at one table, seen through several sockets: every event, with the fields that the protocol page names."""

from __future__ import annotations

from typing import Any

from cardsharp.blackjack.events import EVENTS
from tests.servers import UNTIMED, serving
from tests.wire_client import WireClient, connected

CARDS = (
    "8♠ 10♥ 9♣ 6♦ 8♥ 9♦ 10♣ 10♠ 3♠ 10♦ 10♣ 10♥ "  # a pair to split, and a dealer who busts
    "K♠ 9♠ 8♣ A♠ Q♥ 9♥ 10♦ K♦ "  # a dealer's blackjack
    "7♠ 6♠ 10♥ 5♥ 10♦ 5♠ 10♣ 10♥ 9♦ 2♠"  # a hand to bust, one to give up, and a dealer who draws
)
P = {"player_id", "player_name", "seat"}
H = P | {"hand_id"}
ROW = {
    *("table_id", "name", "game", "rules", "min_bet", "max_bet", "min_buy_in", "max_buy_in", "default_buy_in"),
    *("seat_count", "seats_taken", "spectators", "phase", "paused", "open_to"),
}
SHOE = {"shoe_id", "algorithm", "commitment", "client_seeds"}
FIELDS: dict[str, list[set[str]]] = {
    "TABLE_OPENED": [ROW | {"next_commitment", "rule_set"}],
    "TABLE_CLOSED": [{"table_id", "reason"}],
    "TABLE_PAUSED": [{"reason"}],
    "TABLE_RESUMED": [set()],
    "SEATING_CHANGED": [{"open_to"}],
    "PLAYER_JOINED": [P | {"stack", "is_house"}],
    "PLAYER_LEFT": [P | {"stack", "reason"}],
    "PLAYER_SAT_OUT": [P | {"leaving", "leaves_at"}],
    "PLAYER_SAT_IN": [P],
    "CLIENT_SEED_SET": [P | {"client_seed"}],
    "SHUFFLE": [SHOE | {"decks", "cards_remaining", "next_commitment"}],
    "SHOE_REVEALED": [SHOE | {"server_seed", "cards_dealt"}],
    "ROUND_STARTED": [{"round_number", "deadline"}],
    "PLAYER_BET": [P | {"amount", "balance"}],
    "CARD_DEALT": [
        H | {"card", "value", "is_soft"},
        {"is_dealer", "card", "value", "is_soft"},
        {"is_dealer", "card", "is_hole_card"},
    ],
    "CARD_REVEALED": [{"is_dealer", "card", "value", "is_soft"}],
    "INSURANCE_OFFERED": [H | {"max_amount", "deadline"}],
    "INSURANCE_DECISION": [H | {"action", "amount"}],
    "INSURANCE_RESULT": [H | {"result", "bet", "payout", "net"}],
    "PLAYER_DECISION_NEEDED": [H | {"valid_actions", "deadline"}],
    "PLAYER_ACTION": [H | {"action", "bet"}],
    "PLAYER_TIMEOUT": [H | {"action"}],
    "HAND_SPLIT": [H | {"new_hand_id", "card", "bet"}],
    "HAND_BUSTED": [H | {"value"}],
    "HAND_RESULT": [H | {"value", "result", "bet", "payout", "net"}],
    "DEALER_ACTION": [{"action", "value", "is_soft"}],
    "BANKROLL_UPDATED": [P | {"balance"}],
    "ROUND_ENDED": [{"round_number", "results", "house_net", "dealer_cards", "dealer_value", "next_round_at"}],
}


async def evening(table: str, ada: WireClient, bert: WireClient, cleo: WireClient) -> None:
    """Three rounds: a split and a double; insurance that wins; a bust, a surrender and a stand. Then all leave."""

    async def bets() -> None:
        for player in (ada, bert, cleo):
            await player.event("ROUND_STARTED")
            await player.accepted("place_bet", table, amount=20)

    async def moves(player: WireClient, *actions: str) -> None:
        for action in actions:
            while "BET" in (request := await player.request())["valid_actions"]:
                pass
            assert action in request["valid_actions"]
            await player.accepted("player_action", table, action=action, request_id=request["request_id"])

    for player, seed in ((ada, "clover"), (bert, None), (cleo, None)):
        await player.accepted("join_table", table, client_seed=seed)
    await bets()
    await moves(ada, "SPLIT", "DOUBLE", "STAND")
    await moves(bert, "STAND")
    await moves(cleo, "STAND")
    await bets()
    await moves(ada, "INSURANCE")
    await moves(bert, "DECLINE_INSURANCE")
    await moves(cleo, "DECLINE_INSURANCE")
    await bets()
    await moves(ada, "HIT")
    await moves(bert, "SURRENDER")
    await cleo.accepted("sit_out", table)
    await cleo.accepted("sit_in", table)
    await cleo.accepted("leave_table", table)
    await ada.accepted("leave_table", table)
    await bert.accepted("leave_table", table)


async def test_every_event_comes_to_every_viewer_alike_with_its_documented_fields(tmp_path):
    with serving(tmp_path, [("One", UNTIMED)], players=3, CARDSHARP_STACKED_SHOE=CARDS) as server:
        [table] = server.tables
        async with (
            connected(server.url, server.players[0], subscribe=table) as ada,
            connected(server.url, server.players[1], subscribe=table) as bert,
            connected(server.url, server.players[2], subscribe=table) as cleo,
            connected(server.url, subscribe=table) as spectator,
            connected(server.url) as late,
        ):
            await evening(table, ada, bert, cleo)
            server.shell(
                "import asyncio; from cardsharp.game import Admit, Pause, Resume; from games.runtime import runtime; "
                "from functools import partial; "
                f"order = partial(runtime().tables.order, '{table}'); "
                "asyncio.run(order(Pause('a drill'))); asyncio.run(order(Resume())); "
                "asyncio.run(order(Admit('nobody'))); "
                f"asyncio.run(runtime().tables.close('{table}', 'The evening is over.'))"
            )
            for viewer in (ada, bert, cleo, spectator):
                await viewer.settle()
            await late.ask("subscribe", {"event_types": "*", "table_id": table, "since": 0})
            await late.settle()
            log = late.events
            for viewer in (ada, bert, cleo, spectator):
                assert viewer.events == log[1 : len(viewer.events) + 1]
    assert {event["event_type"] for event in log} == set(FIELDS) == set(EVENTS)
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
    for event in log:
        fields = set(event["data"])
        assert fields - {"timestamp"} in FIELDS[event["event_type"]], event
        assert "timestamp" in fields
    story(log)


def story(log: list[dict[str, Any]]) -> None:
    """What happened must be told in an order that can be followed."""
    for number in (1, 2, 3):
        events = [event for event in log if event["round_id"] == f"r{number}"]
        names = [event["event_type"] for event in events]
        assert (names[0], names[-1]) == ("ROUND_STARTED", "ROUND_ENDED")
        hidden = [e for e in events if e["data"].get("is_hole_card")]
        assert [e["data"]["card"] for e in hidden] == [None]
        assert "CARD_REVEALED" in names
        if "DEALER_ACTION" in names:
            assert names.index("CARD_REVEALED") < names.index("DEALER_ACTION")
        results = {r["player_id"]: r for r in events[-1]["data"]["results"]}
        for player_id, result in results.items():
            own = [
                e["data"]["net"]
                for e in events
                if e["event_type"] in ("HAND_RESULT", "INSURANCE_RESULT") and e["data"]["player_id"] == player_id
            ]
            assert sum(own) == result["net"] == result["payout"] - result["bet"]
        assert events[-1]["data"]["house_net"] == -sum(result["net"] for result in results.values())
    split = next(e["data"] for e in log if e["event_type"] == "HAND_SPLIT")
    assert (split["card"], split["bet"]) == ("8♥", 20)
    insurance = [e["data"] for e in log if e["event_type"] == "INSURANCE_RESULT"]
    assert [(i["result"], i["bet"], i["net"]) for i in insurance] == [("win", 10, 20)]
