"""The wire's JSON: exact numbers both ways, and what does not fit refused in one way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsharp.blackjack import events as e
from cardsharp.blackjack.rules import Rules
from cardsharp.chips import MAX_CENTS
from cardsharp.wire import decode_json, encode_json, from_wire, to_wire

JOINED = e.PlayerJoined(timestamp=1766400000.125, player_id="p1", player_name="Ada", seat=1, stack=12_50)


def test_amounts_are_numbers_of_chips() -> None:
    text = encode_json(to_wire(JOINED)).decode()
    assert (
        text
        == '{"timestamp":1766400000.125,"player_id":"p1","player_name":"Ada","seat":1,"stack":12.50,"is_house":false}'
    )


@given(st.integers(0, MAX_CENTS), st.floats(allow_nan=False, allow_infinity=False))
def test_amounts_and_times_survive_the_way_there_and_back(cents: int, at: float) -> None:
    joined = msgspec.structs.replace(JOINED, stack=cents, timestamp=at)
    assert from_wire(decode_json(encode_json(to_wire(joined))), e.PlayerJoined) == joined


def test_amounts_in_nested_structs_and_lists_are_chips_too() -> None:
    result = e.SeatResult(player_id="p1", player_name="Ada", seat=1, bet=10_01, payout=0, net=-10_01)
    ended = e.RoundEnded(
        timestamp=1.0,
        round_number=1,
        results=(result,),
        house_net=10_01,
        dealer_cards=(),
        dealer_value=0,
        next_round_at=5.0,
    )
    wire = decode_json(encode_json(to_wire(ended)))
    assert wire["results"][0]["net"] == Decimal("-10.01")
    assert from_wire(wire, e.RoundEnded) == ended


def test_rules_travel_in_hundredths_since_only_the_log_reads_them() -> None:
    opened = e.TableOpened(
        timestamp=1.0,
        table_id="t1",
        name="♠",
        rules=str(Rules()),
        min_bet=10_00,
        max_bet=500_00,
        min_buy_in=100_00,
        max_buy_in=5_000_00,
        default_buy_in=500_00,
        seat_count=5,
        next_commitment="",
        rule_set=Rules(),
    )
    assert from_wire(decode_json(encode_json(to_wire(opened))), e.TableOpened) == opened


def test_a_hole_card_shows_nothing_but_that_it_is_there() -> None:
    hole = e.CardDealt(timestamp=1.0, is_dealer=True, is_hole_card=True, card=None)
    assert to_wire(hole) == {"timestamp": 1.0, "is_dealer": True, "is_hole_card": True, "card": None}
    assert from_wire(to_wire(hole), e.CardDealt) == hole


@pytest.mark.parametrize("stack", [True, False, "5", [5], {}, None, Decimal("0.001"), Decimal("1e999"), 2**60, 1.5])
def test_what_is_no_amount_does_not_fit(stack: Any) -> None:
    with pytest.raises(msgspec.ValidationError, match=r"\$.stack"):
        from_wire({**to_wire(JOINED), "stack": stack}, e.PlayerJoined)


@pytest.mark.parametrize("change", [{"timestamp": "now"}, {"timestamp": [1]}, {"seat": Decimal("1.5")}, {"seat": "1"}])
def test_nor_does_another_wrong_field(change: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        from_wire({**to_wire(JOINED), **change}, e.PlayerJoined)


@pytest.mark.parametrize("results", [5, "x", [5], [[]], {"0": {}}, None, [{"bet": "x"}]])
def test_nor_do_wrong_lists_of_structs(results: Any) -> None:
    wire = {
        "timestamp": 1,
        "round_number": 1,
        "results": results,
        "house_net": 0,
        "dealer_cards": [],
        "dealer_value": 0,
        "next_round_at": 1,
    }
    with pytest.raises(msgspec.ValidationError):
        from_wire(wire, e.RoundEnded)


def test_a_missing_field_does_not_fit_and_an_unknown_one_is_ignored() -> None:
    wire = to_wire(JOINED)
    assert from_wire({**wire, "colour": "red"}, e.PlayerJoined) == JOINED
    del wire["seat"]
    with pytest.raises(msgspec.ValidationError, match="seat"):
        from_wire(wire, e.PlayerJoined)


@pytest.mark.parametrize(
    ("text", "value"), [("0.1", Decimal("0.1")), ("1e400", Decimal("1e400")), ("12.50", Decimal("12.50")), ("7", 7)]
)
def test_numbers_are_read_as_they_are_written(text: str, value: Any) -> None:
    read = decode_json(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("text", ["", "NaN", "Infinity", '"\\ud800"', "{", "[1,]", "'a'", "01"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_json(text)
