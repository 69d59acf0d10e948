"""A real browser's window on a real server, driven as a person does it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize, WebSocket, async_playwright, expect

from tests.protocol.frames import site_frames
from tests.servers import Server

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
MOVES = (
    "HIT",
    "STAND",
    "DOUBLE",
    "SPLIT",
    "SURRENDER",
    "INSURANCE",
    "EVEN_MONEY",
    "DECLINE_INSURANCE",
    "DECLINE_SURRENDER",
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@asynccontextmanager
async def chromium(path: str, *flags: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])
        yield browser
        await browser.close()


class Viewer:
    """A page of its own context; whatever its console complains of fails the test."""

    def __init__(self, page: Page, photographs: Path) -> None:
        self.page = page
        self._photographs = photographs
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("websocket", self._listen)

    @classmethod
    async def open(cls, browser: Browser, size: ViewportSize, photographs: Path, *, moves: bool = False) -> Viewer:
        """A window of that size, whose device asks for less motion unless it `moves`."""
        context = await browser.new_context(viewport=size, reduced_motion="no-preference" if moves else "reduce")
        context.set_default_timeout(15_000)
        return cls(await context.new_page(), photographs)

    async def photograph(self, name: str) -> None:
        """Keeps what is to be seen now in the test's directory, for people to look at."""
        await self.page.screenshot(path=self._photographs / f"{name}.png")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _listen(self, socket: WebSocket) -> None:
        """Holds what the page says and hears to the protocol's document."""
        socket.on("framesent", self._check_sent)
        socket.on("framereceived", self._check_received)

    def _check_sent(self, frame: bytes | str) -> None:
        if not site_frames().has_shape(frame):
            self.complaints.append(f"The page sent what is no message of the protocol: {frame!r}")

    def _check_received(self, frame: bytes | str) -> None:
        try:
            assert isinstance(frame, str), frame
            site_frames().check_server(frame)
        except AssertionError as error:
            self.complaints.append(str(error))

    async def sit_down(self, server: Server, table: str, seat: int) -> None:
        await self.page.goto(f"http://{server.address}/tables/{table}/")
        await expect(self.page.locator(".live")).to_have_attribute("data-status", "live")
        await self.page.locator(f'[data-seat="{seat}"] button.chair').click()
        await self.press("Sit down")
        await expect(self.page.locator(f'[data-seat="{seat}"][data-taken]')).to_be_visible()

    async def bet(self, amount: int) -> None:
        await self.page.locator("#bet-amount").fill(str(amount))
        await self.page.locator("#bet-amount").press("Enter")

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=re.compile(f"^{name}")).click()

    async def key(self, letter: str) -> None:
        await self.page.locator("[data-part=controls]").press(letter)

    async def reads(self, text: str) -> None:
        await expect(self.page.locator("[data-part=prompt]")).to_contain_text(text)

    async def can(self, *moves: str) -> None:
        """Exactly these moves are to be had."""
        for move in MOVES:
            button = self.page.locator(f'[data-move="{move}"]')
            if move in moves:
                await expect(button).to_be_enabled()
            else:
                assert not (await button.is_visible() and await button.is_enabled()), move

    async def has(self, seat: int, chips: str) -> None:
        await expect(self.page.locator(f'[data-seat="{seat}"] [data-part=stack]')).to_have_text(chips)

    async def fits(self) -> None:
        """Nothing is wider than the window, once the page has its styles."""
        await self.page.wait_for_load_state()
        assert await self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def as_guest(viewer: Viewer, server: Server) -> None:
    await viewer.page.goto(f"http://{server.address}/")
    await viewer.page.get_by_role("button", name="Play as guest").first.click()
    await expect(viewer.page.locator("[data-wallet]").first).to_contain_text("1,000")
