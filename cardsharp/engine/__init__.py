"""Blackjack for programs: one table in memory, played through an adapter. No server, no database.

    engine = BlackjackEngine(ScriptedAdapter(basic_strategy()), "6D H17 PAUSE0")
    played = await engine.play(100)

docs/embedding.md has the rest.
"""

from cardsharp.engine.answers import answer_for
from cardsharp.engine.conductor import Played
from cardsharp.engine.config import Config, rules_from
from cardsharp.engine.engine import BlackjackEngine
from cardsharp.engine.ports import PlatformAdapter, TableHost

__all__ = ["BlackjackEngine", "Config", "PlatformAdapter", "Played", "TableHost", "answer_for", "rules_from"]
