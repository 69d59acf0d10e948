"""Who a client is, by what it brings along, and under which name it goes."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from cardsharp.events.messages import Connect
from cardsharp.events.ports import Credentials, PlayerInfo, Room
from cardsharp.events.session import Session


class BadCredential(Exception):
    """A credential was brought that lets nobody in."""


class Authenticator(Protocol):
    """Says who a client is. Whatever it raises, nobody is let in."""

    async def __call__(self, credentials: Credentials, connect: Connect) -> PlayerInfo | None:
        """The player behind what came with the socket and its connect message; None for a spectator.

        The message's `client_id` is the one that the client goes by unless somebody else does. Raises BadCredential for
        a credential that lets nobody in: the client is told `bad_token`, and closed. A
        GameError is told as it is. Anything else is the server's failure, and the client may connect again.
        """


class RoomsOwn:
    """Asks the room: for the player of a connect message's token, else of the socket's own, else of its session."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def __call__(self, credentials: Credentials, connect: Connect) -> PlayerInfo | None:
        """The first credential that is there decides alone."""
        token = connect.token if connect.token is not None else credentials.bearer
        if token is not None:
            player = await self._room.player_for_token(token)
        elif credentials.session is not None:
            player = await self._room.player_for_session(credentials.session)
        else:
            return None
        if player is None:
            raise BadCredential
        return player


class Guests:
    """Lets everybody play: who would only be a spectator is made a guest."""

    def __init__(self, authenticate: Authenticator, guest: Callable[[Connect], Awaitable[PlayerInfo]]) -> None:
        """`authenticate` is asked first; `guest` gives the player, called as the connect message likes."""
        self._authenticate = authenticate
        self._guest = guest

    async def __call__(self, credentials: Credentials, connect: Connect) -> PlayerInfo | None:
        """The player, or a guest. A credential that lets nobody in makes no guest either."""
        return await self._authenticate(credentials, connect) or await self._guest(connect)


def checked(player: object) -> PlayerInfo | None:
    """What an authenticator returned. Raises TypeError where that is no player and not None, which could be a mistake
    for either."""
    if player is not None and not isinstance(player, PlayerInfo):
        raise TypeError(f"The authenticator returned a {type(player).__name__} instead of a PlayerInfo or None")
    return player


def new_name() -> str:
    """A name for a client that brings none; nobody can guess it."""
    return f"c-{secrets.token_hex(8)}"


def name_for(session: Session, wanted: str, sessions: Iterable[Session]) -> tuple[str, Session | None]:
    """The client's name, and whose place it takes: its own where that is free or the same player's, else a new one."""
    holder = next((other for other in sessions if other.client_id == wanted and not other.closed), None)
    if holder is None:
        return wanted, None
    if session.player and holder.player and holder.player.player_id == session.player.player_id:
        return wanted, holder
    return new_name(), None
