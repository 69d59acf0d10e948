"""The example server as its user meets it: started in a terminal, played at with the example client, and stopped."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.examples.test_websocket_client import Run, running
from tests.servers import ROOT
from tests.wire_client import connected

EXAMPLE = ROOT / "examples" / "websocket_server.py"
PATIENCE = 60


@asynccontextmanager
async def serving(*arguments: str) -> AsyncIterator[tuple[Run, str]]:
    """The running server, and where it is."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", str(EXAMPLE), "--host", "localhost", "--port", "0", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    run = Run(process)
    try:
        async with asyncio.timeout(PATIENCE):
            url = (await run.see(" (Ctrl-C stops it)")).split()[-4]
            yield run, url
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def stopped(server: Run) -> str:
    """What it has printed, after Ctrl-C; it must have ended as it should."""
    server.process.send_signal(signal.SIGINT)
    code, printed, errors = await server.end()
    assert (code, errors) == (0, "")
    return printed


async def test_two_clients_meet_at_its_table_with_nothing_but_its_address():
    async with serving("--rules", "PAUSE0 UNTIMED") as (server, url), running("--url", url) as person:
        await person.see("q leaves):")
        person.type("o")
        await person.see("You are sitting out.")
        async with running("--url", url, "--auto", "--rounds", "2", "--bet", "20") as other:
            await person.see("Guest 2: bet 20")
            code, _, errors = await other.end()
            assert (code, errors) == (0, "")
        await person.see("Guest 2: leave with")
        await stopped(server)


async def test_it_tells_what_happens():
    async with serving("--rules", "PAUSE0") as (server, url):
        async with running("--url", url, "--auto", "--rounds", "3") as client:
            code, printed, errors = await client.end()
        assert (code, errors) == (0, "")
        assert "Rounds: 3. Hands:" in printed
        told = await stopped(server)
    assert "Table 1: Guest 1 sits down with 500 chips" in told
    assert "Table 1, round 3: Guest 1 " in told
    assert "Table 1: Guest 1 leaves with" in told


async def test_a_person_plays_there_by_hand_and_leaves():
    async with serving("--rules", "UNTIMED", "--chips", "200") as (server, url), running("--url", url) as person:
        code, _, errors = await person.end()
        assert (code, errors) == (1, "Your wallet does not hold so many chips.\n")
    async with serving("--rules", "UNTIMED BUY50-200/100") as (server, url), running("--url", url) as person:
        await person.see("q leaves):")
        person.type("10")
        await person.see("You: bet 10")  # and the cards are dealt; a natural would leave nothing to ask
        person.type("q")
        code, printed, errors = await person.end()
        assert (code, errors) == (0, "")
        assert "Rounds: 1." in printed
        await stopped(server)


async def test_who_vanishes_in_mid_round_harms_nobody():
    async with serving("--rules", "T1/1/1 PAUSE0 SEATS2") as (server, url):
        async with running("--url", url) as person:
            await person.see("q leaves):")
            person.type("10")
            await person.see("You: ")
            person.process.kill()
            await person.process.wait()
        async with running("--url", url, "--auto", "--rounds", "2") as other:
            code, printed, errors = await other.end()
        assert (code, errors) == (0, "")
        assert "Rounds: 2." in printed
        await stopped(server)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_stopping_gives_bets_back_and_tells_every_client(number: signal.Signals):
    async with serving("--rules", "UNTIMED") as (server, url), connected(url) as client, connected(url) as other:
        await client.ask("subscribe", {"event_types": ["PLAYER_LEFT", "TABLE_CLOSED"]})
        await client.accepted("join_table", buy_in=200)
        await other.accepted("join_table", buy_in=100)  # who has not bet keeps the cards from being dealt
        await client.accepted("place_bet", amount=10)
        server.process.send_signal(number)
        assert await client.closed() == await other.closed() == 4012
        code, printed, errors = await server.end()
        assert (code, errors) == (0, "")
        events = [event["event_type"] for event in client.events]
        assert events == ["PLAYER_LEFT", "PLAYER_LEFT", "TABLE_CLOSED"]
        assert client.events[0]["data"]["stack"] == 200
        assert client.messages[-1]["data"]["reason"] == "server_restart"
        assert "Guest 1 leaves with 200 chips" in printed


async def test_visitors_that_speak_no_websocket_leave_no_trace():
    async with serving() as (server, url):
        host, port = url.removeprefix("ws://").split(":")
        for visit in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01 nonsense\r\n\r\n", b""):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(visit)
            writer.write_eof()
            await reader.read()
            writer.close()
            await writer.wait_closed()
        async with connected(url) as client:
            await client.accepted("join_table")
        await stopped(server)


@pytest.mark.parametrize("arguments", [("--rules", "6D X17"), ("--host", "192.0.2.1")])
async def test_what_it_cannot_do_is_one_line(arguments: tuple[str, ...]):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(EXAMPLE), "--port", "0", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, errors = await process.communicate()
    assert (process.returncode, printed, errors.count(b"\n")) == (1, b"", 1)


def test_it_can_be_read_in_five_minutes():
    assert len(EXAMPLE.read_text().splitlines()) < 120
