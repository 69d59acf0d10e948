"""Who is connected now, to any process. Staff may close sockets, each time with a reason that the audit keeps."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from asgiref.sync import async_to_sync
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from cardsharp.events.clients import Client
from games import presence
from games.admin.readonly import ReadOnlyAdmin, key_of
from games.models import Player, ServingProcess
from games.runtime import runtime
from games.signouts import close_sockets

SHOWN: Final = 200
"""How many sockets the page lists; the search finds others."""


class Serving(NamedTuple):
    """A process, and how old its news are."""

    row: ServingProcess
    clients: list[Client]
    is_here: bool
    age: int


class Line(NamedTuple):
    """A socket as the page shows it."""

    client: Client
    process: ServingProcess
    player_key: int
    places: list[str]
    since: datetime
    heard: int


@admin.register(ServingProcess)
class ConnectionsAdmin(ReadOnlyAdmin):
    """The sockets of every process, newest first."""

    def get_urls(self) -> list[URLPattern]:
        close = path("close/", self.admin_site.admin_view(self.close_view), name="games_servingprocess_close")
        return [close, *super().get_urls()]

    def has_close_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("games.change_servingprocess")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The sockets that match, of this process as they are, of others as they last told."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        query = {name: request.GET.get(name, "").strip() for name in ("q", "table", "player")}
        serving = _serving()
        matching = [
            (process.row, client) for process in serving for client in process.clients if _matches(client, **query)
        ]
        matching.sort(key=lambda found: found[1].connected_at, reverse=True)
        lines = [_line(row, client) for row, client in matching[:SHOWN]]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Connections now",
            "serving": serving,
            "total": sum(process.row.sockets for process in serving),
            "matching": len(matching),
            "found": len(lines),
            "lines": lines,
            "may_close": self.has_close_permission(request),
            **query,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/games/connections.html", context)

    def close_view(self, request: HttpRequest) -> HttpResponse:
        """Closes the chosen sockets, or all of a player's."""
        return require_POST(self._close)(request)

    def _close(self, request: HttpRequest) -> HttpResponse:
        if not self.has_close_permission(request):
            raise PermissionDenied
        reason, which = request.POST.get("reason", "").strip()[:200], request.POST.get("which", "")
        if not reason:
            self.message_user(request, "Say why; nothing has been closed.", messages.ERROR)
        elif which.startswith("player:"):
            self._close_all_of(request, which.removeprefix("player:"), reason)
        else:
            self._close_some(request, set(request.POST.getlist("socket")), reason)
        return redirect("admin:games_servingprocess_changelist")

    def _close_all_of(self, request: HttpRequest, player_id: str, reason: str) -> None:
        player = Player.objects.filter(pk=key_of(player_id.removeprefix("p"))).first()
        if player is None:
            self.message_user(request, "There is no such player.", messages.ERROR)
            return
        self.log_change(request, player, f"Closed all sockets: {reason}")
        close_sockets(player.public_id)
        self.message_user(request, f"All sockets of {player} are being closed.", messages.SUCCESS)

    def _close_some(self, request: HttpRequest, keys: set[str], reason: str) -> None:
        here = [client for client in runtime().handler.clients() if client.key in keys]
        elsewhere = presence.ask_to_close(keys - {client.key for client in here})
        for client in (*here, *elsewhere):
            whose = f"a socket of {client.player_name or 'a spectator'} from {client.address or 'an unknown address'}"
            self._note(request, client, f"Closed {whose}: {reason}")
        async_to_sync(runtime().handler.show_out_clients)([client.key for client in here])
        closed = len(here) + len(elsewhere)
        if closed:
            later = " Other processes do so within seconds." if elsewhere else ""
            self.message_user(request, f"Sockets closed: {closed}.{later}", messages.SUCCESS)
        else:
            self.message_user(request, "None of these sockets is there any more.", messages.WARNING)

    def _note(self, request: HttpRequest, client: Client, what: str) -> None:
        player = None
        if client.player_id is not None:
            player = Player.objects.filter(pk=Player.key_of(client.player_id)).first()
        if player is not None:
            self.log_change(request, player, what)
        else:
            self.log_change(request, ServingProcess(key=client.key, host="a spectator's socket", pid=0), what)


def connections_url(**query: str) -> str:
    """The page of the connections that match."""
    return f"{reverse('admin:games_servingprocess_changelist')}?{urlencode(query)}"


def _serving() -> list[Serving]:
    """Every process; this one's clients are asked for, and not read."""
    own, now = runtime().presence.key, time.time()
    found: list[Serving] = []
    for row, clients in presence.processes():
        here = row.key == own
        if here:
            clients = runtime().handler.clients()
            row.sockets = len(clients)
        found.append(Serving(row, clients, here, max(0, round(now - row.seen_at.timestamp()))))
    return found


def _matches(client: Client, *, q: str, table: str, player: str) -> bool:
    words = " ".join(filter(None, (client.player_name, client.client_id, client.address, client.key))).casefold()
    return (
        q.casefold() in words
        and (not table or table in client.subscriptions)
        and (not player or client.player_id == player)
    )


def _line(row: ServingProcess, client: Client) -> Line:
    return Line(
        client=client,
        process=row,
        player_key=0 if client.player_id is None else Player.key_of(client.player_id),
        places=sorted(client.subscriptions, key=lambda place: (place != "lobby", place)),
        since=datetime.fromtimestamp(client.connected_at, UTC),
        heard=max(0, round(time.time() - client.last_heard_at)),
    )
