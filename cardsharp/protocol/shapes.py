"""JSON Schema of structs, as they are on the wire: amounts are chips, cards are texts, every field has its sentence.

Structs that clients send take `null` for what may be left out; in those that the server sends, a field is missing only
where it may be unset. A type of its own says its schema in `json_schema`.
"""

from __future__ import annotations

import itertools
import types
import typing
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

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

RESERVED: Final = frozenset({*SHARED, "ClientMessage", "ServerMessage", "ServerFrame"})
"""Names of definitions that are no struct's."""

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


class Use(NamedTuple):
    """How a struct is used: who sends it, and whether the documents' words and values are of its fields."""

    sent_by_server: bool
    is_described: bool = True


class Shapes:
    """Makes schemas, and keeps each struct that it meets in `definitions`."""

    def __init__(self, field_words: Mapping[str, str], values: Mapping[str, Collection[str]]) -> None:
        self.definitions: dict[str, Schema] = {}
        self.used_words: set[str] = set()
        """The keys of `field_words` that have described something; of `values`, `used_values`."""
        self.used_values: set[str] = set()
        self.undescribed: list[str] = []
        self._names: dict[tuple[type[msgspec.Struct], Use], str] = {}
        self._field_words = field_words
        self._values = values

    def reference(self, struct: type[msgspec.Struct], use: Use) -> Schema:
        """A reference to the struct's definition."""
        name = self._names.get((struct, use))
        if name is None:
            name = self._names[struct, use] = self._new_name(struct.__name__)
            self.definitions[name] = {}  # so that a struct may hold its own kind
            self.definitions[name] = self.object(struct, use)
        return {"$ref": f"#/$defs/{name}"}

    def definition(self, struct: type[msgspec.Struct], use: Use) -> Schema:
        """The definition that `reference` refers to."""
        self.reference(struct, use)
        return self.definitions[self._names[struct, use]]

    def _new_name(self, wanted: str) -> str:
        """A name for a definition; programs may call two structs the same."""
        names = itertools.chain((wanted,), (f"{wanted}{number}" for number in itertools.count(2)))
        return next(name for name in names if name not in self.definitions and name not in RESERVED)

    def object(self, struct: type[msgspec.Struct], use: Use) -> Schema:
        """The struct's fields. Those that nobody has described are noted in `undescribed`."""
        hints = typing.get_type_hints(struct, include_extras=True)
        properties: dict[str, Schema] = {}
        required = []
        for field in msgspec.structs.fields(struct):
            parts = _alternatives(hints[field.name])
            is_unset = msgspec.UnsetType in parts
            shape = self._any_of([part for part in parts if part is not msgspec.UnsetType], use)
            if use.sent_by_server:
                is_required = not is_unset and (field.required or not struct.__struct_config__.omit_defaults)
            else:
                is_required = field.required
                shape = shape if is_required else _or_null(shape)
            if is_required:
                required.append(field.encode_name)
            properties[field.encode_name] = self._described(struct, field.encode_name, shape, use)
        schema: Schema = {"type": "object", "properties": properties}
        return {**schema, "required": required} if required else schema

    def _described(self, struct: type[msgspec.Struct], field: str, shape: Schema, use: Use) -> Schema:
        if not use.is_described:
            return shape
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
            self.undescribed.append(f"{struct.__name__}.{field}")
        return shape

    def _shape(self, hint: Any, use: Use) -> Schema:
        if hint is Card:
            return {"$ref": f"#/$defs/{CARD}"}
        if hint is Any or isinstance(hint, type):
            return self._plain(hint, use)
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin is typing.Annotated:
            return self._annotated(arguments[0], arguments[1:], use)
        if origin is typing.Literal and all(isinstance(value, str) for value in arguments):
            return {"type": "string", "enum": list(arguments)}
        if origin in (types.UnionType, typing.Union):
            return self._any_of(list(arguments), use)
        if origin is dict and arguments[0] is str:
            return {"type": "object", "additionalProperties": self._shape(arguments[1], use)}
        if origin in (list, tuple):
            return self._array(arguments, use)
        return self._as_msgspec_says(hint)

    def _plain(self, kind: Any, use: Use) -> Schema:
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        if own := getattr(kind, "json_schema", None):
            return dict(own)
        if issubclass(kind, msgspec.Struct) and kind.__struct_config__.tag is None:
            return self.reference(kind, use)
        return self._as_msgspec_says(kind)

    def _as_msgspec_says(self, hint: Any) -> Schema:
        """The schema of what programs use and the protocol does not: enumerations, times, tagged structs, generics."""
        prefix = f"own{len(self.definitions)}."
        (schema,), parts = msgspec.json.schema_components((hint,), ref_template=f"#/$defs/{prefix}{{name}}")
        self.definitions |= {f"{prefix}{name}": part for name, part in parts.items()}
        return schema

    def _annotated(self, hint: Any, marks: tuple[Any, ...], use: Use) -> Schema:
        metas = [mark for mark in marks if isinstance(mark, msgspec.Meta)]
        if any((meta.extra or {}).get("chips") for meta in metas):
            return {"$ref": f"#/$defs/{CHIPS}"}
        shape = self._shape(hint, use)
        bounds = _BOUNDS | (_LIST_BOUNDS if shape.get("type") == "array" else _TEXT_BOUNDS)
        for meta in metas:
            shape |= {key: getattr(meta, name) for name, key in bounds.items() if getattr(meta, name) is not None}
            shape |= {"description": meta.description} if meta.description else {}
            shape |= meta.extra_json_schema or {}
        return shape

    def _array(self, arguments: tuple[Any, ...], use: Use) -> Schema:
        if len(arguments) == 1 or arguments[1] is Ellipsis:
            return {"type": "array", "items": self._shape(arguments[0], use)}
        # Not `prefixItems`: AsyncAPI's schemas are of the draft before it.
        items = self._any_of(list(dict.fromkeys(arguments)), use)
        return {"type": "array", "items": items, "minItems": len(arguments), "maxItems": len(arguments)}

    def _any_of(self, hints: list[Any], use: Use) -> Schema:
        shapes = [self._shape(hint, use) for hint in hints if hint is not type(None)]
        # `int | Decimal` are both numbers.
        numbers = all(set(shape) == {"type"} and shape["type"] in ("integer", "number") for shape in shapes)
        shape: Schema = {"anyOf": shapes}
        if len(shapes) == 1:
            (shape,) = shapes
        elif numbers:
            shape = {"type": "number"}
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
