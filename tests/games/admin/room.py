"""Play at tables, the addresses of the pages for staff, and all that is written."""

import time
from typing import Any

import msgspec
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db.models import Model, Sum
from django.test import Client
from django.urls import reverse

from cardsharp.blackjack.rules import Rules
from cardsharp.game import Actor, HappenedEvent
from cardsharp.games import GAMES
from cardsharp.wire import decode_json
from games.models import (
    Account,
    Answer,
    Hand,
    Invitation,
    LoggedEvent,
    Member,
    Player,
    Round,
    ServingProcess,
    Shoe,
    Table,
    Token,
    Transfer,
)
from games.store import Store

PASSWORD = "a long evening 9"
MODELS: tuple[Any, ...] = (Account, Invitation, LoggedEvent, Member, Player, Round, Table, Token, Transfer)
READ_ONLY: tuple[Any, ...] = (Account, Invitation, LoggedEvent, Member, Round, Table, Token, Transfer)
EVERYTHING: tuple[Any, ...] = (
    Account,
    Answer,
    Hand,
    Invitation,
    LoggedEvent,
    Member,
    Player,
    Round,
    Table,
    Token,
    Transfer,
)


def open_table(store: Store, name: str) -> Table:
    rules = msgspec.structs.replace(Rules(), pause_seconds=0)
    return Table.objects.get(pk=store.open(GAMES["blackjack"], name, rules, time.time()).table_id)


def clerk(client: Client, *permissions: str) -> Player:
    """Staff with no more than these permissions, logged in."""
    player = Player.objects.create_user("Clerk", password=PASSWORD, is_staff=True)
    player.user_permissions.set(Permission.objects.filter(content_type__app_label="games", codename__in=permissions))
    client.force_login(player)
    return player


def act(store: Store, table: Table, player: Player, what: str, **data: object) -> None:
    actor = Actor(player.public_id, player.username)
    store.submit(table.table_id, lambda game: game.read_action(what, data, actor=actor, at=time.time()))


def play_round(store: Store, table: Table, player: Player) -> None:
    act(store, table, player, "place_bet", amount=10)
    act(store, table, player, "player_action", action="STAND")


def url_of(model: type, page: str, *args: object) -> str:
    return reverse(f"admin:games_{model.__name__.lower()}_{page}", args=args)


def pages() -> list[str]:
    """Every page for staff about everything that there is."""
    lists = [url_of(model, "changelist") for model in MODELS]
    rows = [
        url_of(model, page, row.pk) for model in MODELS for row in model.objects.all() for page in ("change", "history")
    ]
    forms = [url_of(Table, "add"), url_of(Player, "add"), close_url(*Table.objects.all())]
    forms += [
        url_of(Table, page) + f"?table={table.pk}" for table in Table.objects.all() for page in ("pause", "resume")
    ]
    forms += [url_of(Table, "seating", table.pk) for table in Table.objects.filter(is_open=True)]
    about_players = [url_of(Player, "grant", player.pk) for player in Player.objects.all()]
    about_players += [url_of(Player, "take", player.pk) for player in Player.objects.all()]
    about_players += [url_of(Player, "ban", player.pk) for player in Player.objects.all()]
    audit = [reverse("admin:admin_logentry_changelist")]
    audit += [reverse("admin:admin_logentry_change", args=[entry.pk]) for entry in LogEntry.objects.all()]
    audit += [url_of(ServingProcess, "changelist"), url_of(Shoe, "changelist")]
    audit += [url_of(Shoe, "change", shoe.pk) for shoe in Shoe.objects.all()]
    audit += [url_of(Round, "replay", played.pk) + "?seat=1&step=7" for played in Round.objects.all()]
    return [reverse("admin:index"), *lists, *rows, *forms, *about_players, *audit]


def close_url(*tables: Table) -> str:
    return reverse("admin:games_table_close") + "?" + "&".join(f"table={table.pk}" for table in tables)


def ending(*rows: Model) -> dict[str, object]:
    """What staff choose in a list to end some rows."""
    return {"action": "end_selected", "_selected_action": [row.pk for row in rows], "index": 0}


def written() -> dict[type, list[dict[str, Any]]]:
    """All that is written, row by row."""
    return {model: list(model.objects.order_by("pk").values()) for model in EVERYTHING}


def ledger_sum() -> int:
    return Account.objects.aggregate(total=Sum("balance_cents"))["total"] or 0


def fold(table: Table) -> str:
    """The state that the table's log leads to."""
    game = GAMES[table.game]
    state = game.new()
    for line in LoggedEvent.objects.filter(table=table).order_by("seq"):
        event = HappenedEvent(
            seq=line.seq, event_type=line.event_type, round_id=line.round_id, data=decode_json(line.data)
        )
        state = game.fold(state, event)
    return game.dump(state)
