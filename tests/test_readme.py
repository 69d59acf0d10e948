"""The README's bot plays as it stands there."""

import asyncio
import re
import sys
from pathlib import Path

from tests.servers import ROOT, UNTIMED, serving
from tests.wire_client import connected

README = (ROOT / "README.md").read_text()


async def line(stream: asyncio.StreamReader) -> str:
    return (await stream.readline()).decode()


async def test_the_bot_of_the_readme_plays_and_answers_heartbeats(tmp_path: Path):
    program = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(program) == 1
    with serving(tmp_path, [("One", UNTIMED)], players=2, CARDSHARP_HEARTBEAT_SECONDS="0.5") as server:
        url, (player, other) = server.table_url(server.tables[0]), server.players
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", program[0], url, player.token),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert bot.stdout
        async with asyncio.timeout(20):
            for _ in range(20):
                assert re.fullmatch(rf"{player.name} (win|lose|push|blackjack) -?[\d.]+\n", await line(bot.stdout))
        async with asyncio.timeout(20), connected(url, other, subscribe=server.tables[0]) as slow:
            await slow.accepted("join_table")
            for _ in range(5):  # the bot waits for this bet through more than three heartbeats
                await asyncio.sleep(0.4)
                await slow.ask("heartbeat")
            await slow.accepted("sit_out")
            assert player.name in await line(bot.stdout)
        assert bot.returncode is None
        bot.kill()
        await bot.communicate()
