"""A finished round once more, stepped through with nothing but keys, by who played it and by a stranger."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import expect

from tests.browser.viewer import DESKTOP, PHONE, Viewer, as_guest, chromium
from tests.servers import serving

RULES = {"bet_seconds": None, "insurance_seconds": None, "act_seconds": None, "pause_seconds": 120}
CARDS = "10♠ 6♥ 6♦ 10♥ 3♣ 2♦"
"""The guest hits sixteen against a six, has nineteen and stands; the dealer's sixteen becomes eighteen."""


async def test_a_round_is_stepped_through_by_keys(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, [("Corner", RULES)], watched=False, CARDSHARP_STACKED_SHOE=CARDS) as server:
        async with chromium(chromium_path) as browser:
            guest = await Viewer.open(browser, DESKTOP, tmp_path)
            await as_guest(guest, server)
            await guest.sit_down(server, server.tables[0], 2)
            await guest.bet(50)
            await guest.reads("Your turn")
            await guest.press("Hit")
            await guest.reads("19 against")
            await guest.press("Stand")
            await guest.reads("You won 50")
            await guest.press("Leave the table")

            page = guest.page
            await page.goto(f"http://{server.address}/history/")
            await page.get_by_role("link", name="Corner, round 1").click()
            slider = page.get_by_role("slider", name="Step of the round")
            await guest.reads("Round 1: bets are open.")
            await page.keyboard.press("ArrowRight")
            await guest.reads("You bet 50.")
            await guest.has(2, "450")
            await page.keyboard.press("End")
            await guest.reads("Round 1 is over.")
            await guest.has(2, "550")
            await expect(page.locator('[data-seat="2"] .result')).to_have_text("Win")
            await expect(page).to_have_url(re.compile(r"#step-\d+$"))
            await page.keyboard.press("ArrowRight")
            await guest.reads("Round 1 is over.")

            await page.keyboard.press("Home")
            for _ in range(20):
                if "You hit" in await page.locator("[data-part=prompt]").inner_text():
                    break
                await page.keyboard.press("ArrowRight")
            await guest.reads("You hit.")
            advice = page.locator("[data-part=advice]")
            await expect(advice).to_have_text("Not by the book: it says stand, not hit.")
            await expect(page.locator("[data-part=dealer] .card[data-face-down]")).to_have_count(1)
            await expect(page.locator("[data-part=announcer]")).to_have_text(re.compile("You hit. Not by the book"))
            await expect(page.locator("[data-part=steps] [aria-current=step]")).to_contain_text("You hit.")
            here = page.url
            await page.keyboard.press("ArrowLeft")
            await expect(advice).to_have_text("")

            # The slider has the same keys of its own, and says what it stands at.
            await slider.focus()
            await page.keyboard.press("ArrowRight")
            await guest.reads("You hit.")
            await expect(slider).to_have_attribute("aria-valuetext", re.compile("You hit"))
            await page.keyboard.press("End")
            await guest.reads("Round 1 is over.")
            await expect(page.locator("[data-part=dealer] .card[data-face-down]")).to_have_count(0)
            await page.get_by_role("button", name="Step back").press("Enter")
            await expect(page.locator("[data-part=prompt]")).not_to_contain_text("is over")

            stranger = await Viewer.open(browser, PHONE, tmp_path)
            await stranger.page.goto(here)
            await stranger.reads(" hits.")
            await stranger.fits()
            await stranger.page.get_by_role("button", name="Last step").click()
            await stranger.reads("Round 1 is over.")
            assert guest.complaints == []
            assert stranger.complaints == []
