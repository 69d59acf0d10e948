"""What staff type in: a new table's rules and stakes, the reason for closing one, chips to grant, a player's name."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import msgspec
from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError

from cardsharp.blackjack.rules import MAX_SEATS, Rules
from cardsharp.chips import to_cents, to_number
from cardsharp.errors import InvalidRules
from games import accounts
from games.models import Player

MOST_CENTS: Final = 1_000_000_000_00
"""The largest amount that staff can type in: a billion chips."""

_STANDARD: Final = Rules()


class ChipsField(forms.DecimalField):
    """An amount of chips, cleaned to its hundredths."""

    def __init__(self, *, initial_cents: int | None = None, **kwargs: Any) -> None:
        initial = None if initial_cents is None else to_number(initial_cents)
        least, most = to_number(1), to_number(MOST_CENTS)
        super().__init__(decimal_places=2, initial=initial, min_value=least, max_value=most, **kwargs)

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        return None if number is None else to_cents(number)


class StaffForm(forms.Form):
    """A form that belongs to no row, and how the page groups its fields."""

    fieldsets: ClassVar[Any]


class OpenTableForm(StaffForm):
    """A table's name, placard, stakes and times; what they do not say is as in the classic game."""

    name = forms.CharField(max_length=60)
    placard = forms.CharField(
        initial=str(_STANDARD),
        max_length=120,
        help_text="The rules in the field's shorthand. Decks: 6D. Soft 17: S17 or H17. Doubling after a split: DAS or "
        "NDAS; on certain totals only: D9-11 or D10-11. Surrender: LS or NS. Blackjack pays 3:2 or 6:5. Splitting: "
        "SP2 up to 2 hands, SPR equal ranks only. NI no insurance, NEM no even money. Cut card: 75%.",
    )
    seat_count = forms.IntegerField(label="Seats", min_value=1, max_value=MAX_SEATS, initial=_STANDARD.seat_count)
    min_bet_cents = ChipsField(label="Smallest bet", initial_cents=_STANDARD.min_bet_cents)
    max_bet_cents = ChipsField(label="Largest bet", initial_cents=_STANDARD.max_bet_cents)
    bet_step_cents = ChipsField(label="Bets in steps of", initial_cents=_STANDARD.bet_step_cents)
    min_buy_in_cents = ChipsField(label="Smallest buy-in", initial_cents=_STANDARD.min_buy_in_cents)
    default_buy_in_cents = ChipsField(label="Usual buy-in", initial_cents=_STANDARD.default_buy_in_cents)
    max_buy_in_cents = ChipsField(label="Largest buy-in", initial_cents=_STANDARD.max_buy_in_cents)
    bet_seconds = forms.IntegerField(
        label="Seconds to bet", min_value=1, required=False, initial=_STANDARD.bet_seconds, help_text="Empty: no limit."
    )
    insurance_seconds = forms.IntegerField(
        label="Seconds to insure", min_value=1, required=False, initial=_STANDARD.insurance_seconds
    )
    act_seconds = forms.IntegerField(label="Seconds to act", min_value=1, required=False, initial=_STANDARD.act_seconds)

    fieldsets = (
        (None, {"fields": ("name", "placard", "seat_count")}),
        ("Stakes in chips", {"fields": ("min_bet_cents", "max_bet_cents", "bet_step_cents")}),
        ("Buy-in in chips", {"fields": ("min_buy_in_cents", "default_buy_in_cents", "max_buy_in_cents")}),
        ("Time", {"fields": ("bet_seconds", "insurance_seconds", "act_seconds")}),
    )

    def clean_placard(self) -> Rules:
        """The rules that the placard names."""
        try:
            return Rules.parse(self.cleaned_data["placard"])
        except InvalidRules as error:
            raise ValidationError(f"This cannot be: {error}.") from error

    def clean(self) -> dict[str, Any]:
        """Adds `rules`: placard, stakes and times as one value that the game can play."""
        cleaned = self.cleaned_data
        if not self.errors:
            given = {name: cleaned[name] for name in Rules.__struct_fields__ if name in cleaned}
            try:
                cleaned["rules"] = msgspec.structs.replace(cleaned["placard"], **given).checked()
            except InvalidRules as error:
                raise ValidationError(f"No table can be opened so: {error}.") from error
        return cleaned


class CloseTablesForm(StaffForm):
    """Why tables are closed."""

    reason = forms.CharField(
        max_length=100,
        initial="closed by the house",
        help_text="Everybody at the table reads it; the log keeps it.",
    )

    fieldsets = ((None, {"fields": ("reason",)}),)


class GrantForm(StaffForm):
    """Chips for a player's wallet, and why."""

    amount_cents = ChipsField(label="Chips")
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
