"""The double-entry ledger: accounts, and transfers that take from one exactly what they give to another.

Balances are never edited, only moved by a transfer in the same transaction; over all accounts they sum to zero.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from games.models.players import Player
from games.models.tables import Table


class Account(models.Model):
    """A place where chips are. A stack holds a player's chips at one table, those in bets included.

    At a practice table both sides are of the kind PRACTICE: the player's stack, and the table's own without a player.
    """

    class Kind(models.TextChoices):
        WALLET = "wallet", "a player's wallet"
        STACK = "stack", "a player's chips at a table"
        HOUSE = "house", "the house's side of a table"
        BANK = "bank", "the bank that issues chips"
        RESERVE = "reserve", "where a house player's chips come from"
        PRACTICE = "practice", "chips at a practice table, which are worth nothing"

    kind = models.CharField(max_length=8, choices=Kind)
    player = models.ForeignKey(Player, null=True, on_delete=models.PROTECT, related_name="accounts")
    table = models.ForeignKey(Table, null=True, on_delete=models.PROTECT, related_name="accounts")
    balance_cents = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["player"], condition=Q(kind="wallet"), name="one_wallet_a_player"),
            models.UniqueConstraint(fields=["player", "table"], condition=Q(kind="stack"), name="one_stack_a_table"),
            models.UniqueConstraint(fields=["table"], condition=Q(kind="house"), name="one_house_a_table"),
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="bank"), name="one_bank"),
            models.UniqueConstraint(fields=["player"], condition=Q(kind="reserve"), name="one_reserve_a_player"),
            models.UniqueConstraint(
                fields=["player", "table"], condition=Q(kind="practice"), name="one_practice_stack_a_table"
            ),
            models.UniqueConstraint(
                fields=["table"], condition=Q(kind="practice", player=None), name="one_practice_side_a_table"
            ),
            models.CheckConstraint(
                condition=Q(balance_cents__gte=0)
                | Q(kind__in=["house", "bank", "reserve"])
                | Q(kind="practice", player=None),
                name="no_player_owes_chips",
            ),
        ]

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.kind, self.player, self.table) if part is not None)


class Transfer(models.Model):
    """Chips that went from one account to another, and why."""

    class Reason(models.TextChoices):
        GRANT = "grant", "issued by the bank"
        DAILY = "daily", "the day's chips for who has run out"
        RETURN = "return", "given back to the bank"
        TAKING = "taking", "taken back by the bank"
        BUY_IN = "buy_in", "from the wallet to a table"
        CASH_OUT = "cash_out", "from a table to the wallet"
        HAND = "hand", "the result of a hand"
        INSURANCE = "insurance", "the result of an insurance bet"

    source = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="outgoing")
    target = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="incoming")
    amount_cents = models.BigIntegerField()
    reason = models.CharField(max_length=12, choices=Reason)
    note = models.CharField(max_length=200, blank=True)
    table = models.ForeignKey(Table, null=True, on_delete=models.PROTECT, related_name="transfers")
    seq = models.BigIntegerField(null=True)
    """The event of the table's log that moved the chips."""
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="a_transfer_moves_chips"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="a_transfer_has_two_sides"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.amount_cents} hundredths"
