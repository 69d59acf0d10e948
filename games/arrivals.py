"""How many guests, sign-ups and failed logins one address may have in an hour.

Hours begin on the clock, and each address has one row for each: two processes that count at once cannot pass a limit
together, and nothing grows but with the number of addresses.
"""

from __future__ import annotations

import time
from typing import Final

from django.conf import settings
from django.db.models import F

from cardsharp.errors import CardSharpError
from games.models import Arrivals

_HOUR_SECONDS: Final = 3600


class TooMany(CardSharpError):
    """The address has had as many as it may within this hour. `retry_after` is in seconds."""

    def __init__(self, kind: Arrivals.Kind, retry_after: int) -> None:
        what = {
            Arrivals.Kind.GUEST: "guests have come",
            Arrivals.Kind.SIGN_UP: "accounts were made",
            Arrivals.Kind.FAILED_LOGIN: "logins have failed",
            Arrivals.Kind.RESET: "password resets were asked for",
        }[kind]
        super().__init__(f"Too many {what} from your network within an hour.")
        self.retry_after = retry_after


def count(kind: Arrivals.Kind, address: str) -> None:
    """Counts one more. Raises TooMany where there must not be one, and it is not counted."""
    hour = _hour()
    Arrivals.objects.get_or_create(kind=kind, address=address, hour=hour)
    rows = Arrivals.objects.filter(kind=kind, address=address, hour=hour, count__lt=_limit(kind))
    if not rows.update(count=F("count") + 1):
        raise _too_many(kind)


def check(kind: Arrivals.Kind, address: str) -> None:
    """Raises TooMany where one more must not be; counts nothing."""
    if Arrivals.objects.filter(kind=kind, address=address, hour=_hour(), count__gte=_limit(kind)).exists():
        raise _too_many(kind)


def forget_old() -> None:
    """Deletes what counts no more."""
    Arrivals.objects.filter(hour__lt=_hour()).delete()


def _limit(kind: Arrivals.Kind) -> int:
    limit: int = getattr(settings.CARDSHARP_ARRIVALS_PER_HOUR, kind)
    return limit


def _hour() -> int:
    return int(time.time() // _HOUR_SECONDS)


def _too_many(kind: Arrivals.Kind) -> TooMany:
    return TooMany(kind, retry_after=int(_HOUR_SECONDS - time.time() % _HOUR_SECONDS) + 1)
