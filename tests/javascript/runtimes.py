"""Where `static/js/cardsharp.js` runs: in Node and in Chromium, on the same programs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Route

from tests.browser.viewer import chromium
from tests.servers import ROOT

MODULE = ROOT / "static/js/cardsharp.js"
PAGE = "http://page.test/"
ELSEWHERE_MAY_CONNECT = "--disable-features=LocalNetworkAccessChecks"
"""Nobody serves the page but the test, so Chromium takes it for one that must not reach this machine."""

Program = Callable[[str, str], Awaitable[Any]]
"""Runs the body of an async function of `url`, with all that the module exports, and gives what it returns.

Timers fire at once there, and `waits` has what they were to wait, in milliseconds; heartbeats keep their time.
"""

FRAME = """
async (url) => {
  const waits = [];
  const inTime = globalThis.setTimeout;
  globalThis.setTimeout = (work, milliseconds) => {
    if (!new Error().stack.includes("cardsharp.js")) return inTime(work, milliseconds);
    waits.push(milliseconds);
    return inTime(work, 0);
  };
  const { connect, Disconnection, Refusal, Room } = await import(%s);
  %s
}
"""


@asynccontextmanager
async def node(path: str) -> AsyncIterator[Program]:
    async def run(url: str, body: str) -> Any:
        result = f"await ({FRAME % (json.dumps(MODULE.as_uri()), body)})({json.dumps(url)})"
        program = f"console.log(JSON.stringify({result}))"
        process = await asyncio.create_subprocess_exec(
            *(path, "--experimental-websocket", "--no-warnings", "--input-type=module", "--eval", program),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, errors = await process.communicate()
        assert (process.returncode, errors.decode()) == (0, "")
        return json.loads(printed)

    yield run


@asynccontextmanager
async def browser(path: str) -> AsyncIterator[Program]:
    async def serve_module(route: Route) -> None:
        if route.request.url == PAGE:
            await route.fulfill(body="<!doctype html><title>Page</title>", content_type="text/html")
        else:
            await route.fulfill(path=MODULE, content_type="text/javascript")

    async with chromium(path, ELSEWHERE_MAY_CONNECT) as window:
        page = await window.new_page()
        await page.route(f"{PAGE}**", serve_module)
        await page.goto(PAGE)

        async def run(url: str, body: str) -> Any:
            return await page.evaluate(FRAME % ("'./cardsharp.js'", body), url)

        yield run
