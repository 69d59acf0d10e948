"""The names of groups and events beyond the games' own, made in this one place."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

ALL: Final = "*"
LOBBY: Final = "lobby"
TABLE_STATE: Final = "TABLE_STATE"
LOBBY_EVENTS: Final = frozenset({"LOBBY_STATE", "TABLE_OPENED", "TABLE_CHANGED", "TABLE_CLOSED"})


def table_group(table_id: str, topic: str) -> str:
    """The group of a table's subscribers to an event type, or to `*`."""
    return f"table.{table_id}.{'all' if topic == ALL else topic}"


def player_group(player_id: str) -> str:
    """The group of a player's own sockets."""
    return f"player.{player_id}"


def topics_of(names: Collection[str]) -> frozenset[str]:
    """The topics that a subscription listens to: `*` says it all."""
    return frozenset([ALL]) if ALL in names else frozenset(names)


def groups_of(place: str, names: Collection[str]) -> frozenset[str]:
    """The groups behind a subscription to a table, or to the lobby."""
    if place == LOBBY:
        return frozenset([LOBBY]) if names else frozenset()
    return frozenset(table_group(place, topic) for topic in topics_of(names))
