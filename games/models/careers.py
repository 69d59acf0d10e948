"""What rounds were to each of their players, and what all of a player's rounds come to.

Each round carries its player's totals with it, so that any stretch of a career is the difference of two rows, however
many lie between them. Rows are written with the round, and never changed.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from games.models.players import Player
from games.models.rounds import Round
from games.models.tables import Table


class Career(models.Model):
    """What a player's rounds have come to. `public_` is of those at tables that everybody may see."""

    player = models.OneToOneField(Player, primary_key=True, on_delete=models.PROTECT, related_name="career")
    rounds = models.PositiveIntegerField(default=0)
    won = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0)
    wagered_cents = models.BigIntegerField(default=0)
    net_cents = models.BigIntegerField(default=0)
    decisions = models.PositiveIntegerField(default=0)
    by_book = models.PositiveIntegerField(default=0)
    """Of the decisions those that are basic strategy's."""
    public_rounds = models.PositiveIntegerField(default=0)
    public_wagered_cents = models.BigIntegerField(default=0)
    public_net_cents = models.BigIntegerField(default=0)
    public_decisions = models.PositiveIntegerField(default=0, db_index=True)
    public_by_book = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.rounds} rounds of {self.player_id}"


class PlayedRound(models.Model):
    """A finished round as one of its players has it: all of their hands at its table, and their totals behind it."""

    class Result(models.TextChoices):
        WON = "won", "Won"
        LOST = "lost", "Lost"
        EVEN = "even", "Even"

    player = models.ForeignKey(Player, on_delete=models.PROTECT, db_index=False, related_name="played_rounds")
    round = models.ForeignKey(Round, on_delete=models.CASCADE, db_index=False, related_name="played")
    table = models.ForeignKey(Table, on_delete=models.PROTECT, db_index=False, related_name="+")
    game = models.CharField(max_length=20)
    ended_at = models.DateTimeField()
    wagered_cents = models.BigIntegerField()
    """The bets of the hands, doubled and split ones included, insurance not."""
    net_cents = models.BigIntegerField()
    """What was won or lost, insurance included."""
    result = models.CharField(max_length=4, choices=Result)
    decisions = models.PositiveIntegerField()
    by_book = models.PositiveIntegerField()
    nth = models.PositiveIntegerField()
    """Which of the player's rounds it is, from 1 on in the order in which they were kept."""
    total_won = models.PositiveIntegerField()
    total_lost = models.PositiveIntegerField()
    total_wagered_cents = models.BigIntegerField()
    total_net_cents = models.BigIntegerField()
    total_decisions = models.PositiveIntegerField()
    total_by_book = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["-ended_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "player"], name="one_row_a_round_and_player"),
            models.UniqueConstraint(fields=["player", "nth"], name="one_round_a_place"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["player", "-ended_at", "-id"], name="played_newest"),
            models.Index(fields=["player", "table", "-ended_at", "-id"], name="played_at_a_table"),
            models.Index(fields=["player", "result", "-ended_at", "-id"], name="played_with_a_result"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} of {self.player_id}: {self.result}"
