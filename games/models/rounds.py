"""Finished rounds and their hands: history that can be searched, beside the log that can be replayed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from games.models.players import Player
from games.models.tables import Table


class Round(models.Model):
    """A round that was played to its end. `last_seq` is its ROUND_ENDED, `first_seq` its ROUND_STARTED."""

    table = models.ForeignKey(Table, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveIntegerField()
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    ended_at = models.DateTimeField(db_index=True)
    dealer_cards = models.CharField(max_length=120)
    dealer_value = models.PositiveSmallIntegerField()
    house_net_cents = models.BigIntegerField()

    class Meta:
        ordering: ClassVar = ["-ended_at", "-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["table", "number"], name="one_round_a_number")]

    def __str__(self) -> str:
        return f"{self.table} r{self.number}"


class Hand(models.Model):
    """A hand of a finished round, with what it bet, got back and won or lost; insurance is kept apart."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="hands")
    player = models.ForeignKey(Player, on_delete=models.PROTECT, related_name="hands")
    seat = models.PositiveSmallIntegerField()
    hand_id = models.CharField(max_length=12)
    cards = models.CharField(max_length=120)
    value = models.PositiveSmallIntegerField()
    result = models.CharField(max_length=12)
    bet_cents = models.BigIntegerField()
    payout_cents = models.BigIntegerField()
    net_cents = models.BigIntegerField()
    insurance_net_cents = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["round", "seat", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["round", "hand_id"], name="one_hand_an_id")]
        indexes: ClassVar = [
            models.Index(fields=["player", "-round"], name="rounds_of_a_player"),
            models.Index(fields=["player", "result"], name="results_of_a_player"),
        ]

    def __str__(self) -> str:
        return f"{self.cards} {self.result}"
