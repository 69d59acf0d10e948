"""Joined files: packed for who can unpack them, and kept by browsers for as long as they stay the same."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from games.joining import JOINED
from games.joining import joined as join

_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def joined(request: HttpRequest, digest: str, name: str) -> HttpResponse:
    """The file. Under the name of an older one comes today's, which is then not kept."""
    if name not in JOINED:
        raise Http404
    file = join(name)
    takes_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(file.packed if takes_packed else file.text, content_type=_TYPES[name.rpartition(".")[2]])
    if takes_packed:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = _FOR_EVER if digest == file.digest else "no-cache"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
