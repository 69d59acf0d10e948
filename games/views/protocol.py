"""The protocol for people and for programs: a page to read, the documents that tools take, and a console to try it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from cardsharp.events.messages import PROTOCOL_VERSION
from cardsharp.protocol.asyncapi import as_yaml, asyncapi
from cardsharp.protocol.catalog import Catalog, catalog
from cardsharp.protocol.examples import examples, pretty
from cardsharp.protocol.reference import Reference, reference
from cardsharp.protocol.schema import json_schema
from games.models import Table
from games.runtime import runtime

ASYNCAPI_TYPE = "application/vnd.aai.asyncapi+yaml;version=3.0.0"
SCHEMA_TYPE = "application/schema+json"
MAX_AGE_SECONDS = 300
ANY_HOST = "any.invalid"
MAX_TABLES_OFFERED = 50
_for_everybody = cache_control(public=True, max_age=MAX_AGE_SECONDS)


@cache
def _spoken() -> Catalog:
    """The protocol as this site speaks it, with its own limits and whatever programs have registered."""
    extensions = runtime().handler.extensions
    return catalog(extensions, limits=settings.CARDSHARP_LIMITS, heartbeat_seconds=settings.CARDSHARP_HEARTBEAT_SECONDS)


@cache
def _schema() -> bytes:
    return f"{pretty(json_schema(_spoken()))}\n".encode()


@cache
def _asyncapi(is_secure: bool) -> str:
    return as_yaml(asyncapi(_spoken(), examples(), host=ANY_HOST, is_secure=is_secure))


def _asyncapi_for(request: HttpRequest) -> bytes:
    """The document for the host that was asked: made once, since a request may name any port it likes."""
    host = json.dumps(request.get_host())
    return _asyncapi(request.is_secure()).replace(f"host: {ANY_HOST}\n", f"host: {host}\n", 1).encode()


@cache
def _reference() -> Reference:
    return reference(_spoken(), examples())


@cache
def _anchors() -> dict[str, str]:
    """Where on the page each message and error is: of two messages of one name, the client's."""
    named = {message.name or message.kind: message.key for message in reversed(_spoken().messages)}
    return named | {error.code: f"error-{error.code}" for error in _spoken().errors}


def _etag(content: Callable[[HttpRequest], bytes]) -> Callable[[HttpRequest], str]:
    return lambda request: f'"{hashlib.sha256(content(request)).hexdigest()[:32]}"'


@require_safe
@_for_everybody
@condition(etag_func=_etag(lambda request: _schema()))
def schema_json(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of every frame."""
    return _document(_schema(), SCHEMA_TYPE)


@require_safe
@_for_everybody
@condition(etag_func=_etag(_asyncapi_for))
def asyncapi_yaml(request: HttpRequest) -> HttpResponse:
    """The AsyncAPI document, with this site as its server."""
    return _document(_asyncapi_for(request), ASYNCAPI_TYPE)


def _document(content: bytes, content_type: str) -> HttpResponse:
    # There is nothing of anybody's in it, so that tools on other sites may read it.
    return HttpResponse(content, content_type=content_type, headers={"Access-Control-Allow-Origin": "*"})


@require_safe
def protocol(request: HttpRequest) -> HttpResponse:
    """The page to write a client from."""
    spoken = _spoken()
    context = {
        "version": PROTOCOL_VERSION,
        "socket": f"{_scheme(request)}://{request.get_host()}",
        "spoken": spoken,
        "game": spoken.games[0],
        "page": _reference(),
        "anchors": _anchors(),
    }
    return render(request, "games/protocol.html", context)


@require_safe
def console(request: HttpRequest) -> HttpResponse:
    """A socket to talk to by hand; `?table=` names the table to begin with."""
    context = {
        "table": request.GET.get("table", ""),
        "tables": Table.objects.visible_to(request.user.pk)
        .filter(is_open=True)
        .values_list("pk", "name")[:MAX_TABLES_OFFERED],
        "closes": {close.reason: close.words for close in _spoken().closes},
    }
    return render(request, "games/console.html", context)


def _scheme(request: HttpRequest) -> str:
    return "wss" if request.is_secure() else "ws"
