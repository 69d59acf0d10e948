"""The in-memory host: tables, players and chips that live as long as the program does."""

from cardsharp.memory_room.room import MemoryRoom

__all__ = ["MemoryRoom"]
