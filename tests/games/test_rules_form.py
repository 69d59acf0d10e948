"""The form that tables are made with: every rule there and back, and every absurdity beside its field."""

import re
from typing import Any

import msgspec
import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from cardsharp.blackjack.rules import Rules
from games.rules_form import PRESETS, PlacardForm, RulesForm
from tests.cardsharp.blackjack.test_rules import tables
from tests.games.typed import typed_in


def posted(form: RulesForm) -> dict[str, str]:
    """What a browser sends of the form as it is shown."""
    return typed_in(f'<form method="post">{form.as_div()}</form>')


def filled(**typed: str) -> RulesForm:
    """The classic form with some fields typed anew; a field that is typed `off` is not checked."""
    data = posted(RulesForm.starting_with(Rules(), "Corner")) | typed
    return RulesForm({name: text for name, text in data.items() if text != "off"})


@given(tables(), st.booleans())
def test_rules_go_into_the_form_and_come_back(rules: Rules, splits: bool):
    if not splits:
        rules = msgspec.structs.replace(rules, max_hands=1, resplit_aces=False, hit_split_aces=False)
    form = RulesForm(posted(RulesForm.starting_with(rules, "Corner")))
    assert form.errors == {}
    assert form.rules() == rules
    assert form.cleaned_data["name"] == "Corner"


def test_the_form_has_every_rule_and_shows_each_of_them_once():
    grouped = [field.name for group in RulesForm().groups() for field in group.fields]
    assert sorted(grouped) == sorted(["name", "is_private", *Rules.__struct_fields__])
    assert set(RulesForm.base_fields) == set(grouped)


def test_every_rule_is_explained():
    assert [field.name for field in RulesForm() if not field.help_text] == []


def test_every_choice_ends_with_the_word_of_the_placard_that_means_it():
    fields: dict[str, Any] = {
        name: field for name, field in RulesForm.base_fields.items() if isinstance(field, forms.TypedChoiceField)
    }
    assert len(fields) == 7
    for name, field in fields.items():
        for value, words in field.choices:
            assert getattr(Rules.parse(words.rpartition(" · ")[2]), name) == value


@pytest.mark.parametrize("name", ["double_after_split", "resplit_aces", "hit_split_aces", "insurance", "even_money"])
def test_yes_and_no_have_their_words(name: str):
    yes, no = re.findall(r"[A-Z]+(?= ·|<)", str(RulesForm.base_fields[name].label))
    assert (getattr(Rules.parse(yes), name), getattr(Rules.parse(no), name)) == (True, False)


@pytest.mark.parametrize(
    ("typed", "ratio"),
    [
        ("3:2", (3, 2)),
        (" 6 : 5 ", (6, 5)),
        ("7/5", (7, 5)),
        ("2 to 1", (2, 1)),
        ("1:1", (1, 1)),
        ("150:100", (150, 100)),
    ],
)
def test_any_ratio_may_be_typed(typed: str, ratio: tuple[int, int]):
    form = filled(blackjack_pays=typed)
    assert form.is_valid(), form.errors
    assert form.rules().blackjack_pays == ratio


@pytest.mark.parametrize(("typed", "cents"), [("2", 200), ("2.5", 250), ("2.50", 250), ("0.01", 1), (" 2.00 ", 200)])
def test_chips_are_read_exactly(typed: str, cents: int):
    form = filled(min_bet_cents=typed, bet_step_cents="0.01")
    assert form.is_valid(), form.errors
    assert form.rules().min_bet_cents == cents


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"decks": "9"}, "decks", "1 to 8 decks"),
        ({"decks": "six"}, "decks", "whole number"),
        ({"seat_count": "8"}, "seat_count", "1 to 7 seats"),
        ({"seats_per_player": "0"}, "seats_per_player", "1 to 3 seats"),
        ({"seats_per_player": "3", "seat_count": "2"}, "seat_count", "more seats than there are"),
        ({"penetration_percent": "99"}, "penetration_percent", "between 30 % and 95 %"),
        ({"blackjack_pays": "4:5"}, "blackjack_pays", "between 1:1 and 3:1"),
        ({"blackjack_pays": "3000:2000"}, "blackjack_pays", "whole numbers from 1 to 999"),
        ({"blackjack_pays": "0:0"}, "blackjack_pays", "whole numbers from 1 to 999"),
        ({"blackjack_pays": "three"}, "blackjack_pays", "such as 3:2"),
        ({"blackjack_pays": "-3:-2"}, "blackjack_pays", "such as 3:2"),
        ({"blackjack_pays": ""}, "blackjack_pays", "required"),
        ({"max_hands": "1", "resplit_aces": "on"}, "max_hands", "3 hands or more"),
        ({"max_hands": "1", "hit_split_aces": "on"}, "max_hands", "only where something is split"),
        ({"max_hands": "7"}, "max_hands", "valid choice"),
        ({"surrender": "yes"}, "surrender", "valid choice"),
        ({"min_bet_cents": "501"}, "min_bet_cents", "smallest bet is above the largest"),
        ({"max_bet_cents": "9"}, "max_bet_cents", "smallest bet is above the largest"),
        ({"min_bet_cents": "10.50"}, "min_bet_cents", "multiple of the step"),
        ({"bet_step_cents": "0"}, "bet_step_cents", "steps of at least"),
        ({"bet_step_cents": "3"}, "bet_step_cents", "multiple of the step"),
        ({"min_bet_cents": "0"}, "min_bet_cents", "above zero"),
        ({"min_bet_cents": "-10"}, "min_bet_cents", "above zero"),
        ({"max_bet_cents": "0.001"}, "max_bet_cents", "2 decimal places"),
        ({"max_bet_cents": "NaN"}, "max_bet_cents", "1000 or 12.50"),
        ({"max_bet_cents": "1e999999"}, "max_bet_cents", "too large"),
        ({"max_bet_cents": "1e12"}, "max_bet_cents", "billion chips"),
        ({"max_bet_cents": "1,000"}, "max_bet_cents", "1000 or 12.50"),
        ({"min_buy_in_cents": "5"}, "min_buy_in_cents", "covers the smallest bet"),
        ({"default_buy_in_cents": "50"}, "default_buy_in_cents", "default buy-in"),
        ({"max_buy_in_cents": "2e12"}, "max_buy_in_cents", "trillion"),
        ({"bet_seconds": "0"}, "bet_seconds", "empty for no limit"),
        ({"act_seconds": "100000"}, "act_seconds", "86,400"),
        ({"pause_seconds": "-1"}, "pause_seconds", "86,400"),
        ({"pause_seconds": ""}, "pause_seconds", "required"),
        ({"away_seconds": "9" * 5000}, "away_seconds", "whole number"),
        ({"name": " "}, "name", "required"),
        ({"name": "\u200b"}, "name", "visible"),
        ({"name": "x\0y"}, "name", "Null characters"),
        ({"name": "x" * 61}, "name", "at most 60"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_stays_typed(typed: dict[str, str], field: str, said: str):
    form = filled(**typed)
    assert form.errors.keys() == {field}
    assert said in str(form.errors[field])
    again = posted(form)
    for name, text in typed.items():
        if name not in ("decks", "seat_count", "seats_per_player", "max_hands", "surrender"):
            assert again[name] == text


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"bet_seconds": "", "insurance_seconds": "", "act_seconds": ""}, {"bet_seconds": None, "act_seconds": None}),
        ({"away_seconds": ""}, {"away_seconds": None}),
        ({"away_seconds": "0"}, {"away_seconds": 0}),
        ({"double_after_split": "off"}, {"double_after_split": False}),
        ({"insurance": "off", "even_money": "off"}, {"insurance": False, "even_money": False}),
        ({"max_hands": "1"}, {"max_hands": 1}),
    ],
)
def test_empty_and_unchecked_fields_have_their_meaning(typed: dict[str, str], fields: dict[str, Any]):
    form = filled(**typed)
    assert form.is_valid(), form.errors
    assert {name: getattr(form.rules(), name) for name in fields} == fields


def test_a_name_is_kept_as_names_of_players_are():
    form = filled(name="  The   Ｏdd one ")
    assert form.is_valid()
    assert form.cleaned_data["name"] == "The Odd one"


@pytest.mark.parametrize("placard", [text for _, text in PRESETS])
def test_a_preset_is_its_own_placard(placard: str):
    assert str(Rules.parse(placard)) == placard


@pytest.mark.parametrize(
    ("text", "rules", "said"),
    [
        (None, Rules(), ""),
        ("", Rules(), ""),
        ("2d h17 7:5", Rules(decks=2, dealer_hits_soft_17=True, blackjack_pays=(7, 5)), ""),
        ("2D FOO", Rules(), "FOO is no rule"),
        ("9D", Rules(), "1 to 8 decks"),
        ("6D " * 200, Rules(), "at most 300"),
    ],
)
def test_a_placard_is_where_the_form_starts(text: str | None, rules: Rules, said: str):
    placard = PlacardForm(None if text is None else {"rules": text})
    assert placard.start() == rules
    assert said in str(placard.errors)
