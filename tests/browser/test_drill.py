"""The drill in a real browser: by keys without a new page, on a phone, and when the network is gone."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.viewer import DESKTOP, PHONE, Viewer, chromium
from tests.servers import serving


async def test_hands_are_played_by_keys_and_counted(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, []) as server:
        async with chromium(chromium_path) as browser:
            for size, name in ((PHONE, "phone"), (DESKTOP, "desktop")):
                viewer = await Viewer.open(browser, size, tmp_path)
                page = viewer.page
                await page.goto(f"http://{server.address}/strategy/")
                await page.get_by_role("link", name="Practise it in the drill").click()
                await page.wait_for_url("**/drill/**")
                await page.evaluate("window.stayed = true")
                for number in (1, 2, 3):
                    await page.keyboard.press("s")
                    await expect(right(page)).to_contain_text(f"of {number}")
                await expect(page.get_by_role("status")).to_contain_text("against")
                assert await page.evaluate("window.stayed"), "no new page was loaded"
                assert await page.evaluate("document.activeElement.name") == "move"
                await viewer.fits()
                await viewer.photograph(f"{name}-drill")
                assert viewer.complaints == []


async def test_an_answer_that_does_not_get_through_may_be_given_again(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, []) as server:
        async with chromium(chromium_path) as browser:
            page = (await Viewer.open(browser, PHONE, tmp_path)).page
            await page.goto(f"http://{server.address}/drill/")
            await page.context.set_offline(True)
            await page.get_by_role("button", name="Stand").click()
            await expect(page.get_by_role("status")).to_contain_text("did not get through")
            await page.context.set_offline(False)
            await page.get_by_role("button", name="Stand").click()
            await expect(right(page)).to_contain_text("of 1")


def right(page: Page):
    return page.locator(".drill-score dd").first
