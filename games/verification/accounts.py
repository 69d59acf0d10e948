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
    people = Account.objects.filter(kind=Account.Kind.RESERVE, player__is_house=False)
    if (reserve := people.order_by("pk").first()) is not None:
        raise DoesNotFit(f"Account {reserve} is of a player who is none of the house's")


def _sum_by(side: str) -> Coalesce:
    transfers = Transfer.objects.filter(**{side: OuterRef("pk")}).order_by().values(side)
    return Coalesce(Subquery(transfers.annotate(cents=Sum("amount_cents")).values("cents")), 0)


def _check_grants() -> None:
    """What happens at no table is issued by the bank to a wallet, or goes back to it; everything else is checked with
    its table."""
    bank, wallet = Account.Kind.BANK, Account.Kind.WALLET
    issued = Q(reason__in=(Transfer.Reason.GRANT, Transfer.Reason.DAILY), source__kind=bank, target__kind=wallet)
    back = Q(reason__in=(Transfer.Reason.TAKING, Transfer.Reason.RETURN), source__kind=wallet, target__kind=bank)
    other: QuerySet[Any] = Transfer.objects.filter(table=None).exclude(Q(seq=None) & (issued | back))
    if (transfer := other.order_by("pk").first()) is not None:
        raise DoesNotFit(f"Transfer {transfer.pk}, {transfer}, is from {transfer.source} to {transfer.target}")
