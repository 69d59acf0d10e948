"""Who a client is, by the first credential that it brings, and under which name it goes."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

import msgspec

from cardsharp.events.ports import Credentials, PlayerInfo, Room
from cardsharp.events.session import Session


class BadCredential(Exception):
    """A credential was brought that lets nobody in."""


async def player_of(room: Room, credentials: Credentials, token: str | None) -> PlayerInfo | None:
    """The player behind a connect message's token, else the socket's own, else its session; None for a spectator.

    Raises BadCredential: the first credential that is there decides alone.
    """
    token = token if token is not None else credentials.bearer
    if token is None and credentials.session_player_id is None:
        return None
    if token is not None:
        player = await room.player_for_token(token)
    else:
        player = await room.player(str(credentials.session_player_id))
    if player is None:
        raise BadCredential
    return player if token is not None else msgspec.structs.replace(player, credential=credentials.session_credential)


def name_for(session: Session, wanted: str | None, sessions: Iterable[Session]) -> tuple[str, Session | None]:
    """The client's name, and whose place it takes: its own where that is free or the same player's, else a new one."""
    if wanted is not None:
        holder = next((other for other in sessions if other.client_id == wanted and not other.closed), None)
        if holder is None:
            return wanted, None
        if session.player and holder.player and holder.player.player_id == session.player.player_id:
            return wanted, holder
    return f"c-{secrets.token_hex(8)}", None
