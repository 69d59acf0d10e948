"""Frames that no client should send, by the million: each is a message or one documented error, and nothing breaks."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import websockets
from hypothesis import given
from hypothesis import strategies as st

from cardsharp import errors
from cardsharp.blackjack.actions import ACTIONS
from cardsharp.events import messages as m
from cardsharp.game import Actor
from cardsharp.games import GAMES
from tests import meters
from tests.faults.conftest import Amount, Figure
from tests.faults.memory import resident_kb
from tests.faults.mutation import Mutator, recorded
from tests.protocol.frames import Frames
from tests.servers import UNTIMED, Account, Server, serving
from tests.wire_client import WireClient, connected, opened

READ_ERRORS = {"bad_json", "bad_message", "unknown_type"}
ADA = Actor("p1", "Ada")


def outcome(frame: str | bytes) -> str:
    """What the decoder makes of a frame: the message's type, an action's name, or the error's code."""
    read = m.read(frame)
    if read.error is not None:
        assert read.message is None
        assert read.error.code in READ_ERRORS
        return read.error.code
    # What it takes is a JSON object with a type for any other reader, too.
    content = json.loads(frame, parse_int=str)
    assert isinstance(content["type"], str)
    assert type(read.message) is m.CLIENT_MESSAGES[content["type"]]
    if not isinstance(read.message, m.Action):
        return str(content["type"])
    try:
        GAMES["blackjack"].read_action(read.message.action, read.message.data, actor=ADA, at=0.0)
    except (errors.BadMessage, errors.UnknownAction) as error:
        return error.code
    return read.message.action


def as_text(frame: str | bytes) -> str:
    """The frame as a transport might hand it over that does not look whether it is UTF-8."""
    return frame.decode("utf-8", "surrogateescape") if isinstance(frame, bytes) else frame


@pytest.mark.slow
def test_whatever_comes_the_decoder_reads_it_or_says_what_is_wrong(amount: Amount, figure: Figure):
    count = amount(50_000, 10_000_000)
    mutator = Mutator(2026, recorded())
    outcomes: Counter[str] = Counter()
    warm = 0
    for number in range(count):
        if number == count // 10:
            warm = resident_kb()
        frame = as_text(mutator.frame())
        try:
            outcomes[outcome(frame)] += 1
        except Exception as error:
            pytest.fail(f"frame {number}, {frame!r}: {error!r}")
    grown = resident_kb() - warm
    assert outcomes.keys() == {*READ_ERRORS, "unknown_action", *m.CLIENT_MESSAGES, *ACTIONS} - {"action"}
    # A leak of a single byte a frame would be 9 MB in the whole.
    assert grown < 8_000
    read = count - sum(outcomes[code] for code in (*READ_ERRORS, "unknown_action"))
    figure(
        f"{count:,} random and mutated frames at the decoder",
        f"{read / count:.0%} were messages, the rest got one of {len(READ_ERRORS) + 1} documented errors; "
        f"no exception; memory grew by {grown} kB",
    )


@given(st.binary())
def test_binary_frames_are_refused(frame: bytes):
    assert outcome(frame) == "bad_message"


@given(st.text())
def test_any_text_is_read_or_refused(text: str):
    outcome(text)


# -- the live server --------------------------------------------------------------------------------------------------

NUMBERS = ("messages_per_second", "burst", "player_messages_per_second", "player_burst", "refusals_before_close")
FREE: dict[str, Any] = {
    "CARDSHARP_LIMITS": json.dumps(dict.fromkeys(NUMBERS, 1_000_000)),
    "CARDSHARP_EXTENSIONS": meters.SETUP,
}
"""Limits that let every frame through to the decoder."""
SHORT: dict[str, Any] = {"pause_seconds": 0, "bet_seconds": 1, "insurance_seconds": 1, "act_seconds": 1}
"""A table that goes on whoever sits there and does nothing."""
TABLES: list[tuple[str, dict[str, Any]]] = [("One", SHORT), ("Other", UNTIMED)]
ENDS = {1000, 1006, 1007, 1009, 4401}
"""1006 is a socket that was closed while more was on its way to it: the system cuts it then."""
BATCH = 40


class Vandal:
    """A client that sends anything at all, and looks whether each frame is answered as it should be."""

    def __init__(self, server: Server, seed: int, player: Account, table: str, hello: dict[str, Any] | None) -> None:
        self.sent = 0
        self.codes: Counter[str] = Counter()
        self.ends: Counter[int] = Counter()
        self._server = server
        self._hello = hello
        """What it connects with; None for a client that does not."""
        self._mutator = Mutator(seed, recorded(table_id=table, token=player.token))

    async def rage(self, count: int) -> None:
        """Sends so many frames, over as many sockets as that takes."""
        while self.sent < count:
            async with opened(self._server.url) as client:
                if self._hello is not None:
                    assert (await client.ask("connect", self._hello))["type"] == "connected"
                while self.sent < count and await self._send_some(client):
                    pass

    async def _send_some(self, client: WireClient) -> bool:
        """Sends some frames and hears the answers; whether the socket is still open then."""
        client.frames.clear()
        foretold: list[str] = []
        may_end = ended = False
        try:
            for frame in (self._mutator.frame() for _ in range(BATCH)):
                self.sent += 1
                foretold += refusals_of(frame)
                await client.socket.send(frame, text=True)
                # Nothing is sent after it that would be lost.
                if may_end := ends_sockets(frame):
                    break
            # The names of its own messages are among those of the frames.
            await client.send("heartbeat", id=f"after {self.sent}")
            await client.until(lambda message: message.get("reply_to") == f"after {self.sent}")
        except websockets.ConnectionClosed:
            self.ends[await client.closed()] += 1
            assert may_end, "nothing was sent that ends a socket"
            ended = True
        codes = [message["data"]["code"] for message in client.messages if message["type"] == "error"]
        self.codes.update(codes)
        of_shape = [code for code in codes if code in READ_ERRORS]
        assert of_shape == (foretold[: len(of_shape)] if ended else foretold)
        return not ended


def refusals_of(frame: str | bytes) -> list[str]:
    """The code that a frame is refused with whose shape is wrong. Bytes that are no text end the socket unanswered."""
    try:
        code = outcome(frame.decode() if isinstance(frame, bytes) else frame)
    except UnicodeDecodeError:
        return []
    return [code] if code in READ_ERRORS else []


def ends_sockets(frame: str | bytes) -> bool:
    """Whether a socket may be closed for the frame: no text, too big, a goodbye, or a token that may be bad."""
    try:
        text = frame.decode() if isinstance(frame, bytes) else frame
    except UnicodeDecodeError:
        return True
    message = m.read(text).message
    return isinstance(message, m.Disconnect | m.Connect) or len(text.encode()) > m.MAX_FRAME_BYTES


async def plays_a_round(server: Server, player: Account, table: str) -> None:
    """The player takes a seat, if they have none, and plays until they are in the results of a round."""
    async with connected(server.url, player, subscribe=table) as client:
        await client.act("join_table", table)
        await client.act("sit_in", table)
        while True:
            message = await client.next()
            data = message["data"]
            if message["type"] == "action_request":
                action, answer = answer_to(data)
                await client.act(action, table, **answer)
            elif data.get("event_type") == "ROUND_ENDED" and player.id in str(data["data"]["results"]):
                return


def answer_to(request: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The smallest bet, and no more cards."""
    of_request = {"request_id": request["request_id"]}
    if "BET" in request["valid_actions"]:
        return "place_bet", {"amount": request["min_bet"], **of_request}
    careful = ("STAND", "DECLINE_INSURANCE", "DECLINE_SURRENDER")
    return "player_action", {"action": next(v for v in careful if v in request["valid_actions"]), **of_request}


async def vandals_rage(server: Server, count: int, seed: int) -> list[Vandal]:
    """Vandals of every kind at the same tables, and two of them play there afterwards."""
    ada, ben, cem = server.players
    one, other = server.tables
    kinds: list[tuple[Account, str, dict[str, Any] | None]] = [
        (ada, one, {"token": ada.token}),
        (ben, one, {"token": ben.token, "batch": True}),
        (ada, other, {"token": ada.token}),
        (ben, other, {"token": ben.watcher}),
        (cem, other, {}),
        (cem, one, None),
    ]
    vandals = [Vandal(server, seed + n, player, table, hello) for n, (player, table, hello) in enumerate(kinds)]
    await asyncio.gather(*(vandal.rage(-(-count // len(vandals))) for vandal in vandals))
    for player in (ada, ben):
        await plays_a_round(server, player, one)
    for vandal in vandals:
        assert vandal.codes.keys() <= errors.ERROR_CODES.keys() - {"internal_error", "rate_limited"}
        assert vandal.ends.keys() <= ENDS
    return vandals


async def vandals_at(server: Server, count: int, seed: int) -> str:
    """What became of so many frames: every one has reached the server, and it keeps nothing of them."""
    await vandals_rage(server, count // 2, seed)
    warm = resident_kb(server.pid)
    vandals = await vandals_rage(server, count // 2, seed + 100)
    grown = resident_kb(server.pid) - warm
    async with connected(server.url, checked=Frames(meters.extensions())) as client:
        read = (await client.ask("meters"))["data"]
    assert sum(read["messages"].values()) >= count
    assert read["open"] == 1
    assert read["refusals"].keys() <= errors.ERROR_CODES.keys() - {"internal_error", "rate_limited"}
    # What a table keeps of a round is in the database; 200 bytes a frame would be 10 MB in the whole.
    assert grown < 10_000
    refused = ", ".join(f"{code} {number:,}" for code, number in sorted(read["refusals"].items()))
    ends = sum((vandal.ends for vandal in vandals), Counter[int]()).total()
    return f"refused: {refused}; {ends:,} sockets ended; no traceback, players play on, `verify` clean, {grown} kB more"


@pytest.mark.slow
async def test_whatever_comes_the_server_answers_and_goes_on(amount: Amount, figure: Figure, tmp_path: Path):
    count = amount(2_000, 100_000)
    with serving(tmp_path, TABLES, players=3, chips=1_000_000, **FREE) as server:
        figure(
            f"{count:,} such frames at a live server, over six sockets at a time", await vandals_at(server, count, 1)
        )


@pytest.mark.slow
async def test_so_it_does_on_postgresql(amount: Amount, figure: Figure, tmp_path: Path, postgres_url: str):
    count = amount(500, 20_000)
    with serving(tmp_path, TABLES, players=3, chips=1_000_000, DATABASE_URL=postgres_url, **FREE) as server:
        figure(f"{count:,} such frames on PostgreSQL", await vandals_at(server, count, 201))
