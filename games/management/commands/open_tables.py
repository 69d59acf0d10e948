"""Opens the house's three tables where the house has none open."""

from __future__ import annotations

import time
from typing import Any, Final

import msgspec
from django.core.management.base import BaseCommand

from cardsharp.blackjack.rules import Rules
from cardsharp.games import GAMES
from games.models import Table
from games.store import Store

TABLES: Final[tuple[tuple[str, Rules, dict[str, int]], ...]] = (
    (
        "Classic six-deck",
        Rules.parse("6D S17 DAS LS 3:2"),
        {},
    ),
    (
        "Low stakes double deck",
        Rules.parse("2D H17 DAS NS 3:2"),
        {
            "min_bet_cents": 1_00,
            "max_bet_cents": 50_00,
            "bet_step_cents": 50,
            "min_buy_in_cents": 20_00,
            "max_buy_in_cents": 500_00,
            "default_buy_in_cents": 100_00,
            "seat_count": 6,
        },
    ),
    (
        "High stakes",
        Rules.parse("8D S17 DAS LS 3:2 SPR"),
        {
            "min_bet_cents": 100_00,
            "max_bet_cents": 5_000_00,
            "bet_step_cents": 25_00,
            "min_buy_in_cents": 1_000_00,
            "max_buy_in_cents": 50_000_00,
            "default_buy_in_cents": 1_000_00,
            "seat_count": 4,
            "act_seconds": 35,
        },
    ),
)


class Command(BaseCommand):
    """`manage.py open_tables`."""

    help = "Opens three tables of different stakes and rules where the house has none open."

    def handle(self, *args: Any, **options: Any) -> None:
        """Opens them."""
        if Table.objects.filter(is_open=True, made_by=None).exists():
            return
        store = Store(lambda table_id, seated: 0)
        for name, rules, stakes in TABLES:
            rules = msgspec.structs.replace(rules, **stakes)
            store.open(GAMES["blackjack"], name, rules, time.time())
            self.stdout.write(f"Opened {name}: {rules}")
