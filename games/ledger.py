"""Moving chips: every change of a balance is a transfer, posted in the caller's transaction.

Nothing else writes accounts. Amounts are hundredths of a chip.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Sum

from cardsharp.chips import to_number
from cardsharp.errors import InsufficientChips
from games.models import Account, Player, Transfer


def wallet(player_id: int) -> Account:
    """The player's wallet, made at its first use."""
    return Account.objects.get_or_create(kind=Account.Kind.WALLET, player_id=player_id, table=None)[0]


def stack(player_id: int, table_id: str) -> Account:
    """The player's account at a table, made at its first use."""
    return Account.objects.get_or_create(kind=Account.Kind.STACK, player_id=player_id, table_id=table_id)[0]


def house(table_id: str) -> Account:
    """The house's side of a table, made at its first use."""
    return Account.objects.get_or_create(kind=Account.Kind.HOUSE, player=None, table_id=table_id)[0]


def reserve(player_id: int) -> Account:
    """Where the chips of a house player come from and go back to, made at its first use."""
    return Account.objects.get_or_create(kind=Account.Kind.RESERVE, player_id=player_id, table=None)[0]


def practice(table_id: str, player_id: int | None) -> Account:
    """The player's chips at a practice table, or for None the table's own side, which gives and takes them."""
    player = {"player": None} if player_id is None else {"player_id": player_id}
    return Account.objects.get_or_create(kind=Account.Kind.PRACTICE, table_id=table_id, **player)[0]


def balance_of(player_id: int) -> int:
    """What lies in the player's wallet; 0 before its first use."""
    balance = (
        Account.objects.filter(kind=Account.Kind.WALLET, player_id=player_id).values_list("balance_cents", flat=True)
    ).first()
    return balance or 0


def holdings_of(player_id: int) -> int:
    """What the player has in the wallet and at tables, bets included."""
    own = Account.objects.filter(player_id=player_id, kind__in=(Account.Kind.WALLET, Account.Kind.STACK))
    return own.aggregate(sum=Sum("balance_cents"))["sum"] or 0


def grant(player: Player, amount_cents: int, note: str, reason: Transfer.Reason = Transfer.Reason.GRANT) -> None:
    """Issues chips to a player's wallet. Raises ValueError for an amount that is not above zero."""
    with transaction.atomic():
        move(_bank(), wallet(player.pk), amount_cents, reason, note=note)


def return_wallet(player_id: int) -> None:
    """Gives back to the bank what lies in the player's wallet; to be called in a transaction."""
    own = wallet(player_id)
    if own.balance_cents:
        move(own, _bank(), own.balance_cents, Transfer.Reason.RETURN, note="the account was deleted")


def _bank() -> Account:
    return Account.objects.get_or_create(kind=Account.Kind.BANK, player=None, table=None)[0]


def take(player: Player, amount_cents: int, note: str) -> None:
    """Takes chips out of a player's wallet, back to the bank. Raises InsufficientChips where it does not hold them."""
    with transaction.atomic():
        bank = Account.objects.get_or_create(kind=Account.Kind.BANK, player=None, table=None)[0]
        move(wallet(player.pk), bank, amount_cents, Transfer.Reason.TAKING, note=note)


def undo_grants(player: Player) -> None:
    """Takes back what a player was granted, who has done nothing with it: neither the wallet nor the transfers remain.

    To be called in a transaction.
    """
    own = Account.objects.select_for_update().filter(kind=Account.Kind.WALLET, player=player).first()
    if own is None:
        return
    grants = Transfer.objects.filter(target=own, reason=Transfer.Reason.GRANT)
    granted_cents = grants.aggregate(sum=Sum("amount_cents"))["sum"] or 0
    if granted_cents != own.balance_cents:
        raise ValueError(f"{player} has done something with the chips")
    Account.objects.filter(kind=Account.Kind.BANK).update(balance_cents=F("balance_cents") + granted_cents)
    grants.delete()
    own.delete()


def move(
    source: Account,
    target: Account,
    amount_cents: int,
    reason: Transfer.Reason,
    *,
    table_id: str | None = None,
    seq: int | None = None,
    note: str = "",
) -> None:
    """Moves chips from one account to the other; to be called in a transaction.

    Raises InsufficientChips, with what there is, when a player's account does not hold them, and ValueError when there
    is nothing to move.
    """
    if amount_cents <= 0:
        raise ValueError("a transfer moves at least a hundredth of a chip")
    covered = Account.objects.filter(pk=source.pk)
    if source.player_id is not None and source.kind != Account.Kind.RESERVE:
        covered = covered.filter(balance_cents__gte=amount_cents)
    if not covered.update(balance_cents=F("balance_cents") - amount_cents):
        held = Account.objects.values_list("balance_cents", flat=True).get(pk=source.pk)
        raise InsufficientChips(balance=to_number(held))
    Account.objects.filter(pk=target.pk).update(balance_cents=F("balance_cents") + amount_cents)
    Transfer.objects.create(
        source=source, target=target, amount_cents=amount_cents, reason=reason, table_id=table_id, seq=seq, note=note
    )
