"""What the card room keeps: players, tables and their logs, rounds, and the ledger.

Only the doors write these (`games.tables`, `games.accounts`, `games.invitations`, `games.arrivals`); pages, consumers
and the admin read.
"""

from games.models.arrivals import Arrivals
from games.models.careers import Career, PlayedRound
from games.models.ledger import Account, Transfer
from games.models.members import Invitation, Member
from games.models.players import Player, Token
from games.models.processes import ServingProcess
from games.models.rounds import Hand, Round
from games.models.tables import Answer, Checkpoint, LoggedEvent, Shoe, Table

__all__ = [
    "Account",
    "Answer",
    "Arrivals",
    "Career",
    "Checkpoint",
    "Hand",
    "Invitation",
    "LoggedEvent",
    "Member",
    "PlayedRound",
    "Player",
    "Round",
    "ServingProcess",
    "Shoe",
    "Table",
    "Token",
    "Transfer",
]
