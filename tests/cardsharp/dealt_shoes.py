"""Shoes that were dealt for tests: the log of a table at which a shoe runs out, and what clients keep of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from cardsharp.blackjack import commands as c
from cardsharp.blackjack import events as e
from cardsharp.blackjack.rules import Rules
from cardsharp.dealt_shoe import DealtShoe
from cardsharp.events.messages import encode_event
from cardsharp.shoe import SecretShoes
from cardsharp.shoe_file import read_shoes
from cardsharp.wire import to_wire
from tests.cardsharp.blackjack.builders import Play

ONE_DECK = Rules(decks=1, penetration_percent=95, pause_seconds=0, seat_count=7)
PLAYERS = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gus")


@cache
def played() -> tuple[e.Event, ...]:
    """Three shoes of a table whose players draw until they cannot, so that one deck does not last for two rounds."""
    play = Play(ONE_DECK, shoes=SecretShoes(b"s" * 32))
    for player in PLAYERS:
        play.join(player)
    while play.table.shoe.number < 3:
        if play.table.phase == "betting":
            play.ask(c.SetClientSeed, "Ben", client_seed=f"♠ {len(play.log)}")
            play.ask(c.SetClientSeed, "Fay", client_seed=f"\U0001f0a1 {len(play.log)}")
            for player in PLAYERS:
                play.bet(player)
        elif play.table.turn is None:
            play.call_time()
        else:
            play.act(play.table.seats[play.table.turn.seat - 1].player_name, "HIT")
    play.do(c.CloseTable(at=play.now))
    return tuple(play.log)


def frames_of(log: Iterable[e.Event]) -> list[str]:
    """The events as a client receives them."""
    round_id: str | None = None
    frames = []
    for seq, event in enumerate(log, start=1):
        if isinstance(event, e.RoundStarted):
            round_id = f"r{event.round_number}"
        data = to_wire(event)
        frames.append(
            encode_event(event.event_type, data, at=event.timestamp, table_id="t1", round_id=round_id, seq=seq)
        )
        if isinstance(event, e.RoundEnded):
            round_id = None
    return frames


def shoes_of(log: Iterable[e.Event]) -> list[DealtShoe]:
    """The shoes that a client's log of these events holds."""
    return read_shoes("\n".join(frames_of(log)).encode())
