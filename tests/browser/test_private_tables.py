"""A guest on a phone makes a private table and copies its link; a friend comes by it, plays, and is removed again."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import expect

from tests.browser.viewer import DESKTOP, PHONE, Viewer, as_guest, chromium
from tests.servers import Server, serving

CARDS = "10♠ 7♥ K♠ 10♦"


async def test_a_private_table_is_shared_by_its_link(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, [], expected_complaints=("Not Found: /tables/",), CARDSHARP_STACKED_SHOE=CARDS) as server:
        async with chromium(chromium_path) as browser:
            host, friend, stranger = [await Viewer.open(browser, size, tmp_path) for size in (PHONE, PHONE, DESKTOP)]
            await host.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
            await stranger.page.goto(f"http://{server.address}/")
            await expect(stranger.page.locator(".live")).to_have_attribute("data-status", "live")
            await as_guest(host, server)
            await make_private(host)
            address = host.page.url.split("#")[0]
            await come_by(friend, await copied(host))
            await friend.photograph("phone-friend-at-the-table")
            await expect(host.page.locator('[data-seat="1"][data-taken]')).to_be_visible()
            await remove_friend(host, friend)
            await expect(stranger.page.locator(".lobby-row")).to_have_count(0)
            await is_not_there_for(stranger, address)
            await in_the_lobby_of(host, server)
            for viewer in (host, friend):
                await viewer.fits()
                assert viewer.complaints == []


async def make_private(host: Viewer) -> None:
    page = host.page
    await page.get_by_role("link", name="Make a table").click()
    await page.get_by_label("Name").fill("Among us")
    await page.get_by_label("Private").check()
    await host.photograph("phone-form-private")
    await host.press("Open the table")
    await expect(page.locator(".live")).to_have_attribute("data-status", "live")
    await expect(page.locator("#invitations")).to_be_in_viewport()
    await host.fits()
    await host.photograph("phone-invitations")


async def copied(host: Viewer) -> str:
    """The link, out of the clipboard."""
    await host.press("Copy")
    await expect(host.page.locator("[data-part=copied]")).to_have_text("The link is copied.")
    link: str = await host.page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"http://[^/]+/invitations/[^/]+/", link)
    return link


async def come_by(friend: Viewer, link: str) -> None:
    await friend.page.goto(link)
    await expect(friend.page.locator("h1")).to_have_text("Among us")
    await friend.fits()
    await friend.photograph("phone-invitation")
    await friend.press("Come as a guest")
    await expect(friend.page.locator(".live")).to_have_attribute("data-status", "live")
    assert await friend.page.locator("#invitations").count() == 0
    await friend.press("Sit down")
    await friend.bet(14)
    await friend.can("HIT", "STAND", "DOUBLE", "SPLIT", "SURRENDER")
    await friend.key("s")
    await friend.reads("You won 14")


async def remove_friend(host: Viewer, friend: Viewer) -> None:
    await host.page.reload()
    await expect(host.page.locator(".members li")).to_have_count(2)
    await host.page.locator("#invitations").scroll_into_view_if_needed()
    await host.photograph("phone-members")
    await host.press("Remove")
    await expect(host.page.locator(".members li")).to_have_count(1)
    await expect(friend.page.locator("[data-part=problem]")).to_contain_text(
        "You are no member of this table any more."
    )
    await friend.photograph("phone-removed")
    await friend.page.get_by_role("link", name="Back to the lobby").click()
    await expect(friend.page.locator("[data-wallet]").first).to_contain_text("1,014")
    await expect(friend.page.locator(".lobby-row")).to_have_count(0)


async def is_not_there_for(stranger: Viewer, address: str) -> None:
    answer = await stranger.page.request.get(address)
    assert answer.status == 404


async def in_the_lobby_of(host: Viewer, server: Server) -> None:
    await host.page.goto(f"http://{server.address}/")
    await expect(host.page.locator(".live")).to_have_attribute("data-status", "live")
    await expect(host.page.get_by_role("heading", name="Your private tables")).to_be_visible()
    await expect(host.page.locator(".own .lobby-row")).to_have_count(1)
    await host.photograph("phone-lobby")
