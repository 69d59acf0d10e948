"""What the site's client promises wherever it runs; the promises are those of `cardsharp.client`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.cardsharp.client.fake_server import TABLE, Peer, serve
from tests.javascript.runtimes import Program, browser, node


@pytest.fixture(params=["node", "chromium"])
async def run(request: pytest.FixtureRequest) -> AsyncIterator[Program]:
    runtimes = {"node": node, "chromium": browser}
    path = request.getfixturevalue("node_path" if request.param == "node" else "chromium_path")
    async with runtimes[request.param](path) as program:
        yield program


async def nothing_more(peer: Peer) -> None:
    await peer.welcome()


async def subscribed(peer: Peer, *names: str) -> dict[str, Any]:
    message = await peer.read("subscribe")
    await peer.confirm(message, *names)
    return message["data"]


async def test_it_introduces_itself_subscribes_and_gives_answers_to_their_questions(run: Program):
    async def script(peer: Peer) -> None:
        hello = await peer.welcome()
        assert hello["data"] == {"client_id": "mine", "token": "secret"}
        assert await subscribed(peer, "*") == {"event_types": "*"}
        first, second = await peer.read("action"), await peer.read("action")
        await peer.acknowledge(second)
        await peer.event("PLAYER_BET", 1, amount=2.5)
        await peer.refuse(first, "invalid_amount", min_bet=10)

    async with serve(script) as url:
        told = await run(
            url,
            """
            const told = [];
            const event = ({ event_type, data }) => told.push([event_type, data.amount]);
            const room = await connect(url, { token: "secret", clientId: "mine", subscribe: "*", event });
            const refused = room.act("place_bet", { amount: 1 }).catch((refusal) => refusal);
            told.push((await room.act("sit_out")).data.action);
            const refusal = await refused;
            told.push(refusal instanceof Refusal, refusal.code, refusal.message, refusal.details);
            await room.disconnect();
            told.push(room.session.player.name, room.seqs);
            return told;
            """,
        )
    refusal = [True, "invalid_amount", "It is invalid_amount.", {"min_bet": 10}]
    assert told == ["sit_out", ["PLAYER_BET", 2.5], *refusal, "Ada", {TABLE: 1}]


async def test_after_a_break_it_goes_on_from_the_last_event_it_saw(run: Program):
    async def first(peer: Peer) -> None:
        await peer.welcome()
        await subscribed(peer, "*")
        for seq in (1, 2, 3):
            await peer.event("CARD_DEALT", seq)
        await peer.read("action")
        peer.break_off()

    async def second(peer: Peer) -> None:
        await peer.welcome()
        await peer.read("subscribe")
        peer.break_off()

    async def third(peer: Peer) -> None:
        assert (await peer.welcome())["data"]["client_id"] == "c1", "the same client comes back"
        resumed = await peer.read("subscribe")
        assert resumed["data"] == {"event_types": ["*"], "table_id": TABLE, "since": 3}
        await peer.confirm(resumed, "*")
        await peer.event("CARD_DEALT", 4)
        assert await subscribed(peer, "*") == {"event_types": ["*"], "table_id": TABLE}
        await peer.event("TABLE_STATE", 4, state={})
        await peer.event("CARD_DEALT", 5)

    async with serve(first, second, third) as url:
        told = await run(
            url,
            """
            const told = [];
            await new Promise((resolve) => {
              const event = ({ seq, event_type }) => {
                told.push(event_type === "TABLE_STATE" ? "state" : seq);
                if (seq === 3) room.act("sit_out").catch(() => {});
                if (seq === 5) resolve(room);
              };
              const room = new Room(url, { subscribe: "*", event, status: (name) => told.push(name) });
              room.start().then(() => told.push("started"));
            }).then((room) => room.disconnect());
            return told;
            """,
        )
    assert [what for what in told if isinstance(what, int)] == [1, 2, 3, 4, 5]
    statuses = ["connecting", "live", "started", "reconnecting", "reconnecting", "live", "closed"]
    assert [what for what in told if what in statuses] == statuses
    assert told.index("state") == told.index(5) - 1


async def test_an_answer_is_repeated_after_a_break_and_nothing_else_is(run: Program):
    seen: list[Any] = []

    async def first(peer: Peer) -> None:
        await peer.welcome()
        seen.append((await peer.read("action"))["data"])
        assert (await peer.read("action"))["data"]["action"] == "add_chips"
        peer.break_off()

    async def second(peer: Peer) -> None:
        await peer.welcome()
        repeated = await peer.read("action")
        seen.append(repeated["data"])
        await peer.acknowledge(repeated)
        late = await peer.read("action")
        await peer.refuse(late, "stale_request")

    async with serve(first, second) as url:
        told = await run(
            url,
            """
            const room = await connect(url);
            const request = { request_id: "q1", seat: 2, table_id: "t1" };
            const answered = room.answer(request, "place_bet", { amount: 10 });
            const lost = room.act("add_chips", { amount: 5 }).catch((error) => error);
            const told = [(await lost) instanceof Disconnection, (await lost).code, (await answered).data.action];
            told.push(await room.answer(request, "place_bet", { amount: 20 }));
            await room.disconnect();
            return told;
            """,
        )
    assert told == [True, "connection_lost", "place_bet", None]
    assert seen[0] == seen[1]
    assert seen[0]["data"] == {"amount": 10, "request_id": "q1", "seat": 2}


async def test_waits_grow_up_to_a_limit_and_are_half_chance(run: Program):
    async def broken(peer: Peer) -> None:
        await peer.read("connect")
        peer.break_off()

    async with serve(*[broken] * 8, nothing_more) as url:
        waits = await run(
            url, "const room = await connect(url); const before = [...waits]; await room.disconnect(); return before;"
        )
    ceilings = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]
    assert len(waits) == len(ceilings)
    assert all(top / 2 <= wait <= top for wait, top in zip(waits, ceilings, strict=True))
    assert len(set(waits)) == len(waits), "no two waits are the same"


async def test_the_server_says_when_to_come_back(run: Program):
    async def restarting(peer: Peer) -> None:
        await peer.welcome()
        await peer.end("server_restart", 4012, retry_after=40)

    async def too_fast(peer: Peer) -> None:
        await peer.welcome()
        await peer.end("rate_limited", 4429)

    async with serve(restarting, too_fast, nothing_more) as url:
        waits = await run(
            url,
            """
            let lives = 0;
            const room = await new Promise((resolve) => {
              const room = new Room(url, { status: (name) => name === "live" && (lives += 1) === 3 && resolve(room) });
              room.start();
            });
            const before = [...waits];
            await room.disconnect();
            return before;
            """,
        )
    assert [wait // 1_000 for wait in waits] == [40, 15]


@pytest.mark.parametrize(
    ("reason", "code", "status"),
    [("replaced", 4409, "replaced"), ("signed_out", 4401, "signed_out"), ("bad_token", 4401, "signed_out")],
)
async def test_it_does_not_come_back_where_it_is_not_wanted(run: Program, reason: str, code: int, status: str):
    async def script(peer: Peer) -> None:
        if reason == "bad_token":
            hello = await peer.read("connect")
            await peer.send("disconnected", {"reason": reason}, hello["id"])
            return await peer.socket.close(code)
        await peer.welcome()
        await peer.read("action")
        return await peer.end(reason, code)

    async with serve(script) as url:
        told = await run(
            url,
            """
            const told = [];
            const room = new Room(url, { status: (name) => told.push(name) });
            const lost = await room.start().then(() => room.act("sit_in")).catch((error) => error);
            const later = await room.act("sit_in").catch((error) => error);
            return [told.at(-1), lost instanceof Disconnection, later.code];
            """,
        )
    assert told == [status, True, status]


async def test_what_the_server_is_unable_to_do_now_is_asked_again(run: Program):
    async def unable_to_connect(peer: Peer) -> None:
        await peer.refuse(await peer.read("connect"), "unavailable", retry_after=7)
        await peer.socket.wait_closed()

    async def script(peer: Peer) -> None:
        await peer.welcome()
        refused = await peer.read("action")
        await peer.refuse(refused, "unavailable", retry_after=3)
        again = await peer.read("action")
        assert again["data"] == refused["data"]
        assert again["id"] != refused["id"]
        await peer.acknowledge(again)

    async with serve(unable_to_connect, script) as url:
        told = await run(
            url,
            """
            const told = [];
            const room = await connect(url, { problem: ({ code }) => told.push(code) });
            told.push((await room.act("add_chips", { amount: 5 })).data.action);
            const before = waits.map((wait) => Math.floor(wait / 1_000));
            await room.disconnect();
            return [...told, before];
            """,
        )
    assert told == ["unavailable", "add_chips", [7, 3]]


async def test_who_is_not_let_in_is_told_why(run: Program):
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.refuse(await peer.read("subscribe"), "unknown_table")
        await peer.socket.wait_closed()

    async with serve(script) as url:
        told = await run(
            url,
            """
            const told = [];
            const problem = ({ code }) => told.push(code);
            const room = new Room(url, { subscribe: "*", problem, status: (name) => told.push(name) });
            return [...(await room.start().catch(({ code }) => [code])), ...told];
            """,
        )
    assert told == ["unknown_table", "connecting", "unknown_table", "closed"]


async def test_where_nobody_is_it_gives_up_after_a_while(run: Program):
    async with serve() as url:
        pass
    told = await run(
        url,
        "return connect(url, { retrySeconds: 0.05 }).catch((error) => [error instanceof Disconnection, error.code]);",
    )
    assert told == [True, "unreachable"]


async def test_a_server_that_does_not_answer_the_goodbye_is_left_all_the_same(run: Program):
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.read("disconnect")
        await peer.socket.wait_closed()

    async with serve(script) as url:
        told = await run(
            url,
            """
            const told = [];
            const room = await connect(url, { status: (name) => told.push(name) });
            await room.disconnect();
            return [...told, await room.act("sit_in").catch(({ code }) => code)];
            """,
        )
    assert told == ["connecting", "live", "closed", "closed"]


async def test_heartbeats_tell_what_was_seen_and_silence_is_a_break(run: Program):
    silent = asyncio.Event()

    async def first(peer: Peer) -> None:
        await peer.confirm(await peer.read("connect"), heartbeat_interval=0.05)
        await peer.event("CARD_DEALT", 41)
        while (await peer.read("heartbeat"))["data"]["seqs"] != {TABLE: 41}:
            pass
        silent.set()
        await peer.socket.wait_closed()

    async def second(peer: Peer) -> None:
        assert silent.is_set()
        await peer.welcome()

    async with serve(first, second) as url:
        told = await run(
            url,
            """
            const told = [];
            await new Promise((resolve) => {
              const status = (name) => {
                told.push(name);
                if (told.filter((other) => other === "live").length === 2) resolve(room);
              };
              const room = new Room(url, { status });
              room.start();
            }).then((room) => room.disconnect());
            return told;
            """,
        )
    assert told == ["connecting", "live", "reconnecting", "live", "closed"]
