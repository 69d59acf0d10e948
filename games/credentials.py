"""What lets a socket in, a token or the session of a page, and whether it still does.

A player's `credential` is `token:<key>;` or `session:<key>;<hash>`: the hash is what the session began with, and
changes with the password. Programs' own credentials are none of these, and nothing is said of them here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from games import accounts
from games.models import Player, Token

_TOKEN: Final = re.compile(r"token:(\d+);")
_SESSION: Final = re.compile(r"session:([a-z0-9]+);(.*)")
_AT_A_TIME: Final = 500


def of_token(token: Token) -> str:
    """The credential of a player whom the token has let in."""
    return f"token:{token.pk};"


def token_keys(credentials: Collection[str]) -> list[int]:
    """The keys of the tokens among the credentials."""
    return [int(match[1]) for credential in credentials if (match := _TOKEN.fullmatch(credential))]


def of_session(key: str) -> tuple[Player, str] | None:
    """Who is logged in by the session with that key, and their credential; None where nobody is, or not any more."""
    if not re.fullmatch("[a-z0-9]{1,40}", key):
        return None
    session = Session.objects.filter(pk=key, expire_date__gt=timezone.now()).first()
    data = {} if session is None else session.get_decoded()
    began_with = str(data.get(HASH_SESSION_KEY, ""))
    player = Player.objects.filter(pk=data[SESSION_KEY], is_active=True).first() if SESSION_KEY in data else None
    if player is None or not _is_of(player, began_with):
        return None
    return player, f"session:{key};{began_with}"


def ended(admitted: Collection[tuple[str, str]]) -> frozenset[str]:
    """The credentials, of pairs of a player's id and one, that would not let this player in any more."""
    over: set[str] = set()
    pairs = list(admitted)
    for start in range(0, len(pairs), _AT_A_TIME):
        some = pairs[start : start + _AT_A_TIME]
        over.update(_ended_tokens([credential for _, credential in some]))
        over.update(_ended_sessions(some))
    return frozenset(over)


def _ended_tokens(credentials: Collection[str]) -> Iterator[str]:
    keys = {match[1] for credential in credentials if (match := _TOKEN.fullmatch(credential))}
    if keys:
        good = set(accounts.good_tokens().filter(pk__in=keys).values_list("pk", flat=True))
        yield from (f"token:{key};" for key in keys if int(key) not in good)


def _ended_sessions(admitted: Collection[tuple[str, str]]) -> Iterator[str]:
    sessions = [(player, match) for player, text in admitted if (match := _SESSION.fullmatch(text))]
    if not sessions:
        return
    keys = {match[1] for _, match in sessions}
    alive = set(Session.objects.filter(pk__in=keys, expire_date__gt=timezone.now()).values_list("pk", flat=True))
    players = Player.objects.filter(is_active=True).in_bulk({Player.key_of(player) for player, _ in sessions})
    for player_id, match in sessions:
        player = players.get(Player.key_of(player_id))
        if match[1] not in alive or player is None or not _is_of(player, match[2]):
            yield match[0]


def _is_of(player: Player, began_with: str) -> bool:
    """Whether a session with that hash belongs to the player as they are now."""
    return any(
        constant_time_compare(began_with, good)
        for good in (player.get_session_auth_hash(), *player.get_session_auth_fallback_hash())
    )
