"""Who may play: accounts, guests, guests who become accounts, bots, and the tokens of programs.

Nothing else writes players and tokens. A name is unique whatever its case. A token's secret is shown once; only its
digest is kept.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from cardsharp.chips import to_cents
from games import ledger
from games.models import Player, Token

NAME_LENGTH: Final = 32
_LOOKS_EMPTY: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_USE_IS_NOTED_EVERY: Final = timedelta(minutes=1)
_GUEST_NUMBER_DIGITS: Final = (4, 4, 4, 5, 6, 8, 10)


class NameTaken(ValidationError):
    """Somebody has this name, in this or another case."""

    def __init__(self) -> None:
        super().__init__("Somebody has this name already; choose another one.", code="name_taken")


def clean_name(text: str, length: int = NAME_LENGTH) -> str:
    """The name as it is kept: compatible forms made one, spaces single. Raises ValidationError where it is no name.

    >>> clean_name("  Ada   Lovelace ")
    'Ada Lovelace'
    """
    name = _in_one_form(text)
    if not name or all(unicodedata.category(letter)[0] in "MZ" for letter in name):
        raise ValidationError("A name needs at least one visible character.", code="invalid_name")
    if any(unicodedata.category(letter)[0] == "C" or letter in _LOOKS_EMPTY for letter in name):
        raise ValidationError("A name may hold visible characters only.", code="invalid_name")
    if len(name) > length:
        raise ValidationError(f"A name has {length} characters at most.", code="invalid_name")
    return name


def find_player(name: str) -> Player | None:
    """The player of that name in whatever case, or None."""
    return Player.objects.filter(name_key=_in_one_form(name).casefold()).first()


def sign_up(*, name: str, password: str) -> Player:
    """A new account with the chips that everybody begins with. Raises ValidationError for a name it cannot have."""
    return _admit(Player(username=clean_name(name), password=make_password(password)), starting_cents())


def create_guest() -> Player:
    """A new guest under a name of its own, with the chips that everybody begins with."""
    for digits in _GUEST_NUMBER_DIGITS:
        number = 10 ** (digits - 1) + secrets.randbelow(9 * 10 ** (digits - 1))
        guest = Player(username=f"Guest {number}", password=make_password(None), is_guest=True)
        try:
            return _admit(guest, starting_cents())
        except NameTaken:
            continue
    raise NameTaken


def upgrade_guest(guest: Player, *, name: str, password: str) -> None:
    """Makes the guest an account that keeps its chips and history. Raises ValidationError when that cannot be."""
    name, password_hash = clean_name(name), make_password(password)
    try:
        with transaction.atomic():
            holder = find_player(name)
            if holder is not None and holder.pk != guest.pk:
                raise NameTaken
            row = Player.objects.select_for_update().get(pk=guest.pk)
            if not row.is_guest:
                raise ValidationError("This is an account already.", code="no_guest")
            row.username, row.password, row.is_guest = name, password_hash, False
            row.save()
    except IntegrityError as error:
        raise NameTaken from error
    guest.refresh_from_db()


def create_bot(name: str, *, chips_cents: int) -> Player:
    """A new player that only programs play. Raises ValidationError for a name it cannot have."""
    return _admit(Player(username=clean_name(name), password=make_password(None), is_bot=True), chips_cents)


def issue_token(player: Player, name: str, scope: str) -> str:
    """A new token's secret: it cannot be had again."""
    secret = f"cs_{secrets.token_urlsafe(32)}"
    Token.objects.create(player=player, name=name, scope=Token.Scope(scope), digest=_digest(secret))
    return secret


def token_for(secret: str) -> Token | None:
    """The token with that secret and its player, or None where it is unknown or revoked or the player is banned."""
    token = (
        Token.objects.select_related("player")
        .filter(digest=_digest(secret), revoked_at=None, player__is_active=True)
        .first()
    )
    if token is not None:
        note_use([token.pk])
    return token


def note_use(token_ids: Collection[int]) -> None:
    """The tokens are in use now. What was noted less than a minute ago is not written again."""
    now = timezone.now()
    long_ago = Q(last_used_at=None) | Q(last_used_at__lt=now - _USE_IS_NOTED_EVERY)
    Token.objects.filter(long_ago, pk__in=token_ids).update(last_used_at=now)


def player_for_token(secret: str) -> Player | None:
    """The player that `token_for` finds."""
    token = token_for(secret)
    return None if token is None else token.player


def revoke_token(token: Token) -> None:
    """Makes the token worthless from now on; saving it also closes the sockets that it let in."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])


def starting_cents() -> int:
    """What a new player begins with, in hundredths of a chip."""
    return to_cents(settings.CARDSHARP_GUEST_CHIPS)


def _admit(player: Player, chips_cents: int) -> Player:
    """Stores the new player together with the first chips. Raises NameTaken."""
    try:
        with transaction.atomic():
            if find_player(player.username) is not None:
                raise NameTaken
            player.save(force_insert=True)
            ledger.grant(player, chips_cents, "chips to begin with")
    except IntegrityError as error:
        # Two sign-ups at once: the database has let one of them have the name.
        raise NameTaken from error
    return player


def _in_one_form(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
