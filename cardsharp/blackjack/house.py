"""What the house does with a table: pauses it and lets it go on, says who may sit down, and closes it."""

from __future__ import annotations

from cardsharp import errors
from cardsharp.blackjack import commands as c
from cardsharp.blackjack import events as e
from cardsharp.blackjack import play
from cardsharp.blackjack.record import Record
from cardsharp.blackjack.settle import end_round, reveal_shoe, void_round


def pause_table(r: Record, command: c.PauseTable) -> None:
    """Pauses the table. While bets are taken, they come back and the round is over; cards in play are played on."""
    if r.table.paused is not None:
        raise errors.TablePaused("The table is paused already.", reason=r.table.paused)
    betting = r.table.stage == "betting"
    bets = [(seat.number, seat.bet) for seat in r.table.seats] if betting else []
    r.add(e.TablePaused(timestamp=r.at, reason=command.reason))
    for number, bet in bets:
        r.move_chips(number, bet)
    if betting:
        end_round(r)


def resume_table(r: Record, command: c.ResumeTable) -> None:
    """Lets the table go on: betting opens at once where anybody plays and no cards are in play any more."""
    if r.table.paused is None:
        raise errors.WrongPhase("The table is not paused.", phase=r.table.phase)
    r.add(e.TableResumed(timestamp=r.at))
    if not r.table.in_round:
        play.open_round(r)


def change_seating(r: Record, command: c.ChangeSeating) -> None:
    """Says who may take a seat from now on. Nothing changes for who sits there."""
    if r.table.open_to != command.open_to:
        r.add(e.SeatingChanged(timestamp=r.at, open_to=command.open_to))


def close_table(r: Record, command: c.CloseTable) -> None:
    """Closes the table, after its round was voided or played out; a round without cards has nothing to play out."""
    if r.table.in_round:
        if command.play_out and r.table.stage != "betting":
            play.play_to_the_end(r)
        else:
            void_round(r)
    for seat in r.table.seats:
        r.add(e.PlayerLeft(**r.of(seat), stack=seat.stack, reason="table_closed"))
    if not r.table.shoe.revealed:
        reveal_shoe(r)
    r.add(e.TableClosed(timestamp=r.at, table_id=r.table.table_id, reason=command.reason))
