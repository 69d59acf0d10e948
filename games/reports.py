"""What reports of errors leave out."""

from __future__ import annotations

from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class NoVariables(SafeExceptionReporterFilter):
    """Reports say where something failed and never what was in memory: that may be the order of a shoe in use.

    Django's own filter hides nothing on the pages that DEBUG shows, which is what `make run` serves.
    """

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> ItemsView[str, Any]:
        return {}.items()
