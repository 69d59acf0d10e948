"""What an engine's config may be, and what it refuses in one sentence."""

from decimal import Decimal
from pathlib import Path

import pytest

from cardsharp.blackjack.rules import Rules
from cardsharp.engine import rules_from
from cardsharp.engine.config import SETTINGS
from cardsharp.errors import InvalidRules

PAGE = (Path(__file__).parents[3] / "docs" / "embedding.md").read_text()


def test_rules_a_placard_and_settings_say_the_same():
    rules = Rules(decks=2, min_bet_cents=5_00, bet_step_cents=50, act_seconds=None)
    settings = {"decks": 2, "min_bet": 5, "bet_step": Decimal("0.5"), "act_seconds": None}
    assert rules_from(rules) == rules_from(str(rules)) == rules_from(settings) == rules
    assert rules_from(None) == rules_from({}) == rules_from("") == Rules()
    assert rules_from({"blackjack_pays": [6, 5]}).blackjack_pays == (6, 5)


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (Rules(decks=9), "1 to 8 decks"),
        ("6D X17", "X17"),
        ({"deck": 6}, "no setting 'deck'"),
        ({"min_bet_cents": 500}, "no setting 'min_bet_cents'"),
        ({"min_bet": 5.0}, "an int or a Decimal"),
        ({"min_bet": True}, "an int or a Decimal"),
        ({"min_bet": Decimal("0.001")}, "no amount of chips"),
        ({"decks": "six"}, "wrong value"),
        ({"decks": 9}, "1 to 8 decks"),
        ({"on_timeout": "wait"}, "wrong value"),
        ({1: 2}, "no setting 1"),
        (6, "not int"),
    ],
)
def test_what_is_none_is_refused_with_the_reason(config, reason: str):
    with pytest.raises(InvalidRules, match=reason) as refusal:
        rules_from(config)
    assert "\n" not in str(refusal.value)


def test_the_page_names_every_setting_and_no_other():
    (table,) = [block for block in PAGE.split("\n\n") if block.startswith("| setting |")]
    rows = [line.split("|")[1] for line in table.splitlines()[2:]]
    assert sorted(name.strip(" `") for row in rows for name in row.split(",")) == sorted(SETTINGS)
