"""Plays blackjack in a program, with nothing but the library: basic strategy for a thousand rounds."""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from a clone, without being installed

from cardsharp.adapters import ScriptedAdapter
from cardsharp.client import basic_strategy
from cardsharp.engine import BlackjackEngine


async def main() -> None:
    adapter = ScriptedAdapter(basic_strategy(bet=10))
    async with BlackjackEngine(adapter, {"decks": 6, "dealer_hits_soft_17": True, "pause_seconds": 0}) as engine:
        player_id = await engine.add_player("Robo", chips=5000, buy_in=5000)
        played = await engine.play(1000)
    print(f"{played.rounds} rounds of {engine.rules}: {played.net[player_id]:+} chips")


if __name__ == "__main__":
    asyncio.run(main())
