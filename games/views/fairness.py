"""How anybody checks a shoe: docs/fairness.md as a page, and the test vectors that it names."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from games.documents import DOCS, document


@require_safe
def fairness(request: HttpRequest) -> HttpResponse:
    """The whole document."""
    title, *sections = document("fairness.md").values()
    return render(request, "games/fairness.html", {"title": title, "sections": sections})


@require_safe
def vectors(request: HttpRequest, name: str) -> HttpResponse:
    """A file of test vectors, for programs on other sites, too."""
    path = DOCS / "test_vectors" / f"{name}.json"
    if not path.is_file():
        raise Http404("There is no such file.")
    headers = {"Access-Control-Allow-Origin": "*"}
    return HttpResponse(path.read_bytes(), content_type="application/json", headers=headers)
