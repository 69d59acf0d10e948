"""The ledger as a whole: it sums to zero, and every balance is what its transfers have made of it."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from games.models import Account, Transfer
from games.verification.moments import READ_AT_ONCE, DoesNotFit


def check_accounts() -> None:
    """Raises DoesNotFit with the first thing that does not hold of the ledger."""
    total = Account.objects.aggregate(total=Sum("balance_cents"))["total"] or 0
    if total:
        raise DoesNotFit(f"The ledger sums to {total} hundredths, not to zero")
    accounts = Account.objects.annotate(came=_sum_by("target"), went=_sum_by("source")).order_by("pk")
    for account in accounts.iterator(chunk_size=READ_AT_ONCE):
        moved = account.came - account.went
        if moved != account.balance_cents:
            raise DoesNotFit(f"Account {account} has {account.balance_cents} hundredths, its transfers say {moved}")
    _check_grants()


def _sum_by(side: str) -> Coalesce:
    transfers = Transfer.objects.filter(**{side: OuterRef("pk")}).order_by().values(side)
    return Coalesce(Subquery(transfers.annotate(cents=Sum("amount_cents")).values("cents")), 0)


def _check_grants() -> None:
    """What happens at no table goes from the bank to a wallet, or is taken back; else it is checked with its table."""
    issued = Q(reason=Transfer.Reason.GRANT, seq=None)
    sides = Q(source__kind=Account.Kind.BANK, target__kind=Account.Kind.WALLET)
    taken = Q(reason=Transfer.Reason.TAKING, seq=None)
    back = Q(source__kind=Account.Kind.WALLET, target__kind=Account.Kind.BANK)
    other: QuerySet[Any] = Transfer.objects.filter(table=None).exclude(issued & sides).exclude(taken & back)
    if (transfer := other.order_by("pk").first()) is not None:
        raise DoesNotFit(f"Transfer {transfer.pk}, {transfer}, is from {transfer.source} to {transfer.target}")
