"""Every program on the page about embedding runs as it stands there."""

import asyncio
import re
import sys

import pytest

from tests.servers import ROOT
from tests.wire_client import connected

PAGE = (ROOT / "docs" / "embedding.md").read_text()
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
SERVERS = re.findall(r"```python websockets\n(.*?)```", PAGE, re.DOTALL)


async def start(program: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-c", program),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


def test_the_page_has_its_programs():
    assert (len(PROGRAMS), len(SERVERS)) == (4, 1)


@pytest.mark.parametrize("number", range(4))
async def test_a_program_of_the_page_runs_to_its_end(number: int):
    process = await start(PROGRAMS[number])
    async with asyncio.timeout(30):
        printed, errors = await process.communicate()
    assert (process.returncode, errors.decode()) == (0, "")
    assert printed


async def test_the_server_of_the_page_serves():
    # Any port that is free: the page's own may be in use where the tests run.
    process = await start(SERVERS[0].replace("use_websockets=True", "use_websockets=True, port=0"))
    try:
        assert process.stdout
        async with asyncio.timeout(30):
            url = (await process.stdout.readline()).decode().removeprefix("Open at ").strip()
            async with connected(url) as client:
                await client.ask("subscribe", {"event_types": "*"})
                await client.accepted("join_table", buy_in=200)
                assert (await client.request())["valid_actions"] == ["BET", "SIT_OUT"]
    finally:
        process.kill()
        await process.communicate()
