"""Staff in a real browser: a pause that everybody at the table sees, who may sit down, and pages that axe passes."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.test_axe import STANDARDS, lines
from tests.browser.viewer import DESKTOP, PHONE, Viewer, as_guest, chromium
from tests.servers import UNTIMED, Server, serving

PASSWORD = "a long evening 9"
STAFF = f"""
from games.models import Player
Player.objects.create_superuser("Boss", password="{PASSWORD}")
"""
CARDS = "10♠ 9♥ K♠ 8♦"
RUN = "([what, standards]) => axe.run(what, { runOnly: standards })"


async def log_in(page: Page, server: Server) -> None:
    await page.goto(f"http://{server.address}/admin/")
    await page.get_by_label("Name").fill("Boss")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_text("open table")).to_be_visible()


async def order(page: Page, server: Server, link: str, button: str, **fields: str) -> None:
    """Follows a table's link and fills in the form behind it."""
    await page.goto(f"http://{server.address}/admin/games/table/{server.tables[0]}/change/")
    await page.get_by_role("link", name=link).click()
    for label, text in fields.items():
        field = page.get_by_label(label)
        if await field.get_attribute("type") == "radio":
            await field.check()
        else:
            await field.fill(text)
    await page.get_by_role("button", name=button).click()
    await expect(page.locator(".messagelist")).to_be_visible()


async def test_staff_pause_a_table_and_say_who_may_sit_and_everybody_there_sees_it(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, [("Corner", UNTIMED)], CARDSHARP_STACKED_SHOE=CARDS) as server:
        server.shell(STAFF)
        async with chromium(chromium_path) as browser:
            boss = (await Viewer.open(browser, DESKTOP, tmp_path)).page
            player = await Viewer.open(browser, DESKTOP, tmp_path)
            watcher = await Viewer.open(browser, PHONE, tmp_path)
            await log_in(boss, server)
            await as_guest(player, server)
            await player.sit_down(server, server.tables[0], 1)
            await player.bet(10)
            await as_guest(watcher, server)
            await watcher.page.goto(f"http://{server.address}/tables/{server.tables[0]}/")
            await order(boss, server, "Pause the table", "Pause", Reason="a fire drill")
            for page in (player.page, watcher.page):
                await expect(page.locator("[data-part='prompt']")).to_contain_text("pauses the table after this round")
            await player.press("Stand")
            for page in (player.page, watcher.page):
                await expect(page.locator("[data-part='prompt']")).to_contain_text("paused this table: a fire drill")
            await player.page.reload()
            await expect(player.page.locator("[data-part='prompt']")).to_contain_text("paused this table: a fire drill")
            await order(
                boss, server, "Who may sit down", "Change who may sit", **{"nobody new": "", "Reason": "enough"}
            )
            await expect(watcher.page.get_by_text("lets nobody new sit down")).to_be_visible()
            await expect(watcher.page.locator("[data-part='chair']").nth(1)).to_be_disabled()
            await watcher.page.goto(f"http://{server.address}/")
            await expect(watcher.page.get_by_text("nobody new")).to_be_visible()
            await expect(watcher.page.get_by_text("Paused")).to_be_visible()
            await order(boss, server, "Let it go on", "Go on", Reason="it is over")
            await expect(player.page.locator("[data-part='prompt']")).to_contain_text("Place your bet")


async def test_axe_finds_nothing_in_the_projects_own_pages_for_staff(
    chromium_path: str, axe_script: str, tmp_path: Path
):
    found: list[str] = []
    with serving(tmp_path, [("Corner", UNTIMED)], CARDSHARP_STACKED_SHOE=CARDS) as server:
        server.shell(STAFF)
        async with chromium(chromium_path) as browser:
            boss = (await Viewer.open(browser, PHONE, tmp_path)).page
            player = await Viewer.open(browser, DESKTOP, tmp_path)
            await as_guest(player, server)
            await player.sit_down(server, server.tables[0], 1)
            await player.bet(10)
            await player.press("Stand")
            await expect(player.page.locator("[data-part='log']")).to_contain_text("Round 1 is over")
            await log_in(boss, server)
            table = server.tables[0]
            for path in (
                "",
                "games/servingprocess/",
                "games/round/1/replay/?step=7&seat=1",
                f"games/table/{table}/seating/",
                f"games/table/close/?table={table}",
                f"games/table/pause/?table={table}",
                f"games/table/{table}/change/",
            ):
                await boss.goto(f"http://{server.address}/admin/{path}")
                wider = await boss.evaluate("document.documentElement.scrollWidth - innerWidth")
                if wider > 0:
                    found.append(f"{path} is {wider} wider than a phone")
                await boss.evaluate(axe_script)
                # What is around it is Django's, and so are the colours, whose night is too pale for axe.
                await boss.emulate_media(color_scheme="light", reduced_motion="reduce")
                result = await boss.evaluate(RUN, ["#content-main", STANDARDS])
                found += [f"{path}: {line}" for line in lines(result["violations"])]
    assert found == []
