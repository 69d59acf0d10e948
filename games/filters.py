"""Which of their rounds a player wants to see, as a form reads it out of an address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict

from games.models import PlayedRound, Table
from games.played import Place

_ANY: Final = ("", "Any")
_DAY: Final = {"type": "date"}


class PlaceField(forms.Field):
    """A place among the rounds, from which a page goes on."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Place | None:
        """The place. Raises ValidationError."""
        if not value:
            return None
        try:
            return Place.parse(value)
        except ValueError as error:
            raise ValidationError("This address is of no page of the history. Begin with the newest rounds.") from error


class HistoryFilter(forms.Form):
    """Filters of a history, each for itself; `before` and `after` are where a page begins."""

    table = forms.ChoiceField(required=False)
    game = forms.ChoiceField(required=False)
    since = forms.DateField(required=False, label="From", widget=forms.DateInput(_DAY, "%Y-%m-%d"))
    until = forms.DateField(required=False, label="To", widget=forms.DateInput(_DAY, "%Y-%m-%d"))
    result = forms.ChoiceField(required=False, choices=[_ANY, *PlayedRound.Result.choices])
    before = PlaceField(required=False)
    after = PlaceField(required=False)

    filters: ClassVar = ("table", "game", "since", "until", "result")

    def __init__(self, data: QueryDict, tables: Sequence[Table]) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.fields["table"].choices = [_ANY, *((table.pk, table.name) for table in tables)]  # type: ignore[attr-defined]
        games = sorted({table.game for table in tables})
        self.fields["game"].choices = [_ANY, *((game, game.replace("_", " ").capitalize()) for game in games)]  # type: ignore[attr-defined]
        self.has_games = len(games) > 1

    def clean(self) -> dict[str, Any]:
        """Refuses days that leave nothing between them, and two places at once."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", "The last day comes before the first.")
        if cleaned.get("before") and cleaned.get("after"):
            raise ValidationError("This address is of no page of the history. Begin with the newest rounds.")
        return cleaned

    def shown(self) -> list[forms.BoundField]:
        """The fields that the page shows: the game only where there are several, or it is wrong."""
        return [self[name] for name in self.filters if name != "game" or self.has_games or self.errors.get("game")]

    def wanted(self) -> Q:
        """The rounds that are wanted, of a valid form."""
        given = self.cleaned_data
        wanted = Q(**{name: given[name] for name in ("table", "game", "result") if given[name]})
        if given["since"]:
            wanted &= Q(ended_at__gte=_midnight(given["since"]))
        if given["until"] and given["until"] < date.max:
            wanted &= Q(ended_at__lt=_midnight(given["until"] + timedelta(days=1)))
        return wanted

    def address(self, **more: object) -> str:
        """The query of an address with the same filters, and more."""
        given = {name: self.data.get(name, "") for name in self.filters}
        query = urlencode({name: value for name, value in {**given, **more}.items() if value})
        return f"?{query}" if query else ""

    @property
    def is_used(self) -> bool:
        """Whether any filter is set."""
        return any(self.data.get(name) for name in self.filters)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
