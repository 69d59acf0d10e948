"""JSON Schema of structs, as they are on the wire: amounts are chips, cards are texts, every field has its sentence.

Structs that clients send take `null` for what may be left out; in those that the server sends, a field is missing only
where it may be unset. A type of its own says its schema in `json_schema`.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from cardsharp.cards import RANKS, SUITS, Card

Schema = dict[str, Any]

CHIPS: Final = "Chips"
CARD: Final = "Card"
SHARED: Final[dict[str, Schema]] = {
    # No `multipleOf`: most validators divide binary floats, and would refuse 0.07.
    CHIPS: {"type": "number", "description": "A number of chips, with at most two decimals."},
    CARD: {
        "type": "string",
        "pattern": f"^({'|'.join(RANKS)})[{''.join(SUITS)}]$",
        "description": "A card: its rank and the symbol of its suit.",
    },
}

_PLAIN: Final[dict[Any, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    Decimal: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Any: {},
}
_BOUNDS: Final = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_TEXT_BOUNDS: Final = {"min_length": "minLength", "max_length": "maxLength", "pattern": "pattern"}
_LIST_BOUNDS: Final = {"min_length": "minItems", "max_length": "maxItems"}


class Shapes:
    """Makes schemas, and keeps each struct that it meets in `definitions`."""

    def __init__(self, field_words: Mapping[str, str], values: Mapping[str, Collection[str]]) -> None:
        self.definitions: dict[str, Schema] = {}
        self.used_words: set[str] = set()
        """The keys of `field_words` that have described something; of `values`, `used_values`."""
        self.used_values: set[str] = set()
        self._field_words = field_words
        self._values = values

    def reference(self, struct: type[msgspec.Struct], *, sent_by_server: bool) -> Schema:
        """A reference to the struct's definition."""
        name = struct.__name__
        if name not in self.definitions:
            self.definitions[name] = {}  # so that a struct may hold its own kind
            self.definitions[name] = self.object(struct, sent_by_server=sent_by_server)
        return {"$ref": f"#/$defs/{name}"}

    def object(self, struct: type[msgspec.Struct], *, sent_by_server: bool) -> Schema:
        """The struct's fields. Raises LookupError for a field that nobody has described."""
        hints = typing.get_type_hints(struct, include_extras=True)
        properties: dict[str, Schema] = {}
        required = []
        for field in msgspec.structs.fields(struct):
            parts = _alternatives(hints[field.name])
            is_unset = msgspec.UnsetType in parts
            shape = self._any_of([part for part in parts if part is not msgspec.UnsetType], sent_by_server)
            if sent_by_server:
                is_required = not is_unset and (field.required or not struct.__struct_config__.omit_defaults)
            else:
                is_required = field.required
                shape = shape if is_required else _or_null(shape)
            if is_required:
                required.append(field.encode_name)
            properties[field.encode_name] = self._described(struct, field.encode_name, shape)
        schema: Schema = {"type": "object", "properties": properties}
        return {**schema, "required": required} if required else schema

    def _described(self, struct: type[msgspec.Struct], field: str, shape: Schema) -> Schema:
        names = (*(f"{parent.__name__}.{field}" for parent in struct.__mro__), field)
        narrower = next((name for name in names if name in self._values), None)
        if narrower is not None:
            self.used_values.add(narrower)
            shape = _narrowed(shape, self._values[narrower])
        key = next((name for name in names if name in self._field_words), None)
        if key is not None:
            self.used_words.add(key)
            return {**shape, "description": self._field_words[key]}
        if "description" not in shape:
            raise LookupError(f"nobody has described the field {field} of {struct.__name__}")
        return shape

    def _shape(self, hint: Any, sent_by_server: bool) -> Schema:
        if hint in _PLAIN:
            return dict(_PLAIN[hint])
        if hint is Card:
            return {"$ref": f"#/$defs/{CARD}"}
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            return self.reference(hint, sent_by_server=sent_by_server)
        if own := getattr(hint, "json_schema", None):
            return dict(own)
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin is typing.Annotated:
            return self._annotated(arguments[0], arguments[1:], sent_by_server)
        if origin is typing.Literal:
            return {"type": "string", "enum": list(arguments)}
        if origin in (types.UnionType, typing.Union):
            return self._any_of(list(arguments), sent_by_server)
        if origin is dict:
            return {"type": "object", "additionalProperties": self._shape(arguments[1], sent_by_server)}
        if origin in (list, tuple):
            return self._array(arguments, sent_by_server)
        raise TypeError(f"{hint!r} has no JSON Schema; a type of its own says it in `json_schema`")

    def _annotated(self, hint: Any, marks: tuple[Any, ...], sent_by_server: bool) -> Schema:
        metas = [mark for mark in marks if isinstance(mark, msgspec.Meta)]
        if any((meta.extra or {}).get("chips") for meta in metas):
            return {"$ref": f"#/$defs/{CHIPS}"}
        shape = self._shape(hint, sent_by_server)
        bounds = _BOUNDS | (_LIST_BOUNDS if shape.get("type") == "array" else _TEXT_BOUNDS)
        for meta in metas:
            shape |= {key: getattr(meta, name) for name, key in bounds.items() if getattr(meta, name) is not None}
            shape |= {"description": meta.description} if meta.description else {}
            shape |= meta.extra_json_schema or {}
        return shape

    def _array(self, arguments: tuple[Any, ...], sent_by_server: bool) -> Schema:
        items = self._shape(arguments[0], sent_by_server)
        if len(arguments) == 1 or arguments[1] is Ellipsis:
            return {"type": "array", "items": items}
        if any(argument != arguments[0] for argument in arguments):
            raise TypeError("the items of a list of a fixed length are of one type")
        return {"type": "array", "items": items, "minItems": len(arguments), "maxItems": len(arguments)}

    def _any_of(self, hints: list[Any], sent_by_server: bool) -> Schema:
        shapes = [self._shape(hint, sent_by_server) for hint in hints if hint is not type(None)]
        # `int | Decimal` are both numbers.
        numbers = all(set(shape) == {"type"} and shape["type"] in ("integer", "number") for shape in shapes)
        shape = (
            {"type": "number"} if numbers and len(shapes) > 1 else shapes[0] if len(shapes) == 1 else {"anyOf": shapes}
        )
        return _or_null(shape) if type(None) in hints else shape


def _alternatives(hint: Any) -> tuple[Any, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) in (types.UnionType, typing.Union) else (hint,)


def _or_null(shape: Schema) -> Schema:
    if "anyOf" in shape:
        nullable = {"type": "null"} in shape["anyOf"]
        return shape if nullable else {**shape, "anyOf": [*shape["anyOf"], {"type": "null"}]}
    if "$ref" in shape or "const" in shape:
        return {"anyOf": [shape, {"type": "null"}]}
    if "type" not in shape or "null" in (
        kinds := shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    ):
        return shape
    nullable_shape = {**shape, "type": [*kinds, "null"]}
    return {**nullable_shape, "enum": [*shape["enum"], None]} if "enum" in shape else nullable_shape


def _narrowed(shape: Schema, values: Collection[str]) -> Schema:
    """The shape with its texts limited to some."""
    if "anyOf" in shape:
        arrays = [_narrowed(part, values) if part.get("type") == "array" else part for part in shape["anyOf"]]
        return {**shape, "anyOf": arrays}
    if shape.get("type") == "array":
        return {**shape, "items": _narrowed(shape["items"], values)}
    nullable = isinstance(shape.get("type"), list)
    return {**shape, "enum": [*values, None] if nullable else list(values)}
