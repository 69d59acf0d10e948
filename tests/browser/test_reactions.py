"""Two people at a table and one who watches: a reaction shows at the seat, is announced, and can be switched off."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Locator, expect

from tests.browser.test_axe import Checker
from tests.browser.viewer import DESKTOP, PHONE, Viewer, as_guest, chromium
from tests.servers import serving

RULES = {"bet_seconds": None, "insurance_seconds": None, "act_seconds": None, "away_seconds": None}


def reaction_at(viewer: Viewer, seat: int) -> Locator:
    return viewer.page.locator(f'[data-seat="{seat}"] .reaction')


async def react(viewer: Viewer, name: str) -> None:
    await viewer.press("React")
    await viewer.page.get_by_role("group", name="Reactions").get_by_role("button", name=name).click()


async def test_reactions_reach_everybody_who_wants_them(chromium_path: str, axe_script: str, tmp_path: Path):
    with serving(tmp_path, [("Corner", RULES)]) as server:
        async with chromium(chromium_path) as browser:
            ada, bob, watcher = [await Viewer.open(browser, size, tmp_path) for size in (PHONE, DESKTOP, DESKTOP)]
            for seat, viewer in ((1, ada), (4, bob)):
                await as_guest(viewer, server)
                await viewer.sit_down(server, server.tables[0], seat)
            await watcher.page.goto(f"http://{server.address}/tables/{server.tables[0]}/")
            await expect(watcher.page.locator(".live")).to_have_attribute("data-status", "live")
            await expect(watcher.page.get_by_role("button", name="React")).to_be_hidden()
            await bob.page.get_by_text("Reactions", exact=True).click()
            await bob.page.get_by_role("checkbox", name="Show reactions").uncheck()
            await ada.press("React")
            await ada.photograph("reactions-menu")
            checker = Checker(axe_script)
            await checker.check(ada.page, "the reactions")
            await ada.page.get_by_role("button", name="Good luck").click()
            for viewer in (ada, watcher):
                await expect(reaction_at(viewer, 1)).to_have_text("Good luck")
                await expect(viewer.page.locator("[data-part=reaction-announcer]")).to_contain_text(": Good luck.")
                await viewer.fits()
            await watcher.photograph("reactions-watching")
            await ada.photograph("reactions-phone")
            await react(bob, "Ouch")
            await expect(reaction_at(watcher, 4)).to_have_text("Ouch")
            await expect(bob.page.locator(".reaction")).to_have_count(0)
            await expect(watcher.page.locator(".reaction")).to_have_count(0, timeout=20_000)
            for _ in range(4):
                await react(ada, "Hello")
            await expect(ada.page.get_by_role("alert")).to_contain_text("One reaction after the other")
            for viewer in (ada, bob, watcher):
                assert viewer.complaints == []
            assert checker.found == []
