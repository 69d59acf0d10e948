"""`bot_token NAME`: a token that a program plays with, and nothing else on standard output."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from cardsharp.chips import to_cents
from cardsharp.errors import InvalidChips
from games import accounts, ledger
from games.models import Player, Token


class Command(BaseCommand):
    """Makes the bot if needed, gives it chips, and prints a new token of it."""

    help = "Print a new token for the bot NAME, which is made if there is none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="the bot's name")
        parser.add_argument("--chips", metavar="N", help="chips to give it now (a new bot gets the usual ones)")
        parser.add_argument("--existing", action="store_true", help="allow a token for a person's account")

    def handle(self, *args: Any, **options: Any) -> None:
        chips_cents = None if options["chips"] is None else _cents(options["chips"])
        try:
            name = accounts.clean_name(options["name"])
            with transaction.atomic():
                bot = _bot(name, chips_cents, existing=options["existing"])
                secret = accounts.issue_token(bot, "bot_token", Token.Scope.PLAY)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(secret)


def _bot(name: str, chips_cents: int | None, *, existing: bool) -> Player:
    player = accounts.find_player(name)
    if player is None:
        return accounts.create_bot(name, chips_cents=accounts.starting_cents() if chips_cents is None else chips_cents)
    if player.is_staff or player.is_superuser:
        raise CommandError(f"{player} runs this site; a program gets no token for such an account.")
    if not player.is_active:
        raise CommandError(f"{player} is not allowed in.")
    if not player.is_bot and not existing:
        raise CommandError(f"{player} is a person's account; say --existing where a program shall play for them.")
    if chips_cents is not None:
        ledger.grant(player, chips_cents, "bot_token")
    return player


def _cents(text: str) -> int:
    try:
        cents = to_cents(Decimal(text))
    except (InvalidOperation, InvalidChips) as error:
        raise CommandError(f"{text} is no number of chips with at most two decimals.") from error
    if cents <= 0:
        raise CommandError("There must be more than 0 chips to give.")
    return cents
