"""The table page without its server, and without a network: it says so, comes back by itself, and is right again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import expect

from tests.browser.viewer import DESKTOP, Viewer, as_guest, chromium
from tests.servers import UNTIMED, Server, serving
from tests.wire_client import connected

CARDS = "8♠ 6♦ 8♥ 10♦ 2♠ 9♥"
"""The guest has 8♠ 8♥ and draws 2♠; the dealer has 6♦ 10♦ and draws 9♥."""


@asynccontextmanager
async def in_mid_round(chromium_path: str, server: Server, directory: Path) -> AsyncIterator[Viewer]:
    """A guest who is to play, at seat 1."""
    async with chromium(chromium_path) as browser:
        guest = await Viewer.open(browser, DESKTOP, directory)
        await as_guest(guest, server)
        await guest.sit_down(server, server.tables[0], 1)
        await guest.bet(20)
        await guest.can("HIT", "STAND", "DOUBLE", "SPLIT", "SURRENDER")
        yield guest
        # What Chromium itself says of a server that is not there is no complaint of the page.
        assert [complaint for complaint in guest.complaints if "WebSocket connection to" not in complaint] == []


async def is_lost(guest: Viewer) -> None:
    status = guest.page.get_by_role("status")
    await expect(status).to_have_text("Reconnecting …")
    await expect(status).to_be_visible()
    await guest.reads("The connection is lost.")
    await guest.can()


async def is_live(guest: Viewer) -> None:
    await expect(guest.page.get_by_role("status")).to_have_text("Live")


async def test_the_page_outlives_its_server(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, [("Evening", UNTIMED)], CARDSHARP_STACKED_SHOE=CARDS) as server:
        async with in_mid_round(chromium_path, server, tmp_path) as guest:
            cards = guest.page.locator('[data-seat="1"] .card')
            await guest.press("Hit")
            await expect(cards).to_have_count(3)
            await guest.can("HIT", "STAND")
            server.kill()
            await is_lost(guest)
            await guest.photograph("reconnecting")
            await expect(cards).to_have_count(3)
            server.start()
            await is_live(guest)
            await guest.can("HIT", "STAND")
            await expect(cards).to_have_count(3)
            await guest.press("Stand")
            await guest.reads("You won")
            await guest.has(1, "520")


async def test_the_page_outlives_its_network(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, [("Evening", UNTIMED)], players=1, CARDSHARP_STACKED_SHOE=CARDS) as server:
        [table], [ada] = server.tables, server.players
        async with in_mid_round(chromium_path, server, tmp_path) as guest:
            await guest.page.context.set_offline(True)
            await is_lost(guest)
            async with connected(server.url, ada) as other:
                await other.accepted("join_table", table, seat=3)
            await guest.page.context.set_offline(False)
            await is_live(guest)
            await expect(guest.page.locator('[data-seat="3"] [data-part=name]')).to_have_text(ada.name)
            await expect(guest.page.locator("[data-part=log] li").filter(has_text=ada.name)).to_have_count(1)
            await guest.can("HIT", "STAND", "DOUBLE", "SPLIT", "SURRENDER")
            await guest.press("Stand")
            await guest.has(1, "480")
