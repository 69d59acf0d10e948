"""Faces: what stands for a player in the lobby, at the table and in the head of every page.

A player chooses a drawing and a colour; until then it is the name's first letter on a colour that follows from the id,
and that is also what is said of an id that is nobody's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from games.models import Player
from games.models.players import Face

COLOURS: Final = ("Peach", "Mint", "Rose", "Sky", "Straw", "Lilac", "Leaf", "Sand")
"""The colours of `--face-0` and so on."""


class Look(NamedTuple):
    """A face: its drawing, the empty string for the name's first letter, and the number of its colour."""

    drawing: str
    colour: int


def look_of(player: Player) -> Look:
    """The player's face."""
    return _look(player.pk, player.face, player.face_colour)


def looks_of(player_ids: Iterable[str]) -> dict[str, Look]:
    """The faces of players by their ids on the wire, in one query."""
    keys = {Player.key_of(player_id) for player_id in player_ids}
    chosen = Player.objects.filter(pk__in=keys).values_list("pk", "face", "face_colour")
    unknown = {f"p{key}": _look(key, Face.LETTER, None) for key in keys}
    return unknown | {f"p{key}": _look(key, face, colour) for key, face, colour in chosen}


def letter_of(name: str) -> str:
    """What stands for a name where nothing is drawn.

    >>> letter_of("ada"), letter_of("")
    ('A', '')
    """
    return name[:1].upper()


def _look(key: int, face: str, colour: int | None) -> Look:
    drawing = "" if face == Face.LETTER else face
    return Look(drawing, key % len(COLOURS) if colour is None else colour % len(COLOURS))
