"""The ledger: chips are moved and never made, and no player ever owes any."""

import random

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from cardsharp.errors import InsufficientChips
from games import ledger
from games.models import Account, Player, Transfer
from games.store import Store
from tests.games.admin.room import ledger_sum, written
from tests.games.durable import at_once, open_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def table_id(store: Store) -> str:
    return open_table(store)


def balances() -> dict[str, int]:
    return {account.kind: account.balance_cents for account in Account.objects.all()}


def test_a_grant_takes_from_the_bank_what_it_gives_to_the_wallet(ada: Player):
    ledger.grant(ada, 2_50, "for the road")
    assert balances() == {"bank": -1_002_50, "wallet": 1_002_50}
    assert ledger.balance_of(ada.pk) == 1_002_50
    transfer = Transfer.objects.order_by("pk").last()
    assert transfer is not None
    assert (transfer.reason, transfer.amount_cents, transfer.note) == ("grant", 2_50, "for the road")


@pytest.mark.parametrize("amount", [0, -1])
def test_a_grant_of_nothing_leaves_nothing_behind(amount: int):
    player = Player.objects.create_user("Penniless")
    with pytest.raises(ValueError, match="at least a hundredth"):
        ledger.grant(player, amount, "nothing")
    assert not Account.objects.exists()
    assert ledger.balance_of(player.pk) == 0


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_and_less_is_not_moved(ada: Player, table_id: str, amount: int):
    source, target = ledger.wallet(ada.pk), ledger.stack(ada.pk, table_id)
    before = written()
    with pytest.raises(ValueError, match="at least a hundredth"):
        ledger.move(source, target, amount, Transfer.Reason.BUY_IN)
    assert written() == before


def test_a_move_is_kept_with_its_reason_and_the_event_that_moved_the_chips(ada: Player, table_id: str):
    source, target = ledger.wallet(ada.pk), ledger.stack(ada.pk, table_id)
    ledger.move(source, target, 1, Transfer.Reason.BUY_IN, table_id=table_id, seq=7)
    kept = Transfer.objects.values("source", "target", "amount_cents", "reason", "table", "seq").get(table=table_id)
    assert kept == {
        "source": source.pk,
        "target": target.pk,
        "amount_cents": 1,
        "reason": "buy_in",
        "table": table_id,
        "seq": 7,
    }
    assert balances() == {"bank": -1_000_00, "wallet": 999_99, "stack": 1}


def test_a_player_moves_all_there_is_and_not_a_hundredth_more(ada: Player, table_id: str):
    wallet, stack = ledger.wallet(ada.pk), ledger.stack(ada.pk, table_id)
    for source, target in ((wallet, stack), (stack, wallet)):
        before = written()
        with pytest.raises(InsufficientChips):
            ledger.move(source, target, 1_000_01, Transfer.Reason.BUY_IN)
        assert written() == before
        ledger.move(source, target, 1_000_00, Transfer.Reason.BUY_IN)
        assert Account.objects.get(pk=source.pk).balance_cents == 0


def test_a_balance_that_was_read_long_ago_covers_nothing(ada: Player, table_id: str):
    wallet, stack = ledger.wallet(ada.pk), ledger.stack(ada.pk, table_id)
    ledger.move(wallet, stack, 1_000_00, Transfer.Reason.BUY_IN)
    assert wallet.balance_cents == 1_000_00
    with pytest.raises(InsufficientChips):
        ledger.move(wallet, stack, 1, Transfer.Reason.BUY_IN)


def test_the_house_may_owe_what_it_has_lost(ada: Player, table_id: str):
    ledger.move(ledger.house(table_id), ledger.stack(ada.pk, table_id), 5_00, Transfer.Reason.HAND)
    assert balances() == {"bank": -1_000_00, "wallet": 1_000_00, "house": -5_00, "stack": 5_00}


@pytest.mark.parametrize("kind", ["wallet", "stack"])
def test_the_database_itself_lets_no_player_owe(ada: Player, table_id: str, kind: str):
    account = ledger.wallet(ada.pk) if kind == "wallet" else ledger.stack(ada.pk, table_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=account.pk).update(balance_cents=-1)


def test_a_transfer_has_two_sides(ada: Player):
    wallet = ledger.wallet(ada.pk)
    before = written()
    with pytest.raises(IntegrityError), transaction.atomic():
        ledger.move(wallet, wallet, 1, Transfer.Reason.BUY_IN)
    assert written() == before


@pytest.mark.parametrize("amount", [0, -1])
def test_the_database_itself_takes_no_empty_transfer(ada: Player, table_id: str, amount: int):
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.create(
            source=ledger.wallet(ada.pk),
            target=ledger.house(table_id),
            amount_cents=amount,
            reason=Transfer.Reason.HAND,
        )


def test_there_is_one_account_of_each_kind_and_owner(ada: Player, table_id: str):
    assert ledger.wallet(ada.pk) == ledger.wallet(ada.pk)
    assert ledger.stack(ada.pk, table_id) == ledger.stack(ada.pk, table_id)
    assert ledger.house(table_id) == ledger.house(table_id)
    for account in Account.objects.all():
        with pytest.raises(IntegrityError), transaction.atomic():
            Account.objects.create(kind=account.kind, player_id=account.player_id, table_id=account.table_id)


def test_whatever_is_moved_comes_from_somewhere(ada: Player, bob: Player, store: Store):
    tables = [open_table(store, name) for name in ("One", "Two")]
    accounts = [ledger.wallet(player.pk) for player in (ada, bob)]
    accounts += [ledger.stack(player.pk, table) for player in (ada, bob) for table in tables]
    accounts += [ledger.house(table) for table in tables]
    chance = random.Random(7)
    refused = 0
    for _ in range(300):
        source, target = chance.sample(accounts, 2)
        try:
            ledger.move(source, target, chance.randrange(1, 400_00), Transfer.Reason.HAND)
        except InsufficientChips:
            refused += 1
        assert ledger_sum() == 0
    assert 0 < refused < 300
    for account in Account.objects.all():
        came = account.incoming.aggregate(total=Sum("amount_cents"))["total"] or 0
        went = account.outgoing.aggregate(total=Sum("amount_cents"))["total"] or 0
        assert account.balance_cents == came - went
        assert account.balance_cents >= 0 or account.kind in ("house", "bank")


@pytest.mark.django_db(transaction=True)
def test_chips_are_not_spent_twice_at_once(ada: Player, store: Store):
    table_id = open_table(store)
    source, target = ledger.wallet(ada.pk), ledger.stack(ada.pk, table_id)

    def spend() -> None:
        with transaction.atomic():
            ledger.move(source, target, 300_00, Transfer.Reason.BUY_IN)

    results = at_once(*[spend] * 6)
    assert [type(result) for result in results if result is not None] == [InsufficientChips] * 3
    assert balances() == {"bank": -1_000_00, "wallet": 100_00, "stack": 900_00}
