"""Players: people and bots with an account, guests, and the tokens that programs play with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models


class Player(AbstractUser):
    """Who plays. A guest has no password and becomes an account by choosing a name and one."""

    username = models.CharField("name", max_length=32, unique=True)
    name_key = models.CharField(max_length=96, unique=True, editable=False)
    """The name with its case folded: two players never differ by case alone, on whatever database.
    Folding makes a letter three at the most."""
    is_guest = models.BooleanField(default=False)
    is_bot = models.BooleanField(default=False)

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
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} of {self.player}"
