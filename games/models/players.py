"""Players: people and bots with an account, guests, and the tokens that programs play with."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Final

from django.contrib.auth.models import AbstractUser
from django.db import models

PREFERENCES: Final = ("theme", "deck", "motion", "pace", "sound", "keys")
"""The fields of a player that say how they like the pages; `data-` attributes of the page have the same names."""


class Theme(models.TextChoices):
    """The colours of the pages."""

    SYSTEM = "system", "As the device"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class Deck(models.TextChoices):
    """The colours of the suits."""

    TWO = "two", "Two colours"
    FOUR = "four", "Four colours"


class Motion(models.TextChoices):
    """Whether cards and chips move, or are simply there."""

    SYSTEM = "system", "As the device"
    OFF = "off", "Off"


class Face(models.TextChoices):
    """What a player's face shows; `static/faces.svg` has a drawing of each but the first."""

    LETTER = "letter", "First letter"
    FOX = "fox", "Fox"
    CAT = "cat", "Cat"
    OWL = "owl", "Owl"
    BEAR = "bear", "Bear"
    RABBIT = "rabbit", "Rabbit"
    ROBOT = "robot", "Robot"
    HAT = "hat", "Top hat"
    STAR = "star", "Star"
    CROWN = "crown", "Crown"


class Pace(models.TextChoices):
    """How long cards and chips take to move."""

    CALM = "calm", "Calm"
    USUAL = "usual", "Usual"
    BRISK = "brisk", "Brisk"


class Sound(models.TextChoices):
    """Whether the table is heard; never before somebody asks for it."""

    OFF = "off", "Off"
    ON = "on", "On"


class Keys(models.TextChoices):
    """Whether single keys play. Who speaks to their machine, or has a pet, may want them off."""

    ON = "on", "On"
    OFF = "off", "Off"


class Player(AbstractUser):
    """Who plays. A guest has no password and becomes an account by choosing a name and one."""

    username = models.CharField("name", max_length=32, unique=True)
    name_key = models.CharField(max_length=96, unique=True, editable=False)
    """The name with its case folded: two players never differ by case alone, on whatever database.
    Folding makes a letter three at the most."""
    is_guest = models.BooleanField(default=False)
    is_bot = models.BooleanField(default=False)
    is_house = models.BooleanField(default=False, editable=False)
    """Whether it is a house player, whom the site plays for company; never active, so nobody can log in as one."""
    face = models.CharField(max_length=8, choices=Face, default=Face.LETTER)
    face_colour = models.PositiveSmallIntegerField("colour of the face", null=True)
    """One of a few; null for the one that follows from the player's id."""
    client_seed = models.CharField(max_length=64, blank=True)
    """Goes into the shuffles of every table at which the player sits down without naming another."""
    daily_chips_on = models.DateField(null=True, editable=False)
    """The last day on which the player was given chips for having run out of them."""
    deleted_at = models.DateTimeField(null=True, editable=False)
    """When the player deleted the account; the row stays, without a name, for the ledger and the rounds."""
    forgotten_at = models.DateTimeField(null=True, editable=False)
    """When the last of a deleted account was done: its chips at the bank, its name out of the logs."""
    theme = models.CharField("colours", max_length=8, choices=Theme, default=Theme.SYSTEM)
    deck = models.CharField("suits", max_length=8, choices=Deck, default=Deck.TWO)
    motion = models.CharField("movement", max_length=8, choices=Motion, default=Motion.SYSTEM)
    pace = models.CharField("pace", max_length=8, choices=Pace, default=Pace.USUAL)
    sound = models.CharField("sound", max_length=8, choices=Sound, default=Sound.OFF)
    keys = models.CharField("single keys", max_length=8, choices=Keys, default=Keys.ON)

    class Meta:
        ordering: ClassVar = ["username"]

    def __str__(self) -> str:
        return self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves the player, `name_key` in step with the name."""
        self.name_key = self.username.casefold()
        fields = kwargs.get("update_fields")
        if fields is not None and "username" in fields:
            kwargs["update_fields"] = {*fields, "name_key"}
        super().save(*args, **kwargs)

    @property
    def public_id(self) -> str:
        """The player's id on the wire."""
        return f"p{self.pk}"

    @staticmethod
    def is_public_id(text: str) -> bool:
        """Whether the text could be some player's id on the wire."""
        return re.fullmatch(r"p[1-9][0-9]{0,17}", text) is not None

    @staticmethod
    def key_of(public_id: str) -> int:
        """The primary key behind an id on the wire."""
        return int(public_id.removeprefix("p"))


class Token(models.Model):
    """A secret that lets a program connect as its player. Only the SHA-256 of it is kept."""

    class Scope(models.TextChoices):
        PLAY = "play", "play and watch"
        WATCH = "watch", "watch only"

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=64)
    scope = models.CharField(max_length=8, choices=Scope, default=Scope.PLAY)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} of {self.player}"
