"""Whoever is no longer let in is also shown out: logout, a new password, a ban and a revoked token close sockets, and
who is no member of a private table any more hears nothing of it.

This is the news, to be quick; `games.doorkeeper` finds whom they did not reach.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from games.models import Member, Player, Token
from games.runtime import runtime


def close_sockets(player_id: str, credential: str | None = None) -> None:
    """Closes the player's sockets once the transaction is committed: all, or those whose credential begins so."""
    transaction.on_commit(partial(async_to_sync(runtime().handler.sign_out), player_id, credential))


@receiver(user_logged_out)
def _logged_out(sender: Any, request: HttpRequest, user: Player | None, **kwargs: Any) -> None:
    if user is not None and request.session.session_key:
        close_sockets(user.public_id, f"session:{request.session.session_key};")


@receiver(post_save, sender=Player)
def _player_saved(sender: Any, instance: Player, created: bool, **kwargs: Any) -> None:
    if created:
        return
    if not instance.is_active:
        close_sockets(instance.public_id)
    elif instance._password is not None:  # type: ignore[attr-defined]  # noqa: SLF001 - Django's mark of a password just set
        close_sockets(instance.public_id, "session:")


@receiver(post_save, sender=Member)
def _member_saved(sender: Any, instance: Member, **kwargs: Any) -> None:
    # A public table may be watched by everybody, members or not.
    if instance.removed_at is not None and instance.table.is_private:
        uninvite = async_to_sync(runtime().handler.uninvite)
        transaction.on_commit(partial(uninvite, f"p{instance.player_id}", instance.table_id))


@receiver(post_save, sender=Token)
def _token_saved(sender: Any, instance: Token, **kwargs: Any) -> None:
    if instance.revoked_at is not None:
        close_sockets(f"p{instance.player_id}", f"token:{instance.pk};")
