"""What clients write in the data of a blackjack action, and the command that it means."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final

import msgspec

from cardsharp import errors
from cardsharp.blackjack import commands as c
from cardsharp.chips import MAX_CENTS, to_cents
from cardsharp.game import Actor

ShortText = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern="^[^\\x00]*$")]
"""1 to 64 characters. U+0000 is legal JSON, but no database text."""
WholeNumber = Annotated[int, msgspec.Meta(ge=-MAX_CENTS, le=MAX_CENTS)]


class Amount(int):
    """An amount in hundredths, read from a JSON number of chips. 0 stands for every number that is no legal amount,
    since legality is looked at last."""

    json_schema: ClassVar[dict[str, Any]] = {
        "title": "chips",
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": MAX_CENTS / 100,
    }


class ActionData(msgspec.Struct, frozen=True, kw_only=True):
    """What the data of every action may carry."""

    request_id: ShortText | None = None
    seat: WholeNumber | None = None


class JoinTableData(ActionData, frozen=True, kw_only=True):
    buy_in: Amount | None = None
    client_seed: ShortText | None = None


class LeaveTableData(ActionData, frozen=True, kw_only=True):
    pass


class AddChipsData(ActionData, frozen=True, kw_only=True):
    amount: Amount


class PlaceBetData(ActionData, frozen=True, kw_only=True):
    amount: Amount


class PlayerActionData(ActionData, frozen=True, kw_only=True):
    action: str
    amount: Amount | None = None


class SitOutData(ActionData, frozen=True, kw_only=True):
    pass


class SitInData(ActionData, frozen=True, kw_only=True):
    pass


class SetClientSeedData(ActionData, frozen=True, kw_only=True):
    client_seed: ShortText


ACTIONS: Final[dict[str, type[ActionData]]] = {
    "join_table": JoinTableData,
    "leave_table": LeaveTableData,
    "add_chips": AddChipsData,
    "place_bet": PlaceBetData,
    "player_action": PlayerActionData,
    "sit_out": SitOutData,
    "sit_in": SitInData,
    "set_client_seed": SetClientSeedData,
}


def read_action(action: str, data: dict[str, Any], *, actor: Actor, at: float) -> c.PlayerCommand:
    """The command that an action asks for.

    Raises UnknownAction for a name that is none, BadMessage where the data has not its shape.
    """
    shape = ACTIONS.get(action)
    if shape is None:
        raise errors.UnknownAction(actions=sorted(ACTIONS))
    given = {key: value for key, value in data.items() if value is not None}
    try:
        read = msgspec.convert(given, shape, dec_hook=_read_amount)
    except msgspec.ValidationError as error:
        raise errors.BadMessage(f"The data of {action} is wrong: {error}.") from error
    return _command(read, _common(read, actor, at), actor)


def _common(read: ActionData, actor: Actor, at: float) -> dict[str, Any]:
    """What every player's command carries."""
    return {
        "at": at,
        "player_id": actor.player_id,
        "player_name": actor.name,
        "seat": read.seat,
        "request_id": read.request_id,
    }


def _command(read: ActionData, common: dict[str, Any], actor: Actor) -> c.PlayerCommand:
    match read:
        case JoinTableData():
            buy_in = _cents(read.buy_in)
            return c.JoinTable(
                **common,
                buy_in_cents=buy_in,
                client_seed=read.client_seed,
                is_member=actor.is_member,
                is_house=actor.is_house,
            )
        case AddChipsData():
            return c.AddChips(**common, amount_cents=int(read.amount))
        case PlaceBetData():
            return c.PlaceBet(**common, amount_cents=int(read.amount))
        case PlayerActionData():
            return c.Act(**common, move=read.action, amount_cents=_cents(read.amount))
        case SetClientSeedData():
            return c.SetClientSeed(**common, client_seed=read.client_seed)
        case SitOutData():
            return c.SitOut(**common)
        case SitInData():
            return c.SitIn(**common)
        case _:
            return c.LeaveTable(**common)


def _cents(amount: Amount | None) -> int | None:
    """The plain integer: only those go into events and states, which msgspec encodes by their exact type."""
    return None if amount is None else int(amount)


def _read_amount(kind: type, value: Any) -> Amount:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("Expected a number of chips")
    if isinstance(value, int) and abs(value) > MAX_CENTS:
        raise ValueError("Expected an integer below 2^53")
    try:
        return Amount(max(to_cents(value), 0))
    except errors.InvalidChips:
        return Amount(0)
