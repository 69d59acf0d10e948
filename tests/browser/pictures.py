"""Makes the pictures of the documents, the preview that other sites show and the icon of home screens.

`python -m tests.browser.pictures` plays a round on a server of its own, in the browser that `tests.conftest` finds.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.browser.viewer import DESKTOP, Viewer, chromium
from tests.conftest import find_chromium
from tests.servers import ROOT, Account, Server, serving

QUALITY = 78
IMAGES = ROOT / "docs/images"
STATIC = ROOT / "static"
NAMES = ("Grace", "Alan", "Mary", "Ada Lovelace")
BETS = (25, 135, 60, 50)
SEATS = (1, 2, 5, 3)
CARDS = "10♠ 9♦ 8♠ K♥ 6♦ 7♣ A♣ 8♥ Q♦ 10♣ 3♠ J♦ 10♥ 9♠"
TABLE = {"bet_seconds": 120, "act_seconds": 120, "pause_seconds": 120}
LOW: dict[str, Any] = {
    "decks": 2,
    "dealer_hits_soft_17": True,
    "min_bet_cents": 100,
    "max_bet_cents": 5000,
    "seat_count": 6,
}
HIGH: dict[str, Any] = {"decks": 8, "min_bet_cents": 10_000, "max_bet_cents": 500_000, "min_buy_in_cents": 100_000}
TABLES = [
    ("Classic six-deck", TABLE),
    (
        "Low stakes double deck",
        LOW | {"min_buy_in_cents": 2000, "max_buy_in_cents": 50_000, "default_buy_in_cents": 10_000},
    ),
    ("High stakes", HIGH | {"max_buy_in_cents": 5_000_000, "default_buy_in_cents": 100_000, "seat_count": 4}),
]
PHONE: ViewportSize = {"width": 360, "height": 740}
LYING: ViewportSize = {"width": 844, "height": 390}
PREVIEW = """async () => {
  const { showCards } = await import("/static/js/table/cards.js");
  const { chipStack } = await import("/static/js/drawing/chips.js");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    body { overflow: hidden; background: radial-gradient(75% 90% at 68% 40%, #15625a, #08322f); color: #f5f3e8; }
    main { position: absolute; inset: 28px; border: 2px solid rgb(232 199 126 / 55%); border-radius: 28px; }
    h1 { position: absolute; inset: 190px auto auto 64px; margin: 0; font-size: 104px; }
    p { position: absolute; inset: 322px auto auto 68px; width: 470px; color: #c3d6d0; font-size: 31px; }
    .cards { --card: 250px; --overlap: -0.42; position: absolute; inset: 78px auto auto 650px; }
    .card:first-child { rotate: -9deg; } .card:last-child { rotate: 7deg; }
    .chips { position: absolute; inset: auto 52px 26px auto; display: flex; gap: 14px; align-items: end; }
    .chips svg { width: 96px; height: auto; }`);
  document.adoptedStyleSheets.push(sheet);
  const cards = Object.assign(document.createElement("div"), { className: "cards" });
  const chips = Object.assign(document.createElement("div"), { className: "chips" });
  const name = Object.assign(document.createElement("h1"), { textContent: "CardSharp" });
  const text = "Live blackjack at shared tables, with shoes that anybody can check.";
  const words = Object.assign(document.createElement("p"), { textContent: text });
  const main = document.createElement("main");
  main.append(name, words, cards, chips);
  showCards(cards, ["K♥", "A♠"]);
  chips.append(...[2_500, 18_500, 60_000].map(chipStack));
  document.querySelectorAll("body > :not(.shelf)").forEach((element) => element.remove());
  document.body.append(main);
}"""


async def main() -> None:
    """Plays, and takes the pictures on the way."""
    path = find_chromium()
    assert path, "There is no Chromium to take pictures with."
    with (
        tempfile.TemporaryDirectory() as directory,
        serving(Path(directory), TABLES, players=4, CARDSHARP_STACKED_SHOE=CARDS, CARDSHARP_DEBUG="0") as server,
    ):
        async with chromium(path) as browser:
            await take_pictures(browser, server)


async def take_pictures(browser: Browser, server: Server) -> None:
    """All of them, one after the other."""
    for player, name in zip(server.players, NAMES, strict=True):
        rename = f"p = Player.objects.get(pk={player.id[1:]}); p.username = '{name}'; p.save()"
        server.shell(f"from games.models import Player; {rename}")
    people = [await person(browser, server, player) for player in server.players]
    for viewer, seat in zip(people, SEATS, strict=True):
        await viewer.sit_down(server, server.tables[0], seat)
    for viewer, bet in zip(people, BETS, strict=True):
        await viewer.bet(bet)
    *others, ada = people
    for viewer in others[:2]:
        await viewer.can("HIT", "STAND", "DOUBLE", "SURRENDER")
        await viewer.key("s")
    await ada.can("HIT", "STAND", "DOUBLE", "SPLIT", "SURRENDER")
    await picture(ada.page, "table-desktop", DESKTOP)
    await picture(ada.page, "table-phone", PHONE)
    await picture(ada.page, "table-phone-lying", LYING, theme="dark")
    lobby = await person(browser, server, None)
    await lobby.page.goto(f"http://{server.address}/")
    await expect(lobby.page.locator(".live")).to_have_attribute("data-status", "live")
    await picture(lobby.page, "lobby", DESKTOP)
    await ada.key("p")
    await ada.reads("hand 1 of 2")
    await ada.press("Double")
    await ada.reads("hand 2 of 2")
    await ada.key("s")
    await others[2].can("HIT", "STAND", "DOUBLE", "SPLIT", "SURRENDER")
    await others[2].key("s")
    await ada.reads("You won")
    await ada.page.evaluate("document.documentElement.dataset.deck = 'four'")
    await picture(ada.page, "table-dark", DESKTOP, theme="dark")
    await preview_and_icon(lobby.page, server)


async def person(browser: Browser, server: Server, player: Account | None) -> Viewer:
    """A window of that player, or of nobody in particular."""
    viewer = await Viewer.open(browser, DESKTOP, server.directory)
    if player is not None:
        name, value = player.cookie.split("=", 1)
        await viewer.page.context.add_cookies([{"name": name, "value": value, "url": f"http://{server.address}"}])
    return viewer


async def picture(page: Page, name: str, size: ViewportSize, theme: Any = "light") -> None:
    """A picture of the page as it is."""
    await page.set_viewport_size(size)
    await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    await page.screenshot(path=IMAGES / f"{name}.jpg", quality=QUALITY)
    await page.set_viewport_size(DESKTOP)


async def preview_and_icon(page: Page, server: Server) -> None:
    """What other sites show of this one, and what a phone's home screen does."""
    await page.evaluate(PREVIEW)
    await page.set_viewport_size({"width": 1200, "height": 630})
    await page.screenshot(path=STATIC / "social.jpg", quality=QUALITY)
    await page.goto(f"http://{server.address}/")
    await page.set_content(
        f'<body bgcolor="#104a45"><img src="http://{server.address}/static/favicon.svg" width=180 height=180>'
    )
    icon = page.locator("img")
    await expect(icon).to_have_js_property("complete", True)
    await icon.screenshot(path=STATIC / "touch-icon.png")


if __name__ == "__main__":
    asyncio.run(main())
