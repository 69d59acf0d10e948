"""What staff see first: how the room is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import template
from django.contrib.admin.models import LogEntry
from django.db.models import Sum
from django.utils import timezone

from games.models import Account, Round, Table
from games.presence import processes

register = template.Library()

COUNTED_ROUNDS: Final = 10_000
AUDIT_LINES: Final = 6


@register.simple_tag(takes_context=True)
def room_overview(context: template.RequestContext) -> dict[str, Any]:
    """The figures that the viewer may see; each costs one query, however much there is."""
    user = context["request"].user
    found: dict[str, Any] = {}
    if user.has_perm("games.view_table"):
        found["open"] = Table.objects.filter(is_open=True).count()
        # A paused table's state says why, as text; a name in it would have its quotes escaped.
        found["paused"] = Table.objects.filter(is_open=True, state__contains='"paused":"').count()
    if user.has_perm("games.view_round"):
        since = Round.objects.filter(ended_at__gte=timezone.now() - timedelta(hours=1))
        found["rounds"] = since.order_by().values("pk")[:COUNTED_ROUNDS].count()
        found["most_rounds"] = found["rounds"] == COUNTED_ROUNDS
    if user.has_perm("games.view_servingprocess"):
        serving = processes()
        clients = [client for process in serving for client in process.clients]
        found["sockets"] = sum(process.row.sockets for process in serving)
        found["players"] = len({client.player_id for client in clients if client.player_id})
    if user.has_perm("games.view_account"):
        found["ledger_sum"] = Account.objects.aggregate(total=Sum("balance_cents"))["total"] or 0
    return found


@register.simple_tag(takes_context=True)
def room_audit(context: template.RequestContext) -> list[LogEntry] | None:
    """The last deeds of all staff; None for who may not see them."""
    if not context["request"].user.has_perm("admin.view_logentry"):
        return None
    return list(LogEntry.objects.select_related("user").order_by("-id")[:AUDIT_LINES])
