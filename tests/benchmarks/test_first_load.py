"""The first visit to a table asks for few files and few bytes. How long it takes is for the benchmark to say."""

from __future__ import annotations

from pathlib import Path

from benchmarks.first_load import visit
from tests.browser.viewer import chromium
from tests.servers import serving


async def test_a_first_visit_costs_little(chromium_path: str, tmp_path: Path):
    with serving(tmp_path, [("Corner", {})]) as server:
        async with chromium(chromium_path) as browser:
            figures = await visit(browser, server)
            assert figures["kilobytes"] < 150
            assert figures["requests"] < 20
