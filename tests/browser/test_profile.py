"""A player's own page and what others see of it: face and name, the day's chips, and the end of an account."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import expect

from tests.browser.test_axe import Checker
from tests.browser.viewer import DESKTOP, PHONE, Viewer, as_guest, chromium
from tests.servers import Server, serving

PATIENT = {"bet_seconds": 120, "act_seconds": 120, "pause_seconds": 1, "min_buy_in_cents": 10_00}
LOST = "10♠ 10♥ 7♠ 10♦"
NAME = "🦊 <i>Zoë</i> שלום"
MAKE_POOR = """
from games import ledger
from games.models import Account, Player
bank = Account.objects.get(kind="bank")
ledger.move(ledger.wallet(Player.objects.get().pk), bank, 980_00, "return")
"""
PASSWORD = "a long evening 9"


async def test_a_face_and_a_name_are_seen_by_others_until_the_account_is_deleted(
    chromium_path: str, axe_script: str, tmp_path: Path
):
    with serving(tmp_path, [("Corner", PATIENT)], expected_complaints=["/account/change/name/"]) as server:
        async with chromium(chromium_path) as browser:
            player, watcher = [await Viewer.open(browser, size, tmp_path) for size in (PHONE, DESKTOP)]
            checker = Checker(axe_script)
            await sign_up(player, server)
            await choose_a_face(player)
            await checker.check(player.page, "profile")
            await change_the_name(player)
            await player.sit_down(server, server.tables[0], 3)
            await watcher.page.goto(f"http://{server.address}/")
            row = watcher.page.locator(".lobby-row")
            await expect(row.locator("[data-part=players]")).to_have_text(NAME)
            await expect(row.locator('[data-seat="3"] use')).to_have_attribute("href", "/static/faces.svg#owl")
            await checker.check(watcher.page, "lobby")
            await watcher.page.get_by_role("link", name="Corner", exact=True).click()
            await expect(watcher.page.locator('[data-seat="3"] [data-part=name]')).to_have_text(NAME)
            await delete(player, server, checker)
            await expect(watcher.page.locator('[data-seat="3"][data-taken]')).to_have_count(0)
            for viewer in (player, watcher):
                await viewer.fits()
            assert await watcher.page.locator("i").count() == 0
            assert watcher.complaints == []
            assert [line for line in player.complaints if "400" not in line] == []
            assert checker.found == []


async def test_who_loses_everything_is_helped_out_where_they_are(chromium_path: str, axe_script: str, tmp_path: Path):
    with serving(tmp_path, [("Corner", PATIENT)], CARDSHARP_STACKED_SHOE=LOST) as server:
        async with chromium(chromium_path) as browser:
            guest = await Viewer.open(browser, PHONE, tmp_path)
            await as_guest(guest, server)
            server.shell(MAKE_POOR)
            await guest.sit_down(server, server.tables[0], 1)
            offer = guest.page.locator("[data-part=daily-chips]")
            await expect(offer).to_be_visible()
            await guest.bet(20)
            await guest.reads("Your turn")
            # There is something to win still.
            await expect(offer).to_be_hidden()
            await guest.press("Stand")
            await expect(offer).to_be_visible()
            checker = Checker(axe_script)
            await checker.check(guest.page, "the offer")
            await guest.photograph("out-of-chips")
            await offer.get_by_role("button").click()
            await expect(guest.page.get_by_text("500 chips are in your wallet.")).to_be_visible()
            await expect(offer).to_be_hidden()
            await expect(guest.page.locator("[data-wallet]").first).to_have_text("500")
            assert guest.complaints == []
            assert checker.found == []


async def sign_up(player: Viewer, server: Server) -> None:
    page = player.page
    await page.goto(f"http://{server.address}/account/sign-up/")
    await page.get_by_label("Name").fill("Zoë")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("Password, once more").fill(PASSWORD)
    await page.get_by_role("button", name="Sign up").click()
    await page.get_by_role("link", name=re.compile("^Zoë")).click()


async def choose_a_face(player: Viewer) -> None:
    """With the keyboard alone."""
    page = player.page
    await page.get_by_role("radio", name="First letter").focus()
    for _ in range(3):
        await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("radio", name="Owl")).to_be_checked()
    await page.get_by_role("radio", name="Mint").check()
    await page.get_by_role("button", name="Keep this face").press("Enter")
    await expect(page.locator(".site-header .face")).to_have_attribute("data-drawing", "owl")
    await expect(page.locator(".site-header .face")).to_have_attribute("data-face", "1")


async def change_the_name(player: Viewer) -> None:
    page = player.page
    await page.get_by_role("textbox", name="Name", exact=True).fill("Former player 9")
    await page.get_by_role("button", name="Change name").click()
    await expect(page.get_by_text("Players who have left are called so")).to_be_visible()
    await page.get_by_role("textbox", name="Name", exact=True).fill(NAME)
    await page.get_by_role("button", name="Change name").click()
    await expect(page.locator("h1")).to_have_text(NAME)
    await player.fits()
    await player.photograph("profile")


async def delete(player: Viewer, server: Server, checker: Checker) -> None:
    page = player.page
    await page.goto(f"http://{server.address}/account/delete/")
    await checker.check(page, "deleting")
    await page.get_by_label("Your password").fill(PASSWORD)
    await page.get_by_label("Yes, delete it for good").check()
    await player.photograph("delete")
    await page.get_by_role("button", name="Delete my account").click()
    await expect(page.get_by_text("Your account is deleted.")).to_be_visible()
    await expect(page.get_by_role("button", name="Play now")).to_be_visible()
