"""A guest on a phone plays two seats, surrenders early, splits aces again and again, and meets a dealer of one card."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from tests.browser.viewer import PHONE, Viewer, as_guest, chromium
from tests.servers import serving

CARDS = (
    "A♠ 10♠ 6♣ A♥ 6♦ 10♦ A♦ 9♣ A♣ K♣ 5♦ 8♥ 10♥ "  # four hands of aces; the dealer busts
    "10♠ 9♠ K♦ 6♠ 7♠ 7♦ 5♣ "  # sixteen twice against a king
    "10♥ 10♣ A♣ 9♥ 8♣ K♥"  # an ace, insurance, and the dealer's blackjack
)
PATIENT = {"bet_seconds": 120, "insurance_seconds": 120, "act_seconds": 120, "pause_seconds": 0}
TWO_SEATS = PATIENT | {"seats_per_player": 2, "surrender": "early", "resplit_aces": True}
NO_HOLE_CARD = PATIENT | {"hole_card": "enhc", "pause_seconds": 2}


async def test_one_player_on_two_seats_and_a_dealer_without_a_hole_card(chromium_path: str, tmp_path: Path):
    tables = [("Two seats", TWO_SEATS), ("No hole card", NO_HOLE_CARD)]
    with serving(tmp_path, tables, CARDSHARP_STACKED_SHOE=CARDS) as server:
        async with chromium(chromium_path) as browser:
            guest = await Viewer.open(browser, PHONE, tmp_path)
            await as_guest(guest, server)
            await guest.sit_down(server, server.tables[0], 1)
            await take_another_seat(guest)
            await split_aces_on_one_of_two_seats(guest)
            await surrender_early_on_one_of_two_seats(guest)
            await insure_one_of_two_seats(guest)
            await leave_the_seats(guest)
            await guest.sit_down(server, server.tables[1], 2)
            await play_without_a_hole_card(guest)
            assert guest.complaints == []


async def take_another_seat(guest: Viewer) -> None:
    await expect(guest.page.locator("#join-seat")).to_be_hidden()
    await guest.press("Take another seat")
    await guest.page.locator("#join-seat").select_option("3")
    await guest.press("Sit down")
    await expect(guest.page.locator('[data-seat="3"][data-own]')).to_be_visible()
    await expect(guest.page.get_by_role("button", name="Take another seat")).to_be_hidden()
    await guest.photograph("two-seats-betting")
    await guest.fits()


async def split_aces_on_one_of_two_seats(guest: Viewer) -> None:
    await guest.reads("Place your bet on seat 1.")
    await guest.bet(20)
    await guest.reads("Place your bet on seat 3.")
    await guest.page.get_by_role("radio", name="Seat 1").check()
    await guest.bet(30)
    await guest.has(1, "470")
    await guest.bet(50)
    await guest.reads("Your turn on seat 1: soft 12 against 6♣.")
    await guest.can("HIT", "STAND", "DOUBLE", "SPLIT", "SURRENDER")
    for hand in ("1 of 2", "1 of 3"):
        await guest.press("Split")
        await guest.reads(f"hand {hand}")
        await guest.can("STAND", "SPLIT")
    await guest.press("Split")
    await guest.reads("Your turn on seat 3: 16 against 6♣.")
    await guest.fits()
    await guest.photograph("two-seats-four-hands")
    await guest.key("s")
    await guest.reads("You won 170.")
    await guest.photograph("two-seats-won")


async def surrender_early_on_one_of_two_seats(guest: Viewer) -> None:
    await guest.press("Rebet 30 \\+ 50")
    await guest.reads("Surrender on seat 1 before the dealer looks? You have 16 against K♦.")
    await guest.can("SURRENDER", "DECLINE_SURRENDER")
    await guest.fits()
    await guest.photograph("early-surrender")
    await guest.key("r")
    await guest.reads("Surrender on seat 3")
    await guest.key("n")
    await guest.reads("Your turn on seat 3: 16 against K♦.")
    await guest.can("HIT", "STAND", "DOUBLE")
    await guest.key("h")
    await guest.reads("You won 35.")


async def insure_one_of_two_seats(guest: Viewer) -> None:
    await guest.press("Rebet")
    await guest.reads("Insurance for seat 1?")
    await guest.can("INSURANCE", "DECLINE_INSURANCE")
    await guest.press("Insure")
    await guest.reads("Insurance for seat 3?")
    await guest.photograph("insurance-for-two")
    await guest.key("n")
    for seat in (1, 3):
        await guest.reads(f"Surrender on seat {seat} before the dealer looks?")
        await guest.key("n")
    await guest.reads("You lost 50.")
    await guest.has(1, "605")
    await guest.has(3, "550")


async def leave_the_seats(guest: Viewer) -> None:
    await guest.page.get_by_role("radio", name="Seat 3").check()
    await guest.press("Sit out")
    await expect(guest.page.locator('[data-seat="3"]')).to_have_attribute("data-status", "sitting_out")
    await guest.press("Leave seat 3")
    await expect(guest.page.locator('[data-seat="3"][data-taken]')).to_be_hidden()
    await guest.press("Leave the table")
    await expect(guest.page.locator('[data-seat="1"][data-taken]')).to_be_hidden()
    await expect(guest.page.locator("[data-wallet]").first).to_have_text("1,155")


async def play_without_a_hole_card(guest: Viewer) -> None:
    await guest.bet(40)
    await guest.reads("Your turn: soft 17 against 10♠.")
    dealer = guest.page.locator("[data-part=dealer]")
    await expect(dealer.locator(".card")).to_have_count(1)
    await expect(dealer).to_contain_text("shows 10♠")
    await guest.photograph("no-hole-card")
    await guest.key("h")
    await guest.reads("soft 18")
    await guest.key("s")
    await guest.reads("You won 40.")
    await expect(dealer.locator(".card")).to_have_count(3)
    await expect(guest.page.locator("[data-part=log]")).to_contain_text("The dealer gets the 6 of diamonds: 16.")
