"""The page about oneself, and the changes that one makes there."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from games import accounts, faces
from games.forms import EmailForm, FaceForm, NameForm, PreferencesForm, SeedForm, TokenForm
from games.models import Account, Player
from games.models.players import Face
from games.views.requests import PlayerRequest

_FORMS: Final[dict[str, tuple[Any, str]]] = {
    "name": (NameForm, "You have another name now."),
    "face": (FaceForm, "This is your face now."),
    "seed": (SeedForm, "Your client seed is kept."),
    "email": (EmailForm, "Your e-mail is kept."),
}
"""What may be changed: its form, and what is said when it is done."""
_ACCOUNTS_ONLY: Final = frozenset({"name", "email"})
"""A guest chooses a name with a password, and has none to reset."""


@require_safe
@login_required
def profile(request: PlayerRequest) -> HttpResponse:
    """The page about oneself."""
    return render(request, "accounts/profile.html", profile_context(request.user))


@sensitive_post_parameters()
@require_POST
@login_required
def change(request: PlayerRequest, what: str) -> HttpResponse:
    """Changes one thing about the player; what cannot be is said beside what was typed."""
    if what not in _FORMS or (request.user.is_guest and what in _ACCOUNTS_ONLY):
        raise Http404("There is nothing of the kind to change.")
    make, done = _FORMS[what]
    form = make(request.POST, player=request.user, auto_id=f"{what}-%s")
    if form.is_valid():
        try:
            form.save()
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, done)
            return redirect(f"{reverse('profile')}#{what}")
    page = profile_context(request.user, **{f"{what}_form": form})
    return render(request, "accounts/profile.html", page, status=400)


def profile_context(player: Player, **typed: Any) -> dict[str, Any]:
    """What the page about oneself shows: chips at tables, good tokens, and forms, some of them filled in."""
    stacks = Account.objects.filter(kind=Account.Kind.STACK, player=player, balance_cents__gt=0)
    forms = {f"{what}_form": make(player=player, auto_id=f"{what}-%s") for what, (make, _) in _FORMS.items()}
    return {
        "stacks": stacks.select_related("table"),
        "tokens": accounts.good_tokens().filter(player=player),
        "token_form": TokenForm(),
        "own_preferences": PreferencesForm(instance=player),
        "look": faces.look_of(player),
        "drawings": [(face, label, "" if face == Face.LETTER else face) for face, label in Face.choices],
        "colours": list(enumerate(faces.COLOURS)),
        "letter": faces.letter_of(player.username),
        **forms,
        **typed,
    }
