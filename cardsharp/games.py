"""The games that can be played: one line a game."""

from __future__ import annotations

from typing import Final

from cardsharp.blackjack.game import Blackjack
from cardsharp.game import Game

GAMES: Final[dict[str, Game]] = {game.name: game for game in (Blackjack(),)}
