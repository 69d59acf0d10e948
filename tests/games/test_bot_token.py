"""`manage.py bot_token`: what it prints, whom it makes, and whom it refuses."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from games import accounts, ledger
from games.models import Player, Token

pytestmark = pytest.mark.django_db


def bot_token(*args: str) -> str:
    out = StringIO()
    call_command("bot_token", *args, stdout=out)
    return out.getvalue()


def test_it_prints_nothing_but_the_token_of_a_new_bot():
    printed = bot_token("Robbie")
    assert printed.count("\n") == 1
    player = accounts.player_for_token(printed.strip())
    assert player is not None
    assert (player.username, player.is_bot, player.has_usable_password()) == ("Robbie", True, False)
    assert ledger.balance_of(player.pk) == 1_000_00


def test_a_second_token_is_for_the_same_bot_and_brings_no_chips():
    first, second = bot_token("Robbie"), bot_token("robbie")
    assert first != second
    assert accounts.player_for_token(first.strip()) == accounts.player_for_token(second.strip())
    assert ledger.balance_of(Player.objects.get().pk) == 1_000_00


def test_chips_are_given_to_new_and_old_bots():
    bot_token("Robbie", "--chips", "12.50")
    bot_token("Robbie", "--chips", "1")
    assert ledger.balance_of(Player.objects.get().pk) == 13_50


@pytest.mark.parametrize("chips", ["0", "-1", "0.001", "nan", "1e999", "many", ""])
def test_no_amount_is_refused_before_anything_is_made(chips: str):
    with pytest.raises(CommandError):
        bot_token("Robbie", "--chips", chips)
    assert not Player.objects.exists()


@pytest.mark.parametrize("name", ["", " ", "a\nb\x00", "x" * 33])
def test_no_name_is_refused(name: str):
    with pytest.raises(CommandError):
        bot_token(name)
    assert not Player.objects.exists()


def test_staff_gets_no_token():
    Player.objects.create_user("Root", is_staff=True)
    with pytest.raises(CommandError, match="runs this site"):
        bot_token("Root", "--existing")
    assert not Token.objects.exists()


def test_a_person_gets_a_token_only_when_that_is_meant():
    player = accounts.sign_up(name="Ada", password="a long evening 9")
    with pytest.raises(CommandError, match="person"):
        bot_token("Ada")
    assert accounts.player_for_token(bot_token("Ada", "--existing").strip()) == player


def test_a_banned_bot_gets_no_token():
    bot_token("Robbie")
    Player.objects.update(is_active=False)
    with pytest.raises(CommandError):
        bot_token("Robbie", "--chips", "5")
    assert Token.objects.count() == 1
    assert ledger.balance_of(Player.objects.get().pk) == 1_000_00
