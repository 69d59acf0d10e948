"""What is done behind an answer, in a thread of its own: whoever asked does not wait for it, nor learns how it went."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

from django.db import connections

logger = logging.getLogger(__name__)

_thread: Final = ThreadPoolExecutor(1, thread_name_prefix="later")


def do(work: Callable[..., Any], **arguments: Any) -> Future[None]:
    """Does the work soon, one after the other; a failure is logged."""
    return _thread.submit(_done, work, arguments)


def _done(work: Callable[..., Any], arguments: dict[str, Any]) -> None:
    try:
        work(**arguments)
    except Exception:
        logger.exception("What was to be done later has failed")
    finally:
        connections.close_all()
