"""Removing somebody from a private table: the seats are given up, the membership ends, and the sockets are told."""

from __future__ import annotations

from asgiref.sync import async_to_sync

from games import invitations
from games.models import Member
from games.runtime import runtime


def remove(member: Member) -> None:
    """The player is gone from the table, and the stack is on its way to the wallet: at once, or after the round."""
    stand_up = async_to_sync(runtime().tables.stand_up)
    # First as a member, so that a process that ends here leaves nobody locked out from their own chips; then whoever
    # took a seat in between.
    stand_up(member.table_id, member.player)
    invitations.end_membership(member)
    stand_up(member.table_id, member.player)
