"""How fast the pages for staff are beside a million events and 200,000 rounds, on SQLite.

`python -m benchmarks.admin` makes such a room in a temporary file, which takes minutes, and asks for every list as
staff use it. It prints the milliseconds of the second time, the queries, and the slowest query.
`--keep FILE` keeps the room.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

EVENTS = 1_000_000
ROUNDS = 200_000
TABLES = 200
PLAYERS = 5_000
BATCH = 5_000
KINDS = ("PLAYER_BET", "BANKROLL_UPDATED", "PLAYER_ACTION", "PLAYER_JOINED", "HAND_BUSTED")


def _fill() -> None:
    """A room of that size. The rows have the shape of real ones; the games behind them were never played."""
    from django.utils import timezone

    from cardsharp.blackjack.rules import Rules
    from cardsharp.games import GAMES
    from games.models import Account, Hand, LoggedEvent, Player, Round, Transfer
    from games.store import Store

    rng, now = random.Random(1), timezone.now()  # noqa: S311 - nobody plays for it
    store = Store(lambda table_id, seated: 0)
    tables = [store.open(GAMES["blackjack"], f"Table {n}", Rules(), time.time()).table_id for n in range(TABLES)]
    Player.objects.bulk_create(
        Player(username=f"Player {n}", name_key=f"player {n}", is_guest=n % 2 == 0) for n in range(PLAYERS)
    )
    keys = list(Player.objects.order_by("pk").values_list("pk", flat=True))
    bank = Account.objects.create(kind="bank", balance_cents=0)
    Account.objects.bulk_create(Account(kind="wallet", player_id=key) for key in keys)
    wallets = list(Account.objects.filter(kind="wallet").values_list("pk", flat=True))
    data = json.dumps({"timestamp": time.time(), "player_id": "p1", "player_name": "Ada", "seat": 1, "amount": 10})
    each, in_table = EVENTS // TABLES, ROUNDS // TABLES
    for table in tables:
        LoggedEvent.objects.bulk_create(
            (
                LoggedEvent(
                    table_id=table, seq=seq, event_type=KINDS[seq % len(KINDS)], round_id=f"r{seq // 5}", data=data
                )
                for seq in range(2, each + 2)
            ),
            batch_size=BATCH,
        )
        rounds = Round.objects.bulk_create(
            (
                Round(
                    table_id=table,
                    number=number,
                    first_seq=number * 5 + 2,
                    last_seq=number * 5 + 6,
                    ended_at=now - timedelta(seconds=rng.randrange(90 * 86_400)),
                    dealer_cards="9♥ 10♦",
                    dealer_value=19,
                    house_net_cents=rng.randrange(-1000, 1000),
                )
                for number in range(in_table)
            ),
            batch_size=BATCH,
        )
        Hand.objects.bulk_create(
            (
                Hand(
                    round=played,
                    player_id=rng.choice(keys),
                    seat=1,
                    hand_id="h1",
                    cards="10♠ 9♠",
                    value=19,
                    result="push",
                    bet_cents=1000,
                    payout_cents=1000,
                    net_cents=0,
                )
                for played in rounds
            ),
            batch_size=BATCH,
        )
        Transfer.objects.bulk_create(
            (
                Transfer(
                    source=bank, target_id=rng.choice(wallets), amount_cents=100, reason="hand", table_id=table, seq=n
                )
                for n in range(in_table)
            ),
            batch_size=BATCH,
        )


def _pages() -> dict[str, str]:
    """What staff ask for."""
    from django.urls import reverse

    from games.models import Player, Round, Table

    table, player = Table.objects.all()[100].pk, Player.objects.order_by("pk")[2500].pk
    lists = {
        name: reverse(f"admin:games_{name}_changelist")
        for name in ("table", "player", "round", "loggedevent", "transfer", "account", "shoe", "servingprocess")
    }
    day = Round.objects.order_by("-ended_at").values_list("ended_at", flat=True)[100_000].date()
    return {
        "overview": reverse("admin:index"),
        **{f"{name}s": url for name, url in lists.items()},
        "events of a table": f"{lists['loggedevent']}?table={table}",
        "events of a type": f"{lists['loggedevent']}?event_type=PLAYER_BET",
        "events of a type that is not there": f"{lists['loggedevent']}?event_type=SHOE_REVEALED",
        "events of a table's name": f"{lists['loggedevent']}?q=Table+150",
        "events, last page": f"{lists['loggedevent']}?p=200",
        "rounds of a table": f"{lists['round']}?table={table}",
        "rounds of a player": f"{lists['round']}?player={player}",
        "rounds of a day": f"{lists['round']}?q={day}",
        "rounds of 7 days": f"{lists['round']}?ended_at__gte={day}+00:00:00Z",
        "rounds of a game": f"{lists['round']}?game=blackjack",
        "rounds by the house's net": f"{lists['round']}?o=5",
        "transfers of a player": f"{lists['transfer']}?player={player}",
        "transfers of a reason": f"{lists['transfer']}?reason__exact=grant",
        "transfers of a day": f"{lists['transfer']}?q={day}",
        "players by name": f"{lists['player']}?q=player+4321",
        "players active within 7 days": f"{lists['player']}?active=7",
        "players not active for 30 days": f"{lists['player']}?active=no",
        "players with more than 10,000": f"{lists['player']}?balance=many",
        "players by wallet": f"{lists['player']}?o=3",
        "a player": reverse("admin:games_player_change", args=[player]),
        "a table": reverse("admin:games_table_change", args=[table]),
        "a round": reverse("admin:games_round_change", args=[Round.objects.order_by("pk")[100_000].pk]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--keep", type=Path, help="the room's file; one that is there is used as it is")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        file: Path = given.keep or Path(directory) / "room.sqlite3"
        fresh = not file.exists()
        os.environ["DATABASE_URL"] = f"sqlite:///{file.absolute()}"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cardsharp_site.settings")
        import django

        django.setup()
        _measure(fresh)


def _measure(fresh: bool) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from games.models import Player

    if fresh:
        call_command("migrate", verbosity=0)
        begun = time.perf_counter()
        _fill()
        Player.objects.create_superuser("Boss")
        sys.stderr.write(f"made in {time.perf_counter() - begun:.0f} s\n")
    settings.ALLOWED_HOSTS = ["*"]
    client: Any = Client()
    client.force_login(Player.objects.get(username="Boss"))
    sys.stdout.write("| page | ms | queries | slowest query, ms |\n| --- | ---: | ---: | ---: |\n")
    for name, url in _pages().items():
        assert client.get(url).status_code == 200, url
        begun = time.perf_counter()
        client.get(url)
        took = (time.perf_counter() - begun) * 1000
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        slowest = max((float(query["time"]) for query in captured), default=0) * 1000
        sys.stdout.write(f"| {name} | {took:.0f} | {len(captured)} | {slowest:.0f} |\n")


if __name__ == "__main__":
    main()
