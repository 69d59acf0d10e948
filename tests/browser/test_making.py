"""A guest on a phone makes a table of unusual rules, plays at it and closes it, while another watches the lobby."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from tests.browser.viewer import DESKTOP, PHONE, Viewer, as_guest, chromium
from tests.servers import Server, serving

CARDS = "10♠ 7♥ K♠ 10♦"


async def test_a_table_is_made_played_at_and_closed(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, [], CARDSHARP_STACKED_SHOE=CARDS) as server:
        async with chromium(chromium_path) as browser:
            guest, watcher = [await Viewer.open(browser, size, tmp_path) for size in (PHONE, DESKTOP)]
            await watcher.page.goto(f"http://{server.address}/")
            await expect(watcher.page.locator(".live")).to_have_attribute("data-status", "live")
            await as_guest(guest, server)
            await make(guest)
            row = watcher.page.locator(".lobby-row")
            await expect(row.locator("[data-part=name]")).to_have_text("The odd one")
            await expect(row.locator("[data-part=rules]")).to_have_text("1D S17 DAS LS 7:5 SP1 NI")
            await expect(row.locator("[data-part=stakes]")).to_have_text("2.50 to 20")
            await watcher.photograph("desktop-lobby")
            await play(guest)
            await expect(row.locator("[data-part=seats]")).to_have_text("1 of 5 seats taken")
            await close(guest, server)
            await expect(row).to_have_count(0)
            for viewer in (guest, watcher):
                await viewer.fits()
                assert viewer.complaints == []


async def make(guest: Viewer) -> None:
    page = guest.page
    await page.get_by_role("link", name="Make a table").click()
    await page.wait_for_url("**/tables/new/")
    await guest.fits()
    await page.get_by_label("Placard", exact=True).fill("1d sp1 ni 7:5")
    await page.get_by_label("Placard", exact=True).press("Enter")
    await expect(page.get_by_label("Decks")).to_have_value("1")
    await guest.photograph("phone-form")
    await page.get_by_label("Name").fill("The odd one")
    await page.get_by_label("Largest bet").fill("20")
    await page.get_by_label("Smallest bet").fill("25")
    await page.get_by_label("Seconds between rounds").fill("1")
    await page.get_by_label("Smallest bet").press("Enter")
    # What is wrong has the keyboard, and leads to its field, where everything is as it was typed.
    await expect(page.locator(".errors")).to_be_focused()
    await page.locator(".errors").press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Smallest bet")).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("#id_min_bet_cents_error")).to_contain_text("smallest bet is above the largest")
    await guest.fits()
    await guest.photograph("phone-refused")
    await expect(page.get_by_label("Name")).to_have_value("The odd one")
    await expect(page.get_by_label("A blackjack pays")).to_have_value("7:5")
    await page.get_by_label("Smallest bet").fill("2.50")
    await page.get_by_label("Bets in steps of").fill("0.50")
    await guest.press("Open the table")
    await expect(page.locator(".live")).to_have_attribute("data-status", "live")
    await expect(page.locator(".placard")).to_have_text("1D S17 DAS LS 7:5 SP1 NI · bets 2.50 to 20")


async def play(guest: Viewer) -> None:
    await guest.press("Sit down")
    await guest.bet(7)
    await guest.can("HIT", "STAND", "DOUBLE", "SURRENDER")
    await guest.key("s")
    await guest.reads("You won 7")
    await guest.has(1, "507")


async def close(guest: Viewer, server: Server) -> None:
    await guest.page.locator("summary").get_by_text("Rules", exact=True).click()
    await guest.photograph("phone-rules")
    await guest.press("Close my table")
    await expect(guest.page).to_have_url(f"http://{server.address}/")
    await expect(guest.page.get_by_role("status").first).to_contain_text("Your table is closed.")
    await expect(guest.page.locator("[data-wallet]").first).to_contain_text("1,007")
