"""What people type into the account pages, and forms in groups. The rules of names are those of `games.accounts`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar, NamedTuple, TypedDict

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordMixin

from games import accounts
from games.faces import COLOURS
from games.models import Player, Token
from games.models.players import PREFERENCES
from games.models.tables import Pace


class Group(NamedTuple):
    """Fields that belong together."""

    title: str | None
    fields: list[forms.BoundField]


class Invited(TypedDict):
    """What an invitation is made with."""

    lasts: timedelta | None
    most_uses: int | None


class GroupedForm(forms.Form):
    """A form whose page groups its fields; `fieldsets` are as the admin has them."""

    fieldsets: ClassVar[Any]

    def groups(self) -> Iterator[Group]:
        """The fields as the page shows them."""
        for title, options in self.fieldsets:
            yield Group(title, [self[name] for name in options["fields"]])


class InvitationForm(GroupedForm):
    """For how long and for how many an invitation holds."""

    lasts = forms.ChoiceField(
        label="It holds for",
        choices=[("1", "1 hour"), ("24", "1 day"), ("168", "7 days"), ("", "ever")],
        initial="24",
        required=False,
    )
    most_uses = forms.ChoiceField(
        label="It lets in",
        choices=[("1", "1 player"), ("5", "5 players"), ("20", "20 players"), ("", "any number")],
        initial="5",
        required=False,
    )

    fieldsets: ClassVar[Any] = ((None, {"fields": ("lasts", "most_uses")}),)

    def invitation(self) -> Invited:
        """What `games.invitations.invite` takes."""
        hours, uses = self.cleaned_data["lasts"], self.cleaned_data["most_uses"]
        return {"lasts": timedelta(hours=int(hours)) if hours else None, "most_uses": int(uses) if uses else None}


class NameField(forms.CharField):
    """A player's name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="Name", validators=[], **kwargs)
        self.widget.attrs.update(autocomplete="username", autocapitalize="none", spellcheck="false")
        self.help_text = f"What the others at the table see: up to {accounts.NAME_LENGTH} characters."

    def clean(self, value: Any) -> str:
        """The name as it is kept."""
        return accounts.clean_name(super().clean(value))


class NewAccountForm(SetPasswordMixin, forms.Form):  # type: ignore[type-arg]  # generic in its stubs alone
    """A name and a password, for who signs up and for a guest who stays."""

    name = NameField()
    password1, password2 = SetPasswordMixin.create_password_fields(label1="Password", label2="Password, once more")
    password1.help_text = "Eight characters or more, and no common word."

    password2.help_text = ""

    def clean(self) -> dict[str, Any] | None:
        """Checks both passwords against each other and against the site's demands."""
        self.validate_passwords()
        self.validate_password_for_user(Player(username=self.cleaned_data.get("name", "")), "password2")
        return super().clean()


class LogInForm(AuthenticationForm):
    """Name and password; the name in whatever case."""

    username = forms.CharField(label="Name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"}))

    def clean_username(self) -> str:
        """The name as its owner wrote it at signing up."""
        name: str = self.cleaned_data["username"]
        player = accounts.find_player(name)
        return name if player is None else player.username


class NameForm(forms.Form):
    """Another name, by the rules of signing up."""

    name = NameField()

    def __init__(self, data: Any = None, *, player: Player, **kwargs: Any) -> None:
        super().__init__(data, initial={"name": player.username}, **kwargs)
        self._player = player

    def save(self) -> None:
        """Renames the player. Raises ValidationError for a name that they cannot have."""
        accounts.rename(self._player, self.cleaned_data["name"])


class ChoiceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in its stubs alone
    """Something that the player may choose at any time."""

    def __init__(self, data: Any = None, *, player: Player, **kwargs: Any) -> None:
        # A row of its own, so that what is refused is not shown as the player's.
        super().__init__(data, instance=Player.objects.get(pk=player.pk), **kwargs)

    def save(self, commit: bool = True) -> Any:
        """Keeps what was chosen, and nothing else."""
        accounts.prefer(self.instance, self.cleaned_data)
        return self.instance


class FaceForm(ChoiceForm):
    """What stands for the player in the lobby and at tables."""

    face_colour = forms.TypedChoiceField(
        label="Colour", choices=list(enumerate(COLOURS)), coerce=int, widget=forms.RadioSelect
    )

    class Meta:
        model = Player
        fields = ("face", "face_colour")
        widgets: ClassVar = {"face": forms.RadioSelect}


class SeedForm(ChoiceForm):
    """The client seed that the player gives wherever they sit down."""

    class Meta:
        model = Player
        fields = ("client_seed",)
        labels: ClassVar = {"client_seed": "Your client seed"}
        help_texts: ClassVar = {"client_seed": "Up to 64 characters that everybody sees. Empty: none."}
        widgets: ClassVar = {"client_seed": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})}


class PasswordForm(forms.Form):
    """What only its owner may do to an account. Guests have no password to be asked for."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, player: Player, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._player = player
        if player.is_guest:
            del self.fields["password"]

    def clean_password(self) -> str:
        """The password, where it is the player's."""
        password: str = self.cleaned_data["password"]
        if not self._player.check_password(password):
            raise forms.ValidationError("This is not your password.", code="wrong_password")
        return password


class EmailForm(PasswordForm):
    """The address to which a password reset goes."""

    email = forms.EmailField(
        label="E-mail",
        required=False,
        help_text="For when you forget your password, and for nothing else. Empty: none.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ("email", "password")

    def __init__(self, *args: Any, player: Player, **kwargs: Any) -> None:
        super().__init__(*args, player=player, initial={"email": player.email}, **kwargs)

    def save(self) -> None:
        """Keeps the address."""
        accounts.prefer(self._player, {"email": self.cleaned_data["email"]})


class DeleteForm(PasswordForm):
    """The end of an account."""

    sure = forms.BooleanField(label="Yes, delete it for good")


class TokenForm(forms.Form):
    """A token's name, for its owner to know it by, and what it may do."""

    name = forms.CharField(label="Name of the token", max_length=64)
    scope = forms.ChoiceField(label="It may", choices=Token.Scope.choices)
    lasts = forms.ChoiceField(
        label="It holds for",
        choices=[("", "ever, until revoked"), ("1", "1 day"), ("30", "30 days"), ("365", "a year")],
        required=False,
    )

    def time(self) -> timedelta | None:
        """For how long it holds; None for ever."""
        days = self.cleaned_data["lasts"]
        return timedelta(days=int(days)) if days else None


class LobbyFilter(forms.Form):
    """Which tables somebody looks for. What the address holds beside these choices counts for nothing."""

    stakes = forms.ChoiceField(
        label="Stakes",
        choices=[("", "Any"), ("low", "Low, under 10"), ("middle", "Middle, 10 to 49"), ("high", "High, 50 and more")],
        required=False,
    )
    decks = forms.ChoiceField(
        label="Decks", choices=[("", "Any"), ("1", "One"), ("2", "Two"), ("more", "Three or more")], required=False
    )
    soft17 = forms.ChoiceField(
        label="Soft 17",
        choices=[("", "Either"), ("stands", "Dealer stands"), ("hits", "Dealer hits")],
        required=False,
    )
    surrender = forms.ChoiceField(
        label="Surrender", choices=[("", "Either"), ("any", "Allowed"), ("none", "Not allowed")], required=False
    )
    pace = forms.ChoiceField(label="Pace", choices=[("", "Any"), *Pace.choices], required=False)
    open = forms.BooleanField(label="With an open seat", required=False)

    def wanted(self) -> dict[str, Any]:
        """What is looked for, by field, as `games.listing.found` takes it; a choice that there is not is left out."""
        self.is_valid()
        return {name: choice for name, choice in self.cleaned_data.items() if choice}


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in its stubs alone
    """How somebody likes the pages."""

    class Meta:
        model = Player
        fields = PREFERENCES
        widgets: ClassVar = dict.fromkeys(PREFERENCES, forms.RadioSelect)
