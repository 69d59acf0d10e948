"""What this process tells Prometheus of its work: durations as they happen, the handler's counts, and the room's size.

Times are in seconds, chips in chips. Every process tells its own; what the database holds, each of them tells alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Final

from django.db.models import Sum
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from cardsharp.errors import Unavailable
from cardsharp.events.counts import Counts
from games.database import in_database
from games.models import Account, Table
from games.outages import Outage

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
COUNTED_EVERY_SECONDS: Final = 15.0
"""How old the figures out of the database may be: they are sums over all players and tables."""
_BUCKETS: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

registry = CollectorRegistry()
ProcessCollector(registry=registry)
PlatformCollector(registry=registry)

_stages = Histogram(
    "cardsharp_stage_seconds", "What a part of an action took", ["stage"], buckets=_BUCKETS, registry=registry
)
lateness_seconds = Histogram(
    "cardsharp_sweeper_lateness_seconds",
    "How long after its deadline time was called at a table",
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
    registry=registry,
)
rounds = Counter(
    "cardsharp_rounds", "Rounds with hands in them that this process has brought to their end", registry=registry
)
_tables = Gauge("cardsharp_tables", "Open tables", registry=registry)
_chips = Gauge(
    "cardsharp_chips",
    "Chips in all accounts of a kind; the bank's and the house's are below zero",
    ["kind"],
    registry=registry,
)
_ledger_sum = Gauge("cardsharp_ledger_sum_chips", "The sum of all accounts, which is zero", registry=registry)


class _Stage:
    """Times a stage as a context; made once a stage, since labels are looked up slowly."""

    def __init__(self, name: str) -> None:
        self.observe: Callable[[float], None] = _stages.labels(name).observe

    @contextmanager
    def __call__(self) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.observe(time.perf_counter() - began)


decide: Final = _Stage("decide")
"""The rules decide on a command."""
commit: Final = _Stage("commit")
"""The transaction: reading the table, deciding, writing, and until it is durable; also where it is refused."""
act: Final = _Stage("act")
"""All of a client's action: waiting for the table's turn, the transaction, and publishing."""
publish: Final = _Stage("publish")
"""The commit goes to every group."""
deliver: Final = _Stage("deliver")
"""A message of a group goes to one of its members."""


class Counted:
    """What the process has counted by itself, read when somebody asks."""

    def __init__(self, counts: Counts, outages: Mapping[str, Outage], dropped: int) -> None:
        self._counts = counts
        self._outages = outages
        self._dropped = dropped

    def collect(self) -> Iterable[Metric]:
        """The metrics as they are now."""
        counts = self._counts
        is_open = counts.connections - counts.closes.total()
        yield GaugeMetricFamily("cardsharp_connections_open", "Sockets that are open", value=is_open)
        yield CounterMetricFamily("cardsharp_connections", "Sockets that were opened", value=counts.connections)
        yield _family("cardsharp_messages", "Messages from clients", "type", counts.messages)
        yield _family("cardsharp_actions", "Actions that were accepted", "action", counts.actions)
        yield _family("cardsharp_refusals", "Messages that were answered by an error", "code", counts.refusals)
        yield _family("cardsharp_closes", "Ends of sockets", "reason", counts.closes)
        yield _family("cardsharp_limits", "Refusals as rate_limited", "limit", counts.limits)
        yield CounterMetricFamily(
            "cardsharp_heals", "Times that the log brought what a client lacked", value=counts.heals
        )
        yield CounterMetricFamily(
            "cardsharp_layer_dropped", "Messages that found a member's queue full", value=self._dropped
        )
        away = GaugeMetricFamily("cardsharp_away", "Whether what the room needs is away", labels=["what"])
        for what, outage in self._outages.items():
            away.add_metric([what], float(outage.is_on))
        yield away


def _family(name: str, documentation: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, documentation, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family


class Room:
    """What the database says of the room, counted now and then."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._again_at = float("-inf")

    async def refresh(self) -> None:
        """Counts anew where that was long ago; while the database is away, the figures stay as they were."""
        if self._clock() < self._again_at:
            return
        try:
            tables, by_kind = await in_database(_counted)
        except Unavailable:
            return
        self._again_at = self._clock() + COUNTED_EVERY_SECONDS
        _tables.set(tables)
        for kind in Account.Kind:
            _chips.labels(kind.value).set(by_kind.get(kind.value, 0) / 100)
        _ledger_sum.set(sum(by_kind.values()) / 100)


def _counted() -> tuple[int, dict[str, int]]:
    tables = Table.objects.filter(is_open=True).count()
    sums = Account.objects.order_by().values_list("kind").annotate(sum=Sum("balance_cents"))
    return tables, dict(sums)


@cache
def _room() -> Room:
    return Room()


async def exposition(counts: Counts, outages: Mapping[str, Outage], dropped: int) -> bytes:
    """The page that Prometheus reads, with these counts of the process."""
    await _room().refresh()
    counted = CollectorRegistry()
    counted.register(Counted(counts, outages, dropped))
    return generate_latest(registry) + generate_latest(counted)
