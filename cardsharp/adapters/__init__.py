"""Ways to play at an engine's table: over WebSockets or from another thread, in a terminal, by a script."""

from cardsharp.adapters.scripted import ScriptedAdapter
from cardsharp.adapters.terminal import TerminalAdapter
from cardsharp.adapters.web import WebAdapter

__all__ = ["ScriptedAdapter", "TerminalAdapter", "WebAdapter"]
