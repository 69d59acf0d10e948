"""Tables, the log that each of them is the fold of, and the answers that were accepted."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q

from games.models.players import Player
from games.models.secrets import SecretField

NAME_LENGTH: Final = 60


class Pace(models.TextChoices):
    """How long a table gives its players to decide."""

    QUICK = "quick", "Quick pace"
    STEADY = "steady", "Steady pace"
    SLOW = "slow", "Slow pace"
    UNTIMED = "untimed", "No clock"


class TableQuerySet(models.QuerySet["Table"]):
    """Tables, and which of them somebody may see."""

    def visible_to(self, player_key: int | None) -> TableQuerySet:
        """The public tables, and the private ones whose member the player is; None is somebody who is nobody."""
        if player_key is None:
            return self.filter(is_private=False)
        own = Table.objects.filter(members__player=player_key, members__removed_at=None)
        return self.filter(Q(is_private=False) | Q(pk__in=own.order_by().values("pk")))


class Table(models.Model):
    """A table's present state, kept where its log would lead, so that nobody has to fold it.

    `seq` is the version: an action is stored only where it still is the one that the action was decided on.
    """

    table_id = models.CharField(primary_key=True, max_length=12, editable=False)
    name = models.CharField(max_length=NAME_LENGTH)
    game = models.CharField(max_length=20, default="blackjack", editable=False)
    state = models.TextField(editable=False)
    seq = models.BigIntegerField(editable=False)
    deadline_at = models.FloatField(null=True, editable=False, db_index=True)
    """UNIX seconds at which time must be called next: the first of the game's own deadline, `closes_at` and
    `house_acts_at`."""
    house_acts_at = models.FloatField(null=True, editable=False)
    """UNIX seconds at which a house player does what is next for them; null where they have nothing to do."""
    is_open = models.BooleanField(default=True, editable=False, db_index=True)
    is_private = models.BooleanField(default=False, editable=False)
    """Whether only its members may know of it; never changed."""
    is_practice = models.BooleanField(default=False, editable=False)
    """Whether it is for its maker alone, with chips that are worth nothing; never changed."""
    shoe_secret = SecretField()
    made_by = models.ForeignKey(Player, null=True, editable=False, on_delete=models.PROTECT, related_name="tables_made")
    """The player who made it; null for the house's tables, which never close by themselves."""
    closes_at = models.FloatField(null=True, editable=False)
    """UNIX seconds at which a player's table closes unless somebody sits down; null while somebody sits there. A
    practice table closes at that time unless it is played at."""
    created_at = models.DateTimeField(auto_now_add=True)

    # What the lobby searches tables by; `games.listing` keeps it as the state has it.
    placard = models.CharField(max_length=400, blank=True, editable=False)
    """The rules in shorthand, with a space before and behind each word."""
    pace = models.CharField(max_length=8, choices=Pace, default=Pace.STEADY, editable=False)
    min_bet_cents = models.BigIntegerField(default=0, editable=False)
    min_buy_in_cents = models.BigIntegerField(default=0, editable=False)
    default_buy_in_cents = models.BigIntegerField(default=0, editable=False)
    seat_count = models.PositiveSmallIntegerField(default=0, editable=False)
    seats_taken = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = TableQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["created_at", "table_id"]

    def __str__(self) -> str:
        return self.name


class LoggedEvent(models.Model):
    """One event of a table's log; `data` is the JSON text that clients see as the event's data."""

    table = models.ForeignKey(Table, on_delete=models.PROTECT, related_name="events")
    seq = models.BigIntegerField()
    round_id = models.CharField(max_length=24, null=True)  # noqa: DJ001 - null is the wire's own word for "no round"
    event_type = models.CharField(max_length=32)
    data = models.TextField()

    class Meta:
        verbose_name = "logged event"
        ordering: ClassVar = ["table", "seq"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["table", "seq"], name="one_event_a_seq")]
        indexes: ClassVar = [
            models.Index(fields=["table", "event_type", "seq"], name="events_of_a_type"),
            models.Index(fields=["-id"], condition=Q(event_type="SHUFFLE"), name="all_shuffles"),
        ]

    def __str__(self) -> str:
        return f"{self.table_id} {self.seq} {self.event_type}"


class ShoeManager(models.Manager["Shoe"]):
    """The events that begin a shoe."""

    def get_queryset(self) -> models.QuerySet[Shoe]:
        return super().get_queryset().filter(event_type="SHUFFLE")


class Shoe(LoggedEvent):
    """A shoe, as the event that began it."""

    objects: ClassVar[ShoeManager] = ShoeManager()

    class Meta:
        proxy = True
        verbose_name = "shoe"


class Checkpoint(models.Model):
    """Where a log begins that has been trimmed: what the events that are not kept any more had made of the table."""

    table = models.OneToOneField(Table, primary_key=True, on_delete=models.CASCADE, related_name="checkpoint")
    seq = models.BigIntegerField()
    """The last event that is not kept."""
    state = models.TextField()
    promise = models.TextField()
    """The data of the last of these events that published a commitment for the shoe to come; empty if none did."""

    def __str__(self) -> str:
        return f"{self.table_id} {self.seq}"


class Answer(models.Model):
    """An accepted answer to a request, so that its repetition gets the same acknowledgement and changes nothing."""

    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="answers")
    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="answers")
    request_id = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    """SHA-256 of the action and its data."""
    seq = models.BigIntegerField()
    """The last event that the answer caused."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["table", "player", "request_id", "digest"], name="one_answer")
        ]

    def __str__(self) -> str:
        return f"{self.request_id} of {self.player_id}"
