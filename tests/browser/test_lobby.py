"""The lobby in a real browser: two clicks to the first card, who sits where as it happens, filters, and any name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from tests.browser.viewer import DESKTOP, PHONE, Viewer, as_guest, chromium
from tests.servers import Server, serving

CARDS = "10♠ 7♥ K♠ 10♦"
PATIENT: dict[str, Any] = {"bet_seconds": 120, "act_seconds": 120, "pause_seconds": 0}
NO_CLOCK: dict[str, Any] = {"bet_seconds": None, "insurance_seconds": None, "act_seconds": None}
TABLES: list[tuple[str, dict[str, Any]]] = [
    ("Corner", PATIENT),
    ("Penny", PATIENT | {"decks": 2, "dealer_hits_soft_17": True, "min_bet_cents": 1_00, "min_buy_in_cents": 20_00}),
    ("Slow", NO_CLOCK | {"surrender": "none", "decks": 1}),
]
COUNT_CLICKS = """addEventListener("click", ({ isTrusted }) => {
  if (isTrusted) sessionStorage.clicks = Number(sessionStorage.clicks ?? 0) + 1;
}, true)"""
NAMES = ("🦊 Zoë 🎲", "שלום עולם", '<b>Bold</b> & "Co"')
SEAT_THEM = """
import asyncio
import re
from games import accounts
from games.models import Player
from games.runtime import runtime
async def sit(player):
    await runtime().tables.sit_down({table!r}, player, 100_00)
for name, face in zip({names!r}, ("fox", "letter", "owl")):
    player = accounts.create_bot(name, chips_cents=1_000_00)
    accounts.prefer(player, {{"face": face}})
    asyncio.run(sit(player))
"""


async def test_two_clicks_lead_from_the_first_visit_to_the_first_card(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, TABLES, CARDSHARP_STACKED_SHOE=CARDS) as server:
        async with chromium(chromium_path) as browser:
            visitor = await Viewer.open(browser, PHONE, tmp_path)
            await visitor.page.add_init_script(COUNT_CLICKS)
            await visitor.page.goto(f"http://{server.address}/")
            await visitor.page.get_by_role("button", name="Play now").click()
            await visitor.page.wait_for_url("**/tables/*/")
            await visitor.page.get_by_role("button", name=re.compile(r"^Bet\b")).click()
            await visitor.reads("Your turn")
            await expect(visitor.page.locator("[data-own] .card")).to_have_count(2)
            assert await visitor.page.evaluate("Number(sessionStorage.clicks)") == 2
            assert visitor.complaints == []


async def test_the_lobby_shows_who_sits_where_as_it_happens(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, TABLES, CARDSHARP_STACKED_SHOE=CARDS) as server:
        async with chromium(chromium_path) as browser:
            watcher, guest = [await Viewer.open(browser, size, tmp_path) for size in (DESKTOP, PHONE)]
            await is_live(watcher, server)
            row = row_of(watcher.page, "Corner")
            await as_guest(guest, server)
            await guest.sit_down(server, server.tables[0], 2)
            name = await guest.page.locator('[data-seat="2"] [data-part=name]').inner_text()
            await expect(row.locator("[data-part=players]")).to_have_text(name.removesuffix(" (you)"))
            await expect(row.locator('li[data-seat="2"] .face')).to_have_text("G")
            await expect(row.locator('li[data-seat="1"] .face')).to_have_count(0)
            await expect(row.locator("[data-part=phase]")).to_have_text("Taking bets")
            await guest.bet(10)
            await expect(row.locator("[data-part=phase]")).to_have_text("Cards in play")
            # Who has a seat is led back to it.
            await guest.page.goto(f"http://{server.address}/")
            await guest.page.get_by_role("link", name="Back to your seat at Corner").click()
            await guest.reads("Your turn")
            await guest.press("Stand")
            await guest.has(2, "510")
            await guest.press("Leave the table")
            await expect(row.locator('li[data-seat="2"] .face')).to_have_count(0)
            await expect(row.locator("[data-part=players]")).to_be_hidden()
            assert watcher.complaints == guest.complaints == []


async def test_filters_are_kept_in_the_address_and_tables_come_and_go(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, TABLES) as server:
        async with chromium(chromium_path) as browser:
            viewer = await Viewer.open(browser, PHONE, tmp_path)
            page = viewer.page
            await is_live(viewer, server)
            await page.get_by_text("Filter", exact=False).first.click()
            await page.get_by_label("Soft 17").select_option("stands")
            await has_tables(page, "Corner", "Slow")
            await page.get_by_label("Pace").select_option("untimed")
            await has_tables(page, "Slow")
            await expect(page.locator("[data-part=count]")).to_have_text("1 of 3 tables")
            assert page.url.endswith("/?soft17=stands&pace=untimed")
            await page.reload()
            await has_tables(page, "Slow")
            await expect(page.get_by_label("Pace")).to_have_value("untimed")
            await page.go_back()
            await has_tables(page, "Corner", "Slow")
            await expect(page.get_by_label("Pace")).to_have_value("")
            await is_there(viewer)
            server.close_table(server.tables[0])
            # The other process has no way to tell this one: what the page asks for anew, it sees.
            await page.get_by_label("Surrender").select_option("none")
            await has_tables(page, "Slow")
            await page.get_by_label("With an open seat").check()
            await page.get_by_label("Stakes").select_option("high")
            await expect(page.get_by_text("No open table is like that.")).to_be_visible()
            await viewer.fits()
            assert viewer.complaints == []


async def test_names_of_any_kind_are_shown_as_they_are(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, TABLES) as server:
        server.shell(SEAT_THEM.format(table=server.tables[0], names=NAMES))
        async with chromium(chromium_path) as browser:
            viewer = await Viewer.open(browser, PHONE, tmp_path)
            await is_live(viewer, server)
            players = row_of(viewer.page, "Corner").locator("[data-part=players]")
            await expect(players).to_have_text(", ".join(NAMES))
            await expect(row_of(viewer.page, "Corner").locator('li[data-seat="1"] svg use')).to_have_attribute(
                "href", "/static/faces.svg#fox"
            )
            assert await viewer.page.locator("b").count() == 0
            await viewer.fits()
            await viewer.photograph("names-lobby")
            await viewer.page.goto(f"http://{server.address}/tables/{server.tables[0]}/")
            await expect(viewer.page.locator(".live")).to_have_attribute("data-status", "live")
            for seat, name in enumerate(NAMES, start=1):
                await expect(viewer.page.locator(f'[data-seat="{seat}"] [data-part=name]')).to_have_text(name)
            await expect(viewer.page.locator('[data-seat="3"] .face use')).to_have_attribute(
                "href", "/static/faces.svg#owl"
            )
            await viewer.fits()
            await viewer.photograph("names-table")
            assert viewer.complaints == []


async def is_live(viewer: Viewer, server: Server) -> None:
    await viewer.page.goto(f"http://{server.address}/")
    await is_there(viewer)


async def is_there(viewer: Viewer) -> None:
    await expect(viewer.page.locator(".live")).to_have_attribute("data-status", "live")


def row_of(page: Page, name: str):
    return page.locator(".lobby-row").filter(has=page.get_by_role("link", name=name, exact=True))


async def has_tables(page: Page, *names: str) -> None:
    await expect(page.locator(".lobby-row [data-part=name]")).to_have_text(list(names))
