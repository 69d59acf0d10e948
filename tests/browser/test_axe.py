"""axe finds nothing on any page, by day and by night, in every phase of a round; and no text is too pale."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.viewer import DESKTOP, PHONE, Viewer, as_guest, chromium
from tests.servers import Server, serving

RULES = {"bet_seconds": 120, "insurance_seconds": 120, "act_seconds": 120, "pause_seconds": 120}
CARDS = "8♠ 6♦ 8♥ 10♣ 3♠ J♦ 10♥ 9♠"
INSURANCE = "K♠ A♦ Q♥ 9♣"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PUBLIC = (
    "/",
    "/strategy/",
    "/protocol/",
    "/protocol/console/",
    "/fairness/",
    "/leaderboard/",
    "/account/sign-up/",
    "/account/log-in/",
    "/account/reset/",
    "/account/reset/sent/",
    "/account/reset/x/y/",
    "/?stakes=high&open=on",
    "/nowhere/",
)
OWN = ("/", "/drill/", "/tables/new/", "/history/", "/history/statistics/", "/account/", "/account/upgrade/")
FLAT = """document.querySelectorAll(".felt, .welcome").forEach((element) => {
  element.style.background = "var(--felt)";
})"""
RUN = "standards => axe.run({ runOnly: standards })"


class Checker:
    """Asks axe about a page, in both themes; what it finds is collected, so that one run shows all of it."""

    def __init__(self, script: str) -> None:
        self._script = script
        self.found: list[str] = []

    async def check(self, page: Page, name: str) -> None:
        # axe judges no text on a gradient, so the felt is given its palest colour all over.
        await page.evaluate(FLAT)
        if not await page.evaluate("typeof axe === 'object'"):
            await page.evaluate(self._script)
        for theme in ("light", "dark"):
            await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            result = await page.evaluate(RUN, STANDARDS)
            self.found += [f"{name}, {theme}: {line}" for line in lines(result["violations"])]

    async def visit(self, viewer: Viewer, server: Server, paths: Iterable[str]) -> None:
        for path in paths:
            await viewer.page.goto(f"http://{server.address}{path}")
            await self.check(viewer.page, path)


def lines(violations: list[dict]) -> list[str]:
    return [
        f"{violation['id']} ({violation['help']}): {node['html'][:160]} {node['failureSummary'][:200]!r}"
        for violation in violations
        for node in violation["nodes"]
    ]


async def test_nothing_is_found_on_the_pages(chromium_path: str, axe_script: str, tmp_path: Path):
    with serving(tmp_path, [("Corner", RULES)], expected_complaints=["/nowhere/"], CARDSHARP_DEBUG="0") as server:
        async with chromium(chromium_path) as browser:
            viewer = await Viewer.open(browser, DESKTOP, tmp_path)
            checker = Checker(axe_script)
            await checker.visit(viewer, server, PUBLIC)
            await as_guest(viewer, server)
            await checker.visit(viewer, server, OWN)
            await viewer.page.get_by_role("button", name="Look").click()
            await checker.check(viewer.page, "the choices of look")
            await checker.visit(viewer, server, [f"/shoes/{server.tables[0]}/"])
    assert checker.found == []


async def test_nothing_is_found_in_any_phase_of_a_round(chromium_path: str, axe_script: str, tmp_path: Path):
    with serving(tmp_path, [("Corner", RULES)], CARDSHARP_STACKED_SHOE=CARDS) as server:
        async with chromium(chromium_path) as browser:
            checker = Checker(axe_script)
            watcher, guest = [await Viewer.open(browser, PHONE, tmp_path) for _ in range(2)]
            await watcher.page.goto(f"http://{server.address}/tables/{server.tables[0]}/")
            await checker.check(watcher.page, "watching")
            await as_guest(guest, server)
            await guest.page.goto(f"http://{server.address}/tables/{server.tables[0]}/")
            await expect(guest.page.locator("#join-seat")).to_be_visible()
            await checker.check(guest.page, "joining")
            await guest.sit_down(server, server.tables[0], 1)
            await checker.check(guest.page, "betting")
            await guest.bet(50)
            await guest.reads("Your turn")
            await checker.check(guest.page, "the turn")
            for key, sheet in (("u", "Rules"), ("g", "Basic strategy"), ("?", "Keys")):
                await guest.key(key)
                await expect(guest.page.get_by_role("dialog", name=sheet).locator("p, dl, table").first).to_be_visible()
                await checker.check(guest.page, f"the sheet {sheet}")
            await guest.page.keyboard.press("Escape")
            await guest.press("Split")
            await guest.reads("hand 1 of 2")
            await checker.check(guest.page, "a split hand")
            await guest.press("Double")
            await guest.reads("hand 2 of 2")
            await guest.press("Stand")
            await guest.reads("You won")
            await checker.check(guest.page, "the results")
            await checker.check(watcher.page, "watching the results")
            await guest.page.locator("html").evaluate("html => { html.dataset.deck = 'four'; }")
            await checker.check(guest.page, "four colours")
            await guest.press("Leave the table")
            table = server.tables[0]
            own = [
                "/history/",
                "/history/statistics/",
                "/leaderboard/",
                f"/rounds/{table}/1/",
                f"/rounds/{table}/1/#step-15",
            ]
            await checker.visit(guest, server, [*own, "/history/?result=even", f"/shoes/{table}/1/"])
    assert checker.found == []


async def test_nothing_is_found_while_insurance_is_offered(chromium_path: str, axe_script: str, tmp_path: Path):
    with serving(tmp_path, [("Corner", RULES)], CARDSHARP_STACKED_SHOE=INSURANCE) as server:
        async with chromium(chromium_path) as browser:
            guest = await Viewer.open(browser, PHONE, tmp_path)
            checker = Checker(axe_script)
            await as_guest(guest, server)
            await guest.sit_down(server, server.tables[0], 1)
            await guest.bet(50)
            await guest.reads("Insurance?")
            await checker.check(guest.page, "insurance")
    assert checker.found == []
