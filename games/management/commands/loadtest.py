"""`loadtest`: bots that play real rounds at a running server, and what they saw of it."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cardsharp.blackjack.rules import Rules
from cardsharp.loadtest import Habits, Place, Summary, run
from cardsharp.loadtest.bot import CHAOS
from cardsharp.loadtest.ceiling import ceiling
from cardsharp.loadtest.run import CannotPlay
from games import accounts
from games.models import Token
from games.runtime import runtime

CHIPS: Final = 10_000_000
"""More than a bot can lose in any run."""
EXPECTED_CLOSES: Final = {"1000", "1012", "4012", "4413", "broken"}
"""With --chaos and through a restart; a bot comes back after each."""
AT_ITS_LIMIT: Final = 0.9
"""The share of a core from which the bots are what was measured."""


class Command(BaseCommand):
    """`manage.py loadtest`."""

    help = "Lets bots play at a server that runs on this database, or with --tokens at any other."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many, how fast, how long, and where."""
        parser.add_argument("--url", default="ws://127.0.0.1:8000/ws/", help="the server's socket: %(default)s")
        parser.add_argument("--tables", type=_number_from(1), default=40, metavar="N", help="%(default)s by default")
        parser.add_argument("--seats", type=_number_from(1), default=5, metavar="N", help="bots a table: %(default)s")
        parser.add_argument("--seconds", type=float, default=30.0, metavar="S", help="%(default)s by default")
        parser.add_argument("--pace", type=float, default=0.0, metavar="S", help="a bot's time to think; 0 is flat out")
        parser.add_argument("--chaos", action="store_true", help="bots hang up, repeat themselves and stop reading")
        parser.add_argument("--single", action="store_true", help="one message a frame instead of batches")
        parser.add_argument("--seed", type=int, help="the same one gives bots the same habits")
        parser.add_argument("--tokens", type=Path, metavar="FILE", help="a token a line, for a server elsewhere")
        parser.add_argument("--table", action="append", metavar="ID", help="where those sit down; may be repeated")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--ceiling", action="store_true", help="only say what the bots themselves can take")

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs it, and fails where bots differ or were refused what they must not be."""
        if options["ceiling"]:
            summary = asyncio.run(ceiling(bots=options["tables"] * options["seats"], messages=2_000))
            self.stdout.write(f"The bots take up to {summary.messages_per_second:,.0f} messages a second here.")
            return
        seed = secrets.randbits(32) if options["seed"] is None else options["seed"]
        habits = Habits(pace=options["pace"], batch=not options["single"], **(CHAOS if options["chaos"] else {}))
        with _places(options) as places:
            try:
                summary = asyncio.run(
                    run(places, seconds=options["seconds"], habits=habits, seed=seed, progress=self._show)
                )
            except CannotPlay as error:
                raise CommandError(str(error)) from error
        report = {"seed": seed, "tables": len(places), "bots": sum(len(place.tokens) for place in places)}
        if options["json"]:
            self.stdout.write(json.dumps({**report, **msgspec.to_builtins(summary)}))
        else:
            self.stdout.write("\n".join(_told(report, summary)))
        if problems := _problems(summary, chaos=options["chaos"]):
            raise CommandError(" ".join(problems))

    def _show(self, lap: Summary) -> None:
        line = (
            f"{lap.actions_per_second:>8,.0f} actions/s {lap.messages_per_second:>9,.0f} messages/s   "
            f"acknowledged p50 {lap.acknowledged.p50:.1f} p99 {lap.acknowledged.p99:.1f} ms   "
            f"told p99 {lap.told.p99:.1f} ms   bots' CPU {lap.cpu_share:.0%}"
        )
        self.stderr.write(line)


@contextmanager
def _places(options: dict[str, Any]) -> Iterator[list[Place]]:
    """Where the bots play: at tables and with players made for it, or where and who the options say."""
    if options["tokens"]:
        yield _places_elsewhere(options)
        return
    tables, seats = options["tables"], options["seats"]
    rules = msgspec.structs.replace(
        Rules.parse("6D S17 DAS LS 3:2 · PAUSE0 UNTIMED"), seat_count=seats, **_stacks(CHIPS * 100)
    )
    stamp = f"{int(time.time()):x}"
    places, made = [], []
    try:
        for number in range(1, tables + 1):
            table_id = asyncio.run(runtime().tables.open("blackjack", f"Load test {stamp} {number}", rules))
            bots = [accounts.create_bot(f"{stamp}-{number}-{n}", chips_cents=CHIPS * 100) for n in range(seats)]
            made.append((table_id, bots))
            tokens = tuple(accounts.issue_token(bot, "load test", Token.Scope.PLAY) for bot in bots)
            places.append(
                Place(url=f"{options['url'].rstrip('/')}/tables/{table_id}/", table_id=table_id, tokens=tokens)
            )
        yield places
    finally:
        for table_id, bots in made:
            asyncio.run(runtime().tables.close(table_id, "the load test is over"))
            Token.objects.filter(player__in=bots).delete()


def _at(url: str, table_id: str) -> str:
    return f"{url.rstrip('/')}/tables/{table_id}/"


def _stacks(cents: int) -> dict[str, int]:
    return {"max_buy_in_cents": cents, "default_buy_in_cents": cents}


def _places_elsewhere(options: dict[str, Any]) -> list[Place]:
    tokens = options["tokens"].read_text().split()
    tables = options["table"] or []
    if not tokens or not tables:
        raise CommandError("--tokens needs a file with tokens in it, and --table says where they sit down.")
    seats = -(-len(tokens) // len(tables))
    return [
        Place(
            url=_at(options["url"], table_id),
            table_id=table_id,
            tokens=tuple(tokens[number * seats : (number + 1) * seats]),
            is_new=False,
        )
        for number, table_id in enumerate(tables)
        if tokens[number * seats :]
    ]


def _told(report: dict[str, Any], summary: Summary) -> Iterator[str]:
    """The report in lines."""
    yield f"{report['bots']} bots at {report['tables']} tables for {summary.seconds:.1f} s (seed {report['seed']})"
    yield f"  actions      {summary.actions:>12,}   {summary.actions_per_second:>10,.0f} a second"
    yield f"  messages     {summary.messages:>12,}   {summary.messages_per_second:>10,.0f} a second"
    yield f"  frames       {summary.frames:>12,}   {summary.frames_per_second:>10,.0f} a second"
    yield f"  rounds seen  {summary.rounds:>12,}"
    for name, times in (("acknowledged", summary.acknowledged), ("all were told", summary.told)):
        yield (
            f"  {name:<13} p50 {times.p50:.2f} ms, p99 {times.p99:.2f} ms, p99.9 {times.p999:.2f} ms, "
            f"longest {times.most:.1f} ms"
        )
    yield f"  refusals {summary.refusals or 'none'}, closes {summary.closes or 'none'}"
    yield f"  reconnects {summary.reconnects}, repeats {summary.repeats}, differences {len(summary.differences)}"
    yield f"  the bots took {summary.cpu_share:.0%} of a core"
    if summary.cpu_share > AT_ITS_LIMIT:
        yield "  That is about all they can take: the server may be faster than this says."


def _problems(summary: Summary, *, chaos: bool) -> list[str]:
    """What must not happen, whatever the load."""
    problems = list(summary.differences)
    refusals = {code for code in summary.refusals if code != "rate_limited"}
    closes = set(summary.closes) - EXPECTED_CLOSES if chaos else set(summary.closes) - {"4012", "1012"}
    if refusals:
        problems.append(f"Refused: {', '.join(sorted(refusals))}.")
    if closes:
        problems.append(f"Closed: {', '.join(sorted(closes))}.")
    if not summary.actions:
        problems.append("No action was acknowledged.")
    return problems


def _number_from(least: int) -> Any:
    def number(text: str) -> int:
        value = int(text)
        if value < least:
            raise ValueError(text)
        return value

    return number
