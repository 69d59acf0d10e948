"""Who is a member of a table, and the links that make members of a private one.

Nothing else writes members and invitations. A link's code is the invitation's key under the site's signature: nobody
can guess one, none is kept, and who made it can be shown it again.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from cardsharp import errors
from games.models import Invitation, Member, Player, Table

FIRST_LASTS: Final = timedelta(days=7)
"""How long the invitation holds that a new private table begins with."""
MOST_OPEN: Final = 20
"""Invitations of one table that may be open at a time."""
MOST_MEMBERS: Final = 200
"""Members that one table may have."""

_signer = Signer(sep=".", salt="games.invitations")


class InvitationOver(errors.CardSharpError):
    """The invitation does not let this player in, or nobody any more."""


class TooManyMembers(errors.CardSharpError):
    """The table would have more members than one may have."""

    def __init__(self) -> None:
        super().__init__(f"A table may have {MOST_MEMBERS} members and no more.")


class TooManyInvitations(errors.CardSharpError):
    """The table has as many open invitations as one may have."""

    def __init__(self) -> None:
        super().__init__(f"This table has {MOST_OPEN} open invitations: revoke one first.")


# -- members ----------------------------------------------------------------------------------------------------------


def found(table_id: str, made_by: int, *, alone: bool = False) -> None:
    """Makes the maker of a private table its first member, and a first invitation unless it is for the maker alone.

    To be called in a transaction.
    """
    Member.objects.create(table_id=table_id, player_id=made_by)
    if alone:
        return
    Invitation.objects.create(table_id=table_id, made_by_id=made_by, expires_at=timezone.now() + FIRST_LASTS)


def members_of(table: Table) -> QuerySet[Member]:
    """Who may come, in the order in which they came."""
    return Member.objects.filter(table=table, removed_at=None).select_related("player")


def is_member(table_id: str, player_key: int | None) -> bool:
    """Whether the player is a member; for a public table that matters while it is open to members only."""
    return (
        player_key is not None
        and Member.objects.filter(table_id=table_id, player_id=player_key, removed_at=None).exists()
    )


def admit(table: Table, players: Collection[Player]) -> None:
    """Makes the players members, without a link. Raises TooManyMembers, and nobody is one more."""
    with transaction.atomic():
        Table.objects.select_for_update(no_key=True).filter(pk=table.pk).values_list("pk").first()
        for player in players:
            Member.objects.update_or_create(
                table=table, player=player, defaults={"invitation": None, "removed_at": None}
            )
        if Member.objects.filter(table=table, removed_at=None).count() > MOST_MEMBERS:
            raise TooManyMembers


def hold_member(table_id: str, player_key: int) -> None:
    """Makes sure that the player stays a member until the transaction ends. Raises UnknownTable for who is none."""
    held = Member.objects.select_for_update(no_key=True).filter(
        table_id=table_id, player_id=player_key, removed_at=None
    )
    if held.values_list("pk").first() is None:
        raise errors.UnknownTable


def end_membership(member: Member) -> None:
    """Makes the player a stranger to the table, and tells the sockets; `games.removal` also gives up the seats."""
    if member.removed_at is None:
        member.removed_at = timezone.now()
        member.save(update_fields=["removed_at"])


def strangers(watching: Collection[tuple[str, str | None]]) -> frozenset[tuple[str, str | None]]:
    """Those of the pairs of a table and a player whose table is private and whose player is no member of it."""
    tables = {table_id for table_id, _ in watching}
    private = set(Table.objects.filter(pk__in=tables, is_private=True).values_list("pk", flat=True))
    if not private:
        return frozenset()
    members = Member.objects.filter(table__in=private, removed_at=None).values_list("table_id", "player_id")
    allowed = {(table_id, f"p{key}") for table_id, key in members}
    return frozenset(pair for pair in watching if pair[0] in private and pair not in allowed)


# -- invitations ------------------------------------------------------------------------------------------------------


def invite(table: Table, made_by: int, *, lasts: timedelta | None, most_uses: int | None) -> Invitation:
    """A new invitation to a private table by the player with that key; None stands for no end, and for any number.

    Raises TooManyInvitations, and Forbidden at a practice table, to which nobody else comes.
    """
    if table.is_practice:
        raise errors.Forbidden("A practice table is for one player alone.")
    with transaction.atomic():
        Table.objects.select_for_update(no_key=True).filter(pk=table.pk).values_list("pk").first()
        if open_invitations(table).count() >= MOST_OPEN:
            raise TooManyInvitations
        expires_at = None if lasts is None else timezone.now() + lasts
        return Invitation.objects.create(table=table, made_by_id=made_by, expires_at=expires_at, most_uses=most_uses)


def open_invitations(table: Table) -> QuerySet[Invitation]:
    """The invitations that still let somebody in, newest first; `guests` is how many of those who came are members."""
    return _still_open(Invitation.objects.filter(table=table)).annotate(
        guests=Count("members", filter=Q(members__removed_at=None))
    )


def code_of(invitation: Invitation) -> str:
    """What stands in the link."""
    return _signer.sign(str(invitation.pk))


def find(code: str) -> Invitation | None:
    """The invitation of that code, with its table and who made it, whether it still holds or not; None for no code."""
    try:
        key = int(_signer.unsign(code))
    except BadSignature:
        return None
    invitations = Invitation.objects.select_related("table", "made_by").defer("table__state", "table__shoe_secret")
    return invitations.filter(pk=key).first()


def holds(invitation: Invitation) -> bool:
    """Whether it lets somebody in now."""
    return _still_open(Invitation.objects.filter(pk=invitation.pk)).exists()


def accept(invitation: Invitation, player: Player) -> None:
    """Makes the player a member; nothing changes for who is one already. Raises InvitationOver."""
    with transaction.atomic():
        # One at a time, so that nobody comes by a link that was used up or revoked a moment ago.
        held = Invitation.objects.select_for_update(no_key=True, of=("self",)).filter(pk=invitation.pk)
        now = _still_open(held).first()
        member = Member.objects.filter(table_id=invitation.table_id, player=player).first()
        if member is not None and member.removed_at is None:
            return
        if now is None:
            raise InvitationOver("This invitation is used up or over; ask for a new one.")
        if member is not None and member.removed_at is not None and now.created_at <= member.removed_at:
            raise InvitationOver("You were removed from this table; ask for a new invitation.")
        if Member.objects.filter(table_id=now.table_id, removed_at=None).count() >= MOST_MEMBERS:
            raise InvitationOver(f"This table has {MOST_MEMBERS} members, and that is as many as a table may have.")
        held.update(uses=F("uses") + 1)
        Member.objects.update_or_create(
            table_id=now.table_id, player=player, defaults={"invitation": now, "removed_at": None}
        )


def revoke(invitation: Invitation) -> None:
    """Shuts the link. Who came by it stays a member."""
    Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(revoked_at=timezone.now())


def _still_open(invitations: QuerySet[Invitation]) -> QuerySet[Invitation]:
    lasting = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    unused = Q(most_uses=None) | Q(uses__lt=F("most_uses"))
    return invitations.filter(lasting, unused, revoked_at=None, table__is_open=True)
