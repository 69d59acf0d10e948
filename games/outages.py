"""An outage of something that the site needs: noticed once, logged once at its beginning and once at its end."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from cardsharp.errors import Unavailable

logger = logging.getLogger(__name__)

RETRY_SECONDS: Final = 1.0
"""How often what is away is tried again, and when clients are told to do so."""


class Outage:
    """Whether something is away, by the word of who tries to use it."""

    def __init__(self, what: str, meanwhile: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._meanwhile = meanwhile
        self._clock = clock
        self._try_at = 0.0
        self._left_a_gap = False
        self.is_on = False

    def is_worth_a_try(self) -> bool:
        """Whether to use it now: always while it is there, and one caller a second while it is away."""
        if not self.is_on:
            return True
        now = self._clock()
        if now < self._try_at:
            return False
        self._try_at = now + RETRY_SECONDS
        return True

    def begins(self, why: object) -> None:
        """It was used, and did not answer."""
        self._try_at = self._clock() + RETRY_SECONDS
        self._left_a_gap = True
        if not self.is_on:
            self.is_on = True
            logger.error("%s does not answer: %s. %s", self._what, " ".join(str(why).split()), self._meanwhile)

    def ends(self) -> None:
        """It was used, and did answer."""
        if self.is_on:
            self.is_on = False
            logger.warning("%s answers again", self._what)

    def take_gap(self) -> bool:
        """Whether news may have been lost: true throughout an outage, and once after it."""
        gap = self._left_a_gap
        self._left_a_gap = self.is_on
        return gap


class OfAnOutage(logging.Filter):
    """Leaves out what an outage has caused: the outage itself is in the log, once."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to log the record."""
        return not (record.exc_info and isinstance(record.exc_info[1], Unavailable))
