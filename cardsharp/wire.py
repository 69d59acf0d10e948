"""Structs to and from the JSON that clients see: fields marked `Cents` are numbers of chips there.

Numbers are read as `Decimal`, never as binary floats, so an amount survives the way there and back exactly.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

import msgspec

from cardsharp.chips import to_cents, to_number
from cardsharp.errors import InvalidChips

T = TypeVar("T", bound=msgspec.Struct)

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(float_hook=Decimal)

encode_json: Callable[[Any], bytes] = _encoder.encode
"""The JSON text of builtins, as UTF-8. Decimals are written as numbers."""

decode_json: Callable[[bytes | str], Any] = _decoder.decode
"""Builtins from a JSON text, fractions as Decimal. Raises msgspec.DecodeError or RecursionError."""


class _Field(typing.NamedTuple):
    name: str
    kind: str
    struct: type[msgspec.Struct] | None = None


def to_wire(value: msgspec.Struct) -> dict[str, Any]:
    """The struct as builtins for `encode_json`; fields that are unset are left out."""
    wire: dict[str, Any] = {}
    for field in _fields(type(value)):
        part = getattr(value, field.name)
        if part is msgspec.UNSET:
            continue
        if field.kind == "chips" and part is not None:
            part = to_number(part)
        elif field.kind == "struct" and part is not None:
            part = to_wire(part)
        elif field.kind == "structs":
            part = [to_wire(item) for item in part]
        wire[field.name] = part
    for name, default in _omitted_defaults(type(value)):
        if wire.get(name, default) == default:
            wire.pop(name, None)
    return wire


def from_wire(wire: dict[str, Any], into: type[T]) -> T:
    """The struct that `to_wire` made these builtins of. Raises msgspec.ValidationError where they do not fit."""
    return msgspec.convert(_inward(wire, into), into)


def _inward(wire: dict[str, Any], into: type[msgspec.Struct]) -> dict[str, Any]:
    """The builtins with amounts in hundredths; what has not its field's shape stays as it is, for msgspec to refuse."""
    inward = dict(wire)
    for field in _fields(into):
        match field.kind, inward.get(field.name):
            case "chips", (int() | Decimal()) as number if not isinstance(number, bool):
                inward[field.name] = _cents(field.name, number)
            case "float", Decimal() as number:
                inward[field.name] = float(number)
            case "struct", dict() as part if field.struct is not None:
                inward[field.name] = _inward(part, field.struct)
            case "structs", list() as parts if field.struct is not None:
                inward[field.name] = [_inward(item, field.struct) if isinstance(item, dict) else item for item in parts]
    return inward


def _cents(name: str, number: int | Decimal) -> int:
    try:
        return to_cents(number)
    except InvalidChips as error:
        raise msgspec.ValidationError(f"{error} - at `$.{name}`") from error


@cache
def _fields(struct: type[msgspec.Struct]) -> tuple[_Field, ...]:
    hints = typing.get_type_hints(struct, include_extras=True)
    return tuple(_field(name, hints[name]) for name in struct.__struct_fields__)


@cache
def _omitted_defaults(struct: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    if not struct.__struct_config__.omit_defaults:
        return ()
    return tuple((info.name, info.default) for info in msgspec.structs.fields(struct) if not info.required)


def _field(name: str, hint: Any) -> _Field:
    for kind in _alternatives(hint):
        if typing.get_origin(kind) is typing.Annotated:
            if any(isinstance(m, msgspec.Meta) and (m.extra or {}).get("chips") for m in kind.__metadata__):
                return _Field(name, "chips")
        elif kind is float:
            return _Field(name, "float")
        elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return _Field(name, "struct", kind)
        elif typing.get_origin(kind) in (tuple, list):
            item = typing.get_args(kind)[0]
            if isinstance(item, type) and issubclass(item, msgspec.Struct):
                return _Field(name, "structs", item)
    return _Field(name, "plain")


def _alternatives(hint: Any) -> tuple[Any, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) in (types.UnionType, typing.Union) else (hint,)
