"""How often an address has come within an hour: what limits on sign-ups, guests and failed logins count."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Arrivals(models.Model):
    """What came from one address in one hour."""

    class Kind(models.TextChoices):
        GUEST = "guest"
        SIGN_UP = "sign_up"
        FAILED_LOGIN = "failed_login"
        RESET = "reset"

    kind = models.CharField(max_length=12, choices=Kind)
    address = models.GenericIPAddressField()
    hour = models.PositiveIntegerField(db_index=True)
    """Hours since 1970."""
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "address", "hour"], name="one_count_an_hour")]

    def __str__(self) -> str:
        return f"{self.count} {self.kind} from {self.address}"
