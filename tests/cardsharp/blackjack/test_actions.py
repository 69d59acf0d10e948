"""What clients may write in an action's data, and what it is read as."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsharp.blackjack import commands as c
from cardsharp.blackjack.actions import ACTIONS, read_action
from cardsharp.errors import BadMessage, GameError, UnknownAction
from cardsharp.game import Actor
from cardsharp.wire import decode_json

ADA = Actor("p1", "Ada")


def read(action: str, text: str) -> c.PlayerCommand:
    return read_action(action, decode_json(text), actor=ADA, at=1.5)


@pytest.mark.parametrize(
    ("action", "text", "command"),
    [
        ("join_table", "{}", c.JoinTable(at=1.5, player_id="p1", player_name="Ada")),
        (
            "join_table",
            '{"seat": 2, "buy_in": 99.5, "client_seed": "♠"}',
            c.JoinTable(at=1.5, player_id="p1", player_name="Ada", seat=2, buy_in_cents=99_50, client_seed="♠"),
        ),
        ("leave_table", '{"seat": null}', c.LeaveTable(at=1.5, player_id="p1", player_name="Ada")),
        ("add_chips", '{"amount": 1e2}', c.AddChips(at=1.5, player_id="p1", player_name="Ada", amount_cents=100_00)),
        (
            "place_bet",
            '{"amount": 0.05, "request_id": "q1-1"}',
            c.PlaceBet(at=1.5, player_id="p1", player_name="Ada", amount_cents=5, request_id="q1-1"),
        ),
        ("player_action", '{"action": "HIT"}', c.Act(at=1.5, player_id="p1", player_name="Ada", move="HIT")),
        (
            "player_action",
            '{"action": "INSURANCE", "amount": 2.50}',
            c.Act(at=1.5, player_id="p1", player_name="Ada", move="INSURANCE", amount_cents=250),
        ),
        ("sit_out", '{"unknown": [1]}', c.SitOut(at=1.5, player_id="p1", player_name="Ada")),
        ("sit_in", "{}", c.SitIn(at=1.5, player_id="p1", player_name="Ada")),
        (
            "set_client_seed",
            '{"client_seed": "lucky"}',
            c.SetClientSeed(at=1.5, player_id="p1", player_name="Ada", client_seed="lucky"),
        ),
    ],
)
def test_actions_are_read_as_commands(action: str, text: str, command: c.PlayerCommand) -> None:
    assert read(action, text) == command
    assert type(read(action, text)) is type(command)


@pytest.mark.parametrize(
    "text", ["0", "-1", "-0.01", "0.001", "12.345", "1e999", "1e15", "-1e400", "-9007199254740991"]
)
def test_a_number_that_is_no_legal_amount_is_left_for_the_check_of_amounts(text: str) -> None:
    command = read("place_bet", f'{{"amount": {text}}}')
    assert isinstance(command, c.PlaceBet)
    assert command.amount_cents == 0


@pytest.mark.parametrize(
    "amount", ['"10"', "true", "false", "[10]", "{}", "9007199254740992", "-9007199254740992", "1" * 40]
)
def test_what_is_no_number_of_chips_is_a_bad_message(amount: str) -> None:
    for action in ("place_bet", "add_chips"):
        with pytest.raises(BadMessage, match=action):
            read(action, f'{{"amount": {amount}}}')
    with pytest.raises(BadMessage):
        read("player_action", f'{{"action": "INSURANCE", "amount": {amount}}}')
    with pytest.raises(BadMessage):
        read("join_table", f'{{"buy_in": {amount}}}')


@pytest.mark.parametrize("field", ["seat", "request_id"])
@pytest.mark.parametrize("value", ["true", "[]", "{}", "1.5", "9007199254740992"])
def test_common_fields_have_one_type(field: str, value: str) -> None:
    for action in ACTIONS:
        with pytest.raises(BadMessage):
            read(action, f'{{"amount": 1, "action": "HIT", "client_seed": "x", "{field}": {value}}}')


@pytest.mark.parametrize(
    ("action", "text"),
    [
        ("place_bet", "{}"),
        ("place_bet", '{"amount": null}'),
        ("add_chips", "{}"),
        ("player_action", "{}"),
        ("player_action", '{"action": 5}'),
        ("set_client_seed", "{}"),
        ("set_client_seed", '{"client_seed": ""}'),
        ("set_client_seed", '{"client_seed": "' + "x" * 65 + '"}'),
        ("join_table", '{"client_seed": ""}'),
        ("sit_in", '{"request_id": ""}'),
        ("sit_in", '{"request_id": "' + "x" * 65 + '"}'),
        ("sit_in", '{"seat": "1"}'),
    ],
)
def test_missing_and_misshapen_fields_are_a_bad_message(action: str, text: str) -> None:
    with pytest.raises(BadMessage):
        read(action, text)


@pytest.mark.parametrize("action", ["", "hit", "HIT", "Join_Table", "join_table ", "__class__"])
def test_another_action_is_unknown_and_told_the_known_ones(action: str) -> None:
    with pytest.raises(UnknownAction) as refusal:
        read(action, "{}")
    assert refusal.value.details == {"actions": sorted(ACTIONS)}


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.sampled_from(sorted(ACTIONS)),
    st.dictionaries(
        st.sampled_from(["amount", "action", "seat", "request_id", "client_seed", "buy_in", "x"]), json_values
    ),
)
def test_any_data_gives_a_command_of_plain_values_or_a_refusal(action: str, data: dict[str, Any]) -> None:
    try:
        command = read_action(action, data, actor=ADA, at=1.0)
    except GameError:
        return
    assert msgspec.json.encode(command)
    for value in msgspec.structs.asdict(command).values():
        assert type(value) in (bool, int, float, str, type(None)), "no subclass and no Decimal reaches the state"


def test_the_smallest_and_largest_amounts_are_exact() -> None:
    command = read_action("place_bet", {"amount": Decimal("90071992547409.91")}, actor=ADA, at=1.0)
    assert isinstance(command, c.PlaceBet)
    assert command.amount_cents == 2**53 - 1


def test_text_that_no_database_takes_is_refused():
    with pytest.raises(BadMessage):
        read_action("set_client_seed", {"client_seed": "a\x00b"}, actor=Actor("p1", "Ada"), at=1.0)
