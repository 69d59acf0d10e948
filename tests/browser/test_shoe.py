"""A shoe that was really played is checked by the browser, and what was tampered with is found there as anywhere."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Route, async_playwright, expect

from cardsharp.dealt_shoe import DealtShoe, check
from cardsharp.shoe_file import read_shoes
from tests.browser.viewer import DESKTOP, FLAGS, PHONE, Viewer
from tests.servers import ROOT, UNTIMED, Server, serving
from tests.test_fairness_page import digest

NAME = "cards.test"
"""Another name of the server: to a browser, a machine somewhere else."""

SHORT_SHOES = {**UNTIMED, "decks": 1, "penetration_percent": 30}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A table at which the example client has played some shoes of one deck, and is between two rounds."""
    directory = tmp_path_factory.mktemp("shoe")
    hosts = f"127.0.0.1,{NAME}"
    with serving(directory, [("Corner", SHORT_SHOES)], players=1, CARDSHARP_ALLOWED_HOSTS=hosts) as server:
        [table], [bot] = server.tables, server.players
        command = (sys.executable, "examples/websocket_client.py", "--url", server.table_url(table))
        options = ("--token", bot.token, "--auto", "--rounds", "8")
        subprocess.run((*command, *options), cwd=ROOT, check=True, capture_output=True)
        yield server


@asynccontextmanager
async def viewing(chromium_path: str, photographs: Path, size: Any = DESKTOP) -> AsyncIterator[Viewer]:
    """A viewer to whom `NAME` is the server's name; at the end the page must have complained of nothing."""
    async with async_playwright() as playwright:
        flags = [*FLAGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=flags)
        viewer = await Viewer.open(browser, size, photographs)
        yield viewer
        assert viewer.complaints == []
        await browser.close()


def address(server: Server, number: int | str = "") -> str:
    return f"http://{server.address}/shoes/{server.tables[0]}/" + (f"{number}/" if number else "")


async def downloaded(page: Page) -> bytes:
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download the shoe").click()
    path = await (await download.value).path()
    return await asyncio.to_thread(path.read_bytes)


async def verdict(page: Page) -> str:
    await expect(page.locator("[data-part=verdict]")).not_to_have_attribute("data-status", "checking")
    return await page.locator("[data-part=verdict]").inner_text()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_a_finished_shoe_is_checked_as_its_page_opens(
    chromium_path: str, server: Server, tmp_path: Path, size: Any
):
    async with viewing(chromium_path, tmp_path, size) as viewer:
        page = viewer.page
        await page.goto(f"http://{server.address}/tables/{server.tables[0]}/")
        await page.get_by_text("Fair shoe").click()
        await page.get_by_role("link", name="See and check shoe").click()
        await expect(page.locator("[data-part=verdict]")).to_have_attribute("data-status", "well")
        await page.get_by_role("link", name="All shoes of this table").click()
        await page.wait_for_url(address(server))  # and for its styles
        await viewer.fits()
        await viewer.photograph("list")
        await page.get_by_role("link", name="Shoe 1", exact=True).click()
        await expect(page.locator("[data-part=verdict]")).to_have_attribute("data-status", "well")
        (shoe,) = read_shoes(await downloaded(page))
        assert check(shoe).faults == ()
        assert await verdict(page) == f"All {shoe.cards_dealt} cards came as committed."
        assert await page.locator("[data-place]").count() == shoe.cards_dealt
        await viewer.fits()
        await viewer.photograph("shoe")
        await page.get_by_role("button", name="Verify again").click()
        await expect(page.locator("[data-part=verdict]")).to_have_attribute("data-status", "well")


async def test_a_tampered_file_is_found_in_the_same_words_as_by_the_command(
    chromium_path: str, server: Server, tmp_path: Path
):
    async with viewing(chromium_path, tmp_path) as viewer:
        page = viewer.page
        tampered: list[DealtShoe] = []

        async def tamper(route: Route) -> None:
            file = await (await route.fetch()).json()
            cards = file["rounds"][1]["cards"]
            cards[2] = "K♦" if cards[2] != "K♦" else "4♣"
            tampered.extend(read_shoes(json.dumps(file).encode()))
            await route.fulfill(json=file)

        await page.route("**/1.json", tamper)
        await page.goto(address(server, 1))
        await expect(page.locator("[data-part=verdict]")).to_have_attribute("data-status", "wrong")
        found = check(tampered[0])
        assert await page.locator("[data-part=faults] li").all_inner_texts() == list(found.faults)
        assert found.faults[0].startswith(f"Card 3 of round {tampered[0].rounds[1].round_id} was ")
        assert found.misfit is not None
        marked = page.locator("[data-misfit]")
        assert await marked.get_attribute("data-place") == str(found.misfit.place)
        await viewer.photograph("tampered")


@pytest.mark.parametrize(
    "body", ["{}", "<html>", '{"algorithm":"cardsharp-shoe-2"}', '{"algorithm":"cardsharp-shoe-1"}']
)
async def test_what_is_no_shoe_is_said_to_be_none(chromium_path: str, server: Server, tmp_path: Path, body: str):
    async with viewing(chromium_path, tmp_path) as viewer:

        async def answer(route: Route) -> None:
            await route.fulfill(body=body, content_type="application/json")

        await viewer.page.route("**/1.json", answer)
        await viewer.page.goto(address(server, 1))
        await expect(viewer.page.locator("[data-part=verdict]")).to_have_attribute("data-status", "unknown")
        assert (await verdict(viewer.page)).startswith("The check could not be made: ")


async def test_a_shoe_in_use_is_not_checked(chromium_path: str, server: Server, tmp_path: Path):
    async with viewing(chromium_path, tmp_path, PHONE) as viewer:
        await viewer.page.goto(address(server))
        await viewer.page.locator(".shoe-list a").first.click()
        await expect(viewer.page.get_by_text("This shoe is in use.")).to_be_visible()
        assert await viewer.page.locator("#shoe-check").count() == 0
        await viewer.fits()


async def test_where_a_browser_lends_no_hashes_the_page_says_so(chromium_path: str, server: Server, tmp_path: Path):
    async with viewing(chromium_path, tmp_path) as viewer:
        await viewer.page.goto(address(server, 1).replace("127.0.0.1", NAME))
        await expect(
            viewer.page.get_by_text("Browsers compute hashes only on pages that came over https")
        ).to_be_visible()
        await expect(viewer.page.get_by_role("button", name="Verify again")).to_be_hidden()
        await expect(viewer.page.get_by_text("python -m cardsharp verify-shoe")).to_be_visible()
        assert await viewer.page.locator("[data-part=verdict]").inner_text() == ""
        await viewer.photograph("unsafe")
        # Chromium itself remarks that it heeds no isolation of a page that came unsafely.
        viewer.complaints = [text for text in viewer.complaints if "origin was untrustworthy" not in text]


CHECK_VECTORS = """async ({ orders, files, shoe }) => {
  const { commitment, dealingOrder } = await import("/static/js/shoe/algorithm.js");
  const { check } = await import("/static/js/shoe/check.js");
  const made = [];
  for (const { server_seed: seed, client_seeds: entries, decks, discards } of orders) {
    const clients = entries.map((entry) => [entry.player_id, entry.seed]);
    made.push([await commitment(seed), await dealingOrder(seed, clients, decks, discards)]);
  }
  const found = [];
  for (const { change } of files) {
    const file = structuredClone(shoe);
    for (const { path, value } of change) {
      path.slice(0, -1).reduce((inner, step) => inner[step], file)[path.at(-1)] = value;
    }
    found.push((await check(file)).faults);
  }
  return { made, found };
}"""


async def test_the_pages_module_passes_the_test_vectors(chromium_path: str, server: Server, tmp_path: Path):
    vectors = json.loads((ROOT / "docs/test_vectors/cardsharp-shoe-1.json").read_text())
    shoe = json.loads((ROOT / "docs/test_vectors/shoe.json").read_text())
    async with viewing(chromium_path, tmp_path) as viewer:
        await viewer.page.goto(address(server, 1))
        said = await viewer.page.evaluate(CHECK_VECTORS, {**vectors, "shoe": shoe})
    for vector, (published, order) in zip(vectors["orders"], said["made"], strict=True):
        size = 52 * vector["decks"]
        assert published == vector["commitment"]
        assert (digest(order[:size]), digest(order[size:])) == (vector["order_sha256"], vector["refill_sha256"])
    assert said["found"] == [vector["faults"] for vector in vectors["files"]]
