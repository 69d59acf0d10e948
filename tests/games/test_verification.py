"""`verify` finds whatever has gone wrong with what is kept, and nothing where all is well."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from games.models import Account, Answer, LoggedEvent, Player, Round, Table, Transfer
from games.store import AnswerKey, Store
from games.verification import verify
from tests.games.durable import asked, play

pytestmark = pytest.mark.django_db


@pytest.fixture
def played(store: Store, deciding: str, ada: Player) -> str:
    """A table with a round that has ended, and a second one that waits for a decision."""
    play(store, deciding, ada, "player_action", action="STAND")
    play(store, deciding, ada, "place_bet", amount=10, answer=AnswerKey(ada.pk, asked(store, deciding), "d" * 64))
    return deciding


def lose_an_event() -> None:
    LoggedEvent.objects.get(seq=5).delete()


def lose_the_last_event() -> None:
    LoggedEvent.objects.order_by("-seq")[0].delete()


def change_an_event() -> None:
    joined = LoggedEvent.objects.get(event_type="PLAYER_JOINED")
    LoggedEvent.objects.filter(pk=joined.pk).update(data=joined.data.replace("Ada", "Eve"))


def lose_a_transfer() -> None:
    Transfer.objects.filter(reason="hand")[0].delete()


def post_a_transfer_twice() -> None:
    twice = Transfer.objects.filter(reason="hand")[0]
    Account.objects.filter(pk=twice.source_id).update(balance_cents=F("balance_cents") - twice.amount_cents)
    Account.objects.filter(pk=twice.target_id).update(balance_cents=F("balance_cents") + twice.amount_cents)
    twice.pk = None
    twice.save()


DAMAGES: dict[str, tuple[Callable[[], object], str]] = {
    "an event is lost": (lose_an_event, "event 5 is missing in the log"),
    "the last event is lost": (lose_the_last_event, "the log says"),
    "an event is changed": (change_an_event, "the state is not the fold of the log"),
    "the version is ahead": (lambda: Table.objects.update(seq=F("seq") + 1), "seq is"),
    "a deadline has moved": (lambda: Table.objects.update(deadline_at=F("deadline_at") + 1), "deadline_at is"),
    "an open table is closed": (lambda: Table.objects.update(is_open=False), "is_open is"),
    "chips have appeared": (
        lambda: Account.objects.filter(kind="wallet").update(balance_cents=F("balance_cents") + 1),
        "The ledger sums to 1",
    ),
    "a stack is too high": (
        lambda: Account.objects.filter(kind="stack").update(balance_cents=F("balance_cents") + 1),
        "the ledger has the stacks",
    ),
    "a transfer is lost": (lose_a_transfer, "its transfers say"),
    "a transfer came twice": (post_a_transfer_twice, "moved chips 2 times"),
    "a round is lost": (lambda: Round.objects.all().delete(), "the history has the rounds []"),
    "an answer comes from the future": (lambda: Answer.objects.update(seq=10_000), "an answer has caused event 10000"),
}


def test_where_all_is_well_it_says_so(played: str):
    assert verify() == []
    said = StringIO()
    call_command("verify", stdout=said)
    assert said.getvalue().startswith("All is well: 1 tables,")


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found(played: str, damage: str):
    do, complaint = DAMAGES[damage]
    do()
    assert any(complaint in found for found in verify()), verify()
    with pytest.raises(CommandError, match=r"\w"):
        call_command("verify")
