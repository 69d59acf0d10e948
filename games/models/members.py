"""Members of tables, and the invitations by which those of private ones came."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from games.models.players import Player
from games.models.tables import Table


class Invitation(models.Model):
    """A link that makes whoever follows it a member. Its code is not kept: it is this key, signed by the site."""

    table = models.ForeignKey(Table, on_delete=models.PROTECT, related_name="invitations")
    made_by = models.ForeignKey(Player, on_delete=models.PROTECT, related_name="invitations_made")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    most_uses = models.PositiveIntegerField(null=True)
    """How many players may come by it; null for any number."""
    uses = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"invitation {self.pk} to {self.table}"


class Member(models.Model):
    """A player who may see a private table and sit there, or sit at a public one that is open to members only.

    One who was removed is kept, so that old links stay shut.
    """

    table = models.ForeignKey(Table, on_delete=models.PROTECT, related_name="members")
    player = models.ForeignKey(Player, on_delete=models.PROTECT, related_name="memberships")
    invitation = models.ForeignKey(Invitation, null=True, on_delete=models.PROTECT, related_name="members")
    """The one that they came by last; null for who made the table, and for whom staff admitted."""
    since = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["table", "player"], name="one_membership")]

    def __str__(self) -> str:
        return f"{self.player} at {self.table}"
