"""An answer that is sent again, because its acknowledgement may have been lost, counts once."""

from __future__ import annotations

from contextlib import AsyncExitStack

from tests.servers import UNTIMED, Account, Server, serving
from tests.standalone import Standalone
from tests.wire.conftest import PLAIN_CARDS, Room
from tests.wire_client import WireClient, connected


class Asked:
    """A player with two sockets, who has answered a request of the table once."""

    def __init__(self, server: Server | Standalone, player: Account, table: str) -> None:
        self.server, self.player, self.table = server, player, table
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Asked:
        self.first = await self.connect()
        await self.first.accepted("join_table", self.table)
        self.request = (await self.first.request())["request_id"]
        self.seq = await self.first.accepted("place_bet", self.table, amount=50, request_id=self.request)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    async def connect(self) -> WireClient:
        return await self._stack.enter_async_context(
            connected(self.server.url, self.player, subscribe=self.table, client_id=None)
        )

    async def again(self, client: WireClient) -> None:
        """The same answer gets the same acknowledgement, and nothing happens."""
        before = (await client.ask("heartbeat"))["data"]["seqs"]
        answer = await client.act("place_bet", self.table, amount=50, request_id=self.request)
        assert answer["event_type"] == "ACTION_RECEIVED"
        data = answer["data"]
        assert (data["action"], data["request_id"], data["seq"]) == ("place_bet", self.request, self.seq)
        assert (await client.ask("heartbeat"))["data"]["seqs"] == before


async def test_on_any_socket_and_after_the_table_has_gone_on(room: Room):
    async with Asked(room.server, room.player(), room.table()) as asked:
        await asked.again(asked.first)
        other = await asked.connect()
        await asked.again(other)
        turn = await other.request()
        await other.accepted("player_action", asked.table, action="STAND", request_id=turn["request_id"])
        await asked.again(asked.first)
        asked.first.socket.transport.abort()
        await asked.again(await asked.connect())


async def test_after_the_server_was_killed(tmp_path):
    with serving(tmp_path, [("One", UNTIMED)], players=1, CARDSHARP_STACKED_SHOE=PLAIN_CARDS) as server:
        async with Asked(server, server.players[0], server.tables[0]) as asked:
            server.kill()
            server.start()
            await asked.again(await asked.connect())


async def test_other_data_is_no_repetition(room: Room):
    async with Asked(room.server, room.player(), room.table()) as asked:
        for data in ({"amount": 51}, {"amount": 50, "seat": 1}):
            code = await asked.first.refused("place_bet", asked.table, request_id=asked.request, **data)
            assert code == "stale_request"
        assert await asked.first.refused("sit_out", asked.table, request_id=asked.request) == "stale_request"


async def test_another_player_repeats_nothing(room: Room):
    async with Asked(room.server, room.player(), room.table()) as asked, connected(room.url, room.player()) as other:
        data = {"amount": 50, "request_id": asked.request}
        assert await other.refused("place_bet", asked.table, **data) == "not_seated"
        await other.accepted("join_table", asked.table)
        assert await other.refused("place_bet", asked.table, **data) == "stale_request"


async def test_it_is_still_known_when_the_player_has_left(room: Room):
    async with Asked(room.server, room.player(), room.table()) as asked:
        await asked.first.accepted("leave_table", asked.table)
        await asked.again(asked.first)


async def test_two_sockets_that_answer_at_once_have_answered_once(room: Room):
    player, table = room.player(), room.table()
    async with (
        connected(room.url, player, subscribe=table, client_id="a") as first,
        connected(room.url, player, subscribe=table, client_id="b") as second,
    ):
        await first.accepted("join_table", table)
        for client in (first, second):
            data = {"amount": 50, "request_id": (await client.request())["request_id"]}
            await client.send("action", {"action": "place_bet", "data": data, "table_id": table}, id="bet")
        answers = [await client.until(lambda m: m.get("reply_to") == "bet") for client in (first, second)]
        assert len({answer["data"]["data"]["seq"] for answer in answers}) == 1
        await first.settle()
        assert [e["event_type"] for e in first.events].count("PLAYER_BET") == 1
