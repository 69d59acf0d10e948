"""Who sees nothing and has no mouse plays as well: a round by roles, names and keys alone; and nothing is too small."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, ViewportSize, expect

from tests.browser.viewer import DESKTOP, Viewer, as_guest, chromium
from tests.servers import UNTIMED, serving

TIMED = UNTIMED | {"act_seconds": 45, "bet_seconds": 120, "pause_seconds": 120}
SHORT_MS = 38_000
CARDS = "8♠ 10♠ 6♦ 8♥ 9♠ 10♣ 3♠ J♦ 10♥ 9♥"
"""Seat 1 has eights against a six, splits them and doubles; seat 2 stands on 19; the dealer busts."""
PHONE: ViewportSize = {"width": 360, "height": 740}
TWICE: ViewportSize = {"width": 720, "height": 450}
"""What a window of 1440 by 900 is where everything is twice as large."""
SMALL = """() => [...document.querySelectorAll("a, button, input, select, summary, [tabindex='0']")]
  .filter((element) => element.checkVisibility({ visibilityProperty: true }))
  .filter((element) => !element.closest(".visually-hidden, .skip-link, p"))
  .map((element) => [element.outerHTML.slice(0, 100), element.closest("label") ?? element])
  .map(([what, element]) => [what, element.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < 24 || box.height < 24))
  .map(([what, box]) => `${what}: ${box.width} × ${box.height}`)"""


class Blind:
    """Somebody who knows of the page what a screen reader says, and presses keys."""

    def __init__(self, viewer: Viewer) -> None:
        self.page = viewer.page

    async def go_to(self, role: Any, name: str) -> Locator:
        """Presses Tab until the element of that role and name has the focus."""
        wanted = self.page.get_by_role(role, name=name)
        await expect(wanted).to_be_enabled()
        for _ in range(80):
            if await wanted.evaluate("element => element === document.activeElement"):
                return wanted
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"No {role} {name!r} comes with Tab.")

    async def press(self, role: Any, name: str, key: str = "Enter") -> None:
        await self.go_to(role, name)
        await self.page.keyboard.press(key)

    async def hears(self, *sentences: str) -> None:
        """The live region has said each of these."""
        said = self.page.locator("[data-part=announcer]")
        for sentence in sentences:
            await expect(said).to_contain_text(sentence)


async def test_a_whole_round_by_names_and_keys(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, [("Corner", TIMED)], CARDSHARP_STACKED_SHOE=CARDS) as server:
        async with chromium(chromium_path) as browser:
            viewer, other = [await Viewer.open(browser, DESKTOP, tmp_path) for _ in range(2)]
            blind = Blind(viewer)
            await viewer.page.clock.install()
            await viewer.page.goto(f"http://{server.address}/tables/{server.tables[0]}/")
            await blind.press("button", "Play as guest")
            await blind.press("button", "Seat 1 sit here")
            await expect(viewer.page.get_by_role("spinbutton", name="Chips to sit down with")).to_be_focused()
            await viewer.page.keyboard.press("Enter")
            await blind.hears("You take seat 1 with 500 chips.")
            await as_guest(other, server)
            await other.sit_down(server, server.tables[0], 2)
            await blind.go_to("spinbutton", "Bet")
            await viewer.page.keyboard.press("Control+a")
            await viewer.page.keyboard.type("50")
            await viewer.page.keyboard.press("Enter")
            await expect(viewer.page.get_by_text("Your bet is 50. Waiting for Guest")).to_be_visible()
            await other.bet(20)
            await blind.hears("You get the 8 of hearts: 16.", "The dealer gets the 6 of diamonds.")
            await blind.hears("Your turn: hit, stand, double, split, or surrender?")
            await expect(viewer.page.get_by_role("group", name="You: 16; bet 50")).to_be_visible()
            await blind.press("button", "Split", "Space")
            await expect(viewer.page.get_by_role("group", name="You: 11; bet 50")).to_be_visible()
            await expect(viewer.page.get_by_role("region", name="What you can do")).to_contain_text("Double")
            await blind.press("button", "Double")
            await blind.hears("You get the 10 of hearts: 21.")
            # Time runs short: that is told once, and not counted.
            await viewer.page.clock.fast_forward(SHORT_MS)
            await blind.hears("seconds left.")
            await blind.press("button", "Stand")
            await blind.hears("It is Guest")
            await other.reads("Your turn")
            await other.press("Stand")
            await blind.hears("The dealer turns over the 10 of clubs: 16.", "Round 1 is over.")
            await expect(viewer.page.get_by_text("You won 150.")).to_be_visible()
            await expect(viewer.page.get_by_role("listitem", name="Round 1: +150; the dealer busted.")).to_be_visible()
            assert viewer.complaints == other.complaints == []


@pytest.mark.parametrize("size", [PHONE, TWICE], ids=["phone", "twice"])
async def test_every_target_is_large_enough_and_nothing_is_lost(chromium_path: str, tmp_path: Path, size: ViewportSize):
    with serving(tmp_path, [("Corner", UNTIMED)], CARDSHARP_STACKED_SHOE="10♠ 10♥ 9♣ K♦ 8♠ A♦ 8♣ 7♠") as server:
        async with chromium(chromium_path) as browser:
            guest = await Viewer.open(browser, size, tmp_path)
            await as_guest(guest, server)
            page = guest.page
            found: list[str] = []

            async def look(phase: str) -> None:
                await guest.photograph(f"{phase}-{size['width']}")
                found.extend(f"{phase}: {small}" for small in await page.evaluate(SMALL))
                await guest.fits()

            await page.goto(f"http://{server.address}/tables/{server.tables[0]}/")
            await expect(page.locator("#join-seat")).to_be_visible()
            await look("joining")
            await guest.sit_down(server, server.tables[0], 1)
            await guest.bet(50)
            await guest.reads("Your turn")
            await look("turn")
            await page.locator("[data-part=controls]").press("?")
            await look("keys")
            await page.keyboard.press("s")
            await expect(page.get_by_role("button", name="Double 100")).to_be_visible()
            await page.keyboard.press("Escape")
            await look("betting")
            await guest.key("a")
            await guest.reads("Insurance?")
            await look("insurance")
            for name in ("Insure", "No insurance", "Sit out", "Leave the table"):
                button = page.get_by_role("button", name=name)
                await button.scroll_into_view_if_needed()
                await expect(button).to_be_in_viewport(ratio=1)
            assert found == []
            assert guest.complaints == []


async def test_a_page_without_one_of_its_modules_says_so(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, [("Corner", UNTIMED)], CARDSHARP_STACKED_SHOE="10♠ 10♥ 9♣ K♦") as server:
        async with chromium(chromium_path) as browser:
            guest = await Viewer.open(browser, DESKTOP, tmp_path)
            await as_guest(guest, server)
            table = f"http://{server.address}/tables/{server.tables[0]}/"
            # Without one that the game needs, the table stands still, and says so until it is loaded again.
            await guest.page.route("**/joined/*/table.js", lambda route: route.abort())
            await guest.page.goto(table)
            await expect(guest.page.get_by_role("alert")).to_contain_text("A part of this page did not load")
            await expect(guest.page.locator(".live")).to_have_text("Not loaded")
            await guest.page.unroute("**/joined/*/table.js")
            await guest.page.get_by_role("link", name="Load it again").click()
            await expect(guest.page.locator(".live")).to_have_text("Live")
            await expect(guest.page.locator("[data-part=problem]")).to_have_text("")
            # Without one that only makes it nicer, it says so and plays.
            await guest.page.route("**/table/motion.js", lambda route: route.abort())
            await guest.page.goto(table)
            await expect(guest.page.get_by_role("alert")).to_have_text(
                "The animations did not load. Everything else works."
            )
            await guest.page.route("**/table/sound.js", lambda route: route.abort())
            await guest.key("m")
            await expect(guest.page.get_by_role("alert")).to_contain_text("The sounds did not load.")
            await guest.sit_down(server, server.tables[0], 1)
            await guest.bet(50)
            await guest.reads("Your turn: 19")
            assert all("ERR_FAILED" in text or "Failed to fetch" in text for text in guest.complaints), guest.complaints
