"""What visitors of pages are told while the database is away. Sockets are answered by the handler: `unavailable`."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from cardsharp.errors import Unavailable
from games.database import is_away, outage

PAGE_RETRY_SECONDS = 5


class UnavailablePages:
    """Answers 503 where a page needs the database and it is away; at most one page a second tries to reach it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request) if outage.is_worth_a_try() else _page()

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for what a view could not do; None leaves other failures to Django."""
        if is_away(exception):
            outage.begins(exception)
        elif not isinstance(exception, Unavailable):
            return None
        return _page()


def _page() -> HttpResponse:
    # Without the request: what base.html shows of its user would ask the database.
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(PAGE_RETRY_SECONDS)})
