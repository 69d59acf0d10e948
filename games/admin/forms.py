"""What staff type in: the reason for closing a table, chips to grant, a player's name."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from cardsharp.chips import to_number
from games import accounts
from games.fields import ChipsField
from games.forms import GroupedForm, InvitationForm
from games.models import Player
from games.rules_form import RulesForm

MOST_CENTS: Final = 1_000_000_000_00
"""The largest amount that staff can grant: a billion chips."""


class CloseTablesForm(GroupedForm):
    """Why tables are closed."""

    reason = forms.CharField(
        max_length=100,
        initial="closed by the house",
        help_text="Everybody at the table reads it; the log keeps it.",
    )

    cards = forms.ChoiceField(
        label="A round under way",
        choices=[
            ("refund", "is void: every bet of it comes back, lost ones too"),
            ("play_out", "is played to its end first, by the table's rule for players who are away"),
        ],
        initial="refund",
        widget=forms.RadioSelect,
        help_text="Where no cards are in play yet, bets come back either way.",
    )

    fieldsets = ((None, {"fields": ("cards", "reason")}),)


class PauseTablesForm(GroupedForm):
    """Why tables are paused."""

    reason = forms.CharField(
        max_length=100,
        initial="a short break",
        help_text="Everybody at the table reads it; the log keeps it.",
    )

    fieldsets = ((None, {"fields": ("reason",)}),)


class SeatingForm(GroupedForm):
    """Who may sit down at a table, and why."""

    open_to = forms.ChoiceField(
        label="Open to",
        choices=[
            ("everybody", "everybody"),
            ("members", "members only"),
            ("nobody", "nobody new"),
        ],
        widget=forms.RadioSelect,
    )
    members = forms.CharField(
        label="New members",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Players' names, one a line or with commas between. They are members from now on, also of a table "
        "that is open to everybody; members are removed in their own list.",
    )
    reason = forms.CharField(max_length=200, help_text="It stands in the audit for good; players are not shown it.")

    fieldsets = ((None, {"fields": ("open_to", "members", "reason")}),)

    def clean_members(self) -> list[Player]:
        """The players of those names."""
        names = [name.strip() for name in self.cleaned_data["members"].replace(",", "\n").splitlines() if name.strip()]
        found = {name: accounts.find_player(name) for name in names}
        unknown = [name for name, player in found.items() if player is None]
        if unknown:
            raise forms.ValidationError(f"There is no player {', '.join(unknown)}.")
        return [player for player in found.values() if player is not None]


class ReasonForm(GroupedForm):
    """Why staff do something."""

    reason = forms.CharField(max_length=200, help_text="It stands in the audit for good; the player is not shown it.")

    fieldsets = ((None, {"fields": ("reason",)}),)


class OpenTableForm(RulesForm):
    """A table of the house, and why it is opened."""

    reason = forms.CharField(max_length=200, help_text="It stands in the audit for good.")

    fieldsets = (*RulesForm.fieldsets, (None, {"fields": ["reason"]}))


class InviteForm(InvitationForm):
    """An invitation, and why staff make it."""

    reason = forms.CharField(max_length=200, help_text="It stands in the audit for good.")

    fieldsets = (*InvitationForm.fieldsets, (None, {"fields": ("reason",)}))


class GrantForm(GroupedForm):
    """Chips for a player's wallet, and why."""

    amount_cents = ChipsField(label="Chips", min_value=to_number(1), max_value=to_number(MOST_CENTS))
    reason = forms.CharField(max_length=200, help_text="It stands in the ledger for good.")

    fieldsets = ((None, {"fields": ("amount_cents", "reason")}),)


class _PlayersName:
    """The rules of names, which are those of `games.accounts`."""

    cleaned_data: dict[str, Any]
    instance: Player

    def clean_username(self) -> str:
        """The name as it is kept, where nobody else has it."""
        name = accounts.clean_name(self.cleaned_data["username"])
        holder = accounts.find_player(name)
        if holder is not None and holder.pk != self.instance.pk:
            raise accounts.NameTaken
        return name


class NewPlayerForm(_PlayersName, AdminUserCreationForm):  # type: ignore[type-arg]
    """A new account."""

    class Meta(AdminUserCreationForm.Meta):
        model = Player


class PlayerForm(_PlayersName, UserChangeForm):  # type: ignore[type-arg]
    """An account, a guest or a bot."""

    class Meta(UserChangeForm.Meta):
        model = Player
