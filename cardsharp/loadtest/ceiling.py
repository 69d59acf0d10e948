"""How much the bots themselves can take: what a server that only pushes ready bytes can make them read.

A figure of a load test that comes near it says more of the bots than of the server.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import random
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Final

from websockets.asyncio.server import ServerConnection, serve
from websockets.frames import Frame, Opcode

from cardsharp.loadtest.bot import Bot, Habits
from cardsharp.loadtest.figures import Figures, Summary
from cardsharp.loadtest.watch import TableWatch

MESSAGE_BYTES: Final = 300
_CHUNK_MESSAGES: Final = 500


async def ceiling(*, bots: int, messages: int) -> Summary:
    """What so many bots at one table read of so many events each, every event in a frame of its own."""
    figures = Figures()
    watch = TableWatch("ceiling", bots, figures)
    with _pushing(messages) as url:
        everybody = [
            Bot(url, "none", watch, figures, Habits(), random.Random(number), is_new=True)  # noqa: S311
            for number in range(bots)
        ]
        tasks = [asyncio.ensure_future(bot.run()) for bot in everybody]
        while not any(bot.seen for bot in everybody):  # noqa: ASYNC110 - the first event of anybody
            await asyncio.sleep(0.01)
        figures.begin()
        while any(bot.seen < messages for bot in everybody):  # noqa: ASYNC110 - the last event of everybody
            await asyncio.sleep(0.01)
        summary = figures.summary()
        for bot in everybody:
            await bot.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert not figures.differences, figures.differences
    return summary


@contextmanager
def _pushing(messages: int) -> Iterator[str]:
    """The address of a process that pushes events at whoever connects."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_push, args=(theirs, messages), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _push(connection: Connection, messages: int) -> None:
    chunks = [
        b"".join(map(_frame, range(first, min(first + _CHUNK_MESSAGES, messages + 1))))
        for first in range(1, messages + 1, _CHUNK_MESSAGES)
    ]

    async def push(socket: ServerConnection) -> None:
        await socket.recv()
        for chunk in chunks:
            socket.transport.write(chunk)
            await socket.ping()  # waits while the other side does not read
        await socket.wait_closed()

    async def listen() -> None:
        async with serve(push, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
            connection.send(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
            await server.serve_forever()

    asyncio.run(listen())


def _frame(seq: int) -> bytes:
    data = {"timestamp": 1766400000.125, "player_id": "p1", "player_name": "Bot", "seat": 1, "filling": ""}
    event = {"event_type": "PLAYER_BET", "table_id": "ceiling", "round_id": "r1", "seq": seq, "data": data}
    message = {"type": "event", "timestamp": 1766400000.125, "data": event}
    data["filling"] = "x" * (MESSAGE_BYTES - len(json.dumps(message)))
    return Frame(Opcode.TEXT, json.dumps(message).encode()).serialize(mask=False)
