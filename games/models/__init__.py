"""What the card room keeps: players, tables and their logs, rounds, and the ledger.

Only `games.tables` and `games.accounts` write these; pages, consumers and the admin read.
"""

from games.models.ledger import Account, Transfer
from games.models.players import Player, Token
from games.models.rounds import Hand, Round
from games.models.tables import Answer, LoggedEvent, Table

__all__ = ["Account", "Answer", "Hand", "LoggedEvent", "Player", "Round", "Table", "Token", "Transfer"]
