"""`python -m benchmarks.many_rounds`: the pages of a player's history at 100,000 rounds, in milliseconds.

Makes a database of its own in a temporary folder, SQLite as a new site has it. Each page is asked for some times over
Django's own handler, middleware and templates included; the medians are told.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from time import perf_counter, thread_time
from typing import Any, Final

ROUNDS: Final = 100_000
ROUNDS_A_CHUNK: Final = 5_000
TURNS: Final = 9
LIMIT_MS: Final = 100


def main() -> int:
    """Prints what each page takes; fails where one takes longer than it may."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CARDSHARP_DATA_DIR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cardsharp_site.settings")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return _measure()


def _measure() -> int:
    from django.test import Client
    from django.utils import timezone

    from games import accounts
    from games.played import Place, rounds_of

    player = accounts.create_bot("Regular", chips_cents=1_000_000_00)
    tables = open_tables(5)
    began = perf_counter()
    fill(player, tables, ROUNDS, timezone.now())
    sys.stdout.write(f"{ROUNDS:,} rounds made in {perf_counter() - began:.0f} s\n")
    client = Client(SERVER_NAME="localhost")
    client.force_login(player)
    deep = Place.of(rounds_of(player.pk)[ROUNDS - 25])
    middle = f"{timezone.now() - timedelta(days=200):%Y-%m-%d}"
    slowest = 0.0
    for name, address in (
        ("history, the first page", "/history/"),
        (f"history, page {ROUNDS // 25:,}", f"/history/?before={deep}"),
        ("history of one table", f"/history/?table={tables[0]}"),
        ("history of even rounds", "/history/?result=even"),
        ("history of one table, won, until a day", f"/history/?table={tables[1]}&result=won&until={middle}"),
        ("statistics of all time", "/history/statistics/"),
        ("statistics of 30 days", "/history/statistics/?period=month"),
        ("leaderboard", "/leaderboard/"),
    ):
        busy, waited = (statistics.median(each) for each in zip(*_turns(client, address), strict=True))
        slowest = max(slowest, busy)
        sys.stdout.write(f"{busy:8.1f} ms of work, {waited:6.1f} by the clock   {name}\n")
    return int(slowest > LIMIT_MS)


def _turns(client: Any, address: str) -> Iterator[tuple[float, float]]:
    """Milliseconds of this thread, SQLite included, and by the clock, which counts what else the machine does."""
    for _ in range(TURNS):
        worked, began = thread_time(), perf_counter()
        response = client.get(address)
        yield (thread_time() - worked) * 1000, (perf_counter() - began) * 1000
        assert response.status_code == 200, address


def open_tables(count: int) -> list[str]:
    """The ids of so many new tables."""
    from cardsharp.blackjack.rules import Rules
    from cardsharp.games import GAMES
    from games.store import Store

    store = Store(lambda table, seated: 0)
    return [store.open(GAMES["blackjack"], f"Table {number}", Rules(), 0.0).table_id for number in range(1, count + 1)]


def fill(player: Any, tables: list[str], rounds: int, until: datetime) -> None:
    """So many rounds of a player, one every five minutes, as they would be kept; without logs and without chips."""
    from games import ledger
    from games.models import Career, Hand, PlayedRound, Round

    for table_id in tables:
        ledger.stack(player.pk, table_id)
    career = Career(player=player)
    for numbers in _chunks(rounds):
        made = [
            Round(
                table_id=tables[number % len(tables)],
                number=number,
                first_seq=number * 20,
                last_seq=number * 20 + 19,
                ended_at=until - timedelta(minutes=5 * (rounds - number)),
                dealer_cards="10♠ 8♥",
                dealer_value=18,
                house_net_cents=0,
            )
            for number in numbers
        ]
        Round.objects.bulk_create(made)
        hands = [_hand(Hand, row, player) for row in made]
        Hand.objects.bulk_create(hands)
        PlayedRound.objects.bulk_create(_played(PlayedRound, career, hand) for hand in hands)
    career.save()


def _chunks(rounds: int) -> Iterator[range]:
    for first in range(1, rounds + 1, ROUNDS_A_CHUNK):
        yield range(first, min(rounds + 1, first + ROUNDS_A_CHUNK))


def _hand(model: Any, row: Any, player: Any) -> Any:
    chance = random.Random(row.number)  # noqa: S311 - nothing is at stake
    bet = 100 * chance.randint(10, 50)
    result, factor = chance.choice([("win", 1), ("lose", -1), ("bust", -1), ("push", 0), ("win", 1), ("lose", -1)])
    return model(
        round=row,
        player=player,
        seat=1,
        hand_id="h1",
        cards="10♥ 9♣",
        value=19,
        result=result,
        bet_cents=bet,
        payout_cents=bet + factor * bet,
        net_cents=factor * bet,
    )


def _played(model: Any, career: Any, hand: Any) -> Any:
    won, lost = int(hand.net_cents > 0), int(hand.net_cents < 0)
    share = {"won": won, "lost": lost, "wagered_cents": hand.bet_cents, "net_cents": hand.net_cents}
    share |= {"decisions": 1, "by_book": int(hand.round.number % 10 > 0)}
    career.rounds += 1
    career.public_rounds += 1
    for name, value in share.items():
        setattr(career, name, getattr(career, name) + value)
        if name not in ("won", "lost"):
            setattr(career, f"public_{name}", getattr(career, f"public_{name}") + value)
    return model(
        player=hand.player,
        round=hand.round,
        table_id=hand.round.table_id,
        game="blackjack",
        ended_at=hand.round.ended_at,
        result="won" if won else "lost" if lost else "even",
        nth=career.rounds,
        **{name: share[name] for name in ("wagered_cents", "net_cents", "decisions", "by_book")},
        **{f"total_{name}": getattr(career, name) for name in share},
    )


if __name__ == "__main__":
    sys.exit(main())
