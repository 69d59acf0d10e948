"""The one form that tables are made with, in the lobby and by staff: a name, and every rule in plain words.

It explains and reads; what makes sense, `Rules.checked` says.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cardsharp.blackjack.rules import MAX_DECKS, MAX_SEATS, Rules
from cardsharp.errors import InvalidRules
from games import accounts
from games.fields import ChipsField, RatioField, WholeField
from games.forms import GroupedForm
from games.models.tables import NAME_LENGTH

PRESETS: Final = (
    ("Classic six-deck", "6D S17 DAS LS 3:2"),
    ("Double deck", "2D H17 DAS NS 3:2"),
    ("European, no hole card", "6D S17 DAS NS 3:2 D9-11 ENHC"),
    ("Generous", "2D S17 DAS ES 3:2 RSA HSA"),
    ("Single deck, 6 to 5", "1D H17 NDAS NS 6:5"),
    ("Ten times the time", "6D S17 DAS LS 3:2 · T200/120/250"),
    ("Together and without a clock", "6D S17 DAS LS 3:2 · UNTIMED"),
    ("Alone and without a clock", "6D S17 DAS LS 3:2 · SEATS1 UNTIMED AWAY-"),
)
"""Placards to start from."""

_CLASSIC: Final = Rules()
_RULES: Final = Rules.__struct_fields__


def _label(words: str, *shorthand: str) -> SafeString:
    """What a rule is called, and the field's shorthand for it."""
    return format_html('{} <span class="shorthand">{}</span>', words, " · ".join(shorthand))


def _whole(words: str, shorthand: str, explanation: str, **kwargs: Any) -> WholeField:
    return WholeField(label=_label(words, shorthand), help_text=explanation, **kwargs)


def _one_to(most: int, words: str, shorthand: str, explanation: str) -> forms.IntegerField:
    select = forms.Select(choices=[(number, number) for number in range(1, most + 1)])
    return forms.IntegerField(label=_label(words, shorthand), help_text=explanation, widget=select)


def _choice(words: str, explanation: str, *choices: tuple[object, str]) -> forms.TypedChoiceField:
    """One of some values, each in words that end with its shorthand."""
    values = {str(value): value for value, _ in choices}
    return forms.TypedChoiceField(
        label=words, help_text=explanation, choices=list(choices), coerce=lambda text: values[str(text)]
    )


def _yes_or_no(words: str, shorthand: tuple[str, ...], explanation: str) -> forms.BooleanField:
    return forms.BooleanField(label=_label(words, *shorthand), help_text=explanation, required=False)


def _chips(words: str, explanation: str = "") -> ChipsField:
    return ChipsField(label=words, help_text=explanation)


def _seconds(words: str, explanation: str) -> WholeField:
    at_least = {"min_value": "At least 1 second; leave it empty for no limit."}
    return WholeField(label=words, help_text=explanation, min_value=1, required=False, error_messages=at_least)


class PlacardForm(forms.Form):
    """Rules typed as their shorthand, for the other form to start from."""

    rules = forms.CharField(
        label="Placard",
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text="What it leaves out is as in the classic game.",
    )

    def clean_rules(self) -> Rules:
        """The rules that the placard names."""
        try:
            return Rules.parse(self.cleaned_data["rules"])
        except InvalidRules as error:
            raise ValidationError(f"This cannot be: {error}.") from error

    def start(self) -> Rules:
        """The rules to start from: the placard's, or the classic ones where there is none that can be read."""
        if self.is_valid():
            rules: Rules = self.cleaned_data["rules"]
            return rules
        return Rules()


class RulesForm(GroupedForm):
    """A table's name and all of its rules: `rules()` and the cleaned `name` are what came of it."""

    name = forms.CharField(max_length=NAME_LENGTH, help_text="What the lobby calls the table.")
    is_private = forms.BooleanField(
        label="Private", help_text="Only who you invite can find the table, watch and sit down.", required=False
    )
    seat_count = _one_to(MAX_SEATS, "Seats", "SEATS5", "How many chairs stand at the table.")
    seats_per_player = _one_to(
        3, "Seats a player", "EACH1", "How many of them one player may take, each with chips and a bet of its own."
    )

    decks = _one_to(
        MAX_DECKS,
        "Decks",
        "6D",
        "How many packs of 52 cards are in the shoe. Fewer are a little better for the players.",
    )
    penetration_percent = _whole(
        "Cut card, in percent",
        "75%",
        "How much of the shoe is dealt before it is shuffled again. The round under way is always played out.",
    )
    dealer_hits_soft_17 = _choice(
        "Soft 17",
        "A soft 17 counts an ace as 11, such as A 6. A dealer who stands on it is better for the players.",
        (False, "The dealer stands · S17"),
        (True, "The dealer hits · H17"),
    )
    hole_card = _choice(
        "Hole card",
        "The dealer’s second card, face down. With an ace or a ten up the dealer looks whether it makes a blackjack "
        "before you play. Without one, the card is dealt after you have played, and a blackjack takes everything "
        "that you have bet by then, or only the original bets.",
        ("peek", "Yes, and looked at · PEEK"),
        ("enhc", "None · ENHC"),
        ("obo", "None, original bets only · OBO"),
    )
    blackjack_pays = RatioField(
        label=_label("A blackjack pays", "3:2"),
        help_text="For an ace and a ten as the first two cards. 3:2 brings 15 on a bet of 10, 6:5 only 12. "
        "3:2, 6:5 and 1:1 are usual; any ratio may be typed.",
    )

    double_on = _choice(
        "Double on",
        "Doubling: you double the bet and get exactly one more card. Which first two cards allow it?",
        ("any", "Any two cards · DANY"),
        ("9-11", "9, 10 or 11 · D9-11"),
        ("10-11", "10 or 11 · D10-11"),
    )
    double_after_split = _yes_or_no("Double after a split", ("DAS", "NDAS"), "Hands from a split may be doubled too.")
    max_hands = _choice(
        "Split up to",
        "Splitting: two equal cards become two hands, each with a bet. Into how many hands may one grow?",
        (1, "No splitting · SP1"),
        (2, "2 hands · SP2"),
        (3, "3 hands · SP3"),
        (4, "4 hands · SP4"),
    )
    split_by = _choice(
        "Equal means",
        "By value a ten and a king can be split; by rank only two tens or two kings can.",
        ("value", "Equal value · SPV"),
        ("rank", "Equal rank · SPR"),
    )
    resplit_aces = _yes_or_no(
        "Resplit aces", ("RSA", "NRSA"), "An ace that comes to a split ace may be split once more."
    )
    hit_split_aces = _yes_or_no(
        "Hit split aces", ("HSA", "NHSA"), "Split aces may take more cards. Otherwise each gets one and stands."
    )

    surrender = _choice(
        "Surrender",
        "Giving up the first two cards for half of the bet. Late: once the dealer has looked for a blackjack. "
        "Early: even before.",
        ("none", "None · NS"),
        ("late", "Late · LS"),
        ("early", "Early · ES"),
    )
    insurance = _yes_or_no(
        "Insurance",
        ("INS", "NI"),
        "When the dealer shows an ace: a side bet of up to half the bet that pays 2:1 if it is a blackjack.",
    )
    even_money = _yes_or_no(
        "Even money", ("EM", "NEM"), "Who has a blackjack against an ace may take 1:1 at once. Needs insurance."
    )

    min_bet_cents = _chips("Smallest bet", "With two decimals at most, such as 2.50.")
    max_bet_cents = _chips("Largest bet", "For each hand before it is doubled or split.")
    bet_step_cents = _chips("Bets in steps of", "Every bet is a multiple of it; 0.01 is the finest.")
    min_buy_in_cents = _chips("Smallest buy-in", "What a player must sit down with at least.")
    default_buy_in_cents = _chips("Usual buy-in", "What is offered first.")
    max_buy_in_cents = _chips("Largest buy-in", "What may be brought to the table at most.")

    bet_seconds = _seconds(
        "Seconds to bet",
        "20 is usual, 200 gives everybody ten times as long. Empty: the table waits for everybody. The same goes for "
        "the next two.",
    )
    insurance_seconds = _seconds("Seconds to insure", "Empty: no limit.")
    act_seconds = _seconds("Seconds to act", "For each decision. Empty: no limit.")
    on_timeout = _choice(
        "Who does not act in time",
        "What is done with the hand: it stands, is played as the book says, or stands and skips the next rounds.",
        ("stand", "Stands · AFK-STAND"),
        ("basic_strategy", "Basic strategy · AFK-BASIC"),
        ("sit_out", "Stands, then sits out · AFK-OUT"),
    )
    pause_seconds = _whole("Seconds between rounds", "PAUSE4", "In which everybody sees the results.")
    away_seconds = _whole(
        "Seconds a seat is kept",
        "AWAY600",
        "For a player who sits out; then the chips go back to the wallet. Empty: for ever.",
        required=False,
    )

    fieldsets = tuple(
        (title, {"fields": names.split()})
        for title, names in (
            ("Table", "name is_private seat_count seats_per_player"),
            ("Cards and dealer", "decks penetration_percent blackjack_pays dealer_hits_soft_17 hole_card"),
            (
                "Doubling and splitting",
                "double_on double_after_split max_hands split_by resplit_aces hit_split_aces",
            ),
            ("Surrender and insurance", "surrender insurance even_money"),
            (_label("Bets, in chips", "BET10-500/1"), "min_bet_cents max_bet_cents bet_step_cents"),
            (
                _label("Buy-in, in chips", "BUY100-5000/500"),
                "min_buy_in_cents default_buy_in_cents max_buy_in_cents",
            ),
            (
                _label("Time", "T20/12/25", "UNTIMED"),
                "bet_seconds insurance_seconds act_seconds on_timeout pause_seconds away_seconds",
            ),
        )
    )

    @classmethod
    def starting_with(cls, rules: Rules, name: str = "") -> RulesForm:
        """The form as nobody has filled it in yet, with these rules."""
        return cls(initial={"name": name, **msgspec.structs.asdict(rules)})

    def clean_name(self) -> str:
        """The name as it is kept, by the rules of players' names."""
        return accounts.clean_name(self.cleaned_data["name"], NAME_LENGTH)

    def clean(self) -> dict[str, Any]:
        """Refuses what no table can be opened with, beside the field that it is about."""
        cleaned = self.cleaned_data
        if not self.errors:
            try:
                self.rules().checked()
            except InvalidRules as error:
                self.add_error(self._field_behind(str(error)), f"No table can be opened so: {error}.")
        return cleaned

    def rules(self) -> Rules:
        """The rules that a form without errors holds."""
        return Rules(**{name: self.cleaned_data[name] for name in _RULES})

    def _field_behind(self, reason: str) -> str | None:
        """The first field that takes the reason away when it is as in the classic game."""
        for name in _RULES:
            other = msgspec.structs.replace(self.rules(), **{name: getattr(_CLASSIC, name)})
            try:
                other.checked()
            except InvalidRules as error:
                if str(error) == reason:
                    continue
            return name
        return None
