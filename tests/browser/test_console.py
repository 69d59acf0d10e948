"""The protocol's pages in a real browser: the console plays a round by hand, and both pages fit every window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, ViewportSize, expect

from tests.browser.viewer import DESKTOP, PHONE, Viewer, as_guest, chromium
from tests.servers import UNTIMED, Server, serving

CARDS = "10♠ 7♦ 10♥ 10♦"
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    tables = [("Phone", UNTIMED), ("Desktop", UNTIMED), ("Token", UNTIMED)]
    directory = tmp_path_factory.mktemp("console")
    with serving(directory, tables, players=1, CARDSHARP_STACKED_SHOE=CARDS) as server:
        yield server


class Console:
    """The page, as somebody uses it."""

    def __init__(self, viewer: Viewer) -> None:
        self.page = viewer.page

    async def visit(self, server: Server, table: str = "") -> None:
        await self.page.goto(f"http://{server.address}/protocol/console/?table={table}")
        await expect(self.page.locator("#console[data-ready]")).to_be_visible()

    async def open(self) -> None:
        await self.page.get_by_role("button", name="Open", exact=True).click()
        await expect(self.newest("connected")).to_be_visible()

    def newest(self, title: str) -> Locator:
        return self.page.locator(f'[data-part=frames] [data-title="{title}"]').first

    async def fill(self, kind: str, **values: str) -> None:
        await self.page.locator("[data-part=choice]").select_option(kind)
        for name, value in values.items():
            await self.page.locator(f'[name="{name}"]').fill(value)

    async def send(self) -> None:
        await self.page.get_by_role("button", name="Send").click()

    async def says(self, text: str) -> None:
        await expect(self.page.locator("[data-part=answer]")).to_contain_text(text)

    async def raw(self, text: str) -> None:
        await self.page.locator("[data-part=text]").fill(text)
        await self.send()


@pytest.mark.parametrize(("size", "place"), [(PHONE, 0), (DESKTOP, 1)], ids=["phone", "desktop"])
async def test_a_round_is_played_by_hand(
    server: Server, chromium_path: str, tmp_path: Path, size: ViewportSize, place: int
) -> None:
    async with chromium(chromium_path) as browser:
        viewer = await Viewer.open(browser, size, tmp_path)
        await as_guest(viewer, server)
        console = Console(viewer)
        await console.visit(server)
        await console.open()
        await console.fill("client.subscribe", event_types="*", table_id=server.tables[place])
        await console.send()
        await expect(console.newest("TABLE_STATE")).to_be_visible()
        await console.fill("client.action.join_table", buy_in="200")
        await console.send()
        await console.newest("action_request").get_by_role("button", name="Answer").click()
        await console.fill("client.action.place_bet", amount="7")
        await console.send()
        await console.says("invalid_amount, Bets here go from 10 to 500 chips")
        await console.newest("invalid_amount").locator("summary").click()
        await expect(console.newest("invalid_amount").locator("pre")).to_contain_text('"min_bet": 10')
        await viewer.photograph("refused")
        await console.newest("action_request").get_by_role("button", name="Answer").click()
        await expect(viewer.page.locator('[name="amount"]')).to_have_value("10")
        await console.send()
        await console.says("ACTION_RECEIVED, place_bet")
        request = console.newest("action_request")
        await expect(request).to_contain_text("HIT, STAND")
        await request.get_by_role("button", name="Answer").click()
        await viewer.page.locator('[name="action"]').select_option("STAND")
        await console.send()
        await expect(console.newest("ROUND_ENDED")).to_be_visible()
        await viewer.photograph("a round")
        await viewer.fits()
        assert viewer.complaints == []


async def test_a_token_lets_in_and_is_not_shown(server: Server, chromium_path: str, tmp_path: Path) -> None:
    (player,) = server.players
    async with chromium(chromium_path) as browser:
        viewer = await Viewer.open(browser, DESKTOP, tmp_path)
        console = Console(viewer)
        await console.visit(server, server.tables[2])
        await viewer.page.locator("[data-part=token]").fill(player.token)
        await console.open()
        await console.newest("connected").locator("summary").click()
        await expect(console.newest("connected").locator("pre")).to_contain_text(player.name)
        await console.newest("connect").locator("summary").click()
        assert player.token not in await viewer.page.locator("body").inner_text()
        await console.fill("client.action.join_table")
        await console.send()
        await console.says("ACTION_RECEIVED, join_table")
        await viewer.page.get_by_role("button", name="Close").click()
        await expect(viewer.page.get_by_role("button", name="Open", exact=True)).to_be_visible()
        assert viewer.complaints == []


async def test_a_token_is_made_used_and_revoked_on_a_phone(server: Server, chromium_path: str, tmp_path: Path) -> None:
    async with chromium(chromium_path) as browser:
        viewer, robot = [await Viewer.open(browser, PHONE, tmp_path) for _ in range(2)]
        await as_guest(viewer, server)
        account = f"http://{server.address}/account/"
        await viewer.page.goto(account)
        await viewer.page.get_by_label("Name of the token").fill("a robot in the kitchen")
        await viewer.page.get_by_role("button", name="Make a token").click()
        secret = await viewer.page.locator(".secret").inner_text()
        await expect(viewer.page.locator("table")).to_contain_text("never")
        await viewer.fits()
        console = Console(robot)
        await console.visit(server)
        await robot.page.locator("[data-part=token]").fill(secret)
        await console.open()
        await viewer.page.goto(account)
        await expect(viewer.page.locator("table")).to_contain_text("0\u00a0minutes ago")
        await expect(viewer.page.locator("body")).not_to_contain_text(secret)
        await viewer.photograph("tokens")
        await viewer.page.get_by_role("button", name="Revoke").click()
        await expect(viewer.page.locator(".messages")).to_contain_text("revoked")
        await expect(console.newest("disconnected")).to_contain_text("signed_out")
        await expect(robot.page.locator(".note").first).to_contain_text("closed with 4401")
        assert viewer.complaints + robot.complaints == []


async def test_a_bad_token_is_told_and_closes(server: Server, chromium_path: str, tmp_path: Path) -> None:
    async with chromium(chromium_path) as browser:
        viewer = await Viewer.open(browser, PHONE, tmp_path)
        console = Console(viewer)
        await console.visit(server)
        await viewer.page.locator("[data-part=token]").fill("cs_nonsense")
        await viewer.page.get_by_role("button", name="Open", exact=True).click()
        await expect(console.newest("disconnected")).to_contain_text("bad_token: the token or the session is not valid")
        await expect(viewer.page.locator(".note").first).to_contain_text("closed with 4401")
        assert viewer.complaints == []


async def test_whatever_is_written_by_hand_is_sent(server: Server, chromium_path: str, tmp_path: Path) -> None:
    async with chromium(chromium_path) as browser:
        viewer = await Viewer.open(browser, PHONE, tmp_path)
        console = Console(viewer)
        await console.visit(server)
        await console.raw("too early")
        await expect(viewer.page.locator(".note").first).to_contain_text("no open socket")
        await console.open()
        await console.raw("no JSON at all")
        await expect(console.newest("bad_json")).to_be_visible()
        await console.raw('{"type": "dance", "id": "mine"}')
        await console.says("Answer to mine: unknown_type")
        complaints = [text for text in viewer.complaints if "what is no message" not in text]
        assert (complaints, len(viewer.complaints)) == ([], 2)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_the_pages_fit(server: Server, chromium_path: str, tmp_path: Path, size: ViewportSize) -> None:
    async with chromium(chromium_path) as browser:
        viewer = await Viewer.open(browser, size, tmp_path)
        await viewer.page.goto(f"http://{server.address}/")
        await viewer.page.get_by_role("link", name="the protocol").click()
        await expect(viewer.page.get_by_role("heading", name="The protocol")).to_be_visible()
        await viewer.fits()
        await viewer.page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
        await viewer.fits()
        await viewer.photograph("protocol")
        await viewer.page.get_by_role("link", name="checking a shoe").first.click()
        await expect(viewer.page.get_by_role("heading", name="Checking a shoe")).to_be_visible()
        await viewer.fits()
        await viewer.photograph("fairness")
        assert viewer.complaints == []
