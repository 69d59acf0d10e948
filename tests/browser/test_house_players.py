"""The host of a table seats a house player for company: it plays by itself, is marked, and goes when it is told to."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from tests.browser.viewer import DESKTOP, PHONE, Viewer, as_guest, chromium
from tests.servers import serving

CARDS = "10♠ 8♦ 9♥ 9♠ 6♦ 8♣ 4♦ 2♣"
"""Nineteen for the host; fourteen for the house player, who hits it to eighteen; seventeen for the dealer."""
RULES = "NS UNTIMED PAUSE60"


async def test_a_house_player_keeps_company(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, [], CARDSHARP_STACKED_SHOE=CARDS) as server:
        async with chromium(chromium_path) as browser:
            host, watcher = [await Viewer.open(browser, size, tmp_path) for size in (DESKTOP, PHONE)]
            page = host.page
            await as_guest(host, server)
            await page.goto(f"http://{server.address}/tables/new/?rules={RULES}")
            await host.press("Open the table")
            table = page.url.rstrip("/").rpartition("/")[2]
            await host.sit_down(server, table, 1)
            await page.get_by_text("House players", exact=True).click()
            await host.press("Seat a house player")
            mark = '[data-seat="2"] [data-part=house]'
            await watcher.page.goto(f"http://{server.address}/tables/{table}/")
            for viewer in (host, watcher):
                await expect(viewer.page.locator(mark)).to_have_text("house player")
                await expect(viewer.page.locator('[data-seat="1"] [data-part=house]')).to_be_hidden()
                await viewer.fits()
            await expect(page.locator('[data-seat="2"] .wager')).to_contain_text("30")
            await host.bet(50)
            await host.reads("Your turn")
            await watcher.photograph("house-player-phone")
            await host.key("s")
            await host.reads("You won 50.")
            await expect(page.locator("[data-part=log]")).to_contain_text("hits.")
            await host.photograph("house-player-desktop")
            await page.get_by_text("House players", exact=True).click()
            await host.press("Send them away")
            await expect(page.locator('[data-seat="2"][data-taken]')).to_have_count(0)
            for viewer in (host, watcher):
                assert viewer.complaints == []
