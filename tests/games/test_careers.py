"""What rounds were to their players, and the totals that they carry."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from pytest_django import Settings

from games import accounts
from games.models import Career, Checkpoint, PlayedRound, Player, Round
from games.store import Store
from games.trimming import trim
from games.verification import verify
from games.verification.careers import check_careers
from tests.games.durable import NOON, at_once, close_table, new_store, open_table, play

pytestmark = pytest.mark.django_db

fill = import_module("games.migrations.0021_careers_so_far").fill


def shares(player: Player) -> list[tuple[Any, ...]]:
    rows = PlayedRound.objects.filter(player=player).order_by("nth")
    columns = ("wagered_cents", "net_cents", "result", "decisions", "by_book", "nth", "total_net_cents", "total_won")
    return list(rows.values_list("round__number", *columns))


@pytest.fixture
def table(store: Store, settings: Settings, ada: Player, bob: Player) -> str:
    """Ada splits, doubles and is insured; Bob hits 19; then Ada has a blackjack and Bob surrenders, as he should."""
    settings.CARDSHARP_STACKED_SHOE = "8♠ 10♦ A♠ 8♥ 9♣ 9♥ 3♥ 10♠ 10♥ 10♣ A♥ 10♦ K♠ K♥ 6♥ 8♦"
    table_id = open_table(store, pause_seconds=0, bet_seconds=None)
    for player in (ada, bob):
        play(store, table_id, player, "join_table")
    play(store, table_id, ada, "place_bet", amount=20)
    play(store, table_id, bob, "place_bet", amount=10)
    for player, *moves in (
        (ada, "INSURANCE"),
        (bob, "DECLINE_INSURANCE"),
        (ada, "SPLIT", "DOUBLE", "STAND"),
        (bob, "HIT"),
    ):
        for move in moves:
            play(store, table_id, player, "player_action", action=move)
    for player in (bob, ada):
        play(store, table_id, player, "place_bet", amount=10)
    play(store, table_id, bob, "player_action", action="SURRENDER")
    return table_id


def test_each_player_has_each_round_with_what_it_was_to_them(table: str, ada: Player, bob: Player):
    assert shares(ada) == [
        (1, 60_00, 10_00, "won", 4, 2, 1, 10_00, 1),
        (2, 10_00, 15_00, "won", 0, 0, 2, 25_00, 2),
    ]
    assert shares(bob) == [
        (1, 10_00, -10_00, "lost", 2, 1, 1, -10_00, 0),
        (2, 10_00, -5_00, "lost", 1, 1, 2, -15_00, 0),
    ]
    career = Career.objects.get(player=bob)
    assert (career.rounds, career.won, career.lost, career.wagered_cents, career.net_cents) == (2, 0, 2, 20_00, -15_00)
    assert (career.public_rounds, career.public_decisions, career.public_by_book) == (2, 3, 2)


def test_a_round_carries_the_moment_and_the_table_of_the_round(table: str):
    for played in PlayedRound.objects.select_related("round"):
        assert (played.table_id, played.game, played.ended_at) == (table, "blackjack", played.round.ended_at)


def test_careers_are_verified_whatever_their_players_are_called(table: str, ada: Player, bob: Player):
    Player.objects.filter(pk=min(ada.pk, bob.pk)).update(username="Zoe")
    Player.objects.filter(pk=max(ada.pk, bob.pk)).update(username="Abe")
    check_careers()


def test_private_tables_count_for_oneself_and_not_in_public(store: Store, settings: Settings, ada: Player):
    settings.CARDSHARP_STACKED_SHOE = "10♠ 9♥ 10♥ 9♦"
    from cardsharp.blackjack.rules import Rules
    from cardsharp.games import GAMES

    opened = store.open(GAMES["blackjack"], "Den", Rules(), NOON, made_by=ada.pk, is_private=True)
    play(store, opened.table_id, ada, "join_table")
    play(store, opened.table_id, ada, "place_bet", amount=10)
    play(store, opened.table_id, ada, "player_action", action="STAND")
    career = Career.objects.get()
    assert (career.rounds, career.decisions, career.net_cents) == (1, 1, 10_00)
    assert (career.public_rounds, career.public_decisions, career.public_net_cents) == (0, 0, 0)


def test_a_round_without_a_bet_is_nobodys(store: Store, ada: Player):
    table_id = open_table(store)
    play(store, table_id, ada, "join_table")
    close_table(store, table_id)
    assert Round.objects.count() == 1
    assert not PlayedRound.objects.exists()
    assert not Career.objects.exists()


def kept() -> tuple[list[Any], list[Any]]:
    columns = [field.attname for field in PlayedRound._meta.concrete_fields if field.name != "id"]
    return list(PlayedRound.objects.order_by("round", "player").values_list(*columns)), list(
        Career.objects.order_by("pk").values_list()
    )


def test_the_migration_finds_the_same_for_rounds_that_were_played_before(table: str, monkeypatch: pytest.MonkeyPatch):
    before = kept()
    PlayedRound.objects.all().delete()
    Career.objects.all().delete()
    monkeypatch.setattr("games.migrations.0021_careers_so_far.AT_ONCE", 1)
    fill(apps, SimpleNamespace(connection=connection))
    assert len(before[0]) == 4
    assert kept() == before


@pytest.mark.django_db(transaction=True)
def test_the_migration_knows_no_decisions_where_the_log_is_gone(
    table: str, ada: Player, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("games.trimming.STEP", 12)
    assert trim(table, 0)
    assert Checkpoint.objects.exists()
    PlayedRound.objects.all().delete()
    Career.objects.all().delete()
    fill(apps, SimpleNamespace(connection=connection))
    assert [row[:6] for row in shares(ada)] == [(1, 60_00, 10_00, "won", 0, 0), (2, 10_00, 15_00, "won", 0, 0)]
    assert verify() == []


@pytest.mark.usefixtures("database_threads")
@pytest.mark.django_db(transaction=True)
def test_rounds_that_end_at_once_at_two_tables_are_both_in_the_totals(settings: Settings):
    settings.CARDSHARP_STACKED_SHOE = "10♠ 9♥ 10♥ 9♦"
    stores = [new_store(), new_store()]
    ada = accounts.create_bot("Ada", chips_cents=2_000_00)
    tables = [open_table(store) for store in stores]
    for store, table_id in zip(stores, tables, strict=True):
        play(store, table_id, ada, "join_table")
        play(store, table_id, ada, "place_bet", amount=10)
    at_once(
        *(
            lambda store=store, table_id=table_id: play(store, table_id, ada, "player_action", action="STAND")
            for store, table_id in zip(stores, tables, strict=True)
        )
    )
    assert [row[6:] for row in shares(ada)] == [(1, 10_00, 1), (2, 20_00, 2)]
    assert Career.objects.get().net_cents == 20_00
    assert verify() == []
