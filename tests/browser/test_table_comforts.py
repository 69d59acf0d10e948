"""What a regular misses first: the last bet again, last rounds, sheets that are one key away, and sound on request."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from tests.browser.viewer import DESKTOP, PHONE, Viewer, as_guest, chromium
from tests.servers import UNTIMED, serving

NINETEEN_AGAINST_TWENTY = "10♠ 10♥ 9♣ K♦ "
TWENTY_AGAINST_NINETEEN = "10♦ 10♣ K♠ 9♦ "
BLACKJACK_AGAINST_AN_ACE = "A♠ A♥ K♣ 8♠ "
COUNT_SOUNDS = """
  globalThis.sounds = 0;
  for (const { prototype } of [AudioScheduledSourceNode, AudioBufferSourceNode]) {
    const { start } = prototype;
    prototype.start = function (...given) {
      sounds += 1;
      document.documentElement.dataset.sounds = sounds;
      return start.apply(this, given);
    };
  }
"""


async def has_rounds(viewer: Viewer, *nets: str) -> None:
    await expect(viewer.page.locator("[data-part=rounds] [data-part=net]")).to_have_text(list(nets))


async def loses_again(guest: Viewer) -> None:
    await guest.reads("Your turn")
    await guest.key("s")


async def test_the_last_bet_again_until_it_is_refused(chromium_path: str, tmp_path: Path):
    cards = NINETEEN_AGAINST_TWENTY * 6
    with serving(tmp_path, [("Corner", UNTIMED)], CARDSHARP_STACKED_SHOE=cards) as server:
        async with chromium(chromium_path) as browser:
            guest = await Viewer.open(browser, PHONE, tmp_path)
            await as_guest(guest, server)
            await guest.sit_down(server, server.tables[0], 1)
            field = guest.page.locator("#bet-amount")
            await guest.key("c")
            await expect(field).to_have_value("")
            for key in ("1", "3", "3"):
                await guest.key(key)
            await expect(field).to_have_value("55")
            await field.press("1")
            await expect(field).to_have_value("551")
            await guest.key("c")
            await guest.key("4")
            await guest.key("b")
            await loses_again(guest)
            await has_rounds(guest, "−50")
            await guest.page.reload()
            await has_rounds(guest, "−50")
            await guest.press("Rebet 50")
            await loses_again(guest)
            await has_rounds(guest, "−50", "−50")
            await guest.key("x")
            await guest.has(1, "300")
            await guest.press("Auto-rebet")
            await loses_again(guest)
            await guest.has(1, "200")
            await loses_again(guest)
            await guest.has(1, "100")
            await loses_again(guest)
            await guest.has(1, "0")
            await loses_again(guest)
            await expect(guest.page.get_by_role("alert")).to_have_text("You are sitting out. Auto-rebet is off.")
            await has_rounds(guest, *["−100"] * 4, "−50", "−50")
            assert guest.complaints == []


async def test_auto_rebet_stops_by_itself(chromium_path: str, tmp_path: Path):
    """Where the stack does not suffice, and at an empty chair: naturals end rounds without a hand on the table."""
    cards = NINETEEN_AGAINST_TWENTY + "A♠ 9♥ K♠ 10♦ A♥ 9♦ K♥ 10♣ A♦ 9♣ K♦ 10♠ A♣ 9♠ K♣ 10♥ A♠ 9♥ K♠ 10♦ "
    with serving(tmp_path, [("Corner", UNTIMED)], CARDSHARP_STACKED_SHOE=cards) as server:
        async with chromium(chromium_path) as browser:
            guest = await Viewer.open(browser, DESKTOP, tmp_path)
            await as_guest(guest, server)
            await guest.sit_down(server, server.tables[0], 1)
            auto = guest.page.get_by_role("button", name="Auto-rebet")
            problem = guest.page.get_by_role("alert")
            await auto.click()
            await guest.bet(300)
            await guest.reads("Your turn")
            await guest.key("s")
            await expect(problem).to_have_text("Your stack does not suffice for the last bet. Auto-rebet is off.")
            await expect(auto).to_have_attribute("aria-pressed", "false")
            await has_rounds(guest, "−300")
            await guest.bet(10)
            await has_rounds(guest, "+15", "−300")
            await auto.click()
            await expect(problem).to_have_text("Nothing was heard of you for 3 rounds. Auto-rebet is off.")
            await expect(auto).to_have_attribute("aria-pressed", "false")
            await has_rounds(guest, *["+15"] * 5, "−300")
            assert guest.complaints == []


async def test_sheets_are_one_key_away_and_the_game_goes_on_beside_them(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, [("Corner", UNTIMED)], CARDSHARP_STACKED_SHOE=TWENTY_AGAINST_NINETEEN) as server:
        async with chromium(chromium_path) as browser:
            guest = await Viewer.open(browser, PHONE, tmp_path)
            await as_guest(guest, server)
            await guest.sit_down(server, server.tables[0], 1)
            await guest.bet(50)
            await guest.reads("Your turn")
            await guest.key("u")
            rules = guest.page.get_by_role("dialog", name="Rules")
            await expect(rules).to_contain_text("The dealer stands on soft 17.")
            await guest.page.keyboard.press("g")
            await expect(rules).to_be_hidden()
            chart = guest.page.get_by_role("dialog", name="Basic strategy")
            await expect(chart.get_by_role("table", name="Soft totals")).to_be_attached()
            await guest.page.keyboard.press("Escape")
            await expect(chart).to_be_hidden()
            await expect(guest.page.locator("[data-part=controls]")).to_be_focused()
            await guest.page.keyboard.press("?")
            keys = guest.page.get_by_role("dialog", name="Keys")
            await expect(keys).to_contain_text("surrender")
            await guest.fits()
            await guest.page.keyboard.press("s")
            await guest.reads("You won 50.")
            async with guest.page.expect_response("**/account/preferences/"):
                await keys.get_by_role("checkbox", name="Play with single keys").uncheck()
            await guest.page.reload()
            await expect(guest.page.locator(".live")).to_have_attribute("data-status", "live")
            await guest.page.keyboard.press("?")
            await guest.page.keyboard.press("u")
            await guest.press("Keys")
            await expect(keys.get_by_role("checkbox")).not_to_be_checked()
            await expect(rules).to_be_hidden()
            assert guest.complaints == []


async def test_nothing_is_heard_before_somebody_asks_for_it(chromium_path: str, tmp_path: Path):
    cards = NINETEEN_AGAINST_TWENTY + TWENTY_AGAINST_NINETEEN
    with serving(tmp_path, [("Corner", UNTIMED)], CARDSHARP_STACKED_SHOE=cards) as server:
        async with chromium(chromium_path) as browser:
            guest = await Viewer.open(browser, DESKTOP, tmp_path)
            await guest.page.add_init_script(COUNT_SOUNDS)
            asked_for = []
            guest.page.on("request", lambda request: asked_for.append(request.url))
            await as_guest(guest, server)
            await guest.sit_down(server, server.tables[0], 1)
            await guest.bet(50)
            await guest.reads("Your turn")
            assert await guest.page.evaluate("sounds") == 0
            assert not any("sound.js" in url for url in asked_for)
            sound = guest.page.get_by_role("button", name="Sound")
            async with guest.page.expect_response("**/sound.js"):
                await guest.key("m")
            await expect(sound).to_have_attribute("aria-pressed", "true")
            await guest.key("s")
            await expect(guest.page.locator("html")).to_have_attribute("data-sounds", "3")
            await sound.click()
            count = await guest.page.evaluate("sounds")
            await guest.bet(50)
            await guest.reads("Your turn")
            assert await guest.page.evaluate("sounds") == count
            assert guest.complaints == []


async def test_an_offer_of_the_dealer_is_explained(chromium_path: str, tmp_path: Path):
    cards = BLACKJACK_AGAINST_AN_ACE + "9♠ A♥ 8♣ 7♠ "
    with serving(tmp_path, [("Corner", UNTIMED)], CARDSHARP_STACKED_SHOE=cards) as server:
        async with chromium(chromium_path) as browser:
            guest = await Viewer.open(browser, PHONE, tmp_path)
            await as_guest(guest, server)
            await guest.sit_down(server, server.tables[0], 1)
            said = guest.page.locator("[data-part=announcer]")
            await guest.bet(50)
            note = "Even money: 50 at once. Otherwise your blackjack pays 3 to 2, or ties with the dealer’s."
            await expect(guest.page.locator("[data-part=prompt-note]")).to_have_text(note)
            await expect(said).to_contain_text(note)
            await guest.key("e")
            await guest.bet(40)
            note = "It pays 2 to 1: 20 wins 40 if the dealer has blackjack, and is lost if not."
            await expect(guest.page.locator("[data-part=prompt-note]")).to_have_text(note)
            await expect(said).to_contain_text(note)
            await guest.fits()
            assert guest.complaints == []
