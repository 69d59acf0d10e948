"""What log records are about: client, message, table, request and round, carried along with the work.

A program that wants them in its log gives its logging handler the filter `OfContext`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_about: ContextVar[Mapping[str, str]] = ContextVar("about")


@contextmanager
def about(**ids: str | None) -> Iterator[None]:
    """Within it, and within the tasks that it starts, records are about these ids as well; None says nothing."""
    known = {name: value for name, value in ids.items() if value is not None}
    token = _about.set({**_about.get({}), **known})
    try:
        yield
    finally:
        _about.reset(token)


class OfContext(logging.Filter):
    """Gives each record the ids as attributes: `client`, `message_id`, `table`, `request`, `round` and `action`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets every record through."""
        for name, value in _about.get({}).items():
            record.__dict__.setdefault(name, value)
        return True
