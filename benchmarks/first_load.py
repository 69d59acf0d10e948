"""How long the first visit to a table takes over a slow line: 1.6 Mbit/s, 150 ms, an empty cache, a warm server.

Chromium throttles itself, so the figures are those of the page and of the number and size of what it asks for. Run as
`python -m benchmarks.first_load`; it needs Chromium on the PATH, and serves a room of its own.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright, expect

from tests.servers import Server, serving

BYTES_PER_SECOND = 1_600_000 / 8
LATENCY_MS = 150
VISITS = 5
TIMES = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return { paint: paint.startTime, load: page.loadEventEnd };
}"""


async def visit(browser: Browser, server: Server) -> dict[str, float]:
    """One visit of somebody who was never here."""
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    line = await context.new_cdp_session(page)
    await line.send("Network.enable")
    speed = {"downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": BYTES_PER_SECOND, "latency": LATENCY_MS}
    await line.send("Network.emulateNetworkConditions", {"offline": False, **speed})
    sizes: list[float] = []

    def count(finished: dict[str, Any]) -> None:
        sizes.append(finished["encodedDataLength"])

    line.on("Network.loadingFinished", count)
    await page.goto(f"http://{server.address}/tables/{server.tables[0]}/")
    await expect(page.locator(".live")).to_have_attribute("data-status", "live")
    live = await page.evaluate("performance.now()")
    await page.wait_for_load_state("networkidle")
    times = await page.evaluate(TIMES)
    await context.close()
    return {**times, "live": live, "kilobytes": sum(sizes) / 1000, "requests": len(sizes)}


async def main() -> None:
    """Prints the median of some visits; the first one, which warms the server, is left out."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("There is no Chromium on the PATH.")
    with (
        tempfile.TemporaryDirectory() as directory,
        serving(Path(directory), [("Corner", {})], watched=False) as server,
    ):
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            visits = [await visit(browser, server) for _ in range(VISITS + 1)][1:]
            await browser.close()
    median = {name: statistics.median(visit[name] for visit in visits) for name in visits[0]}
    sys.stdout.write(
        f"over the wire        {median['kilobytes']:6.1f} kB in {median['requests']:.0f} requests\n"
        f"the felt is painted  {median['paint']:6.0f} ms\n"
        f"everything is there  {median['load']:6.0f} ms\n"
        f"the table is live    {median['live']:6.0f} ms\n"
    )


if __name__ == "__main__":
    asyncio.run(main())
