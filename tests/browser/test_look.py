"""The look: preferences without a flash, cards that have names, and motion that moves nothing but itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import ViewportSize, expect

from tests.browser.viewer import DESKTOP, Viewer, as_guest, chromium
from tests.servers import UNTIMED, Server, serving

UPRIGHT: ViewportSize = {"width": 360, "height": 740}
LYING: ViewportSize = {"width": 844, "height": 390}
TABLET: ViewportSize = {"width": 768, "height": 1024}
CARDS = "8♠ 6♦ 8♣ 10♣ 3♠ J♦ 10♥ 9♠"
LONG_PAUSE = UNTIMED | {"pause_seconds": 120}

COUNT_ANIMATIONS = """
  globalThis.animated = 0;
  const { animate } = Element.prototype;
  Element.prototype.animate = function (...given) { animated += 1; return animate.apply(this, given); };
"""
COUNT_SHIFTS = """() => {
  globalThis.shifts = [];
  const keep = (list) => shifts.push(...list.getEntries().map(({ value, sources }) =>
    ({ value, what: sources.map(({ node }) => node?.outerHTML?.slice(0, 90) ?? String(node?.nodeName)) })));
  globalThis.observer = new PerformanceObserver(keep);
  observer.observe({ type: "layout-shift" });
}"""
SETTLED = "() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished))"
PICTURE = """() => [...document.querySelectorAll(".felt [data-part=dealer], .felt .seat")].map((element) => [
  element.textContent.replace(/\\s+/g, " "),
  ...[...element.querySelectorAll(".card, .chip-stack, .result, .total")].map((part) => {
    const { x, y, width, height } = part.getBoundingClientRect();
    return [part.getAttribute("class"), part.dataset.card, getComputedStyle(part).opacity, x, y, width, height];
  }),
])"""


async def choose(viewer: Viewer, what: str, name: str) -> None:
    """Picks from the choices under the header, and waits until the server has kept it."""
    await viewer.page.get_by_role("button", name="Look").click()
    async with viewer.page.expect_response("**/account/preferences/"):
        await viewer.page.get_by_role("group", name=what).get_by_role("radio", name=name).check()
    await viewer.page.keyboard.press("Escape")


async def ground_of(viewer: Viewer) -> str:
    return await viewer.page.locator("html").evaluate("html => getComputedStyle(html).backgroundColor")


async def test_a_theme_holds_at_once_on_every_page_and_before_any_script(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, [("Corner", UNTIMED)]) as server:
        async with chromium(chromium_path) as browser:
            viewer = await Viewer.open(browser, UPRIGHT, tmp_path)
            await viewer.page.goto(f"http://{server.address}/")
            by_day = await ground_of(viewer)
            await choose(viewer, "Colours", "Dark")
            by_night = await ground_of(viewer)
            assert by_night != by_day
            await viewer.page.emulate_media(color_scheme="dark")
            await choose(viewer, "Colours", "Light")
            assert await ground_of(viewer) == by_day
            await choose(viewer, "Colours", "As the device")
            assert await ground_of(viewer) == by_night
            await viewer.page.emulate_media(color_scheme="light")
            await choose(viewer, "Colours", "Dark")
            # What is there without scripts is there before them: nothing can flash.
            plain = await browser.new_context(java_script_enabled=False, color_scheme="light")
            await plain.add_cookies(await viewer.page.context.cookies())  # type: ignore[arg-type]
            page = await plain.new_page()
            await page.goto(f"http://{server.address}/strategy/")
            assert await page.locator("html").get_attribute("data-theme") == "dark"
            await expect(page.locator("html")).to_have_css("background-color", by_night)
            assert viewer.complaints == []


async def test_each_suit_has_a_colour_of_its_own_for_who_wants_four(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, [("Corner", LONG_PAUSE)], CARDSHARP_STACKED_SHOE=CARDS) as server:
        async with chromium(chromium_path) as browser:
            guest = await Viewer.open(browser, UPRIGHT, tmp_path)
            await play_to_the_end(guest, server, server.tables[0])
            assert len(await colours(guest)) == 2
            await choose(guest, "Suits", "Four colours")
            assert len(await colours(guest)) == 4
            await guest.page.reload()
            await expect(guest.page.locator(".felt .card").first).to_be_visible()
            assert len(await colours(guest)) == 4
            assert guest.complaints == []


async def colours(viewer: Viewer) -> set[str]:
    """The colours of the suits that lie on the table, which are all four."""
    found = await viewer.page.locator(".felt .card").evaluate_all(
        "cards => cards.map((card) => [card.dataset.suit, getComputedStyle(card).color])"
    )
    assert {suit for suit, _ in found} == set("♠♥♦♣")
    return {colour for _, colour in found}


async def test_hands_and_cards_have_names(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, [("Corner", LONG_PAUSE)], CARDSHARP_STACKED_SHOE=CARDS) as server:
        async with chromium(chromium_path) as browser:
            guest = await Viewer.open(browser, UPRIGHT, tmp_path)
            await as_guest(guest, server)
            await guest.sit_down(server, server.tables[0], 1)
            await guest.bet(50)
            await guest.reads("Your turn")
            own = guest.page.get_by_role("group", name="You: 16; bet 50", exact=True)
            await expect(own.get_by_role("img", name="8 of spades", exact=True)).to_be_visible()
            await expect(own.get_by_role("img", name="8 of clubs", exact=True)).to_be_visible()
            dealer = guest.page.get_by_role("group", name="Dealer: 6", exact=True)
            await expect(dealer.get_by_role("img", name="6 of diamonds", exact=True)).to_be_visible()
            await expect(dealer.get_by_role("img", name="face down", exact=True)).to_be_visible()
            await guest.key("s")
            dealer = guest.page.get_by_role("group", name="Dealer: 19", exact=True)
            await expect(dealer.get_by_role("img", name="10 of clubs", exact=True)).to_be_visible()
            await expect(dealer.get_by_role("img", name="face down", exact=True)).to_have_count(0)


async def play_to_the_end(guest: Viewer, server: Server, table: str) -> None:
    """A split, a double and a dealer who draws: everything that can make a table grow."""
    await as_guest(guest, server)
    await guest.sit_down(server, table, 1)
    await a_round(guest)


async def a_round(guest: Viewer) -> None:
    await guest.bet(50)
    await guest.reads("Your turn")
    await guest.press("Split")
    await guest.reads("hand 1 of 2")
    await guest.press("Double")
    await guest.reads("hand 2 of 2")
    await guest.press("Stand")
    await guest.reads("You won")


@pytest.mark.parametrize("size", [UPRIGHT, LYING, TABLET, DESKTOP], ids=["upright", "lying", "tablet", "desktop"])
async def test_nothing_jumps_while_a_round_is_dealt(chromium_path: str, tmp_path: Path, size: ViewportSize):
    with serving(tmp_path, [("Corner", LONG_PAUSE)], CARDSHARP_STACKED_SHOE=CARDS) as server:
        async with chromium(chromium_path) as browser:
            guest, watcher = [await Viewer.open(browser, size, tmp_path, moves=True) for _ in range(2)]
            await watcher.page.goto(f"http://{server.address}/tables/{server.tables[0]}/")
            await as_guest(guest, server)
            await guest.sit_down(server, server.tables[0], 1)
            await expect(watcher.page.locator('[data-seat="1"][data-taken]')).to_be_visible()
            for viewer in (guest, watcher):
                await viewer.page.evaluate(COUNT_SHIFTS)
            await a_round(guest)
            for viewer in (guest, watcher):
                await viewer.reads("You won" if viewer is guest else "is over")
                await viewer.page.evaluate(SETTLED)
                shifts = await viewer.page.evaluate("shifts")
                assert sum(shift["value"] for shift in shifts) < 0.02, shifts
                await viewer.fits()


async def test_who_wants_no_motion_sees_the_same_table(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, [("Corner", LONG_PAUSE)], CARDSHARP_STACKED_SHOE=CARDS) as server:
        async with chromium(chromium_path) as browser:
            moving = await Viewer.open(browser, DESKTOP, tmp_path, moves=True)
            calm = await Viewer.open(browser, DESKTOP, tmp_path)
            refusing = await Viewer.open(browser, DESKTOP, tmp_path, moves=True)
            watchers = (moving, calm, refusing)
            for viewer in watchers:
                await viewer.page.add_init_script(COUNT_ANIMATIONS)
                await viewer.page.goto(f"http://{server.address}/tables/{server.tables[0]}/")
                await expect(viewer.page.locator(".live")).to_have_attribute("data-status", "live")
            await choose(refusing, "Movement", "Off")
            guest = await Viewer.open(browser, UPRIGHT, tmp_path)
            await play_to_the_end(guest, server, server.tables[0])
            for viewer in watchers:
                await viewer.reads("is over")
                await viewer.page.evaluate(SETTLED)
            pictures = [await viewer.page.evaluate(PICTURE) for viewer in watchers]
            assert pictures[0] == pictures[1] == pictures[2]
            animated = [await viewer.page.evaluate("animated") for viewer in watchers]
            assert animated[0] > 10, "The one who wants motion has seen some."
            assert animated[1:] == [0, 0]
            await expect(moving.page.locator(".ghost")).to_have_count(0)
