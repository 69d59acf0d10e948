"""A visitor practises: two clicks to the first card, a hint by key, and what was not basic strategy, in words."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import ViewportSize, expect

from tests.browser.test_axe import Checker
from tests.browser.viewer import DESKTOP, PHONE, Viewer, chromium
from tests.servers import serving

CARDS = "10♠ 10♥ 6♠ 9♦ 5♣ 10♣ 6♦ 9♣ 10♦ 2♥ K♥"
"""A sixteen against a ten, which becomes 21; then nineteen against a six."""
START = """([url, token]) => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: url });
  for (const [name, value] of [["csrfmiddlewaretoken", token], ["rules", "6D LS"]]) {
    const input = form.appendChild(document.createElement("input"));
    Object.assign(input, { type: "hidden", name, value });
  }
  document.body.append(form);
  form.submit();
}"""
LYING: ViewportSize = {"width": 844, "height": 390}
TOKEN = "document.querySelector('[name=csrfmiddlewaretoken]').value"
HEIGHT = "document.querySelector('[data-part=practice]').getBoundingClientRect().height"


async def test_practising_alone(chromium_path: str, axe_script: str, tmp_path: Path):
    with serving(tmp_path, [], CARDSHARP_STACKED_SHOE=CARDS) as server:
        async with chromium(chromium_path) as browser:
            viewer = await Viewer.open(browser, PHONE, tmp_path)
            page = viewer.page
            await page.goto(f"http://{server.address}/")
            await page.evaluate(START, ["/practice/", await page.evaluate(TOKEN)])
            await viewer.reads("Place your bet.")
            words = page.get_by_role("region", name="What basic strategy says")
            await expect(words).to_contain_text("these chips neither come from your wallet nor go there")
            await expect(page.locator(".placard")).to_contain_text("for practice")
            hint = page.get_by_role("button", name="Hint")
            await expect(hint).to_be_disabled()
            await viewer.fits()
            height = await page.evaluate(HEIGHT)
            await viewer.bet(50)
            await viewer.reads("Your turn")
            await viewer.key("t")
            await expect(words).to_have_text("Surrender, says basic strategy.")
            await expect(page.locator("[data-hinted]")).to_have_text("Surrender R")
            await viewer.photograph("practice-hint-phone")
            checker = Checker(axe_script)
            await checker.check(page, "a hint")
            await viewer.key("h")
            await expect(words).to_contain_text("With 16 (10♠ 6♠) against 10♥ you hit; basic strategy surrenders.")
            await expect(words).to_contain_text("Right so far: 0 of 1.")
            await expect(page.locator("[data-hinted]")).to_have_count(0)
            await viewer.photograph("practice-review-phone")
            await viewer.reads("Place your bet.")
            await viewer.bet(50)
            await viewer.reads("Your turn")
            await viewer.key("s")
            await expect(words).to_have_text("Your decision was basic strategy. Right so far: 1 of 2.")
            assert await page.evaluate(HEIGHT) == height
            for name, size in (("desktop", DESKTOP), ("lying", LYING)):
                await page.set_viewport_size(size)
                await viewer.photograph(f"practice-{name}")
            assert viewer.complaints == []
            assert checker.found == []
