"""How smoothly cards are dealt to seven seats on a machine four times slower than this one.

Seven players bet, and a watcher's window counts the frames between the first card and the last. Run as
`python -m benchmarks.dealing`; it needs Chromium on the PATH, and serves a room of its own.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path

from playwright.async_api import async_playwright, expect

from cardsharp.client import connect
from tests.servers import UNTIMED, serving

SEATS = 7
SLOWER = 4
DEALS_MS = 2_400
"""How long it takes until the last of sixteen cards lies."""
COUNT = """milliseconds => new Promise((resolve) => {
  const times = [];
  let begin = null;
  const step = (now) => {
    if (begin === null && document.getAnimations().length > SEATS) begin = now;
    if (begin !== null) times.push(now);
    if (begin !== null && now - begin > milliseconds) resolve(times);
    else requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})""".replace("SEATS", str(SEATS))


async def main() -> None:
    """Prints frames a second and how long the longest took."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("There is no Chromium on the PATH.")
    table = ("Corner", UNTIMED | {"seat_count": SEATS})
    with tempfile.TemporaryDirectory() as directory, serving(Path(directory), [table], players=SEATS) as server:
        async with async_playwright() as playwright, AsyncExitStack() as people:
            browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = await browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="no-preference")
            await page.goto(f"http://{server.address}/tables/{server.tables[0]}/")
            await expect(page.locator(".live")).to_have_attribute("data-status", "live")
            url = server.table_url(server.tables[0])
            rooms = [await people.enter_async_context(connect(url, token=player.token)) for player in server.players]
            for room in rooms:
                await room.act("join_table")
            await expect(page.locator(".seat[data-taken]")).to_have_count(SEATS)
            line = await page.context.new_cdp_session(page)
            await line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            counting = asyncio.ensure_future(page.evaluate(COUNT, DEALS_MS))
            for room in rooms:
                await room.act("place_bet", amount=50)
            times = await counting
            await browser.close()
    gaps = sorted(later - earlier for earlier, later in pairwise(times))
    sys.stdout.write(
        f"frames a second    {1000 * len(gaps) / (times[-1] - times[0]):5.1f}\n"
        f"the 95th of 100    {gaps[int(len(gaps) * 0.95)]:5.1f} ms\n"
        f"the longest frame  {gaps[-1]:5.1f} ms\n"
    )


if __name__ == "__main__":
    asyncio.run(main())
