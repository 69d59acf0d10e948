"""Who may play: accounts, guests, guests who become accounts, bots, and the tokens of programs.

Nothing else writes players and tokens. A name is unique whatever its case. A token's secret is shown once; only its
digest is kept.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from cardsharp.chips import to_cents
from games import ledger
from games.models import Account, Player, Token, Transfer

NAME_LENGTH: Final = 32
TOKENS_PER_PLAYER: Final = 50
"""Tokens of one player that may be good at a time."""
_LOOKS_EMPTY: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_USE_IS_NOTED_EVERY: Final = timedelta(minutes=1)
_FORMER: Final = re.compile(r"former player \d+")
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


def free_name(text: str) -> str:
    """`clean_name` for a name that a player may choose. Raises ValidationError for those of deleted accounts, too."""
    name = clean_name(text)
    if _FORMER.fullmatch(name.casefold()):
        raise ValidationError("Players who have left are called so; choose another name.", code="invalid_name")
    return name


def find_player(name: str) -> Player | None:
    """The player of that name in whatever case, or None."""
    return Player.objects.filter(name_key=_in_one_form(name).casefold()).first()


def sign_up(*, name: str, password: str) -> Player:
    """A new account with the chips that everybody begins with. Raises ValidationError for a name it cannot have."""
    return _admit(Player(username=free_name(name), password=make_password(password)), starting_cents())


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
    name, password_hash = free_name(name), make_password(password)
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


def rename(player: Player, name: str) -> None:
    """The player has another name from now on; a seat that is taken keeps the old one. Raises ValidationError."""
    name = free_name(name)
    try:
        with transaction.atomic():
            holder = find_player(name)
            if holder is not None and holder.pk != player.pk:
                raise NameTaken
            player.username = name
            player.save(update_fields=["username"])
    except (IntegrityError, NameTaken) as error:
        player.refresh_from_db(fields=["username"])
        raise NameTaken from error


def client_seed_of(player_key: int) -> str:
    """What the player wants to give to every shuffle; the empty string for nothing."""
    return Player.objects.filter(pk=player_key).values_list("client_seed", flat=True).first() or ""


def erase(player: Player) -> None:
    """Leaves nothing of the player but a row that nobody can enter by; `games.departures` does the rest."""
    kept = ("id", "date_joined", "is_guest", "is_bot", "daily_chips_on")
    blank = Player()
    for field in Player._meta.concrete_fields:  # noqa: SLF001 - Django documents it
        if field.attname not in kept:
            setattr(player, field.attname, getattr(blank, field.attname))
    player.username = f"Former player {player.pk}"
    player.password, player.is_active, player.deleted_at = make_password(None), False, timezone.now()
    player.save()
    Token.objects.filter(player=player).delete()


def remove_idle_guests(since: datetime, most: int) -> int:
    """Deletes some guests who came before and never did anything, as if they had never come; how many that were.

    Their chips never left the wallet, so the bank has them back, and the transfers that gave them are no more: the
    ledger adds up as before.
    """
    idle = Player.objects.filter(is_guest=True, is_active=True, date_joined__lt=since).filter(
        Q(last_login=None) | Q(last_login__lt=since)
    )
    traces = ("hands", "answers", "tokens", "tables_made", "memberships", "invitations_made", "logentry")
    for trace in traces:
        idle = idle.filter(**{f"{trace}__isnull": True})
    # What staff have granted or taken is in their audit, and stays.
    idle = idle.exclude(accounts__outgoing__reason=Transfer.Reason.TAKING)
    idle = idle.exclude(accounts__kind=Account.Kind.STACK).alias(given=Count("accounts__incoming")).filter(given__lte=1)
    return sum(_remove_guest(key) for key in list(idle.order_by("pk").values_list("pk", flat=True)[:most]))


def _remove_guest(key: int) -> bool:
    # A seat that is taken at this moment either is seen here or finds the player gone.
    with transaction.atomic():
        guest = Player.objects.select_for_update().filter(pk=key).first()
        if guest is None or Account.objects.filter(player=guest, kind=Account.Kind.STACK).exists():
            return False
        ledger.undo_grants(guest)
        guest.delete()
    return True


def set_banned(player: Player, *, banned: bool) -> None:
    """Lets the player in no more, or again, unless it is a house player; a ban also closes every socket of theirs."""
    player.is_active = not banned and not player.is_house
    player.save(update_fields=["is_active"])


def prefer(player: Player, preferences: Mapping[str, object]) -> None:
    """The player likes the pages so from now on; what the mapping leaves out stays."""
    for name, choice in preferences.items():
        setattr(player, name, choice)
    player.save(update_fields=list(preferences))


def create_bot(name: str, *, chips_cents: int) -> Player:
    """A new player that only programs play. Raises ValidationError for a name it cannot have."""
    return _admit(Player(username=clean_name(name), password=make_password(None), is_bot=True), chips_cents)


def create_house_player(name: str) -> Player:
    """A new house player, without a wallet, as whom nobody can log in. Raises NameTaken."""
    player = Player(username=clean_name(name), password=make_password(None), is_house=True, is_active=False)
    try:
        with transaction.atomic():
            player.save(force_insert=True)
    except IntegrityError as error:
        raise NameTaken from error
    return player


def issue_token(player: Player, name: str, scope: str, lasts: timedelta | None = None) -> str:
    """A new token's secret: it cannot be had again. Without a time that it lasts it holds until it is revoked."""
    secret = f"cs_{secrets.token_urlsafe(32)}"
    expires_at = None if lasts is None else timezone.now() + lasts
    Token.objects.create(
        player=player, name=name, scope=Token.Scope(scope), digest=_digest(secret), expires_at=expires_at
    )
    return secret


def good_tokens() -> QuerySet[Token]:
    """The tokens that let somebody in: not revoked, not expired, and of a player who is not banned."""
    lasting = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return Token.objects.filter(lasting, revoked_at=None, player__is_active=True)


def token_for(secret: str) -> Token | None:
    """The token with that secret and its player, or None where it lets nobody in."""
    token = good_tokens().select_related("player").filter(digest=_digest(secret)).first()
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
