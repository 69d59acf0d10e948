"""The chips at a table: every moment of the log moved as many into each stack as the ledger says, and from the right
account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from django.db.models import Q

from cardsharp.game import Game
from games.models import Account, Player, Table, Transfer
from games.trimming import Beginning
from games.verification.moments import READ_AT_ONCE, DoesNotFit, Moment

_KIND: Final = Account.Kind
_REASON: Final = Transfer.Reason
_BOTH_WAYS: Final = (_REASON.HAND, _REASON.INSURANCE)
"""What comes from the house or goes there; a buy-in comes from the wallet and a cash-out goes there."""


class _Posted(NamedTuple):
    """A transfer as it changed a stack."""

    seq: int
    player_key: int
    cents: int


class Stacks:
    """Follows a table's log with its transfers."""

    def __init__(self, row: Table, game: Game, beginning: Beginning) -> None:
        self._row = row
        self._game = game
        self._transfers = _transfers(row, beginning.seq)
        self._next = next(self._transfers, None)
        self._stacks = self._folded(beginning.state)

    def follow(self, moment: Moment) -> None:
        """Raises DoesNotFit where the moment did not move what the ledger says."""
        moved: Counter[int] = Counter()
        while self._next is not None and self._next.seq <= moment.last_seq:
            moved[self._next.player_key] += self._next.cents
            self._next = next(self._transfers, None)
        before, self._stacks = self._stacks, self._folded(moment.states[-1])
        for player in self._stacks.keys() | before.keys() | moved.keys():
            change = self._stacks.get(player, 0) - before.get(player, 0)
            if change != moved[player]:
                where = f"events {moment.first_seq} to {moment.last_seq}"
                raise DoesNotFit(
                    f"{where} moved {change} hundredths to the stack of p{player}, the ledger says {moved[player]}"
                )

    def _folded(self, state: Any) -> dict[int, int]:
        chips = self._game.chips_of(state)
        return {Player.key_of(player_id): cents for player_id, cents in chips.items()}

    def finish(self) -> None:
        """Raises DoesNotFit where the ledger goes on after the log, or its balances are not the stacks."""
        if self._next is not None:
            raise DoesNotFit(f"chips moved with event {self._next.seq}, which there is not")
        folded = {player: cents for player, cents in self._stacks.items() if cents}
        kind = _KIND.PRACTICE if self._row.is_practice else _KIND.STACK
        accounts = Account.objects.filter(kind=kind, player__isnull=False, table=self._row).exclude(balance_cents=0)
        kept = dict(accounts.values_list("player_id", "balance_cents"))
        if kept != folded:
            raise DoesNotFit(f"the ledger has the stacks {kept}, the log says {folded}")


def _transfers(row: Table, after: int) -> Iterator[_Posted]:
    # One without a seq is never in order, and _posted says so.
    later = Transfer.objects.filter(Q(seq=None) | Q(seq__gt=after), table=row)
    rows = later.order_by("seq", "pk").select_related("source", "target")
    for transfer in rows.iterator(chunk_size=READ_AT_ONCE):
        yield _posted(row, transfer)


def _posted(row: Table, transfer: Transfer) -> _Posted:
    kind = _KIND.PRACTICE if row.is_practice else _KIND.STACK
    into = transfer.target.kind == kind and transfer.target.player_id is not None
    stack, other = (transfer.target, transfer.source) if into else (transfer.source, transfer.target)
    with_house = transfer.reason in _BOTH_WAYS
    fits = (
        stack.kind == kind
        and stack.table_id == transfer.table_id
        and _is_the_other_side(other, stack, with_house=with_house)
        and (with_house or into == (transfer.reason == _REASON.BUY_IN))
    )
    if not fits or transfer.seq is None or stack.player_id is None:
        raise DoesNotFit(f"transfer {transfer.pk}, {transfer.reason}, is from {transfer.source} to {transfer.target}")
    return _Posted(transfer.seq, stack.player_id, transfer.amount_cents if into else -transfer.amount_cents)


def _is_the_other_side(other: Account, stack: Account, *, with_house: bool) -> bool:
    """Whether the account is what the stack deals with: the house of its table, or its player's wallet."""
    if stack.kind == _KIND.PRACTICE:
        return (other.kind, other.player_id, other.table_id) == (_KIND.PRACTICE, None, stack.table_id)
    if with_house:
        return other.kind == _KIND.HOUSE and other.table_id == stack.table_id
    return other.kind in (_KIND.WALLET, _KIND.RESERVE) and other.player_id == stack.player_id
