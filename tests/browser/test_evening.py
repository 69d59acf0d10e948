"""Three rounds at one table: a guest on a phone, an account at a desk and the example client in a terminal."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from playwright.async_api import expect

from tests.browser.viewer import DESKTOP, PHONE, Viewer, as_guest, chromium
from tests.servers import ROOT, Server, serving

CARDS = (
    "8♠ 10♥ 9♣ 6♦ 8♥ 9♦ 10♣ 10♠ 3♠ 10♦ 10♣ 10♥ "  # the guest splits and doubles; the dealer busts
    "K♠ 9♠ 8♣ A♠ Q♥ 9♥ 10♦ K♦ "  # an ace, insurance, and the dealer's blackjack
    "7♠ 6♠ 10♥ 5♥ 10♦ 5♠ 10♣ 10♥ 9♦ 2♠"  # the account doubles
)
PATIENT = {"bet_seconds": 120, "insurance_seconds": 120, "act_seconds": 120, "pause_seconds": 2}


async def as_account(viewer: Viewer, server: Server) -> None:
    await viewer.page.goto(f"http://{server.address}/account/sign-up/")
    fields = viewer.page.locator("main input:not([type=hidden])")
    await fields.nth(0).fill("Ada")
    await fields.nth(1).fill("correct horse battery")
    await fields.nth(2).fill("correct horse battery")
    await fields.nth(2).press("Enter")
    await expect(viewer.page.locator("[data-wallet]").first).to_contain_text("1,000")


async def test_a_guest_an_account_and_a_bot_play_three_rounds(chromium_path: str, tmp_path: Path):
    tables = [("Evening", PATIENT)]
    with serving(tmp_path, tables, players=1, CARDSHARP_STACKED_SHOE=CARDS) as server:
        [table], [bot] = server.tables, server.players
        async with chromium(chromium_path) as browser:
            guest, ada = [await Viewer.open(browser, size, tmp_path) for size in (PHONE, DESKTOP)]
            await as_guest(guest, server)
            await as_account(ada, server)
            await guest.sit_down(server, table, 1)
            await ada.sit_down(server, table, 2)
            client = await asyncio.create_subprocess_exec(
                *(sys.executable, "examples/websocket_client.py", "--url", server.table_url(table)),
                *("--token", bot.token, "--auto", "--rounds", "3"),
                cwd=ROOT,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            await expect(guest.page.locator('[data-seat="3"][data-taken]')).to_be_visible()
            await three_rounds(guest, ada)
            printed, errors = await client.communicate()
            assert (client.returncode, errors.decode()) == (0, "")
            assert "Rounds: 3. Hands: 3 (2 won, 1 lost, 0 pushed). Wagered: 30. Net: +10." in printed.decode()
            for viewer in (guest, ada):
                await viewer.fits()
                assert viewer.complaints == []


async def three_rounds(guest: Viewer, ada: Viewer) -> None:
    # A bet may be changed, and changed back.
    for amount in (50, 60, 50):
        await ada.bet(amount)
        await ada.has(2, str(500 - amount))
    await guest.bet(20)
    await guest.can("HIT", "STAND", "DOUBLE", "SPLIT", "SURRENDER")
    await ada.can()
    await guest.press("Split")
    await guest.press("Double")
    await guest.can("HIT", "STAND", "DOUBLE")
    await ada.photograph("desktop-split")
    await guest.key("s")
    await ada.can("HIT", "STAND", "DOUBLE", "SURRENDER")
    await ada.key("s")
    await guest.reads("You won")
    await guest.has(1, "560")

    await ada.bet(50)
    await guest.bet(20)
    await guest.can("INSURANCE", "DECLINE_INSURANCE")
    await guest.fits()
    await guest.photograph("phone-insurance")
    await guest.press("Insure")
    await ada.can("INSURANCE", "DECLINE_INSURANCE")
    await ada.key("n")
    await guest.reads("You broke even")
    await ada.reads("You lost")

    await ada.bet(50)
    await guest.bet(20)
    await guest.can("HIT", "STAND", "DOUBLE", "SURRENDER")
    await guest.press("Stand")
    await ada.press("Double")
    await guest.reads("You broke even")
    await ada.reads("You won")
    await guest.has(1, "560")
    await ada.has(2, "600")
    await guest.photograph("phone-results")
    await ada.photograph("desktop-results")
